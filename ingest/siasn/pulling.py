"""Reads people and units from BKN into the staging tables, question by question.

Each question is asked outside of any transaction; its rows and the mark that it is done are one
commit. So a kill at any moment leaves a reading that goes on at the first question that waits, and
asks at most one question twice, which changes nothing at BKN.

One person of whom no sense can be made is left out and named. Where BKN itself does not answer, the
reading stops after a few of them and waits for who gives the command again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Engine

from ingest.siasn.answers import read_rows
from ingest.siasn.columns import PERSON, UNITS, Columns, keep
from ingest.siasn.faults import Nonsense, NotNow, SiasnFault, Told
from ingest.store import siasn as store
from ingest.store.database import reading, writing
from ingest.store.siasn import Pull, Task, Unit

MOST_ROWS = 500
"""Rows of one person and kind; nobody's career has more."""
MOST_PAGES = 10_000
ENOUGH = 3
"""So many questions in a row without an answer, and BKN is taken for down."""


Question = tuple[str, str | None, int | None]
"""What is asked, of whom, or from which place of the list of units."""


class Asks(Protocol):
    """What a client must do."""

    def person(self, kind: str, nip: str) -> Any: ...

    def units(self, *, limit: int, offset: int) -> Any: ...


@dataclass(frozen=True, slots=True)
class Puller:
    """What a reading needs. `page` is how many units are asked for at once."""

    engine: Engine
    client: Asks
    columns: Columns
    page: int
    clock: Callable[[], datetime]
    today: Callable[[], date]


def questions(
    nips: Iterable[str],
    *,
    units: bool,
    contracts: Callable[[str], bool],
    kinds: Collection[str] = PERSON,
) -> Iterator[Question]:
    """Yield what is to be asked: units first, then person by person."""
    if units:
        yield UNITS, None, 0
    for nip in nips:
        for kind in PERSON:
            if kind in kinds and (kind != "rw-kontrak" or contracts(nip)):
                yield kind, nip, None


def run(puller: Puller, pull: Pull, tell: Callable[[Task], object] = lambda _: None) -> None:
    """Ask all that waits. Raises NotNow where BKN is down, NotLetIn where it refuses our keys."""
    silent = 0
    while (task := _next(puller, pull)) is not None:
        tell(task)
        try:
            _take(puller, pull, task)
            silent = 0
        except NotNow as error:
            silent += 1
            if silent >= ENOUGH:
                raise
            _leave(puller, task, error)
        except (Told, Nonsense) as error:
            silent = 0
            _leave(puller, task, error)
    with writing(puller.engine) as connection:
        store.end(connection, pull.id, store.DONE, puller.clock())


def _next(puller: Puller, pull: Pull) -> Task | None:
    with reading(puller.engine) as connection:
        return store.next_task(connection, pull.id)


def _leave(puller: Puller, task: Task, error: SiasnFault) -> None:
    with writing(puller.engine) as connection:
        store.settle(connection, task, puller.clock(), state=store.FAILED, fault=str(error))


def _take(puller: Puller, pull: Pull, task: Task) -> None:
    if task.nip is None:
        _take_units(puller, pull, task)
        return
    rows = read_person(
        puller.columns, task.kind, task.nip, puller.client.person(task.kind, task.nip)
    )
    now = puller.clock()
    with writing(puller.engine) as connection:
        if store.settle(connection, task, now):
            store.put_rows(
                connection, pull, task.nip, task.kind, rows, now=now, today=puller.today()
            )


def read_person(columns: Columns, kind: str, nip: str, data: Any) -> list[dict[str, str]]:
    """Return what is kept of an answer about a person. Raises Nonsense.

    A row that names another person is none of his: then nothing of the answer is believed.
    """
    told = read_rows(data)
    if len(told) > MOST_ROWS:
        raise Nonsense(f"BKN tells {len(told)} rows of one person ({kind})")
    if kind == "data-utama" and len(told) > 1:
        raise Nonsense("BKN tells of more than one person where one was asked about")
    rows = [keep(columns, kind, one) for one in told]
    if any(one.get("nip", nip).replace(" ", "") != nip for one in rows):
        raise Nonsense(f"BKN answers about another person than it was asked about ({kind})")
    if kind == "data-utama" and any("nip" not in one for one in rows):
        raise Nonsense("BKN answers about a person without telling the NIP; is columns_file right?")
    return [one for one in rows if one]


def _take_units(puller: Puller, pull: Pull, task: Task) -> None:
    place = task.place or 0
    told = read_rows(puller.client.units(limit=puller.page, offset=place))
    if len(told) > 4 * puller.page:
        raise Nonsense(f"BKN tells {len(told)} units where {puller.page} were asked for")
    units = [one for one in (_unit(puller.columns, row) for row in told) if one is not None]
    if told and not units:
        raise Nonsense("BKN tells units without an id; is columns_file right?")
    now = puller.clock()
    with writing(puller.engine) as connection:
        if not store.settle(connection, task, now):
            return
        fresh = store.put_units(connection, pull, units, now)
        if units and not fresh:
            raise Nonsense(
                f"BKN tells the same units again from place {place} on; it does not page"
            )
        if len(told) >= puller.page:
            if place >= MOST_PAGES * puller.page:
                raise Nonsense("BKN's list of units has no end")
            store.add_page(connection, task, place + puller.page)


def _unit(columns: Columns, row: Any) -> Unit | None:
    kept = keep(columns, UNITS, row)
    if not kept.get("unit") or any(
        len(kept.get(one, "")) > 42 for one in ("unit", "above", "parent")
    ):
        return None
    return Unit(kept["unit"], kept.get("name", ""), kept.get("above", ""), kept.get("parent", ""))
