"""A letter that somebody says was received: its case hears of the step, its notice is told."""

from typing import Any, cast

import pytest
from followed import nip

from ingest.casework import Dossier
from ingest.discipline.cases import Kind, Step
from ingest.discipline.cases.about import Telling
from ingest.store.database import reading
from ingest.store.tables_cases import case_notices

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.mark.parametrize("named", ["prepared", "approved"])
def test_the_notice_of_an_approved_step_is_told_by_either_of_its_events(
    reprimanded: Any, named: str
) -> None:
    followed = reprimanded.followed
    prepared = followed.state().waiting(Step.REPRIMAND).number
    reprimanded.approve(prepared)
    (notice,) = [row for row in followed.rows(case_notices) if row.what == "step"]
    assert (notice.nip, notice.told_at) == (nip(1), None)
    assert notice.event != prepared
    event = prepared if named == "prepared" else notice.event
    reprimanded(
        "siti", "cases", "record", "told", "1", "--event", str(event), "--to", nip(1),
        "--what", "received", "--on", str(followed.today), "--how", "kurir",
    )  # fmt: skip
    (notice,) = [row for row in followed.rows(case_notices) if row.what == "step"]
    assert (notice.told_at, notice.how) == (followed.now, "kurir")
    with reading(followed.engine) as connection:
        events = Dossier(connection, followed.keeping(), 2, look=True).events[1]
    told = [one.event.about for one in events if one.event.kind is Kind.TOLD]
    assert cast(Telling, told[-1]).of == prepared
