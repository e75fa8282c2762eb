"""Kinds, breaks and stand-ins by command: given, listed, ended, taken back, imported, noted."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

ONE, TWO, FAR = "198609262015051001", "198609262015051002", "198609262015051003"


def kinds(run: Any) -> list[tuple[str, str]]:
    return [(one["kind"], one["first"]) for one in run.json("people", "kinds", "list")]


class TestKinds:
    def test_from_its_day_on_a_person_is_listed_as_the_new_kind(self, run_on_both: Any) -> None:
        run = run_on_both
        told = run("people", "kind", ONE, "pns", "--from", "2026-02-01", "--letter", "821/12")
        assert told.stdout == f"{ONE} is PNS from 2026-02-01 (before: CPNS)\n"
        for day, kind in (("2026-01-31", "CPNS"), ("2026-02-01", "PNS")):
            (found,) = [one for one in run.json("people", "list", "--on", day) if one["nip"] == ONE]
            assert found["kind"] == kind
        (line,) = run.audited("people.kind")
        assert line["subject"] == ONE
        assert line["details"] == {
            "kind": "PNS", "was": "CPNS", "from": "2026-02-01", "letter": "821/12",
        }  # fmt: skip
        again = run("people", "kind", ONE, "PNS", "--from", "2026-03-01", code=1)
        assert "is PNS on 2026-03-01 already" in again.stderr
        run("people", "kinds", "remove", ONE, "--from", "2026-02-01", "--yes")
        assert kinds(run) == []
        (line,) = run.audited("people.kinds.remove")
        assert line["details"]["kind"] == "PNS"

    def test_a_list_imports_again_without_a_change(self, run: Any) -> None:
        text = f"nip,kind,from\n{TWO},PNS,2026-02-01\n{TWO},CPNS,2025-01-01\n{ONE},PNS,2026-03-01\n"
        told = run("people", "kinds", "import", run.file(text)).stdout
        assert told.endswith("kinds: 3 new, 0 changed, 0 as before\n")
        assert kinds(run) == [("PNS", "2026-03-01"), ("CPNS", "2025-01-01"), ("PNS", "2026-02-01")]
        out = run("people", "kinds", "list", "--csv").stdout
        again = run("people", "kinds", "import", run.file(out)).stdout
        assert again == "kinds: 0 new, 0 changed, 3 as before\n"

    def test_every_fault_of_a_file_is_named_and_nothing_kept(self, run: Any) -> None:
        rows = [f"{ONE},PSN,2026-02-01", f"{'1' * 18},PNS,2026-02-01", f"{TWO},PPPK,kemarin"]
        rows += ["199303032019031007,PNS,2026-02-01", f"{FAR},PPPK,2026-02-01"]
        rows += [f"{FAR},PPPK,2026-02-01"]
        said = run(
            "people", "kinds", "import", run.file("nip,kind,from\n" + "\n".join(rows)), code=1
        )
        assert 'line 2: kind "PSN" is unknown, did you mean "pns"?' in said.stderr
        assert "line 4: from:" in said.stderr
        assert "line 5: nip: nobody has this NIP" in said.stderr
        assert "line 7: the same row stands on line 6 too" in said.stderr
        assert said.stderr.splitlines()[-1].endswith("nothing imported")
        assert kinds(run) == []

    def test_a_list_of_people_as_of_today_does_not_take_a_dated_kind_back(self, run: Any) -> None:
        run("people", "kind", ONE, "PNS", "--from", "2026-02-01")
        header = "nip,name,kind,office,superior_nip,from\n"
        for kind in ("PNS", "CPNS"):
            told = run("people", "import", run.file(f"{header}{ONE},Satu,{kind},A,,2026-01-01\n"))
            assert told.stdout == "people: 0 new, 0 changed, 1 as before\n"
        wrong = run(
            "people", "import", run.file(f"{header}{ONE},Satu,PPPK,A,,2026-01-01\n"), code=1
        )
        assert "recorded as CPNS, PNS, each from its day on" in wrong.stderr
        assert kinds(run) == [("PNS", "2026-02-01")]
        exported = run("people", "export").stdout
        assert run("people", "import", run.file(exported)).stdout.endswith("3 as before\n")


class TestBreaks:
    def begin(self, run: Any, *more: str, code: int = 0) -> Any:
        words = ["--kind", "ended", "--from", "2026-03-01", "--letter", "882/7", *more]
        return run("people", "break", TWO, *words, code=code)

    def test_one_is_given_ended_and_taken_away(self, run_on_both: Any) -> None:
        run = run_on_both
        told = self.begin(run).stdout
        assert told == f"break 1: {TWO} is ended from 2026-03-01 to open\n"
        assert "break 1 (ended, letter 882/7) holds" in self.begin(run, code=1).stderr
        run("people", "breaks", "end", "1", "--until", "2026-03-31")
        (row,) = run.json("people", "breaks", "list", "--office", "A")
        assert (row["nip"], row["last"], row["letter"]) == (TWO, "2026-03-31", "882/7")
        assert run.json("people", "breaks", "list", "--office", "B") == []
        assert run.json("people", "breaks", "list", "--nip", ONE) == []
        run("people", "breaks", "remove", "1", "--yes")
        assert run.json("people", "breaks", "list") == []
        assert [run.audited(f"people.{one}")[0]["subject"] for one in (
            "break", "breaks.end", "breaks.remove",
        )] == [TWO] * 3  # fmt: skip
        assert "turned" not in self.begin(run, "--until", "2026-02-01", code=2).stderr

    def test_a_workbook_of_retirements_is_taken_and_a_row_that_differs_is_told(
        self, run: Any
    ) -> None:
        book = Workbook()
        for row in (
            ("nip", "kind", "from", "until", "letter"),
            (ONE, "ended", "2026-03-01", "", "882/1"),
            (TWO, "suspended", "2026-02-02", "2026-02-06", "860/1"),
        ):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        (run.folder / "pensiun.xlsx").write_bytes(content.getvalue())
        path = str(run.folder / "pensiun.xlsx")
        assert run("people", "breaks", "import", path).stdout == (
            "breaks: 2 new, 0 changed, 0 as before\n"
        )
        assert run("people", "breaks", "import", path).stdout == (
            "breaks: 0 new, 0 changed, 2 as before\n"
        )
        changed = run("people", "breaks", "list", "--csv").stdout.replace("02-06", "02-09")
        told = run("people", "breaks", "import", run.file(changed)).stdout
        assert f"line 3: break 1 of {TWO} is suspended until 2026-02-09, letter 860/1 now" in told
        assert told.endswith("breaks: 0 new, 1 changed, 1 as before\n")
        overlap = f"nip,kind,from,letter\n{TWO},ended,2026-02-05,882/2\n"
        said = run("people", "breaks", "import", run.file(overlap), code=1).stderr
        assert "line 2: break 1 (suspended, letter 860/1) holds" in said
        assert len(run.json("people", "breaks", "list")) == 2


class TestStandIns:
    PLH = ("--how", "plh", "--from", "2026-03-09", "--until", "2026-03-20", "--letter", "800/15")

    def test_who_answers_is_shown_with_letter_and_why(self, run_on_both: Any) -> None:
        run = run_on_both
        suspended = ["--kind", "suspended", "--from", "2026-03-09", "--until", "2026-03-20"]
        run("people", "break", ONE, *suspended, "--letter", "860/1")
        told = run("people", "stand-in", "--for", ONE, "--by-person", FAR, *self.PLH).stdout
        assert told == f"stand-in 1: {FAR} is plh of {ONE} from 2026-03-09 to 2026-03-20\n"
        shown = run("people", "show", TWO).stdout
        assert "Yang bertanggung jawab: Jauh" in shown
        assert "Plh. atasan langsung, surat 800/15" in shown
        assert "sedang diberhentikan sementara sampai 20 Maret 2026" in shown
        told = run.json("people", "show", TWO, "--on", "2026-03-08")
        assert (told["answers"]["nip"], told["superior"], told["kind"]) == (ONE, ONE, "PNS")
        run("people", "stand-ins", "end", "1", "--until", "2026-03-09")
        assert "Yang bertanggung jawab: belum ada" in run("people", "show", TWO).stdout
        (line,) = run.audited("people.stand-in")
        assert (line["subject"], line["details"]["by_person"]) == (ONE, FAR)
        (line, _) = run.audited("people.show")[:2]
        assert line["subject"] == f"nip {TWO}"
        run("people", "stand-ins", "remove", "1", "--yes")
        assert run.json("people", "stand-ins", "list") == []

    def test_who_stands_in_for_somebody_who_is_there_is_warned_of(self, run: Any) -> None:
        """Nobody would be told that the letter has no effect until a leave is recorded."""
        begin = ["people", "stand-in", "--for", ONE, "--by-person", FAR, *self.PLH]
        assert f"{ONE} is at the post on 2026-03-09" in run(*begin).stderr
        suspended = ["--kind", "suspended", "--from", "2026-03-09", "--letter", "860/1"]
        run("people", "break", ONE, *suspended)
        again = ["people", "stand-in", "--for", ONE, "--by-person", TWO, *self.PLH]
        assert "warning" not in run(*again).stderr

    def test_what_cannot_be_is_refused(self, run: Any) -> None:
        begin = ["people", "stand-in", "--by-person", ONE, *self.PLH]
        assert "give --for or --office" in run(*begin, code=2).stderr
        assert "give --for or --office" in run(*begin, "--for", TWO, "--office", "A", code=2).stderr
        assert "stands in for himself" in run(*begin, "--for", ONE, code=1).stderr
        assert 'no office "X"' in run(*begin, "--office", "X", code=1).stderr

    def test_a_file_of_them_is_taken_once_and_its_faults_are_named(self, run: Any) -> None:
        text = (
            "by_nip,how,from,letter,for_nip,office,until\n"
            f"{FAR},plh,2026-03-09,800/1,{ONE},,2026-03-20\n{TWO},Plt,2026-03-01,800/2,,B,\n"
        )
        assert run("people", "stand-ins", "import", run.file(text)).stdout == (
            "stand-ins: 2 new, 0 changed, 0 as before\n"
        )
        out = run("people", "stand-ins", "list", "--csv").stdout
        assert run("people", "stand-ins", "import", run.file(out)).stdout.endswith("2 as before\n")
        longer = text.replace("03-20", "03-31")
        told = run("people", "stand-ins", "import", run.file(longer)).stdout
        assert "is plh until 2026-03-31, letter 800/1 now" in told
        both = "by_nip,how,from,letter,for_nip,office\n" + f"{FAR},plh,2026-03-09,1,{ONE},A\n"
        said = run("people", "stand-ins", "import", run.file(both), code=1).stderr
        assert "line 2: give for_nip or office, one of the two" in said
        again = f"by_nip,how,from,letter,for_nip\n{FAR},plt,2026-03-12,800/9,{ONE}\n"
        said = run("people", "stand-ins", "import", run.file(again), code=1).stderr
        assert "line 2: stand-in" in said
        assert "of the same person holds from 2026-03-09 to 2026-03-31" in said


@pytest.mark.parametrize("words", [("kinds", "list"), ("breaks", "list"), ("stand-ins", "list")])
def test_a_list_leaves_its_line_before_it_is_shown(run: Any, words: tuple[str, str]) -> None:
    run("people", *words)
    assert len(run.audited(f"people.{'.'.join(words)}")) == 1
