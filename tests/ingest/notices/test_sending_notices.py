"""From a step of a case to a message that was taken, and back into the case."""


import pytest
from followed import HEAD
from told import Telling

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_a_warning_goes_out_once_and_its_clock_begins(telling: Telling) -> None:
    sent = telling.send()
    assert sent.outcomes == {("wa", "accepted"): 2}
    assert telling.states() == [("warning", "wa", "accepted")]
    assert telling.states(HEAD) == [("knowledge", "wa", "accepted")]
    (row,) = telling.rows()
    assert row.told_at == telling.now
    assert row.provider_id in {"wa-1", "wa-2"}
    assert telling.followed.kinds() == ["OPENED", "TOLD", "TOLD"]
    marks = telling.followed.state().marks
    assert [(one.event, one.on) for one in marks] == [("warning-accepted", telling.followed.today)]
    assert telling.send().outcomes == {}
    assert telling.followed.kinds() == ["OPENED", "TOLD", "TOLD"]


@one_database
def test_a_message_tells_the_days_and_neither_nip_nor_reason(telling: Telling) -> None:
    telling.send()
    (text,) = telling.texts()
    assert "Orang 2" in text
    assert "3 hari kerja" in text
    assert "dalam 10 hari kerja" in text
    assert not any(one.isdigit() and len(one) > 3 for one in text.split())
    assert "1986" not in text
