"""Addresses, messages and masses by the commands of named people."""

import getpass
import json
from typing import Any

import pytest
from click.testing import CliRunner
from followed import HEAD, MONDAY, OFFICE, PERSON, nip
from openpyxl import Workbook
from told import Fault, Telling, failure

from ingest import seal as keys
from ingest.cli import cli
from ingest.store import contacts as store
from ingest.store.database import reading, writing

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

CHANNELS = '[[ingest.channel]]\nname = "wa"\ndriver = "gammu"\n'


class Desk:
    """Runs commands as Budi, an admin."""

    def __init__(self, telling: Telling, folder: Any) -> None:
        self.telling, self.folder = telling, folder
        keys.save(telling.followed.seal, folder / "seal.key")
        self.config = folder / "ingest.toml"
        url = telling.followed.engine.url.render_as_string(hide_password=False)
        self.config.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\nseal_file = "seal.key"\n'
        )

    def __call__(self, *words: str, code: int = 0, who: str = "budi") -> Any:
        result = CliRunner().invoke(
            cli, ["--config", str(self.config), *words],
            obj=lambda: self.telling.now, env={"SUDO_USER": who},
        )  # fmt: skip
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result


@pytest.fixture
def desk(telling: Telling, tmp_path: Any) -> Desk:
    return Desk(telling, tmp_path)


@pytest.fixture
def named(desk: Desk) -> Desk:
    desk(
        "users", "add", "budi", "--full-name", "Budi", "--role", "admin", "--os-user",
        getpass.getuser(), "--sudo-user", "budi",
    )  # fmt: skip
    return desk


def rows(desk: Desk, *words: str) -> Any:
    return json.loads(desk(*words, "--json").stdout)


class TestAddresses:
    def test_a_workbook_of_numbers_is_taken_whole_and_numbers_become_one_form(
        self, desk: Desk
    ) -> None:
        book = Workbook()
        sheet = book.active
        sheet.append(["NIP", "Office", "Post", "Phone", "Mail"])
        sheet.append([nip(PERSON), None, None, "+62 821-1111-1111", None])
        sheet.append([None, OFFICE, "Sekretaris", "082122222222", "dinas@kukar.go.id"])
        book.save(desk.folder / "nomor.xlsx")
        assert (
            "contacts: 2 new, 1 changed"
            in desk("contacts", "import", str(desk.folder / "nomor.xlsx")).stdout
        )
        found = rows(desk, "contacts", "list", "--office", OFFICE)
        in_use = [one["value"] for one in found if one["nip"] == nip(PERSON)][-1]
        assert in_use == "082111111111"
        assert {one["value"] for one in found if one["office"]} == {
            "082122222222", "dinas@kukar.go.id",
        }  # fmt: skip
        again = desk("contacts", "import", str(desk.folder / "nomor.xlsx")).stdout
        assert "contacts: 0 new, 0 changed, 3 as before" in again

    def test_every_fault_is_named_by_its_row_and_nothing_is_kept(self, desk: Desk) -> None:
        file = desk.folder / "nomor.csv"
        file.write_text(
            f"nip,office,phone,mail\n{nip(PERSON)},,0541-661234,\n,Z,08123456789,\n"
            f"{nip(HEAD)},{OFFICE},08123456789,\n{nip(HEAD)},,,bukan surel\n"
        )
        told = desk("contacts", "import", str(file), code=1).stderr
        assert "line 2: phone: '0541-661234' is a landline" in told
        assert 'line 3: no office "Z"' in told
        assert "line 4: give nip for a person, or office" in told
        assert "line 5: mail:" in told
        assert "4 fault(s), nothing imported" in told

    def test_a_list_makes_no_wrong_number_good_and_no_refusal_undone(self, desk: Desk) -> None:
        file = desk.folder / "nomor.csv"
        file.write_text(f"nip,phone\n{nip(PERSON)},08111111112\n{nip(HEAD)},08111111111\n")
        desk(
            "contacts", "refuse", "--nip", nip(PERSON), "--kind", "phone", "--why", "surat"
        )  # fmt: skip
        self._wrong(desk)
        told = desk("contacts", "import", str(file)).stderr
        assert "line 2: phone stays refused" in told
        assert "line 3: phone stays wrong" in told
        states = {one["nip"]: one["state"] for one in rows(desk, "contacts", "list")}
        assert states == {nip(PERSON): "refused", nip(HEAD): "wrong"}
        desk("contacts", "set", "--nip", nip(HEAD), "--phone", "08111111111", "--source", "x")
        assert rows(desk, "contacts", "list", "--nip", nip(HEAD))[-1]["state"] == "good"

    def test_an_office_reads_in_its_language_what_reaches_nobody(self, desk: Desk) -> None:
        assert "sampai sejauh ini" in desk("contacts", "wrong", "--office", OFFICE).stdout
        self._wrong(desk)
        told = desk("contacts", "wrong", "--office", OFFICE).stdout
        assert "mohon diperbarui oleh kantor" in told
        assert f"Orang {HEAD} (NIP {nip(HEAD)}): telepon 08111111111, tidak sampai sejak" in told

    def test_an_office_reads_of_whom_there_is_no_number_if_it_asks(self, desk: Desk) -> None:
        desk.telling.followed.person(9)
        words = ("contacts", "wrong", "--office", OFFICE)
        assert "Orang 9" not in desk(*words).stdout
        told = desk(*words, "--missing").stdout
        assert "Belum ada nomor telepon yang tercatat:" in told
        assert f"  - Orang 9 (NIP {nip(9)}), kantor {OFFICE}" in told
        (row,) = rows(desk, *words, "--missing")
        assert (row["nip"], row["state"], row["value"]) == (nip(9), "missing", None)

    def _wrong(self, desk: Desk) -> None:
        with writing(desk.telling.followed.engine) as connection:
            store.mark(
                connection, (nip(HEAD), None), kind="phone", state="wrong", why="sms",
                now=desk.telling.now,
            )  # fmt: skip


class TestMessages:
    def test_that_one_was_taken_arrived_and_was_read_are_three_things(self, desk: Desk) -> None:
        desk.telling.send()
        found = rows(desk, "notices", "list")
        assert all(one["accepted_at"].endswith("+08:00") for one in found if one["accepted_at"])
        assert {one["state"] for one in found} == {"accepted"}
        (mine,) = [one for one in found if one["nip"] == nip(PERSON)]
        assert (mine["delivered_at"], mine["read_at"]) == (None, None)
        assert mine["address"] == "0812...222"
        shown = json.loads(desk("notices", "show", str(mine["number"])).stdout)
        assert shown["text"].startswith("Yth. Orang 2")
        assert rows(desk, "notices", "list", "--paper") == []

    def test_a_person_settles_what_nobody_knows(self, desk: Desk) -> None:
        desk.telling.channels[0].answers = [failure(Fault.UNKNOWN)]
        desk.telling.send()
        (one,) = rows(desk, "notices", "list", "--state", "unknown")
        words = ("notices", "settle", str(one["number"]), "--why", "ditanyakan")
        desk(*words, code=2)
        desk(*words, "--sent")
        assert (
            "is accepted; only one in the state unknown"
            in desk(*words, "--not-sent", code=1).stderr
        )
        desk.telling.pass_(minutes=1)
        desk.telling.send()
        assert desk.telling.followed.kinds().count("TOLD") == 2

    def test_a_dry_run_changes_nothing(self, desk: Desk) -> None:
        assert rows(desk, "notices", "send", "--dry-run") == []
        assert desk.telling.rows(to=None) == []

    def test_texts_are_looked_at_and_shown(self, desk: Desk) -> None:
        assert "7 texts can be used" in desk("notices", "templates", "check").stdout
        assert "3 hari kerja" in desk("notices", "preview", "warning").stdout
        own = desk.folder / "texts"
        own.mkdir()
        (own / "closed.txt.j2").write_text("{% for x in nama %}{{ x }}{% endfor %} {{ nip }}")
        (own / "step.txt.j2").write_text("NIP Saudara: 19860926 201505 1 001")
        desk.config.write_text(desk.config.read_text() + '[ingest.notify]\ntemplates = "texts"\n')
        told = desk("notices", "templates", "check", code=2).stderr
        assert 'closed.txt.j2: line 1: "for" is not taken' in told
        assert '"nip" is no value' in told
        (own / "closed.txt.j2").unlink()
        told = desk("notices", "templates", "check", code=2).stderr
        assert told == (
            'template step: the message holds a number as long as a NIP, the word "nip"\n'
        )

    def test_an_unknown_channel_is_named(self, desk: Desk) -> None:
        words = ("notices", "test-send", "--channel", "wa", "--to", "0812-3456-7890")
        assert "no channel 'wa'" in desk(*words, code=1).stderr


class TestMasses:
    def test_a_named_admin_sees_where_a_mass_is_and_lets_it_go(self, named: Desk) -> None:
        self._storm(named)
        (told,) = rows(named, "notices", "storm", "list")
        assert (told["state"], told["offices"]) == ("held", {OFFICE: 2})
        assert set(told["days"]) == {"2026-03-02", "2026-03-03", "2026-03-04"}
        assert f"{OFFICE}: 2" in named("notices", "storm", "list").stdout
        named("notices", "storm", "release", "1", "--why", "diperiksa")
        assert (
            "was released by Budi (budi): diperiksa"
            in named("notices", "storm", "drop", "1", "--why", "x", code=1).stderr
        )
        named.telling.send()
        assert named.telling.states() == [("warning", "wa", "accepted")]
        assert rows(named, "notices", "storm", "list")[0]["offices"] == {OFFICE: 2}

    def test_what_is_dropped_never_goes_out(self, named: Desk) -> None:
        self._storm(named)
        named("notices", "storm", "drop", "1", "--why", "mesin mati")
        named.telling.pass_(minutes=1)
        named.telling.send()
        assert named.telling.states() == [("warning", "wa", "dropped")]
        assert named.telling.channels[0].sent == []

    def test_nobody_without_a_name_decides(self, desk: Desk) -> None:
        self._storm(desk)
        told = desk("notices", "storm", "release", "1", "--why", "x", code=1).stderr
        assert "decided by a user with a name" in told

    def _storm(self, desk: Desk) -> None:
        telling = desk.telling
        telling.settings |= {"storm_least": 2, "storm_percent": 50}
        telling.followed.person(3)
        telling.reach(3)
        telling.followed.judge(MONDAY, MONDAY.replace(day=3), MONDAY.replace(day=4))
        telling.followed.round()
        telling.send()
        with reading(telling.followed.engine):
            assert telling.states() == [("warning", "wa", "held")]
