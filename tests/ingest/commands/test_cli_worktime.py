"""Working time by command: taken, shown, taken again without change, and noted."""

import io
import os
import pwd
import shutil
import tomllib

import pytest
from openpyxl import Workbook

LONG = "nip,date,shift\n"
ONE, TWO, FAR = "198609262015051001", "198609262015051002", "198609262015051003"


def acts(run):
    return {one["what"]: one for one in run.json("audit", "list")}


@pytest.fixture(scope="module")
def shifted_template(staffed_template, tmp_path_factory, commands):
    """Office A with the example schemes, whose two people work by a roster from March on."""
    run = commands(staffed_template, tmp_path_factory.mktemp("shifted"))
    run("schemes", "import", run.file("skema.toml", run("schemes", "examples").stdout))
    run("schemes", "use", "--office", "A", "--scheme", "piket", "--from", "2026-03-01")
    return run.folder / "hadir.db"


@pytest.fixture(scope="module")
def bounded_template(shifted_template, tmp_path_factory, commands):
    """The same with somebody of office B, an admin, and an operator of office A."""
    run = commands(shifted_template, tmp_path_factory.mktemp("bounded"))
    run.take("people", f"nip,name,kind,office,superior_nip,from\n{FAR},Jauh,PNS,B,,2026-01-01\n")
    use = ["schemes", "use", "--scheme", "piket", "--from", "2026-03-01"]
    for whose in (["--office", "B"], ["--nip", ONE], ["--nip", FAR]):
        run(*use, *whose)
    special = ["calendar", "special", "add", "--kind", "wfa", "--from", "2026-03-16"]
    run(*special, "--nip", FAR, "--name", "x", "--letter", "1")
    account = pwd.getpwuid(os.getuid()).pw_name
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUDO_USER", "boss")
        for name, role in (("boss", ["admin"]), ("rina", ["operator", "--office", "A"])):
            who = ["--full-name", name, "--os-user", account, "--sudo-user", name]
            run("users", "add", name, *who, "--role", *role)
    return run.folder / "hadir.db"


@pytest.fixture(scope="module")
def commands(command):
    """Copy a store into a folder, and make a command on it."""

    def on(store, folder):
        shutil.copyfile(store, folder / "hadir.db")
        return command(folder, f"sqlite:///{folder}/hadir.db")

    return on


@pytest.fixture
def shifted(shifted_template, tmp_path, commands):
    return commands(shifted_template, tmp_path)


class TestSchemes:
    def test_the_examples_are_a_file_that_imports_and_comes_out_as_it_went_in(self, staffed):
        """On both databases: what one keeps as JSON the other must give back alike."""
        text = staffed("schemes", "examples").stdout
        result = staffed("schemes", "import", staffed.file("skema.toml", text), "--by", "Bu Rina")
        assert "schemes and shifts: 10 new, 0 changed, 0 as before" in result.stdout
        assert result.stderr == ""
        out = str(staffed.folder / "keluar.toml")
        staffed("schemes", "export", out)
        again = staffed("schemes", "import", out)
        assert again.stdout == "schemes and shifts: 0 new, 0 changed, 11 as before\n"
        assert staffed("schemes", "export", out, code=1).stderr.endswith("is not overwritten\n")
        assert staffed("schemes", "export").stdout == (staffed.folder / "keluar.toml").read_text()
        first, last = [
            one for one in staffed.json("audit", "list") if one["what"] == "schemes.import"
        ]
        assert (first["who"], first["subject"]) == ("Bu Rina", "skema.toml")
        assert [one["details"]["new"] for one in (first, last)] == [10, 0]

    def test_a_scheme_is_listed_and_shown_as_it_holds_on_a_day(self, shifted):
        (listed,) = [one for one in shifted.json("schemes", "list") if one["code"] == "24"]
        assert (listed["what"], listed["asks"]) == ("shift", "08:00-08:00")
        by_code = {one["code"]: one["asks"] for one in shifted.json("schemes", "list")}
        assert by_code["piket"] == "by roster"
        assert by_code["contoh-5-hari"] == "5 days a week, 2 touches; now Ramadan 1447 H"
        assert by_code["contoh-4-sentuhan"] == "5 days a week, 4 touches"
        shown = tomllib.loads(shifted("schemes", "show", "contoh-6-hari").stdout)
        assert [len(shown["scheme"][0][one]) for one in ("terms", "overlay")] == [1, 1]
        on = shifted("schemes", "show", "contoh-6-hari", "--on", "2026-04-01").stdout
        assert "overlay" not in tomllib.loads(on)["scheme"][0]
        before = shifted("schemes", "show", "contoh-6-hari", "--on", "2025-04-01").stdout
        assert "terms" not in tomllib.loads(before)["scheme"][0]
        bodies = shifted.json("schemes", "show", "contoh-6-hari")
        assert [one["what"] for one in bodies] == ["terms", "overlay"]
        assert "no scheme" in shifted("schemes", "show", "x", code=1).stderr

    def test_every_fault_of_a_file_is_told_and_nothing_kept(self, copied):
        path = copied.file("salah.toml", '[[scheme]]\ncode = "a b"\n[[shift]]\nname = "x"\n')
        said = copied("schemes", "import", path, code=1).stderr.splitlines()
        assert len(said) == 6
        assert said[-1].endswith("5 fault(s), nothing imported")
        assert "schemes.import" not in acts(copied)
        (copied.folder / "biner.toml").write_bytes(b"\xff\xfe")
        said = copied("schemes", "import", str(copied.folder / "biner.toml"), code=1).stderr
        assert "not UTF-8" in said

    def test_a_week_that_comes_to_something_else_is_a_warning(self, copied):
        text = copied("schemes", "examples").stdout.replace("2250", "2251")
        result = copied("schemes", "import", copied.file("skema.toml", text))
        assert "comes to 2250 minutes without rest, not to 2251" in result.stderr

    def test_a_part_is_taken_away_after_asking(self, shifted):
        arguments = ["schemes", "remove", "contoh-5-hari", "--overlay", "Ramadan 1447 H"]
        shifted(*arguments, input="n\n", code=1)
        assert len(shifted.json("schemes", "show", "contoh-5-hari")) == 2
        assert "is gone" in shifted(*arguments, "--yes", "--by", "Bu Rina").stdout
        assert len(shifted.json("schemes", "show", "contoh-5-hari")) == 1
        act = acts(shifted)["schemes.remove"]
        assert (act["who"], act["subject"]) == ("Bu Rina", "scheme contoh-5-hari")
        assert act["details"] == {"part": 'overlay "Ramadan 1447 H"'}
        shifted("schemes", "remove", "contoh-5-hari", "--yes", code=2)
        arguments = ["schemes", "remove", "contoh-5-hari", "--terms", "2026-01-01", "--yes"]
        assert "the only terms" in shifted(*arguments, code=1).stderr

    def test_uses_are_listed_ended_and_taken_away(self, shifted):
        nip = "19860926 201505 1 001"
        arguments = ["--nip", nip, "--scheme", "contoh-6-hari", "--from", "2026-03-02"]
        assert "use 2" in shifted("schemes", "use", *arguments, "--until", "2026-03-31").stdout
        assert [one["scheme"] for one in shifted.json("schemes", "uses", "list")] == [
            "piket", "contoh-6-hari",
        ]  # fmt: skip
        (own,) = shifted.json("schemes", "uses", "list", "--nip", nip)
        assert (own["nip"], own["first"], own["last"]) == (ONE, "2026-03-02", "2026-03-31")
        shifted("schemes", "uses", "end", "2", "--until", "2026-03-09")
        act = acts(shifted)["schemes.end-use"]
        assert act["details"]["was"] == ["2026-03-02", "2026-03-31"]
        assert act["subject"] == ONE
        shifted("schemes", "uses", "remove", "2", input="n\n", code=1)
        shifted("schemes", "uses", "remove", "2", "--yes")
        assert len(shifted.json("schemes", "uses", "list")) == 1
        assert acts(shifted)["schemes.remove-use"]["details"]["scheme"] == "contoh-6-hari"

    def test_misuse_is_named(self, shifted):
        base = ["schemes", "use", "--scheme", "piket", "--from", "2026-03-02"]
        assert "one of the two" in shifted(*base, code=2).stderr
        assert "one of the two" in shifted(*base, "--office", "A", "--nip", ONE, code=2).stderr
        assert 'no office "X"' in shifted(*base, "--office", "X", code=1).stderr
        assert "nobody has this NIP" in shifted(*base, "--nip", ONE[:-1] + "9", code=1).stderr
        said = shifted(*base, "--office", "A", "--until", "2026-03-01", code=2).stderr
        assert "--until 2026-03-01 lies before --from 2026-03-02" in said


class TestRosters:
    def test_a_workbook_of_a_month_is_shown_as_a_calendar_and_comes_out_as_it_went_in(
        self, shifted
    ):
        book = Workbook()
        (sheet,) = book.worksheets
        sheet.append(["NIP", "Name", *range(1, 32)])
        sheet.append([ONE, "Satu", "P", "M", "-", 24])
        out = io.BytesIO()
        book.save(out)
        path = shifted.folder / "piket.xlsx"
        path.write_bytes(out.getvalue())
        arguments = ["rosters", "import", str(path), "--month", "2026-03", "--office", "A"]
        result = shifted(*arguments, "--by", "Bu Rina")
        assert result.stdout == "rosters: 4 new, 0 changed, 0 as before\n"
        assert acts(shifted)["rosters.import"]["who"] == "Bu Rina"
        (row,) = shifted.json("rosters", "show", "--office", "A", "--month", "2026-03")
        assert [row[str(n)] for n in range(1, 6)] == ["P", "M", "-", "24", ""]
        table = shifted("rosters", "show", "--office", "A", "--month", "2026-02").stdout.split()
        assert table[-1] == "28"
        wide = shifted("rosters", "show", "--office", "A", "--month", "2026-03", "--csv").stdout
        path = shifted.file("lebar.csv", wide)
        again = shifted("rosters", "import", path, "--month", "2026-03")
        assert again.stdout == "rosters: 0 new, 0 changed, 4 as before\n"
        span = ["--from", "2026-03-01", "--until", "2026-03-31"]
        long = shifted("rosters", "export", "--office", "A", *span).stdout
        assert long.splitlines()[3] == f"{ONE},2026-03-03,-"
        again = shifted("rosters", "import", shifted.file("panjang.csv", long))
        assert again.stdout == "rosters: 0 new, 0 changed, 4 as before\n"

    def test_a_pattern_goes_round_from_where_each_begins(self, shifted):
        path = shifted.file("regu.csv", f"nip,start\n{ONE},1\n{TWO},3\n")
        span = ["--from", "2026-03-10", "--until", "2026-03-13"]
        shifted("rosters", "cycle", "--file", path, "--pattern", "24, -, -", *span)
        rows = shifted.json("rosters", "show", "--office", "A", "--month", "2026-03")
        assert {row["nip"]: [row[str(n)] for n in range(10, 14)] for row in rows} == {
            ONE: ["24", "-", "-", "24"],
            TWO: ["-", "24", "-", "-"],
        }
        act = acts(shifted)["rosters.cycle"]
        assert (act["subject"], act["details"]["pattern"]) == ("2 people", "24, -, -")
        assert act["details"]["nips"] == [ONE, TWO]
        shifted("rosters", "cycle", "--nip", ONE, "--pattern", "?", *span)
        rows = shifted.json("rosters", "show", "--office", "A", "--month", "2026-03")
        assert [row["nip"] for row in rows] == [TWO]

    def test_a_pattern_that_cannot_be_is_named(self, shifted):
        span = ["--from", "2026-03-10", "--until", "2026-03-13"]
        base = ["rosters", "cycle", "--nip", ONE, *span]
        assert (
            'no shift "X"; known are 24, M, P, S, -'
            in shifted(*base, "--pattern", "P,X", code=1).stderr
        )
        assert (
            "none has the number 3"
            in shifted(*base, "--pattern", "P,-", "--start", "3", code=1).stderr
        )
        assert (
            "one of the two" in shifted("rosters", "cycle", "--pattern", "P", *span, code=2).stderr
        )
        late = ["--from", "2026-03-10", "--until", "2028-03-13"]
        said = shifted("rosters", "cycle", "--nip", ONE, "--pattern", "P", *late, code=2).stderr
        assert "within 400 days" in said
        path = shifted.file("regu.csv", f"nip,start\n{ONE},4\n123,x\n")
        said = shifted("rosters", "cycle", "--file", path, "--pattern", "P,-", *span, code=1).stderr
        assert 'line 2: start: "4" is no place in a pattern of 2' in said
        assert 'line 3: start: "x" is no place' in said
        path = shifted.file("regu.csv", "nip,start\n")
        said = shifted("rosters", "cycle", "--file", path, "--pattern", "P,-", *span, code=1).stderr
        assert "names nobody" in said
        assert "rosters.cycle" not in acts(shifted)

    def test_a_swap_is_approved_by_who_is_known_by_name(self, shifted):
        swap = ["rosters", "swap", "--nip", ONE, "--with", TWO, "--on", "2026-03-12"]
        said = shifted(*swap, "--why", "sakit", code=1).stderr
        assert said == (
            "swaps are approved by users with a name, and there are none yet; register them with "
            "hadir-ingest users add\n"
        )

    def test_a_faulty_file_leaves_the_roster_as_it_was(self, shifted):
        path = shifted.file(
            "piket.csv", f"nip,date,shift\n{ONE},2026-03-12,P\n{ONE},2026-03-13,X\n"
        )
        said = shifted("rosters", "import", path, code=1).stderr
        assert 'line 3: no shift "X"' in said
        assert shifted.json("rosters", "show", "--office", "A", "--month", "2026-03") == []
        assert (
            "no month" in shifted("rosters", "show", "--office", "A", "--month", "3", code=2).stderr
        )


class TestSpecialDays:
    def test_they_are_declared_listed_and_taken_away(self, copied):
        base = ["calendar", "special", "add", "--name", "WFA", "--letter", "2/2026"]
        copied(*base, "--office", "A", "--kind", "wfa", "--from", "2026-03-16", "--until",
               "2026-03-17", "--by", "Bu Rina")  # fmt: skip
        copied(*base, "--nip", ONE, "--kind", "half", "--from", "2026-03-18", "--start", "07:30",
               "--end", "11:00", "--rest", "09:00-09:15")  # fmt: skip
        wfa, half = copied.json("calendar", "special", "list", "--year", "2026")
        assert (wfa["office"], wfa["last"], wfa["hours"]) == ("A", "2026-03-17", None)
        assert (half["nip"], half["hours"]) == (ONE, "07:30-11:00 rest 09:00-09:15")
        (only,) = copied.json("calendar", "special", "list", "--nip", ONE)
        assert only == half
        assert copied.json("calendar", "special", "list", "--office", "B") == []
        copied("calendar", "special", "remove", "2", input="n\n", code=1)
        copied("calendar", "special", "remove", "2", "--yes")
        assert copied.json("calendar", "special", "list") == [wfa]
        told = acts(copied)
        assert told["calendar.special-remove"]["subject"] == ONE
        assert told["calendar.special-add"]["details"]["letter"] == "2/2026"

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            ("--kind wfa --start 07:30", "wfa has no hours"),
            ("--kind half", "half needs --start and --end"),
            ("--kind work --start 07:30", "work needs --start and --end"),
            ("--kind half --start 7.30 --end 11:00", "hours: start: '7.30' is no time"),
            ("--kind half --start 07:30 --end 11:00 --rest 9", "no rest such as"),
            ("--kind wfa --until 2026-03-01", "does not lie within a year"),
        ],
    )
    def test_hours_that_do_not_fit_are_misuse(self, copied, arguments, says):
        base = ["calendar", "special", "add", "--office", "A", "--from", "2026-03-18"]
        result = copied(*base, "--name", "x", "--letter", "1", *arguments.split(), code=2)
        assert says in result.stderr

    def test_on_a_roster_half_a_day_is_warned_about(self, shifted):
        base = [
            "calendar",
            "special",
            "add",
            "--office",
            "A",
            "--from",
            "2026-03-18",
            "--name",
            "x",
        ]
        hours = ["--start", "07:30", "--end", "11:00"]
        result = shifted(*base, "--name", "x", "--letter", "1", "--kind", "half", *hours)
        assert "warning: 2 of these work by a roster" in result.stderr


def test_free_days_come_out_as_they_went_in(copied):
    text = "day,name,category,office\n2026-03-11,Hari jadi,local,A\n2026-03-12,Nyepi,public,\n"
    result = copied("calendar", "import", copied.file("libur.csv", text))
    assert result.stdout == "free days: 2 new, 0 changed, 0 as before\n"
    out = copied("calendar", "export", "2026").stdout
    assert out.replace("\r\n", "\n") == text
    again = copied("calendar", "import", copied.file("lagi.csv", out))
    assert again.stdout == "free days: 0 new, 0 changed, 2 as before\n"
    assert acts(copied)["calendar.import"]["subject"] == "lagi.csv"


def test_what_is_judged_again_is_said(copied):
    copied("calendar", "seed", "2026")
    copied("calendar", "confirm", "2026")
    copied("days", "evaluate", "--from", "2026-03-02", "--until", "2026-03-09")
    base = ["calendar", "special", "add", "--office", "A", "--kind", "wfa", "--name", "x"]
    said = copied(*base, "--letter", "1", "--from", "2026-03-03", "--until", "2026-03-04").stderr
    assert said == "2 office-days will be judged again\n"


class TestScope:
    """An operator of office A writes and sees nothing of office B."""

    @pytest.fixture
    def rina(self, bounded_template, tmp_path, commands, monkeypatch):
        monkeypatch.setenv("SUDO_USER", "rina")
        return commands(bounded_template, tmp_path)

    @pytest.mark.parametrize(
        "words",
        [
            "rosters show --office B --month 2026-03",
            "rosters export --office B --from 2026-03-01 --until 2026-03-31",
            "rosters cycle --nip {FAR} --pattern - --from 2026-03-01 --until 2026-03-31",
            "rosters swap --nip {ONE} --with {FAR} --on 2026-03-12 --why x",
            "schemes use --nip {FAR} --scheme piket --from 2026-03-02",
            "schemes use --office B --scheme piket --from 2026-03-02",
            "schemes uses list --office B",
            "schemes uses list --nip {FAR}",
            "schemes uses end 2 --until 2026-03-31",
            "schemes uses remove 4 --yes",
            "schemes import skema.toml",
            "schemes remove contoh-5-hari --terms 2026-01-01 --yes",
            "calendar import libur.csv",
            "calendar special add --office B --kind wfa --from 2026-03-20 --name x --letter 1",
            "calendar special add --nip {FAR} --kind wfa --from 2026-03-20 --name x --letter 1",
            "calendar special list --nip {FAR}",
            "calendar special remove 1 --yes",
        ],
    )
    def test_what_is_another_offices_is_refused(self, rina, words):
        rina.file("skema.toml", "")
        rina.file("libur.csv", "day,name\n")
        asked = words.format(ONE=ONE, FAR=FAR).split()
        asked = [
            str(rina.folder / one) if one.endswith((".toml", ".csv")) else one for one in asked
        ]
        said = rina(*asked, code=1).stderr
        assert "office A" in said or "every office" in said, said

    def test_a_swap_is_approved_by_whoever_runs_it_and_by_nobody_else(self, rina):
        path = rina.file("piket.csv", f"{LONG}{ONE},2026-03-12,P\n{TWO},2026-03-12,-\n")
        rina("rosters", "import", path)
        base = ["rosters", "swap", "--nip", ONE, "--with", TWO, "--on", "2026-03-12"]
        assert "--why" in rina(*base, code=2).stderr
        assert "--by" in rina(*base, "--why", "sakit", "--by", "Karu", code=2).stderr
        result = rina(*base, "--why", "sakit", "--letter", "800/7")
        assert result.stdout.splitlines() == [
            f"2026-03-12 {ONE}: P -> -", f"2026-03-12 {TWO}: - -> P",
        ]  # fmt: skip
        (swap,) = rina.json("days", "explain", ONE, "2026-03-12")["swaps"]
        assert (swap["nip"], swap["was"], swap["became"]) == (TWO, "P", None)
        by = swap["approval"]
        assert (by["approver"], by["user"], by["why"], by["letter"]) == (
            "rina", "rina", "sakit", "800/7",
        )  # fmt: skip
        assert by["os_user"].endswith("(sudo rina)")

    def test_the_log_tells_of_a_swap(self, rina, monkeypatch):
        path = rina.file("piket.csv", f"{LONG}{ONE},2026-03-12,P\n{TWO},2026-03-12,-\n")
        rina("rosters", "import", path)
        base = ["rosters", "swap", "--nip", ONE, "--with", TWO, "--on", "2026-03-12"]
        rina(*base, "--why", "sakit", "--letter", "800/7")
        monkeypatch.setenv("SUDO_USER", "boss")
        act = acts(rina)["rosters.swap"]
        assert (act["who"], act["actor"], act["subject"]) == ("rina", "rina", f"{ONE} and {TWO}")
        assert (act["details"]["why"], act["details"]["letter"]) == ("sakit", "800/7")
        assert [one["became"] for one in act["details"]["rows"]] == ["-", "P"]

    def test_days_on_which_a_person_serves_elsewhere_are_not_hers(self, rina, monkeypatch):
        monkeypatch.setenv("SUDO_USER", "boss")
        rina.take(
            "people", f"nip,name,kind,office,superior_nip,from\n{TWO},Dua,PNS,B,,2026-04-01\n"
        )
        monkeypatch.setenv("SUDO_USER", "rina")
        base = ["schemes", "use", "--nip", TWO, "--scheme", "piket", "--from", "2026-03-02"]
        assert "on all of these days" in rina(*base, code=1).stderr
        rina(*base, "--until", "2026-03-31")

    def test_a_file_takes_nobody_of_another_office(self, rina):
        path = rina.file("piket.csv", f"{LONG}{ONE},2026-03-12,P\n{FAR},2026-03-12,P\n")
        said = rina("rosters", "import", path, code=1).stderr
        assert f"line 3: {FAR} does not serve in A on" in said
        path = rina.file("regu.csv", f"nip\n{FAR}\n")
        span = ["--from", "2026-03-10", "--until", "2026-03-13"]
        said = rina("rosters", "cycle", "--file", path, "--pattern", "P", *span, code=1).stderr
        assert f"line 2: {FAR} does not serve in A on" in said

    def test_the_own_office_is_written_shown_and_each_look_is_noted(self, rina, monkeypatch):
        rina("rosters", "import", rina.file("piket.csv", f"{LONG}{ONE},2026-03-12,P\n"))
        (row,) = rina.json("rosters", "show", "--office", "A", "--month", "2026-03")
        assert row["12"] == "P"
        assert rina("rosters", "export", "--from", "2026-03-01", "--until", "2026-03-31").stdout
        assert [one["id"] for one in rina.json("schemes", "uses", "list")] == [1, 3]
        assert rina.json("calendar", "special", "list") == []
        monkeypatch.setenv("SUDO_USER", "boss")
        assert [one["id"] for one in rina.json("schemes", "uses", "list")] == [1, 2, 3, 4]
        looks = {
            (one["what"], one["who"]): one
            for one in rina.json("audit", "list")
            if one["what"] in ("rosters.show", "rosters.export", "schemes.uses.list")
        }
        shown = looks["rosters.show", "rina"]
        assert (shown["subject"], shown["details"]) == (
            "office A", {"people": 1, "month": "2026-03"},
        )  # fmt: skip
        assert looks["schemes.uses.list", "rina"]["subject"] == "office A"
        assert looks["schemes.uses.list", "boss"]["subject"] == "every office"
