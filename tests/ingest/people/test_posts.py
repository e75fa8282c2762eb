"""Rank and post: dated each by itself, from a command, a file, a list of people or SIMPEG."""

from typing import Any

ONE, TWO, FAR = "198609262015051001", "198609262015051002", "198609262015051003"
HEAD = "nip,name,kind,office,superior_nip,from"


def held(run: Any, nip: str, on: str) -> tuple[str, str]:
    found = run.json("people", "show", nip, "--on", on)
    return found["rank"], found["post"]


def listed(run: Any) -> list[tuple[str, str, str, str]]:
    rows = run.json("people", "posts", "list")
    return [(one["nip"], one["from"], one["rank"], one["post"]) for one in rows]


def test_each_holds_from_its_day_until_the_next_of_its_sort(run_on_both: Any) -> None:
    run = run_on_both
    told = run(
        "people", "post", ONE, "--rank", "iii/b", "--post", "Analis", "--from", "2024-04-01"
    ).stdout  # fmt: skip
    assert told.splitlines()[0] == (
        f"{ONE} holds Penata Muda Tingkat I (III/b) from 2024-04-01 (before: none)"
    )
    run("people", "post", ONE, "--rank", "III/c", "--from", "2026-02-01", "--letter", "823/1")
    run("people", "post", ONE, "--post", "Kepala Bidang", "--from", "2026-03-01")
    for day, rank, post in (
        ("2024-03-31", "", ""),
        ("2026-01-31", "Penata Muda Tingkat I (III/b)", "Analis"),
        ("2026-02-01", "Penata (III/c)", "Analis"),
        ("2026-03-01", "Penata (III/c)", "Kepala Bidang"),
    ):
        assert held(run, ONE, day) == (rank, post)
    shown = run("people", "show", ONE).stdout
    assert "Pangkat: Penata (III/c); jabatan: Kepala Bidang" in shown
    (row,) = [one for one in run.json("people", "list") if one["nip"] == ONE]
    assert (row["rank"], row["post"]) == ("Penata (III/c)", "Kepala Bidang")
    line = run.audited("people.post")[0]
    assert line["subject"] == ONE
    assert {one["details"]["letter"] for one in run.audited("people.post")} == {"", "823/1"}


def test_a_day_is_written_over_and_the_same_again_is_no_change(run: Any) -> None:
    for text in ("Analis", "Penyuluh"):
        run("people", "post", ONE, "--post", text, "--from", "2026-01-01")
    assert listed(run) == [(ONE, "2026-01-01", "", "Penyuluh")]
    again = run("people", "post", ONE, "--post", "Penyuluh", "--from", "2026-02-01").stdout
    assert "holds that on 2026-02-01 already" in again
    assert len(run.audited("people.post")) == 2
    run("people", "posts", "remove", ONE, "--from", "2026-01-01", "--only", "rank", "--yes", code=1)
    run("people", "posts", "remove", ONE, "--from", "2026-01-01", "--yes")
    assert listed(run) == []
    assert "say what is held" in run("people", "post", ONE, "--from", "2026-01-01", code=2).stderr


def test_a_list_imports_again_without_a_change_and_faults_are_named(run: Any) -> None:
    text = f"nip,from,rank,post\n{ONE},2024-04-01,III/b,Analis\n{ONE},2026-02-01,III/c,\n"
    assert "posts: 2 new" in run("people", "posts", "import", run.file(text)).stdout
    out = run("people", "posts", "list", "--csv").stdout
    again = run("people", "posts", "import", run.file(out)).stdout
    assert again == "posts: 0 new, 0 changed, 2 as before\n"
    rows = [f"{'1' * 18},2026-01-01,III/c,", f"{TWO},2026-01-01,,", f"{TWO},kemarin,=1+1,x"]
    said = run(
        "people", "posts", "import", run.file("nip,from,rank,post\n" + "\n".join(rows)), code=1
    ).stderr  # fmt: skip
    for line in (
        "line 2: nip:", "line 3: give rank or post", "line 4: from:", "line 4: rank holds",
    ):  # fmt: skip
        assert line in said
    assert len(listed(run)) == 2


def test_a_list_of_people_may_bring_them_with_their_own_days(run: Any) -> None:
    text = (
        f"{HEAD},rank,rank_from,post\n{TWO},Dua,PNS,A,,2026-01-01,III/a,2023-10-01,Analis\n"
        f"{FAR},Jauh,PNS,B,,2026-01-01,,,\n"
    )
    told = run("people", "import", run.file(text)).stdout
    assert f"{TWO} rank none -> Penata Muda (III/a) from 2023-10-01" in told
    assert told.endswith("people: 0 new, 1 changed, 1 as before\n")
    assert listed(run) == [
        (TWO, "2023-10-01", "Penata Muda (III/a)", ""), (TWO, "2026-01-01", "", "Analis"),
    ]  # fmt: skip
    plain = run("people", "export").stdout
    assert plain.splitlines()[0] == f"{HEAD},until"
    assert run("people", "import", run.file(plain)).stdout.endswith("3 as before\n")
    assert len(listed(run)) == 2  # a file that says nothing of them takes nothing away
    faults = (
        f"{HEAD},rank,rank_from\n{TWO},Dua,PNS,A,,2026-01-01,III/a,2026-02-02\n"
        f"{TWO},Dua,PNS,A,,2026-03-01,III/b,2026-02-02\n{FAR},Jauh,PNS,B,,2026-01-01,,2026-02-02\n"
    )
    said = run("people", "import", run.file(faults), code=1).stderr
    assert "line 3: rank differs from line 2, from the same day" in said
    assert "line 4: rank_from: a day, and no rank" in said


def test_they_come_from_a_sheet_of_simpeg_by_its_mapping(run: Any) -> None:
    mapping = run.file(
        '[columns]\nnip = "NIP"\nname = "NAMA"\nrank = "GOL"\nrank_from = "TMT GOL"\n'
        'post = "JABATAN"\n[values]\nkind = "PNS"\noffice = "A"\nfrom = "2026-01-01"\n'
        'post_from = "2025-06-01"\n',
        "simpeg.toml",
    )
    sheet = run.file(f"NIP;NAMA;GOL;TMT GOL;JABATAN\n{TWO};Dua;III/d;01-04-2022;-\n")
    run("people", "import", sheet, "--mapping", mapping)
    assert listed(run) == [(TWO, "2022-04-01", "Penata Tingkat I (III/d)", "")]
