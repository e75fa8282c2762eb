"""Users: who acts, in whose name, and the way back when no admin can."""

import getpass
import json
import os

import pytest
from two_offices import ADMIN, AUDITOR, OPERATOR, READER

from ingest.identity import Account

ME = getpass.getuser()
FIRST = ("--full-name", "Budi Santoso", "--role", "admin", "--os-user", ME)
BY_SUDO = ("--os-user", ME, "--sudo-user")
WHY = ("--why", "satu-satunya admin pindah")


def as_(run, who, *words, code=0):
    return run(*words, code=code, env={"SUDO_USER": who})


def lines(run, who=None):
    told = run("audit", "list", "--json", env={"SUDO_USER": who or ""})
    return json.loads(told.stdout)


class TestWithoutUsers:
    def test_whoever_can_run_it_acts_as_admin_and_is_told_so(self, copied):
        nobody = "no user is registered: whoever can run this command acts as admin"
        assert nobody in copied("users", "list").stderr
        assert copied("check", code=1).stdout.count(nobody) == 1
        assert nobody in copied("whoami").stderr
        assert nobody not in copied("people", "list").output
        copied("tokens", "add", "x", "--role", "admin", "--by", "Bu Kepala")
        line = lines(copied)[-1]
        assert (line["who"], line["actor"], line["role"]) == ("Bu Kepala", None, "admin")

    def test_the_first_is_an_admin_who_can_act(self, copied):
        for role in ("operator", "auditor", "reader"):
            office = ("--office", "A") if role == "operator" else ()
            said = copied(
                "users", "add", "x", "--full-name", "x", "--role", role, *office, "--os-user", ME,
                code=1,
            ).stderr  # fmt: skip
            assert said.startswith("the first user is an admin with an account")
        copied("users", "add", "x", "--full-name", "x", "--role", "admin", code=1)
        copied("users", "add", "budi", *FIRST)
        assert "user     budi (Budi Santoso)" in copied("whoami").stdout


def test_users_are_added_changed_and_ended_on_both_databases(staffed):
    run = staffed
    run("users", "add", "budi", *FIRST)
    run("users", "add", "siti", "--full-name", "Siti", "--role", "reader", *BY_SUDO, "siti")
    assert as_(run, "siti", "people", "list").exit_code == 0
    run("users", "set", "siti", "--role", "operator", "--office", "B", env={"SUDO_USER": ""})
    assert "ONE" not in as_(run, "siti", "people", "list").stdout
    run("users", "end", "siti", "--yes", env={"SUDO_USER": ""})
    said = as_(run, "siti", "people", "list", code=1).stderr
    assert said.startswith("user siti may do nothing here since 2026-03-10")
    rows = json.loads(run("users", "list", "--json").stdout)
    assert [(one["name"], one["role"], one["office"], one["os_user"]) for one in rows] == [
        ("budi", "admin", None, ME),
        ("siti", "operator", "B", f"{ME} (sudo siti)"),
    ]
    assert rows[1]["ended_at"] is not None
    acts = [one["what"] for one in lines(run) if one["what"].startswith("users.")]
    assert acts == ["users.add", "users.add", "users.set", "users.end"]
    # the account may be somebody else's now; the name may not
    again = ("--full-name", "Siti Dua", "--role", "reader", *BY_SUDO, "siti")
    assert "a name is never given again" in run("users", "add", "siti", *again, code=1).stderr
    run("users", "add", "siti2", *again)
    assert "user     siti2 (Siti Dua)" in as_(run, "siti", "whoami").stdout


class TestStrangers:
    @pytest.mark.parametrize(
        "words",
        [
            ("people", "list"),
            ("report", "daily", "--office", "A"),
            ("users", "add", "x", "--full-name", "x", "--role", "admin", "--os-user", ME),
            ("audit", "list"),
            ("backup", "backups"),
            ("migrate",),
            ("check",),
            ("retention", "run"),
        ],
    )
    def test_an_account_that_is_nobodys_is_refused_in_one_sentence(
        self, two_offices, words, monkeypatch
    ):
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
        result = as_(two_offices, "asing", *words, code=1)
        assert result.stdout == ""
        assert result.stderr == (
            'the account "uid 4000000 (sudo asing)" is no user of hadir; ask an admin for '
            "hadir-ingest users add\n"
        )

    def test_it_learns_who_it_is(self, two_offices):
        assert as_(two_offices, "asing", "whoami").stdout.splitlines() == [
            f"account  {ME} (sudo asing)",
            "user     none: ask an admin of hadir for hadir-ingest users add",
        ]

    def test_a_machine_does_its_work_and_no_more(self, two_offices, tmp_path, monkeypatch):
        """As systemd runs it: the account of the service, and nobody behind it."""
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
        two_offices("backup", str(tmp_path / "backups"), env={"SUDO_USER": ""})
        two_offices("migrate", env={"SUDO_USER": ""})
        two_offices("people", "list", env={"SUDO_USER": ""}, code=1)
        two_offices("restore", str(tmp_path), env={"SUDO_USER": ""}, code=1)
        monkeypatch.undo()
        line = lines(two_offices, ADMIN)[-1]
        assert (line["what"], line["role"], line["actor"]) == ("backup", "service", None)

    def test_who_came_by_sudo_is_not_whoever_the_account_belongs_to(self, copied):
        copied("users", "add", "budi", *FIRST)
        as_(copied, "asing", "people", "list")  # nobody shares it: it is budi's, told beside
        assert lines(copied)[-1]["os_user"] == f"{ME} (sudo asing)"
        copied("users", "add", "siti", "--full-name", "S", "--role", "reader", *BY_SUDO, "siti")
        as_(copied, "asing", "people", "list", code=1)
        copied("people", "list", env={"SUDO_USER": ""})


class TestRoles:
    @pytest.mark.parametrize(
        ("who", "words", "said"),
        [
            (READER, ("calendar", "add", "2026-09-28", "x"), "user rina is reader and may not run"),
            (AUDITOR, ("users", "end", "siti", "--yes"), "user andi is auditor and may not run"),
            (READER, ("audit", "list"), "it needs the right audit"),
            (OPERATOR, ("audit", "list"), "it needs the right audit"),
            (OPERATOR, ("users", "set", "siti", "--role", "admin"), "it needs the right admit"),
            (OPERATOR, ("calendar", "seed", "2027"), "concerns every office, and user siti is of"),
            (OPERATOR, ("check",), "concerns every office"),
            (OPERATOR, ("offices", "import", "x.csv"), "concerns every office"),
            (OPERATOR, ("backup", "x"), "it needs the right keep"),
        ],
    )
    def test_what_is_beyond_a_role_is_refused(self, two_offices, who, words, said):
        if words[:2] == ("offices", "import"):
            words = (*words[:2], two_offices.file("x.csv", "code,name\nA,Lain\n"))
        assert said in as_(two_offices, who, *words, code=1).stderr

    @pytest.mark.parametrize("who", [ADMIN, OPERATOR, AUDITOR, READER])
    def test_everybody_sees_the_own_office_and_who_they_are(self, two_offices, who):
        assert f"user     {who} " in as_(two_offices, who, "whoami").stdout
        assert "Satu" in as_(two_offices, who, "people", "list", "--office", "A").stdout

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--role", "operator"), "an operator is of one office"),
            (("--role", "admin", "--office", "A"), "the role admin sees every office"),
            (("--role", "reader", "--office", "Z"), 'no office "Z"'),
            (("--role", "reader", *BY_SUDO, "siti"), "is that of user siti; end that one first"),
        ],
    )
    def test_a_user_that_cannot_be_is_refused(self, two_offices, words, said):
        new = ("users", "add", "dewi", "--full-name", "Dewi", *words)
        assert said in as_(two_offices, ADMIN, *new, code=1).stderr
        assert "dewi" not in as_(two_offices, ADMIN, "users", "list").stdout

    def test_the_last_admin_stays(self, two_offices):
        for words in (("end", ADMIN, "--yes"), ("set", ADMIN, "--role", "auditor")):
            said = as_(two_offices, ADMIN, "users", *words, code=1).stderr
            assert said == "user budi is the last admin; add another one first\n"

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("Siti",), "small letters"),
            (("x", "--os-user", "a b"), "no account of the operating system"),
            (("x", "--os-user", "a", "--sudo-user", "x)"), "no account of the operating system"),
            (("x", "--sudo-user", "siti"), "--sudo-user goes with --os-user"),
        ],
    )
    def test_a_name_that_is_none_is_refused(self, copied, words, said):
        new = ("users", "add", *words, "--full-name", "x", "--role", "admin")
        assert said in copied(*new, code=2).stderr


class TestNames:
    TOUCH = ("adjustments", "add-touch", "--nip", "198609262015051001", "--why", "daftar hadir")

    def test_an_admin_writes_down_who_decided_and_is_told_beside(self, two_offices):
        at = ("--at", "2026-03-09 07:20")
        as_(two_offices, ADMIN, *self.TOUCH, *at, "--by", "Kepala BKPSDM", "--letter", "800/1")
        line = lines(two_offices, ADMIN)[-1]
        assert (line["who"], line["actor"]) == ("Kepala BKPSDM", ADMIN)
        assert [one["id"] for one in lines(two_offices, ADMIN) if one["actor"] == ADMIN][-1] == (
            line["id"]
        )
        found = as_(two_offices, ADMIN, "audit", "list", "--by", ADMIN, "--json").stdout
        assert line in json.loads(found)

    @pytest.mark.parametrize("named", [(), ("--by", "siti"), ("--by", "SITI AMINAH")])
    def test_everybody_else_decides_in_the_own_name(self, two_offices, named):
        as_(two_offices, OPERATOR, *self.TOUCH, "--at", "2026-03-09 07:20", *named)
        line = lines(two_offices, ADMIN)[-1]
        assert (line["who"], line["actor"], line["role"]) == ("Siti Aminah", OPERATOR, "operator")

    def test_and_in_no_other(self, two_offices):
        before = lines(two_offices, ADMIN)
        touch = (*self.TOUCH, "--at", "2026-03-09 07:20", "--by", "Kepala BKPSDM")
        said = as_(two_offices, OPERATOR, *touch, code=1).stderr
        assert said == "user siti can decide in no other name; leave out --by\n"
        assert lines(two_offices, ADMIN) == before


class TestRecovery:
    NEW = ("users", "recover", "dewi", "--full-name", "Dewi Lestari", *BY_SUDO, "dewi", *WHY)

    def test_makes_an_admin_past_all_users_and_is_told_for_a_month(self, two_offices):
        if os.getuid() != 0:
            pytest.skip("root recovers; who owns the store is the next test's business")
        said = as_(two_offices, "asing", *self.NEW).stderr
        assert said.startswith("user dewi is admin from now on, made past all users")
        line = lines(two_offices, "dewi")[-1]
        assert (line["what"], line["actor"], line["os_user"]) == (
            "users.recover", None, f"{ME} (sudo asing)",
        )  # fmt: skip
        assert line["details"]["why"] == WHY[1]
        told = "look  somebody was made admin past all users at 2026-03-10 09:00"
        assert told in as_(two_offices, ADMIN, "check").stdout
        two_offices.now = two_offices.now.replace(month=5)
        assert "made admin past" not in as_(two_offices, ADMIN, "check", code=1).stdout

    def test_brings_back_who_ended_and_nobody_elses_account(self, two_offices):
        as_(two_offices, ADMIN, *self.NEW)
        as_(two_offices, "dewi", "users", "end", ADMIN, "--yes")
        taken = ("users", "recover", ADMIN, "--full-name", "B", *BY_SUDO, "dewi", *WHY)
        assert "is that of user dewi" in as_(two_offices, "dewi", *taken, code=1).stderr
        back = ("users", "recover", ADMIN, "--full-name", "Budi", *BY_SUDO, ADMIN, *WHY)
        as_(two_offices, "dewi", *back)
        assert "role     admin" in as_(two_offices, ADMIN, "whoami").stdout

    def test_is_no_way_up_for_who_came_by_sudo(self, two_offices, monkeypatch):
        """The account owns the file, as hadir does: who only runs this program by it is refused."""
        self._own(two_offices, monkeypatch)
        for who in ("asing", OPERATOR, ADMIN):
            said = as_(two_offices, who, *self.NEW, code=1).stderr
            assert said.startswith("only root, or who owns the store and did not come by sudo")
        assert "dewi" not in as_(two_offices, ADMIN, "users", "list").stdout

    def test_is_a_way_for_who_owns_the_file(self, two_offices, monkeypatch):
        self._own(two_offices, monkeypatch)
        two_offices(*self.NEW, env={"SUDO_USER": ""})

    def test_is_none_for_who_does_not(self, two_offices, monkeypatch):
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
        assert "only root" in two_offices(*self.NEW, env={"SUDO_USER": ""}, code=1).stderr

    def test_is_refused_before_there_are_users(self, copied):
        assert "use hadir-ingest users add" in copied(*self.NEW, code=1).stderr

    @staticmethod
    def _own(run, monkeypatch):
        """Let the program run as an account that is not root and owns the store."""
        owner = os.stat(run.folder / "hadir.db").st_uid  # noqa: PTH116 - patched below
        monkeypatch.setattr("ingest.cli.acting.os", _As(owner))
        monkeypatch.setattr(
            "ingest.cli.acting.Account", lambda name, sudo, root: Account(ME, sudo, root=False)
        )


class _As:
    """The operating system as another account sees it."""

    environ = os.environ

    def __init__(self, uid):
        self._uid = uid

    def getuid(self):
        return self._uid
