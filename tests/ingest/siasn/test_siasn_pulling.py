"""A reading of BKN: cut off anywhere and gone on with, pages that repeat, answers without sense."""

from datetime import date
from typing import Any

import pytest
from fake_siasn import GATEWAY_TIMEOUT, HTML, person, says
from sqlalchemy import Engine, func, select

from ingest.siasn import columns, pulling
from ingest.siasn.comparing import read_units
from ingest.siasn.faults import NotNow
from ingest.siasn.pulling import Puller
from ingest.store import siasn as store
from ingest.store.database import open_engine, reading, writing
from ingest.store.siasn import Pull
from ingest.store.tables_siasn import siasn_records

NIPS = [f"1986092620150510{n:02}" for n in range(1, 7)]
NIP = NIPS[0]
TODAY = date(2026, 3, 10)


class Reading:
    """A reading of people and units by a client, on a store."""

    def __init__(self, engine: Engine, asking: Any, *, page: int = 10) -> None:
        self.engine = engine
        self.asking = asking
        self.puller = Puller(
            engine, asking.client, columns.load(), page, lambda: asking.now, lambda: TODAY
        )

    def begin(self, *nips: str, units: bool = False) -> Pull:
        with writing(self.engine) as connection:
            asked = pulling.questions(nips, units=units, contracts=lambda _: False)
            return store.begin(
                connection, asked, mode="training", who="uji", now=self.asking.now, today=TODAY
            )

    def run(self, pull: Pull, tell: Any = lambda _: None) -> None:
        pulling.run(self.puller, pull, tell)

    def told(self) -> dict[str, store.Told]:
        with reading(self.engine) as connection:
            return {one.nip: one for one in store.find_told(connection)}

    def units(self) -> list[str]:
        with reading(self.engine) as connection:
            return list(store.find_units(connection))

    def faults(self, pull: Pull) -> list[tuple[str, str | None, str]]:
        with reading(self.engine) as connection:
            return store.find_faults(connection, pull.id)

    def open(self) -> Pull | None:
        with reading(self.engine) as connection:
            return store.find_open(connection)


@pytest.fixture
def reader(sqlite_url, asking):
    opened = open_engine(sqlite_url)
    yield Reading(opened, asking)
    opened.dispose()


@pytest.fixture
def on_both(engine, asking):
    return Reading(engine, asking)


def unit(n: int, above: str = "") -> dict[str, Any]:
    return {"Id": f"U{n:03}", "NamaUnor": f"Unit {n}", "DiatasanId": above, "IndukUnorId": above}


def test_stages_what_is_kept_and_that_bkn_knows_nobody(on_both, bkn):
    bkn.people[NIP] = person(NIP)
    bkn.rows["rw-cltn", NIP] = [{"tanggalAwal": "01-04-2026", "tanggalAkhir": "31-03-2027",
                                 "skNomor": "850/1", "nik": "6403012609860001"}]  # fmt: skip
    pull = on_both.begin(NIP, NIPS[1])
    on_both.run(pull)
    told = on_both.told()
    assert told[NIP].person["unit"] == "UNOR-A1"
    assert told[NIP].of("rw-cltn")[0] == {
        "since": "01-04-2026", "until": "31-03-2027", "letter": "850/1",
    }  # fmt: skip
    assert told[NIPS[1]].person == {}
    assert on_both.open() is None
    with reading(on_both.engine) as connection:
        stored = "".join(str(row) for row in connection.execute(select(siasn_records)))
    for secret in ("6403012609860001", "Islam", "Rahasia", "Menikah", "123456789012345"):
        assert secret not in stored


class Killed(BaseException):
    """What no program catches."""


@pytest.mark.parametrize("at", [1, 2, 3, 4, 9, 13])
def test_a_reading_that_is_killed_goes_on_and_asks_at_most_one_question_twice(reader, bkn, at):
    bkn.units = [unit(n) for n in range(25)]
    for nip in NIPS[:2]:
        bkn.people[nip] = person(nip)
    seen = 0

    def kill(_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise Killed

    pull = reader.begin(*NIPS[:2], units=True)
    with pytest.raises(Killed):
        reader.run(pull, kill)
    opened = reader.open()
    assert opened == pull
    reader.run(pull)
    assert len(reader.units()) == 25
    assert set(reader.told()) == set(NIPS[:2])
    assert len(bkn.asked) == len(set(bkn.asked)) == 13


def test_an_answer_that_was_lost_before_the_commit_is_asked_for_again(reader, bkn):
    bkn.people[NIP] = person(NIP)
    pull = reader.begin(NIP)
    ask = reader.puller.client.person

    class Dies:
        def person(self, kind: str, nip: str) -> Any:
            ask(kind, nip)
            raise Killed

        def units(self, *, limit: int, offset: int) -> Any:
            raise AssertionError

    broken = Puller(
        reader.engine, Dies(), reader.puller.columns, 10, lambda: reader.asking.now, lambda: TODAY
    )
    with pytest.raises(Killed):
        pulling.run(broken, pull)
    assert reader.told() == {}
    reader.run(pull)
    assert bkn.asked.count(f"/pns/data-utama/{NIP}") == 2
    assert reader.told()[NIP].person["nip"] == NIP


def test_a_later_answer_takes_the_place_of_an_earlier_one(on_both, bkn):
    bkn.people[NIP] = person(NIP)
    bkn.rows["rw-jabatan", NIP] = [{"unorId": "U1"}, {"unorId": "U2"}]
    on_both.run(on_both.begin(NIP))
    bkn.rows["rw-jabatan", NIP] = [{"unorId": "U3"}]
    on_both.run(on_both.begin(NIP))
    assert [one["unit"] for one in on_both.told()[NIP].of("rw-jabatan")] == ["U3"]
    with reading(on_both.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(siasn_records)) == 5


def test_leaves_out_who_makes_no_sense_and_names_them(reader, bkn):
    bkn.people[NIP] = person(NIPS[1])  # BKN answers about another
    bkn.people[NIPS[2]] = person(NIPS[2])
    bkn.rows["rw-jabatan", NIPS[2]] = [{"nipBaru": NIPS[3], "unorId": "U1"}]
    bkn.people[NIPS[4]] = person(NIPS[4], nipBaru=None)
    pull = reader.begin(NIP, NIPS[2], NIPS[4])
    reader.run(pull)
    faults = {(kind, nip): why for kind, nip, why in reader.faults(pull)}
    assert set(faults) == {
        ("data-utama", NIP), ("rw-jabatan", NIPS[2]), ("data-utama", NIPS[4]),
    }  # fmt: skip
    assert "another person" in faults["data-utama", NIP]
    assert "columns_file" in faults["data-utama", NIPS[4]]
    assert not any(nip in why for why in faults.values() for nip in NIPS)
    assert set(reader.told()) == {NIPS[2]}


def test_one_silence_is_left_out_and_three_in_a_row_stop_it(reader, bkn):
    bkn.people = {nip: person(nip) for nip in NIPS}
    pull = reader.begin(*NIPS)
    bkn.bites = [GATEWAY_TIMEOUT] * 3 + [None, says({"code": 0, "message": "x"}), HTML]
    bkn.bites += [GATEWAY_TIMEOUT] * 9
    with pytest.raises(NotNow):
        reader.run(pull)
    assert len(reader.faults(pull)) == 5
    assert reader.open() == pull
    reader.run(pull)
    assert len(reader.told()) == len(NIPS) - 2, "two answers about people were left out"
    assert reader.open() is None


def test_reads_units_page_by_page(on_both, bkn):
    bkn.units = [unit(n, "U000" if n else "") for n in range(20)]
    on_both.run(on_both.begin(units=True))
    assert len(on_both.units()) == 20
    assert [one.rpartition("offset=")[2] for one in bkn.asked] == ["0", "10", "20"]


def test_pages_that_repeat_end_the_list_by_name(reader, bkn):
    bkn.units = [unit(n) for n in range(30)]
    bkn.page = lambda units, limit, _: units[:limit]
    pull = reader.begin(units=True)
    reader.run(pull)
    assert [why for _, _, why in reader.faults(pull)] == [
        "BKN tells the same units again from place 10 on; it does not page"
    ]
    assert len(reader.units()) == 10


def test_pages_that_skip_leave_units_below_one_that_was_not_told(reader, bkn):
    bkn.units = [unit(n, f"U{n - 1:03}" if n else "") for n in range(30)]
    bkn.page = lambda units, limit, offset: (
        [] if offset > 20 else units[offset + 3 * (offset > 0) :][:limit]
    )
    reader.run(reader.begin(units=True))
    with reading(reader.engine) as connection:
        orphans = [one.unit for one in read_units(connection).orphans()]
    assert orphans == ["U013"]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ([{"nama": "tanpa id"}], "without an id"),
        ([{"Id": "x" * 43}], "without an id"),
        ([unit(n) for n in range(41)], "tells 41 units"),
    ],
)
def test_a_page_without_sense_is_named(reader, bkn, page, why):
    bkn.page = lambda *_: page
    pull = reader.begin(units=True)
    reader.run(pull)
    ((_, _, told),) = reader.faults(pull)
    assert why in told
    assert reader.units() == []
