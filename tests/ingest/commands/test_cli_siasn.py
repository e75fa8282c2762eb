"""BKN beside what is here: shown by person and field, and done only as it was shown."""

import getpass
import json
import shutil
import signal
import subprocess
import sys
from datetime import date

import pytest
from fake_siasn import FakeSiasn, answers, person, serving
from sqlalchemy import select

from ingest.siasn.proposing import LEAVES
from ingest.store import audit, tables
from ingest.store.database import open_engine, reading
from ingest.store.people import find_assignments, find_people

ONE, TWO = "198609262015051001", "198609262015051002"
NEW, RETIRED = "199303032019031007", "196001012015051003"
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def bkn():
    with serving(FakeSiasn()) as siasn:
        yield siasn


@pytest.fixture
def linked(database_kind, request, bkn):
    """An office whose two people BKN knows as they are here, and that is let in there."""
    run = request.getfixturevalue("run")
    if database_kind == "sqlite":
        template = request.getfixturevalue("linked_template")
        for name in ("hadir.db", "seal.key"):
            shutil.copy(template.folder / name, run.folder / name)
        run.config.write_text(run.config.read_text() + 'seal_file = "seal.key"\n')
    else:
        prepare(request.getfixturevalue("staffed"))
    run.config.write_text(run.config.read_text() + bkn.configure(run.folder))
    know(bkn)
    return run


@pytest.fixture(scope="module")
def linked_template(staffed_template, tmp_path_factory, command):
    folder = tmp_path_factory.mktemp("linked")
    shutil.copyfile(staffed_template, folder / "hadir.db")
    run = command(folder, f"sqlite:///{folder}/hadir.db")
    prepare(run)
    return run


def prepare(run):
    """Make a seal, confirm the calendar, and tell which units are which offices."""
    run.config.write_text(run.config.read_text() + 'seal_file = "seal.key"\n')
    run("seal", "make", "--by", "Bu Kepala")
    run("calendar", "seed", "2026")
    run("calendar", "confirm", "2026")
    held = f"nip,from,rank,post\n{ONE},2026-01-01,III/c,Analis\n{TWO},2026-01-01,III/c,Analis\n"
    run("people", "posts", "import", run.file("pangkat.csv", held))
    run("siasn", "units", "import", run.file("unor.csv", "unit,office\nUNOR-A,A\nUNOR-B,B\n"))


def know(bkn):
    bkn.people = {ONE: person(ONE), TWO: person(TWO, nama="DUA")}
    bkn.units = [
        {"Id": "UNOR-A", "NamaUnor": "Dinas A", "DiatasanId": "", "IndukUnorId": ""},
        {"Id": "UNOR-A1", "NamaUnor": "Bidang", "DiatasanId": "UNOR-A", "IndukUnorId": "UNOR-A"},
        {"Id": "UNOR-B", "NamaUnor": "Badan B", "DiatasanId": "", "IndukUnorId": ""},
    ]


def rows(run, *options):
    return run.json("siasn", "diff", *options)


def shown(run, *options):
    """Return the digest of a diff."""
    told = run("siasn", "diff", *options).stderr
    return told.partition("siasn apply ")[2].split()[0]


def stored(run):
    engine = open_engine(run.url)
    with reading(engine) as connection:
        found = find_people(connection), find_assignments(connection)
    engine.dispose()
    return found


def lines(run, what):
    engine = open_engine(run.url)
    with reading(engine) as connection:
        found = [one for one in audit.find(connection) if one.what == what]
    engine.dispose()
    return found


def test_what_agrees_is_no_change(linked):
    told = linked("siasn", "pull")
    assert "reading 1 of 2026-03-10 (training): done; 11 done" in told.stdout
    assert rows(linked) == []
    assert "0 changes, 0 notes" in linked("siasn", "diff").stderr


def test_names_moves_kinds_leaves_and_new_people_are_shown_and_done(linked, bkn):
    bkn.people[ONE] |= {"nama": "SATU BARU", "gelarBelakang": "S.E.", "statusPegawai": "CPNS",
                        "jenisPegawaiNama": "CPNS Daerah"}  # fmt: skip
    bkn.people[TWO] |= {"unorId": "UNOR-B", "unorNama": "Badan B"}
    bkn.rows["rw-jabatan", TWO] = [
        {"unorId": "UNOR-A1", "tmtJabatan": "01-01-2020"},
        {"unorId": "UNOR-B", "tmtJabatan": "02-03-2026"},
    ]
    bkn.rows["rw-cltn", TWO] = [{"tanggalAwal": "06-04-2026", "tanggalAkhir": "2026-04-30",
                                 "skNomor": "850/7"}]  # fmt: skip
    bkn.people[NEW] = person(NEW, nama="BARU", statusPegawai="PPPK", jenisPegawaiNama="PPPK")
    linked("siasn", "pull", "--file", linked.file("nip.txt", f"{ONE}\n{TWO}\n\n{NEW}\n"))
    found = rows(linked)
    assert [(one["nip"], one["field"], one["old"], one["new"], one["first"]) for one in found] == [
        (ONE, "name", "Satu", "SATU BARU, S.E.", None),
        (ONE, "kind", "PNS", "CPNS", "2026-03-10"),
        (TWO, "office", "A", "B", "2026-03-02"),
        (TWO, "excuse", "", "CLTN", "2026-04-06"),
        (NEW, "person", "", "PPPK", "2026-03-10"),
    ]
    digest = shown(linked)
    told = linked("siasn", "apply", digest, "--by", "Bu Kepala", code=1).stderr
    assert "name by --approver who approved them" in told
    done = linked(
        "siasn", "apply", digest, "--approver", "Bupati", "--by", "Bu Kepala",
        "--letter", "800/5",
    ).stdout  # fmt: skip
    assert "5 changes done" in done
    people, assignments = stored(linked)
    assert people[ONE].name == "SATU BARU, S.E."
    assert people[NEW].kind == "PPPK"
    assert [(one.office, one.first, one.last) for one in assignments if one.nip == TWO] == [
        ("A", date(2026, 1, 1), date(2026, 3, 1)), ("B", date(2026, 3, 2), None),
    ]  # fmt: skip
    (given,) = linked.json("excuses", "list")
    assert (given["nip"], given["type"], given["letter"]) == (TWO, "CLTN", "850/7")
    assert [(one["nip"], one["field"], one["new"], one["first"]) for one in rows(linked)] == [
        (NEW, "rank", "Penata (III/c)", "2026-03-10"), (NEW, "post", "Analis", "2026-02-01"),
    ]  # fmt: skip
    linked("siasn", "apply", shown(linked), "--by", "Bu Kepala")
    assert rows(linked) == []
    line = next(one for one in lines(linked, "siasn.apply") if one.subject == f"diff {digest}")
    assert len(line.details["changes"]) == 5


@one_database
def test_only_what_was_shown_is_done(linked, bkn):
    bkn.people[ONE]["nama"] = "LAIN"
    bkn.people[TWO] |= {"nama": "BEDA", "unorId": "UNOR-B"}
    linked("siasn", "pull")
    digest = shown(linked, "--only", "name", "--nip", ONE)
    told = linked("siasn", "apply", digest, "--by", "x", code=1).stderr
    assert f"not what was shown as {digest}" in told
    linked("siasn", "apply", digest, "--only", "name", "--nip", ONE, "--by", "x")
    assert stored(linked)[0][ONE].name == "LAIN"
    assert stored(linked)[0][TWO].name == "Dua"
    assert [one["field"] for one in rows(linked)] == ["name", "office"]


@one_database
@pytest.mark.parametrize("where", ["here", "there", "units"])
def test_apply_refuses_once_anything_is_different(linked, bkn, where):
    bkn.people[ONE] |= {"nama": "LAIN", "unorId": "UNOR-B"}
    linked("siasn", "pull")
    digest = shown(linked)
    if where == "here":
        linked.take("people", f"nip,name,kind,office,superior_nip,from\n"
                              f"{ONE},Nama Lagi,PNS,A,,2026-01-01\n")  # fmt: skip
    elif where == "there":
        bkn.people[ONE]["nama"] = "LAIN LAGI"
        linked("siasn", "pull")
    else:
        linked("siasn", "units", "remove", "UNOR-B", "--yes")
    before = stored(linked)
    assert "not what was shown" in linked("siasn", "apply", digest, "--by", "x", code=1).stderr
    assert stored(linked) == before
    assert lines(linked, "siasn.apply") == []


@one_database
def test_nobody_is_deleted_and_nothing_is_guessed(linked, bkn):
    del bkn.people[TWO]
    bkn.people[ONE] |= {"kedudukanPnsNama": "Pensiun", "unorId": "UNOR-B"}
    bkn.people[NEW] = person(NEW, unorId="UNOR-X", unorIndukId="UNOR-Y", unorNama="Unit X")
    bkn.people[RETIRED] = person(RETIRED, statusPegawai="honor", jenisPegawaiNama="THL")
    bkn.rows["rw-hukdis", ONE] = [
        {"jenisTingkatHukumanId": "R", "akhirHukumTanggal": "31-12-2026", "skNomor": "9"},
        {"jenisTingkatHukumanId": "R", "akhirHukumanTanggal": "31-12-2020", "skNomor": "8"},
    ]
    bkn.rows["rw-tubel", ONE] = [{"tglMulai": "besok", "tglSelesai": "31-12-2026"}]
    bkn.rows["rw-kontrak", NEW] = [{"tglSelesai": "31-12-2025"}]
    people = ("--nip", ONE, "--nip", TWO, "--nip", NEW, "--nip", RETIRED)
    linked("siasn", "pull", *people)
    found = rows(linked)
    assert {one["field"] for one in found} == {"note"}
    told = {nip: [one["because"] for one in found if one["nip"] == nip] for nip in
            (ONE, TWO, NEW, RETIRED)}  # fmt: skip
    assert "people break" in told[ONE][0]
    assert "without two days" in told[ONE][1]
    assert told[ONE][2:] == ["sanction in force by BKN: R, letter 9"]
    assert told[TWO] == ["BKN knows nobody of this NIP"]
    assert 'UNOR-X "Unit X" has no office here' in told[NEW][0]
    assert told[NEW][1] == "by BKN the last contract ended on 2025-12-31"
    assert told[RETIRED] == ['kind: BKN says "THL", which is none we know']
    assert "siasn apply" not in linked("siasn", "diff").stderr
    (unknown,) = linked.json("siasn", "units", "unknown")
    assert unknown == {"unit": "UNOR-X", "name": "Unit X", "below": "Dinas A", "people": 1}
    assert linked.json("siasn", "units", "list") == [
        {"unit": "UNOR-A", "office": "A", "name": "Dinas A"},
        {"unit": "UNOR-B", "office": "B", "name": "Badan B"},
    ]


@one_database
def test_a_leave_that_is_known_or_overlaps_is_not_proposed_twice(linked, bkn):
    bkn.rows["rw-cltn", ONE] = [
        {"tanggalAwal": "06-04-2026", "tanggalAkhir": "30-04-2026", "skNomor": "850/7",
         "tanggalAktif": "21-04-2026"},
        {"tanggalAwal": "20-04-2026", "tanggalAkhir": "31-05-2026", "skNomor": "850/8"},
        {"tanggalAwal": "01-01-2019", "tanggalAkhir": "31-12-2019", "skNomor": "850/1"},
    ]  # fmt: skip
    linked("siasn", "pull")
    leave, overlap = rows(linked)
    assert (leave["first"], leave["last"]) == ("2026-04-06", "2026-04-20"), "came back on the 21st"
    assert "overlaps another row of BKN" in overlap["because"]
    yes = ("--approver", "Bupati", "--by", "Bu Kepala")
    linked("siasn", "apply", shown(linked, "--only", "excuse"), "--only", "excuse", *yes)
    assert [one["field"] for one in rows(linked)] == ["note"]


@one_database
def test_a_doubtful_leave_keeps_all_from_being_done(linked, bkn):
    bkn.people[TWO]["nama"] = "BEDA"
    bkn.rows["rw-cltn", ONE] = [{"tanggalAwal": "06-04-2026", "tanggalAkhir": "30-04-2026"}]
    linked("siasn", "pull")
    options = ("--approver", "Bupati", "--by", "Bu Kepala")
    told = linked("siasn", "apply", shown(linked), *options, code=1).stderr
    assert "CLTN needs the number of a letter (--accept-doubts)" in told
    assert stored(linked)[0][TWO].name == "Dua"
    linked("siasn", "apply", shown(linked), *options, "--accept-doubts", "dilihat di SIASN")
    assert stored(linked)[0][TWO].name == "BEDA"


@one_database
def test_nobody_takes_over_his_own_leave(linked, bkn, monkeypatch):
    """Nor does an admin whose NIP is not known and who is called like the person."""
    users = {"diri": ("Nama Lain", "--nip", TWO), "senama": ("Dua",), "budi": ("Budi",)}
    for name, (full_name, *nip) in reversed(users.items()):
        monkeypatch.setenv("SUDO_USER", "budi")
        linked(
            "users", "add", name, "--full-name", full_name, "--role", "admin", *nip,
            "--os-user", getpass.getuser(), "--sudo-user", name,
        )  # fmt: skip
    bkn.rows["rw-cltn", TWO] = [{"tanggalAwal": "06-04-2026", "tanggalAkhir": "30-04-2026",
                                 "skNomor": "850/7"}]  # fmt: skip
    linked("siasn", "pull")
    apply = ("siasn", "apply", shown(linked), "--approver", "Bupati", "--by", "Bu Kepala")
    for who in ("diri", "senama"):
        monkeypatch.setenv("SUDO_USER", who)
        told = linked(*apply, code=1).stderr
        assert f"BKN: {TWO}: nobody decides on his own excuse; let another user do it" in told
    monkeypatch.setenv("SUDO_USER", "budi")
    assert linked.json("excuses", "list") == []
    linked(*apply)
    assert len(linked.json("excuses", "list")) == 1


@one_database
def test_a_move_that_cannot_be_is_named_by_its_person_and_nothing_is_done(linked, bkn):
    linked.take(
        "people",
        f"nip,name,kind,office,superior_nip,from,until\n{ONE},Satu,PNS,A,,2026-01-01,2026-02-28\n"
        f"{ONE},Satu,PNS,A,,2026-03-05,2026-12-31\n",
    )
    bkn.people[ONE] |= {"unorId": "UNOR-B", "tmtJabatan": "02-03-2026", "nama": "=LAIN"}
    linked("siasn", "pull", "--nip", ONE, "--no-units")
    before = stored(linked)
    told = linked("siasn", "apply", shown(linked), "--by", "x", code=1).stderr
    assert f"BKN: {ONE}: name holds a control character or begins with one of" in told
    assert stored(linked) == before


@one_database
def test_a_reading_goes_on_and_asks_again_for_what_failed(linked, bkn):
    bkn.bites = [None, answers(200, b"<html>")]
    told = linked("siasn", "pull", code=1)
    assert f"not read: {ONE}, data-utama: BKN answers 200 with something" in told.stderr
    assert "--failed asks again" in told.stderr
    assert "10 done, 1 failed" in linked("siasn", "status").stdout
    assert "1 done" in linked("siasn", "pull", "--failed").stdout
    assert "left nothing out" in linked("siasn", "pull", "--failed", code=1).stderr


@one_database
def test_a_reading_that_was_refused_stays_open_for_another_day(linked, bkn):
    bkn.lets_in = False
    told = linked("siasn", "pull", code=1).stderr
    assert "give siasn pull again to go on" in told
    bkn.lets_in = True
    told = linked("siasn", "pull", "--office", "A", code=1).stderr
    assert "go on by siasn pull alone, or give it up by --anew" in told
    linked("siasn", "pull")
    bkn.lets_in = False
    linked("siasn", "pull", "--office", "A", code=1)
    bkn.lets_in = True
    assert "5 done" in linked("siasn", "pull", "--anew", "--nip", ONE, "--no-units").stdout
    one = ("--nip", ONE, "--no-units", "--kind", "data-utama", "--kind", "rw-kontrak")
    assert "done; 1 done" in linked("siasn", "pull", *one).stdout, "who is no PPPK has no contract"


@one_database
def test_killed_in_the_middle_a_reading_goes_on(linked, bkn):
    """A real process, a real kill while BKN answers."""
    command = [sys.executable, "-m", "ingest", "--config", str(linked.config), "siasn", "pull"]
    started = []

    def kill(_):
        started[0].kill()

    bkn.bites = [None] * 4 + [kill]
    started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
    assert started[0].wait(60) == -signal.SIGKILL
    assert "7 waiting" in linked("siasn", "status").stdout
    assert "7 questions of the last reading" in linked("siasn", "diff").stderr
    linked("siasn", "pull")
    assert sorted(set(bkn.asked)) == sorted(bkn.asked[:4] + bkn.asked[5:])
    assert rows(linked) == []


@one_database
def test_status_tells_whether_the_keys_are_good(linked, bkn):
    told = linked("siasn", "status", "--try").stdout
    assert "login: both tokens were given" in told
    assert "sanctions may be sent: no" in told
    (linked.folder / "password").write_text("salah")
    assert "refuses the user" in linked("siasn", "status", "--try", code=1).stderr


@one_database
def test_without_a_mode_nobody_is_asked(staffed):
    assert "give a mode and keys" in staffed("siasn", "pull", code=1).stderr


@one_database
@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ('timeout_s = 5', 'ingest.siasn.mode: missing; write "training" or "production"'),
        ('mode = "latihan"', "ingest.siasn.mode: expected"),
        ('mode = "training"', "ingest.siasn.consumer_key_file: missing"),
        ('mode = "training"\nkonsumer = "x"', 'unknown key'),
        (
            'mode = "training"\nconsumer_key_file = "a"\nconsumer_secret_file = "b"\n'
            'sso_token_file = "c"\nsso_client_id = "d"', "not both",
        ),
        (
            'mode = "training"\nconsumer_key_file = "a"\nconsumer_secret_file = "b"\n'
            'sso_token_file = "c"\nhosts_file = "h.toml"', "is no address",
        ),
    ],
)  # fmt: skip
def test_faults_of_the_table_are_named(staffed, table, fault):
    (staffed.folder / "h.toml").write_text(
        '[training]\napim_token = "http://bkn.example/t"\nsso_token = "https://u:p@b.example/"\n'
        'api = "https://bkn.example/a"\napim_age_s = 3600\nsso_age_s = 43200\n'
    )
    staffed.config.write_text(staffed.config.read_text() + f"[ingest.siasn]\n{table}\n")
    told = staffed("siasn", "status", code=2).stderr
    assert fault in told
    assert "u:p" not in told or "hosts" in table


@one_database
def test_nothing_denied_is_in_the_store_or_the_diff(linked, bkn):
    secret = "ZZRAHASIAZZ"
    for name in ("nik", "noNpwp", "agama", "alamat", "statusPerkawinan"):
        bkn.people[ONE][name] = secret
    bkn.people[ONE]["keluarga"] = {"nama": secret, "unorId": secret}
    bkn.people[ONE]["nama"] = "LAIN"
    linked("siasn", "pull")
    assert secret not in json.dumps(rows(linked))
    engine = open_engine(linked.url)
    with reading(engine) as connection:
        for table in tables.metadata.sorted_tables:
            assert secret not in "".join(str(row) for row in connection.execute(select(table)))
    engine.dispose()


def test_the_types_of_leaves_are_among_those_that_ship(copied):
    known = {one["code"] for one in copied.json("excuses", "types")}
    assert set(LEAVES.values()) <= known


@one_database
def test_people_come_from_a_simpeg_export_by_a_mapping(staffed):
    mapping = staffed.file(
        "peta.toml",
        '[columns]\nnip = "NIP"\nname = "NAMA"\noffice = "UNIT"\n'
        '[values]\nkind = "PNS"\nfrom = "2026-02-01"\n[words.office]\n"Badan" = "B"\n',
    )
    sheet = staffed.file(
        "simpeg.csv", f"NIP;NAMA;UNIT\n19930303 201903 1 007;Baru;Badan\n{ONE};;A\n"
    )
    told = staffed("people", "import", sheet, "--mapping", mapping, code=1).stderr
    assert "line 3: name is empty" in told
    sheet = staffed.file("simpeg.csv", "NIP;NAMA;UNIT\n19930303 201903 1 007;Baru;Badan\n")
    assert "1 new" in staffed("people", "import", sheet, "--mapping", mapping).stdout
    assert stored(staffed)[0][NEW].name == "Baru"
    sheet = staffed.file("simpeg.csv", "NIP;NAMA;UNIT\n1,99303E+17;Baru;Badan\n")
    told = staffed("people", "import", sheet, "--mapping", mapping, code=1).stderr
    assert "Excel has turned the NIP into a rounded number" in told
