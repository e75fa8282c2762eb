"""Who is enrolled, as a list that the centre imports."""

import csv
import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bridge.userlist import COLUMNS, sheet
from drivers.base import User
from ingest.imports.sheet import parse_sheet
from ingest.imports.user_ids import COLUMNS as IMPORTED

NIP = "198609262015051001"
DAY = date(2026, 11, 1)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_it_has_the_columns_that_are_imported():
    text = sheet([User("7", 1, "Budi")], serial="ABC", first=DAY)
    assert text == "terminal,office,user_id,nip,from,name\nABC,,7,,2026-11-01,Budi\n"
    taken = parse_sheet(text.encode(), "pin.csv", IMPORTED)
    assert taken.rows[0].cells["user_id"] == "7"
    assert set(COLUMNS) <= set(IMPORTED.names)


@pytest.mark.parametrize(
    ("user_id", "nip"), [(NIP, NIP), ("007", ""), (NIP[:17], ""), (NIP + "1", ""), ("A" * 18, "")]
)
def test_the_nip_is_filled_in_where_the_user_id_is_one(user_id, nip):
    (row,) = rows(sheet([User(user_id)], serial="ABC", first=DAY))
    assert (row["user_id"], row["nip"]) == (user_id, nip)


def test_user_ids_are_in_order_and_stay_text():
    users = [User(one) for one in ("B2", "10", "9", "009", "A1")]
    told = [row["user_id"] for row in rows(sheet(users, serial="ABC", first=DAY))]
    assert told == ["009", "9", "10", "A1", "B2"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@cmd", "'@cmd"),
        ('Siti, "S.E."', 'Siti, "S.E."'),
        ("Ani\nBudi\x00", "Ani Budi "),
        ("", ""),
    ],
)
def test_a_name_is_only_a_name(name, told):
    (row,) = rows(sheet([User("7", 1, name)], serial="ABC", first=DAY))
    assert row["name"] == told


class TestCommand:
    @pytest.fixture(autouse=True)
    def people(self, memory):
        memory.enrol("1001", "Budi Santoso")
        memory.enrol("197912112009012003", "Siti Aminah")

    def test_it_prints_the_list_alone(self, desk):
        told = desk.types("users", "front-door", "--from", "2026-11-01")
        assert told.exit_code == 0
        found = rows(told.stdout)
        assert [row["user_id"] for row in found] == ["1001", "1002", "197912112009012003"]
        assert found[0] == {
            "terminal": "SIM0000000001", "office": "", "user_id": "1001", "nip": "",
            "from": "2026-11-01", "name": "Budi Santoso",
        }  # fmt: skip
        assert found[2]["nip"] == "197912112009012003"
        assert told.stderr == "front-door: serial SIM0000000001, users 3\n"

    def test_it_counts_from_today_where_no_day_is_given(self, desk):
        before = datetime.now(ZoneInfo("Asia/Makassar")).date()
        told = rows(desk.types("users", "front-door").stdout)[0]["from"]
        assert before <= date.fromisoformat(told) <= datetime.now(ZoneInfo("Asia/Makassar")).date()

    def test_nothing_but_the_user_table_is_asked_for(self, desk, memory):
        desk.types("users", "front-door")
        assert not {8, 10, 12, 15, 18, 88, 1003} & set(memory.commands_seen)
        assert memory.commands_seen[1503] == 1

    def test_a_family_that_cannot_tell_is_one_sentence(self, desk, tmp_path):
        desk.write("""[[terminal]]
name = "field"
driver = "usb"
serial = "EFGH123456789"
path = "/tmp"
""")
        told = desk.types("users", "field")
        assert told.exit_code == 1
        assert told.stdout == ""
        assert len(told.stderr.splitlines()) == 1
