"""Cases by the commands of named people: an operator of the office, and two admins."""

import getpass
import json
from importlib import resources

import pytest
from click.testing import CliRunner
from followed import HEAD, MONDAY, PERSON, Followed, nip
from sqlalchemy import insert
from tampered import tamper

from ingest import seal as keys
from ingest.cli import cli
from ingest.discipline.cases import Step
from ingest.store import audit
from ingest.store.database import reading, writing
from ingest.store.tables import bad_records
from ingest.store.tables_cases import case_events, case_files, case_notices
from ingest.store.tables_time import roster_days, shifts

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])

USERS = {
    "budi": ("Budi Santoso", "admin"),
    "ani": ("Ani Wijaya", "admin"),
    "siti": ("Siti Aminah", "operator"),
    "diri": ("Nama Lain", "admin"),  # who is the person of the case, by NIP
    "senama": (f"Orang {PERSON}", "admin"),  # who is called like that person, and is another
    "atasan": ("Kepala Seksi", "admin"),  # who is the superior
}
NIPS = {"diri": PERSON, "senama": 700, "atasan": HEAD}


class Office:
    """Runs commands as one of USERS, at nine in the morning of the office's today."""

    def __init__(self, followed: Followed, folder, url: str) -> None:
        self.followed = followed
        self.folder = folder
        keys.save(followed.seal, folder / "seal.key")
        self.config = folder / "ingest.toml"
        self.config.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\nseal_file = "seal.key"\n'
        )

    def __call__(self, who: str, *words: str, code: int = 0):
        result = CliRunner().invoke(
            cli, ["--config", str(self.config), *words],
            obj=lambda: self.followed.now, env={"SUDO_USER": who},
        )  # fmt: skip
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def paper(self, name: str = "surat.pdf", content: bytes = b"surat dokter") -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def case(self) -> dict:
        return json.loads(self("budi", "cases", "show", "1", "--json").stdout)


def fill(engine, folder, url):
    followed = Followed(engine).go(3)
    run = Office(followed, folder, url)
    for name, (full_name, role) in USERS.items():
        bound = ("--office", "A") if role == "operator" else ()
        bound += ("--nip", nip(NIPS[name])) if name in NIPS else ()
        run(
            "budi", "users", "add", name, "--full-name", full_name, "--role", role, *bound,
            "--os-user", getpass.getuser(), "--sudo-user", name,
        )  # fmt: skip
    return followed


@pytest.fixture
def office(stocked, tmp_path):
    """A case of Monday to Wednesday, and the users."""
    engine, url, made = stocked(fill)
    return Office(made.beside(engine), tmp_path, url)


def lines(office):
    with reading(office.followed.engine) as connection:
        return audit.find(connection, subject=f"nip {nip(PERSON)}")


@one_database
def test_without_users_nobody_decides(followed, tmp_path, database_url):
    followed.go(3)
    run = Office(followed, tmp_path, database_url)
    told = run("", "cases", "withdraw", "1", "--why", "x", code=1).stderr
    assert "register them with hadir-ingest users add" in told


def test_a_clarification_with_its_paper_from_handing_in_to_the_excuse(office, tmp_path):
    told = office(
        "siti", "cases", "clarify", "1", "--from", "person", "--text", "sakit", "--file",
        office.paper(),
    ).stdout  # fmt: skip
    assert told == "case 1: clarification 2; it waits to be judged\n"
    (paper,) = office.followed.rows(case_files)
    assert (paper.name, paper.size, paper.content) == ("surat.pdf", 12, b"surat dokter")
    assert "putusan operator kantor atau admin" in office("siti", "cases", "explain", "1").stdout
    assert (
        "another one must judge it"
        in office("siti", "cases", "accept", "1", "2", "--why", "x", code=1).stderr
    )
    told = office("budi", "cases", "accept", "1", "2", "--why", "ada suratnya").stdout
    assert f"excuses give --nip {nip(PERSON)} --from 2026-03-02 --until 2026-03-04" in told
    office("ani", "cases", "paper", "1", paper.sha256[:10], "--to", str(tmp_path / "x.pdf"))
    assert (tmp_path / "x.pdf").read_bytes() == b"surat dokter"
    office.followed.excuse(PERSON, MONDAY, MONDAY.replace(day=4), "S")
    office.followed.round()
    assert office.case()["state"] == "WITHDRAWN"
    told = office("ani", "cases", "show", "1").stdout
    waits = [one for one in told.splitlines() if "belum tercatat tersampaikan" in one]
    assert len(waits) > 1
    for one in waits:
        assert ("jangan disampaikan lagi" in one) == ("penarikan" not in one)
    office("budi", "cases", "verify")


@one_database
@pytest.mark.parametrize("text", ["", "  ", "\x1b[2J", "x" * 10_001])
def test_a_clarification_that_says_nothing_stops_no_clock(office, text):
    told = office("siti", "cases", "clarify", "1", "--from", "person", "--text", text, code=2)
    assert "Invalid value for '--text'" in told.stderr
    assert office.case()["state"] == "OPEN"


@one_database
def test_a_clarification_may_only_close_the_alarm(office):
    own = office.folder / "aturan"
    own.mkdir()
    text = (resources.files("ingest.discipline") / "data" / "layanan-bkpsdm-kukar.toml").read_text()
    (own / "layanan.toml").write_text(text.replace('"changes-day"', '"closes-alarm"', 2))
    office.config.write_text(office.config.read_text() + '[ingest.discipline]\nfolder = "aturan"\n')
    office("siti", "cases", "clarify", "1", "--from", "office", "--text", "tugas")
    told = office("ani", "cases", "accept", "1", "2", "--why", "benar").stdout
    assert told == "case 1: closed; the days stay as they are\n"

    assert office.case()["state"] == "CLOSED"


@one_database
def test_who_prepared_a_step_does_not_approve_it_nor_who_it_is_about(office):
    office("ani", "cases", "withdraw", "1", "--why", "keliru")
    told = office("ani", "cases", "approve", "1", "2", "--why", "x", code=1).stderr
    assert told == "Ani Wijaya (ani) prepared it; another one must approve\n"
    told = office("siti", "cases", "approve", "1", "2", "--why", "x", code=1).stderr
    assert "is no admin; only one may approve" in told
    told = office("diri", "cases", "approve", "1", "2", "--why", "x", code=1).stderr
    assert told == "nobody decides on his own case; let another user do it\n"
    assert len(office.followed.rows(case_events)) == 2  # nothing of what was refused was written
    office("budi", "cases", "approve", "1", "2", "--why", "benar keliru")
    assert office.case()["state"] == "WITHDRAWN"
    acts = [(one.what, one.who, one.actor) for one in lines(office) if one.what != "cases.show"]
    assert acts == [
        ("cases.run", "hadir", None),
        ("cases.withdraw", "Ani Wijaya", "ani"),
        ("cases.approve", "Budi Santoso", "budi"),
    ]


def test_from_the_warning_to_the_decision_by_its_letters_and_papers(office):
    run, followed = office, office.followed
    run(
        "siti", "cases", "record", "told", "1", "--event", "1", "--to", nip(PERSON), "--what",
        "received", "--on", "2026-03-05", "--how", "diantar",
    )  # fmt: skip
    (told,) = (one for one in followed.rows(case_notices) if one.what == "warning")
    assert (told.how, told.told_at) == ("diantar", followed.now)
    followed.go(16, present=(HEAD, PERSON), each=False)
    number = followed.state().waiting(Step.REPRIMAND).number
    assert (
        "needs the number and date of its letter"
        in run("ani", "cases", "approve", "1", str(number), "--why", "x", code=1).stderr
    )
    run("ani", "cases", "approve", "1", str(number), "--why", "sesuai", "--letter", "800/1")
    text = run("ani", "cases", "explain", "1").stdout
    assert "surat pembinaan kepada perangkat daerah" in text
    assert "lewat waktu sesudah 19 Maret 2026" in text
    assert "BKPSDM-KUKAR/clarification: klarifikasi pegawai atau kantornya" in text
    assert "bukan hukuman disiplin" in text
    assert text.index("Senin, 2 Maret 2026") < text.index("Menunggu:")
    run(
        "siti", "cases", "record", "action", "1", "--what", "examination-filed", "--on",
        "2026-03-20", "--text", "diperiksa", "--file", run.paper("bap.pdf"), "--why", "laporan",
    )  # fmt: skip
    run(
        "siti", "cases", "record", "decision", "1", "--decree", "800/40", "--set-on", "2026-03-21",
        "--officer", "Kadis", "--level", "ringan", "--text", "teguran", "--file",
        run.paper("sk.pdf", b"sk"), "--why", "SK",
    )  # fmt: skip
    decision = followed.state().waiting(Step.DECISION).number
    run("ani", "cases", "approve", "1", str(decision), "--why", "tercatat")
    run(
        "siti", "cases", "record", "hand-over", "1", "--how", "handed", "--on", "2026-03-21",
        "--why", "diserahkan",
    )  # fmt: skip
    assert run.case()["state"] == "HANDED_OVER"
    run("budi", "cases", "verify")
    assert {one["name"] for one in run.case()["papers"]} == {"bap.pdf", "sk.pdf"}


@one_database
def test_reject_refuses_a_step_and_rejects_a_clarification(office):
    office("siti", "cases", "clarify", "1", "--from", "person", "--text", "lupa")
    assert "rejected" in office("ani", "cases", "reject", "1", "2", "--why", "tanpa bukti").stdout
    office("ani", "cases", "propose", "1", "reprimand", "--why", "mendesak")
    office("budi", "cases", "reject", "1", "4", "--why", "belum")
    assert [one["kind"] for one in office.case()["events"]] == [
        "OPENED", "CLARIFIED", "REJECTED", "PREPARED", "REFUSED",
    ]  # fmt: skip


@one_database
def test_a_summons_too_late_says_which_day_would_do(office):
    told = office(
        "siti", "cases", "record", "summons", "1", "--on", "2026-03-09", "--at", "09:00",
        "--place", "aula",
        "--examiner", "Kabid", "--why", "x", code=1,
    ).stderr  # fmt: skip
    assert "the letter had to be dated 2026-02-26" in told


@one_database
def test_nothing_is_decided_while_a_day_waits_to_be_judged_again(office):
    office.followed.punch(PERSON, MONDAY)
    told = office("ani", "cases", "withdraw", "1", "--why", "x", code=1).stderr
    assert "wait to be judged again" in told
    assert "menunggu dinilai ulang" in office("ani", "cases", "show", "1").stdout


def test_verify_names_what_was_altered_and_leaves_with_1(office):
    assert office("budi", "cases", "verify").stdout.startswith("1 rows agree")
    with writing(office.followed.engine) as connection:
        tamper(connection, "case_events", "UPDATE case_events SET why = 'lain'")
    told = office("budi", "cases", "verify", code=1).stdout
    assert told == "case event 1 was changed\ncase 1 event 1 was changed\n"
    assert "see hadir-ingest cases verify" in office("budi", "cases", "show", "1", code=1).stderr


@one_database
def test_lists_tell_where_each_stands(office):
    assert "terbuka, menunggu klarifikasi" in office("siti", "cases", "list").stdout
    rows = json.loads(office("ani", "cases", "list", "--nip", nip(PERSON), "--json").stdout)
    assert [(one["number"], one["state"]) for one in rows] == [(1, "OPEN")]
    assert office("ani", "cases", "list", "--nip", nip(HEAD), "--json").stdout == "[]\n"
    assert "no case 9" in office("ani", "cases", "show", "9", code=1).stderr


@one_database
@pytest.mark.parametrize(
    "words",
    [
        ("clarify", "1", "--from", "office", "--text", "tugas"),
        ("withdraw", "1", "--why", "x"),
        ("propose", "1", "reprimand", "--why", "x"),
    ],
)
def test_nobody_does_anything_to_a_case_about_himself(office, words):
    told = office("diri", "cases", *words, code=1).stderr
    assert told == "nobody decides on his own case; let another user do it\n"
    assert len(office.followed.rows(case_events)) == 1


@one_database
def test_who_is_only_called_like_the_person_may_decide_once_his_nip_is_known(office):
    office("budi", "users", "set", "senama", "--no-nip")
    told = office("senama", "cases", "withdraw", "1", "--why", "x", code=1).stderr
    assert "user senama is called like the person this is about" in told
    office("budi", "users", "set", "senama", "--nip", nip(700))
    office("senama", "cases", "withdraw", "1", "--why", "keliru pegawai")


@one_database
def test_a_superior_whom_a_step_concerns_decides_nothing_in_that_case(office):
    office("atasan", "cases", "clarify", "1", "--from", "office", "--text", "tugas")
    office("ani", "cases", "propose", "1", "reprimand", "--why", "tidak bertindak")
    for words in (("reject", "1", "2"), ("approve", "1", "3"), ("withdraw", "1")):
        told = office("atasan", "cases", *words, "--why", "x", code=1).stderr
        assert told == "nobody decides on his own case\n"
    office("budi", "cases", "reject", "1", "3", "--why", "ia bertindak")
    office("atasan", "cases", "withdraw", "1", "--why", "ia tidak lagi menjadi pokok surat")


@one_database
def test_two_users_who_act_have_no_nip_in_common(office):
    told = office("budi", "users", "set", "ani", "--nip", nip(PERSON), code=1).stderr
    assert told == "this NIP is that of user diri; end that one first\n"
    office("budi", "users", "end", "diri", "--yes")
    office("budi", "users", "set", "ani", "--nip", nip(PERSON))


@one_database
def test_nobody_excuses_himself_nor_adds_or_withdraws_his_own_touch(office):
    sealed = ("--why", "x", "--by", "Nama Lain")
    of = ("--nip", nip(PERSON))
    give = ("excuses", "give", *of, "--type", "S", "--from", "2026-03-02", "--approver", "Kepala")
    told = office("diri", *give, *sealed, code=1).stderr
    assert told == "nobody decides on his own excuse; let another user do it\n"
    sheet = office.folder / "maret.csv"
    sheet.write_text(f"NIP,TANGGAL,JENIS\n{nip(PERSON)},2026-03-02,S\n")
    told = office(
        "diri", "excuses", "import", str(sheet), "--approver", "Kepala", *sealed, code=1
    ).stderr
    assert "line 2: nobody decides on his own excuse; let another user do it" in told
    touch = ("adjustments", "add-touch", *of, "--at", "2026-03-02 07:25")
    told = office("diri", *touch, *sealed, code=1).stderr
    assert told == "nobody decides on his own touches; let another user do it\n"
    office("budi", *touch, "--why", "hadir", "--by", "Budi Santoso")
    told = office("diri", "adjustments", "withdraw", "1", *sealed, code=1).stderr
    assert told == "nobody decides on his own touches; let another user do it\n"


OWN_TOUCHES = "nobody decides on his own touches; let another user do it\n"


@one_database
def test_nobody_voids_his_own_punch_nor_lets_it_count_again(office):
    office.followed.punch(PERSON, MONDAY)
    void = ("adjustments", "void", "--terminal", "T1", "--user-id", str(PERSON),
            "--time", "2026-03-02 07:05", "--why", "uji coba")  # fmt: skip
    assert office("diri", *void, "--by", "Nama Lain", code=1).stderr == OWN_TOUCHES
    office("budi", *void, "--by", "Budi Santoso")
    back = ("adjustments", "withdraw", "1", "--why", "keliru")
    assert office("diri", *back, "--by", "Nama Lain", code=1).stderr == OWN_TOUCHES
    office("budi", *back, "--by", "Budi Santoso")


@one_database
def test_nobody_decides_on_his_own_doubtful_punch_nor_takes_that_back(office):
    office.followed.punch(PERSON, MONDAY, doubt="jam mesin salah")
    resolve = ("quarantine", "resolve", "--terminal", "T1", "--user-id", str(PERSON),
               "--time", "2026-03-02 07:05", "--accept", "--why", "jamnya benar")  # fmt: skip
    assert office("diri", *resolve, "--by", "Nama Lain", code=1).stderr == OWN_TOUCHES
    every = ("quarantine", "resolve", "--terminal", "T1", "--every", "--reject", "--why", "x")
    assert office("diri", *every, "--by", "Nama Lain", code=1).stderr == OWN_TOUCHES
    office("budi", *resolve, "--by", "Budi Santoso")
    back = ("quarantine", "reopen", "1", "--why", "keliru")
    assert office("diri", *back, "--by", "Nama Lain", code=1).stderr == OWN_TOUCHES
    office("budi", *back, "--by", "Budi Santoso")


@one_database
def test_nobody_decides_on_a_record_of_his_that_could_not_be_read(office):
    with writing(office.followed.engine) as connection:
        connection.execute(
            insert(bad_records).values(
                id="a" * 32, terminal_id=1, kind="date", reason="", user_id=str(PERSON),
                source="poll", read_at=office.followed.now, received_at=office.followed.now,
                batch_id=1, raw=b"",
            )
        )  # fmt: skip
    resolve = ("quarantine", "resolve", "--record", "a" * 32, "--reject", "--why", "rusak")
    assert office("diri", *resolve, "--by", "Nama Lain", code=1).stderr == OWN_TOUCHES
    office("budi", *resolve, "--by", "Budi Santoso")
    back = ("quarantine", "reopen", "1", "--why", "keliru")
    assert office("diri", *back, "--by", "Nama Lain", code=1).stderr == OWN_TOUCHES
    office("budi", *back, "--by", "Budi Santoso")


@one_database
def test_nobody_approves_the_swap_of_his_own_shift(office):
    with writing(office.followed.engine) as connection:
        body = {"start": "07:00", "end": "14:00"}
        connection.execute(insert(shifts).values(code="P", name="pagi", body=body))
        for who, shift in ((HEAD, "P"), (PERSON, None)):
            connection.execute(insert(roster_days).values(person_id=who, day=MONDAY, shift=shift))
    for one, two in ((HEAD, PERSON), (PERSON, HEAD)):
        swap = ("rosters", "swap", "--nip", nip(one), "--with", nip(two), "--on", "2026-03-02",
                "--why", "anak sakit")  # fmt: skip
        told = office("diri", *swap, code=1).stderr
        assert told == "nobody decides on his own swap; let another user do it\n"
    office("budi", *swap)
    assert {one.person_id: one.shift for one in office.followed.rows(roster_days)} == {
        HEAD: None, PERSON: "P",
    }  # fmt: skip
