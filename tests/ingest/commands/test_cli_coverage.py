"""A month of an office as a calendar, at the command line."""

from datetime import UTC, datetime

from sqlalchemy import insert

from ingest.store import tables
from ingest.store.database import open_engine


def read(run, until, since="2026-02-01"):
    """Let terminal S1 be known between two moments, in UTC."""
    run.bridge("A", "pc")
    engine = open_engine(run.url)
    with engine.begin() as connection:
        connection.execute(
            insert(tables.coverage).values(
                terminal_id=1, bridge_id=1, taken=9, parked=0, note="", source="poll",
                read_at=run.now, received_at=run.now,
                since=datetime.fromisoformat(since).replace(tzinfo=UTC),
                until=datetime.fromisoformat(until).replace(tzinfo=UTC),
            )
        )  # fmt: skip
    engine.dispose()


def test_a_month_is_weeks_of_days_and_what_holds_them_up(copied):
    copied("calendar", "seed", "2026")
    read(copied, "2026-03-06 02:00")
    text = copied("coverage", "--office", "A", "--month", "2026-03").stdout
    assert text.startswith("Kelengkapan data mesin Dinas (A), Maret 2026\n\nSenin ")
    rows = text.splitlines()[4:]
    assert rows[0].split() == ["1", "libur"]
    assert rows[1].split() == [
        "2", "lengkap", "3", "lengkap", "4", "lengkap", "5", "lengkap", "6", "belum",
        "7", "libur,", "belum", "8", "libur,", "belum",
    ]  # fmt: skip
    assert "lengkap: semua mesin yang dihitung terbaca" in text
    assert (
        "6-10 Maret 2026 [behind]: mesin depan (S1): baru terbaca lengkap sampai 6 Maret 2026 "
        "pukul 10.00 WITA; hadir-bridge di kantor belum pernah melapor\n"
        "  yang dapat dilakukan: nyalakan komputer hadir-bridge"
    ) in text
    assert "kalender tahun 2026 belum dikonfirmasi" in text
    copied("calendar", "confirm", "2026")
    confirmed = copied("coverage", "show", "--office", "A").stdout
    assert confirmed == text.replace(text.splitlines()[-1] + "\n", "")


def test_a_program_gets_each_day_with_its_reasons(copied):
    read(copied, "2026-03-06 02:00")
    days = copied.json("coverage", "show", "--office", "A", "--month", "2026-03")
    assert [one["day"] for one in days] == [f"2026-03-{n:02}" for n in range(1, 32)]
    assert [one["mark"] for one in days[4:11]] == ["complete", *["not-yet"] * 5, "to-come"]
    sixth = days[5]
    assert sixth["terminals"] == [{"serial": "S1", "name": "depan", "verdict": "not-yet"}]
    (why,) = sixth["reasons"]
    assert why["code"] == "behind"
    assert "S1" in why["text"]
    assert why["advice"]


def test_all_offices_are_a_line_each_with_the_worst_terminal(copied):
    read(copied, "2026-03-06 02:00", since="2026-03-02 01:00")
    text = copied("coverage", "--month", "2026-03").stdout
    line = next(line for line in text.splitlines() if line.startswith("A "))
    assert line.split() == [
        "A",
        "Dinas",
        *["3", "5", "2", "0", "21"],
        *["depan", "(S1):", "2", "celah,", "5", "belum"],
    ]
    assert copied.json("coverage", "--month", "2026-03") == [
        {
            "office": "A", "name": "Dinas", "complete": 3, "not-yet": 5, "gap": 2, "held": 0,
            "to-come": 21, "worst": "depan (S1): 2 celah, 5 belum",
        },
        {
            "office": "B", "name": "Badan", "complete": 0, "not-yet": 0, "gap": 10, "held": 0,
            "to-come": 21, "worst": "",
        },
    ]  # fmt: skip


def test_terminals_that_do_not_count_are_named_below(copied):
    copied("terminals", "set", "S1", "--counts-until", "2026-03-04")
    copied(
        "terminals", "add", "S2", "--name", "aula", "--office", "A", "--counts-from", "2026-04-01"
    )
    text = copied("coverage", "--office", "A", "--month", "2026-03").stdout
    assert "mesin depan (S1): tidak ikut dihitung pada tanggal 5, 6, 7, 8, 9, 10, menurut" in text
    assert "mesin aula (S2): tidak ikut dihitung sepanjang bulan ini, menurut" in text


def test_what_is_asked_wrongly_is_one_sentence(copied):
    both = copied("coverage", "--office", "A", "--day", "2026-03-02", "--month", "2026-03", code=2)
    assert "--day and --month go without each other" in both.stderr
    assert (
        'no office "X"' in copied("coverage", "--office", "X", "--month", "2026-03", code=1).stderr
    )
    assert "a month of all by --month" in copied("coverage", code=2).stderr
    mixed = copied("coverage", "--month", "2026-03", "show", code=2)
    assert "go without a command" in mixed.stderr
