"""Office A with an operator, and office B with everything that must stay B's."""

import getpass
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from ingest import seal as seals
from ingest.discipline import Effect
from ingest.discipline.cases import (
    MACHINE,
    Addressee,
    DayFact,
    Event,
    Facts,
    Kind,
    Notice,
    Subject,
    Verdict,
)
from ingest.discipline.cases.values import Opening
from ingest.letters.base import Head, LetterKind, LetterText, Listed, Official, Secrecy, Signer
from ingest.letters.codes import checked
from ingest.store import case_events, cases, contacts, dispatches, letters, tables
from ingest.store.database import open_engine, reading, writing
from ingest.store.tables_cases import case_notices

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
NAMES = {
    "nip": "199001012015051009",  # of B
    "moved": "199002022015051008",  # of B until the end of February, of A since
    "mate": "199004042015051007",  # of B
    "gone": "199005052015051006",  # of A in January, of B since
    "new": "199303032019031007",  # of nobody
    "serial": "TB77",
    "idle": "TB66",  # of B, without a punch
    "stray": "TB88",  # spoke for B and is not registered
    "record": "c" * 32,
    "code": checked("RAHAS0AAA"),  # of a letter to somebody of B
}
SECRETS = (
    "Rahasia", NAMES["nip"], NAMES["mate"], "Badan", "mesin-badan", "pc-badan", "rahasia-libur",
)  # fmt: skip
"""What stands in the store of B, and in nothing that an operator of A may be told."""
TOUCHED = ("S1", "TB77", "TB88")
WHY = ("--why", "daftar hadir", "--by", "Bu Kepala")
OPERATOR, ADMIN, AUDITOR, READER = "siti", "budi", "andi", "rina"


def build(run: Any) -> None:
    """Fill a store of two offices (`commands.conftest.enrol`), all by the commands of an admin."""
    run.config.write_text(run.config.read_text() + 'seal_file = "seal.key"\n')
    run("seal", "make", "--by", "Bu Kepala")
    run("calendar", "seed", "2026")
    run("calendar", "confirm", "2026")
    run("calendar", "add", "2026-09-29", "rahasia-libur", "--office", "B")
    run.take(
        "people",
        "nip,name,kind,office,superior_nip,from,until\n"
        f"{NAMES['nip']},Rahasia Bhakti,PNS,B,,2026-01-01,\n"
        f"{NAMES['mate']},Rahasia Karib,PNS,B,,2026-01-01,\n"
        f"{NAMES['moved']},Pindah Kemari,PNS,B,,2026-01-01,2026-02-28\n"
        f"{NAMES['moved']},Pindah Kemari,PNS,A,,2026-03-01,\n"
        f"{NAMES['gone']},Pindah Pergi,PNS,A,,2026-01-01,2026-01-31\n"
        f"{NAMES['gone']},Pindah Pergi,PNS,B,,2026-02-01,\n",
    )
    run.take(
        "terminals",
        "serial,name,office,counts_from\nTB77,mesin-badan,B,2026-01-01\n"
        "TB66,mesin-badan,B,2026-01-01\nS3,samping,A,2026-01-01\n",
    )
    run.take("user-ids", f"terminal,office,user_id,nip,from\nTB77,,9,{NAMES['nip']},2026-01-01\n")
    _fill(run.url)
    run("adjustments", "add-touch", "--nip", NAMES["nip"], "--at", "2026-03-06 07:25", *WHY)
    run(
        "excuses", "give", "--nip", NAMES["nip"], "--type", "DL", "--from", "2026-03-11",
        "--approver", "Rahasia", "--letter", "1", *WHY,
    )  # fmt: skip
    run(
        "coverage", "withdraw", "--terminal", "TB77", "--from", "2026-02-02", "--until",
        "2026-02-02", *WHY,
    )  # fmt: skip
    shift = '[[shift]]\ncode = "P"\nname = "pagi"\nstart = "07:00"\nend = "14:00"\n'
    run("schemes", "import", run.file("skema.toml", shift))
    run("schemes", "use", "--nip", NAMES["nip"], "--scheme", "5-hari", "--from", "2026-02-02")
    run(
        "calendar", "special", "add", "--nip", NAMES["nip"],
        *["--kind", "wfa", "--from", "2026-04-03", "--name", "rahasia-libur", "--letter", "y"],
    )  # fmt: skip
    run(
        "rosters", "import",
        run.file(
            "piket.csv",
            f"nip,date,shift\n{NAMES['nip']},2026-03-10,P\n{NAMES['mate']},2026-03-10,-\n",
        ),
    )  # fmt: skip
    _add_case(run)
    _add_notice(run)
    _add_letter(run)
    run("people", "kind", NAMES["nip"], "CPNS", "--from", "2026-02-01")
    run("people", "post", NAMES["nip"], "--post", "Rahasia Jabatan", "--from", "2026-02-01")
    run(
        "people", "break", NAMES["mate"], "--kind", "suspended", "--from", "2026-03-20",
        "--letter", "Rahasia 1",
    )  # fmt: skip
    run(
        "people", "stand-in", "--for", NAMES["nip"], "--by-person", NAMES["mate"], "--how", "plh",
        "--from", "2026-04-01", "--letter", "Rahasia 2",
    )  # fmt: skip
    _add_users(run)


def _add_users(run: Any) -> None:
    account = getpass.getuser()
    for name, full_name, role, office in (
        (ADMIN, "Budi Santoso", "admin", ()),
        (OPERATOR, "Siti Aminah", "operator", ("--office", "A")),
        (AUDITOR, "Andi Wijaya", "auditor", ()),
        (READER, "Rina Wati", "reader", ()),
    ):
        run(
            "users", "add", name, "--full-name", full_name, "--role", role, *office,
            "--os-user", account, "--sudo-user", name, env={"SUDO_USER": ADMIN},
        )  # fmt: skip


def _fill(url: str) -> None:
    engine = open_engine(url)
    with writing(engine) as connection:
        for number, office, name in ((1, "A", "pc-dinas"), (2, "B", "pc-badan")):
            connection.execute(
                insert(tables.bridges).values(
                    id=number, office=office, name=name, created_at=NOW, last_seen_at=NOW
                )
            )
            connection.execute(
                insert(tables.batches).values(
                    id=number, bridge_id=number, office=office, outbox=f"o{number}",
                    receipt=f"r{number}", received_at=NOW, sent=1,
                )
            )  # fmt: skip
        connection.execute(
            insert(tables.terminals).values(
                serial="TB88", name="TB88", office="B", registered=False, first_seen_at=NOW
            )
        )
        known = select(tables.terminals.c.serial, tables.terminals.c.id)
        for serial, key in connection.execute(known).all():
            if serial not in TOUCHED:
                continue
            batch = 1 if serial == "S1" else 2
            _touch(connection, key, batch, "9", datetime(2026, 3, 9, 7, 12))
            _touch(connection, key, batch, "55", datetime(2026, 3, 9, 7, 14))
            _touch(connection, key, batch, "9", datetime(2000, 1, 1, 0, 4), "ancient")
            connection.execute(
                insert(tables.bad_records).values(
                    terminal_id=key, user_id="9", source="poll", received_at=NOW, read_at=NOW,
                    batch_id=batch, raw=b"", kind="date", reason="no date",
                    id={"S1": "b", "TB77": "c"}.get(serial, "d") * 32,
                )
            )  # fmt: skip
        person = select(tables.people.c.id).where(tables.people.c.nip == NAMES["nip"])
        connection.execute(
            insert(tables.days).values(
                person_id=connection.scalar(person), day=datetime(2026, 3, 5).date(), office="B",
                status="ABSENT", because=[], evaluated_at=NOW,
            )
        )  # fmt: skip
    engine.dispose()


def _add_case(run: Any) -> None:
    """Let somebody of B have a case, as the machine opens one."""
    engine = open_engine(run.url)
    with writing(engine) as connection:
        person = connection.scalar(
            select(tables.people.c.id).where(tables.people.c.nip == NAMES["nip"])
        )
        number = cases.begin(connection, person, "B", NOW.date(), NOW)
        case_events.add(connection, number, None, _opening(), case_events.By(NOW))
    engine.dispose()


def _add_letter(run: Any) -> None:
    """Let the person of that case have been written to, and office A; only rows matter here."""
    engine = open_engine(run.url)
    text = LetterText(
        LetterKind.WARNING, Head(("Kabupaten", "BKPSDM"), "Kota"), "800/1/2026", NOW.date(),
        Secrecy.IMPORTANT, "Pemberitahuan", ("Sdr. Rahasia Bhakti",), ("Rahasia",),
        Signer("Bu Kepala"), about=(Listed(Official("Rahasia Bhakti", NAMES["nip"]), ()),),
        code=NAMES["code"],
    )  # fmt: skip
    new = letters.NewLetter(
        text, letters.Pages(b"%PDF", b"PK", "warning.typ", "0" * 64), "B",
        (letters.Basis(1, 1, 1),), (NAMES["nip"], None), None, None, "Bu Kepala", "uji",
    )  # fmt: skip
    to_a = replace(
        text, number="800/2/2026", to=("Kepala Dinas",), body=("Mohon pembinaan.",), about=(),
        code=checked("RAHAS0BBB"),
    )  # fmt: skip
    both = (new, replace(new, text=to_a, to=(None, "A")))
    with writing(engine) as connection:
        seal = seals.load(run.config.parent / "seal.key")
        for one in both:
            letters.add(connection, one, case_events.By(NOW, "budi", seal))
    engine.dispose()


def _add_notice(run: Any) -> None:
    """Let that person, and office B, be reached, and a warning be left for paper."""
    engine = open_engine(run.url)
    with writing(engine) as connection:
        for owner in ((NAMES["nip"], None), (None, "B")):
            contacts.add(
                connection, owner, kind="phone", value="6281234567890", source="x",
                post="" if owner[0] else "Rahasia", state="wrong", why="x", now=NOW,
            )  # fmt: skip
        notice = connection.scalar(select(case_notices.c.id))
        dispatches.add(connection, [dispatches.New(notice, "-paper", "", NOW)], NOW)
    engine.dispose()


def _opening() -> Event:
    days = tuple(datetime(2026, 3, n).date() for n in (3, 4, 5))
    known = (Verdict("TB77", complete=True, why="lengkap"),)
    return Event(
        kind=Kind.OPENED,
        day=NOW.date(),
        who=MACHINE,
        why="Rahasia",
        facts=Facts(
            tuple(DayFact(day, "ABSENT", Effect.COUNTS, "0" * 64, "x", known) for day in days),
            numbers={"limit": 3},
        ),
        about=Opening(Subject(NAMES["nip"], "B", "PNS"), days),
        notices=(Notice("warning", Addressee("yang bersangkutan", nip=NAMES["nip"]), "x"),),
    )


def _touch(
    connection: Any, terminal: int, batch: int, user_id: str, at: datetime, doubt: str | None = None
) -> None:
    connection.execute(
        insert(tables.punches).values(
            terminal_id=terminal, user_id=user_id, local_time=at, local_day=at.date(),
            occurred_at=at.replace(tzinfo=UTC) - timedelta(hours=8), work_code="", source="poll",
            read_at=NOW, received_at=NOW, batch_id=batch, doubt=doubt, raw=b"",
        )
    )  # fmt: skip


def kept(url: str) -> dict[str, list[Any]]:
    """Return all that is stored, but for the log of who looked at it."""
    engine = open_engine(url)
    with reading(engine) as connection:
        found = {
            name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()))
            for name in tables.metadata.tables
            if name != "audit_log"
        }
    engine.dispose()
    return found
