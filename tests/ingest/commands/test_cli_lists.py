"""Bridges, people and terminals: taken, listed, taken again."""

import json
import stat
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from signed import Signer

from ingest import codes
from ingest.cli.show import show
from ingest.store import coverage, punches
from ingest.store.database import writing
from ingest.wire import Coverage


def test_what_a_bridge_wrote_moves_no_screen(capsys):
    """Neither its colours, its title nor its lines; programs get the very text."""
    evil = "x\x1b[2J\x1b]0;mine\x07\u202e\x9b31m\r\ny"
    show([{"reason": evil}], ["reason"], as_json=False)
    shown = capsys.readouterr().out
    assert "x\\x1b[2J\\x1b]0;mine\\x07\\u202e\\x9b31m\\r\\ny" in shown
    assert shown.replace("\n", "").isprintable()
    show([{"reason": evil}], ["reason"], as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"reason": evil}]


ONE, TWO = "198609262015051001", "198609262015051002"


class TestBridges:
    def test_a_code_is_printed_once_and_listed_never(self, staffed):
        result = staffed("bridges", "invite", "--office", "A", "--by", "Kepala BKPSDM")
        code = codes.read(result.stdout.strip())
        assert code.secret not in result.stderr.replace("-", "")
        assert "hadir-bridge enrol CODE, until 2026-03-17 09:00" in result.stderr
        (listed,) = staffed.json("bridges", "invites")
        assert (listed["id"], listed["office"], listed["name"]) == (code.number, "A", "Dinas")
        assert "hash" not in json.dumps(listed)
        assert staffed.json("bridges", "list") == []
        (line,) = [one for one in audit_of(staffed) if one["what"] == "bridges.invite"]
        assert (line["who"], line["subject"]) == ("Kepala BKPSDM", "invitation 1")

    def test_a_code_file_is_for_its_owner_alone(self, copied):
        path = copied.folder / "code"
        result = copied("bridges", "invite", "--office", "A", "--code-file", str(path))
        assert result.stdout == ""
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert codes.read(path.read_text().strip()).number == 1

    def test_a_code_file_is_never_overwritten(self, copied):
        path = copied.folder / "code"
        path.write_text("old")
        arguments = ["bridges", "invite", "--office", "A", "--code-file"]
        result = copied(*arguments, str(path), code=1)
        assert "exists already" in result.stderr
        assert path.read_text() == "old"
        result = copied(*arguments, str(copied.folder / "no" / "code"), code=1)
        assert "No such file" in result.stderr
        assert copied.json("bridges", "invites") == []

    def test_an_unknown_office_leaves_no_code_file(self, copied):
        path = copied.folder / "code"
        copied("bridges", "invite", "--office", "X", "--code-file", str(path), code=1)
        assert not path.exists()

    def test_a_withdrawn_code_is_listed_no_more(self, copied):
        copied("bridges", "invite", "--office", "A")
        assert "invitation 1 is refused" in copied("bridges", "withdraw", "1").stderr
        assert copied.json("bridges", "invites") == []
        assert "no invitation" in copied("bridges", "withdraw", "7", code=1).stderr

    def test_a_known_bridge_is_invited_by_its_number(self, copied):
        copied.bridge("A", "pc")
        copied("bridges", "invite", "--office", "A", "--bridge", "1")
        assert copied.json("bridges", "invites")[0]["bridge_id"] == 1
        said = copied("bridges", "invite", "--office", "B", "--bridge", "1", code=1).stderr
        assert said == "bridge 1 is of office A, not of B\n"
        arguments = ["bridges", "invite", "--office", "A", "--bridge", "1", "--name", "x"]
        assert "leave out --name" in copied(*arguments, code=2).stderr

    def test_keys_are_listed_with_their_bridges_and_by_themselves(self, copied):
        assert "no bridge has the number 1" in copied("bridges", "keys", "1", code=1).stderr
        copied.bridge("A", "pc")
        (listed,) = copied.json("bridges", "list")
        (key,) = copied.json("bridges", "keys", "1")
        assert listed["key_id"] == key["key_id"] == Signer("pc").key_id
        assert key["public_key"] == Signer("pc").public_key.hex()
        assert (key["enrolled_at"], key["retired_at"]) == ("2026-03-10T01:00:00+00:00", None)

    def test_revoking_asks_first_and_ends_the_key(self, copied):
        copied.bridge("A", "pc")
        copied("bridges", "revoke", "1", input="n\n", code=1)
        assert copied.json("bridges", "list")[0]["revoked_at"] is None
        copied("bridges", "revoke", "1", "--yes")
        (listed,) = copied.json("bridges", "list")
        assert (listed["revoked_at"], listed["key_id"]) == ("2026-03-10T01:00:00+00:00", None)
        assert copied.json("bridges", "keys", "1")[0]["retired_at"] == listed["revoked_at"]
        assert "bridges.revoke" in [one["what"] for one in audit_of(copied)]


def audit_of(command):
    return command.json("audit", "list")


class TestPeopleAndTerminals:
    def test_what_is_listed_as_csv_imports_unchanged(self, staffed):
        staffed.take(
            "people",
            "nip,name,kind,office,superior_nip,from,until\n"
            f'{TWO},"Dua, S.H.; ""M.Si""",PNS,B,,2026-02-01,2026-02-28\n'.replace(
                'Dua, S.H.; ""M.Si""', "Dua"
            ),
        )
        for what, listing in (
            ("offices", ["offices", "list", "--csv"]),
            ("people", ["people", "export"]),
            ("terminals", ["terminals", "list", "--csv"]),
            ("user-ids", ["user-ids", "list", "--csv"]),
        ):
            exported = staffed(*listing).stdout
            assert ": 0 new, 0 changed, " in staffed.take(what, exported).stdout
            assert staffed(*listing).stdout == exported

    def test_people_are_listed_as_of_a_day(self, staffed):
        staffed.take(
            "people",
            f"nip,name,kind,office,superior_nip,from\n{TWO},Dua,PNS,B,{ONE},2026-03-10\n",
        )
        assert [one["nip"] for one in staffed.json("people", "list", "--office", "A")] == [ONE]
        assert len(staffed.json("people", "list", "--office", "A", "--on", "2026-03-09")) == 2
        assert len(staffed.json("people", "list", "--all")) == 3
        assert "Satu" in staffed("people", "list").stdout

    def test_a_terminal_is_added_and_changed(self, staffed):
        staffed("terminals", "add", "S2", "--name", "aula", "--office", "B")
        staffed("terminals", "set", "S2", "--name", "aula utama", "--counts-until", "2026-06-30")
        found = {one["serial"]: one for one in staffed.json("terminals", "list")}
        assert found["S2"] == {
            "serial": "S2",
            "name": "aula utama",
            "office": "B",
            "counts_from": "2026-03-10",
            "counts_until": "2026-06-30",
            "registered": True,
        }

    def test_a_terminal_that_spoke_before_counts_since_its_log_is_known(
        self, run, engine, bridge, at
    ):
        """Else what is missing of the days before its registration would be forgotten by it."""
        since = int(datetime(2026, 3, 2, 23, 0, tzinfo=UTC).timestamp())  # the 3rd in Makassar
        told = Coverage("S9", since, since + 60, None, 5, 0, None, since + 60, "poll")
        with writing(engine) as connection:
            coverage.save(
                connection, bridge, [told], at, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300
            )
        run("terminals", "add", "S9", "--name", "aula", "--office", "A")
        found = {one["serial"]: one["counts_from"] for one in run.json("terminals", "list")}
        assert found["S9"] == "2026-03-03"

    @pytest.mark.parametrize("told", ["punches", "coverage"])
    def test_what_another_office_told_of_a_terminal_is_not_taken_along_unseen(
        self, run, engine, bridge, at, punch, batch, deliver, told
    ):
        """A stolen key may claim a serial nobody has registered, and tell what it likes of it."""
        zone, now = ZoneInfo("Asia/Makassar"), int(at.timestamp())
        with writing(engine) as connection:
            if told == "punches":
                made = deliver(batch(punch("7", terminal="S9")), bridge)
                punches.save(connection, bridge, made, at, zone=zone, clock_limit_s=300)
            else:
                said = Coverage("S9", now - 9, now, None, 5, 0, None, now, "poll")
                coverage.save(connection, bridge, [said], at, zone=zone, clock_limit_s=300)
        words = ("terminals", "add", "S9", "--name", "aula", "--office", "B")
        refused = run(*words, code=1).stderr
        assert "S9 was told of by a bridge of office A before it was registered" in refused
        assert "--with-its-past" in refused
        known = {one["serial"]: one["registered"] for one in run.json("terminals", "list")}
        assert known["S9"] is False
        file = "serial,name,office,counts_from\nS9,aula,B,2026-03-01\n"
        assert "S9 was told of" in run.take("terminals", file, code=1).stderr
        taken = run(*words, "--with-its-past", "--by", "Pak Admin").stdout
        assert "changed: terminal S9: now registered, office A -> B" in taken
        (line,) = [one for one in audit_of(run) if one["what"] == "terminals.add"]
        assert line["details"]["told_before_by"] == "A"

    def test_warnings_and_changes_are_told_apart(self, copied):
        result = copied.take(
            "people",
            f"nip,name,kind,office,superior_nip,from\n{ONE},Satu,PPPK,A,,2026-01-01\n",
        )
        assert result.stdout == (
            "changed: line 2: kind PNS -> PPPK\npeople: 0 new, 1 changed, 0 as before\n"
        )
        assert result.stderr.startswith("warning: line 2: ")
