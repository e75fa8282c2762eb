"""Files that people write: the configuration of both daemons, and lists to import."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fuzz_centre import centre_store
from fuzz_loop import Trial
from fuzz_seeds import TESTS
from sqlalchemy import Connection

import bridge.config
import ingest.config
import ingest.errors
from ingest.errors import ImportFaults
from ingest.imports import offices, people, terminals, user_ids
from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Columns, Sheet, parse_sheet

EXAMPLE = (TESTS.parent / "config.example.toml").read_bytes()
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
ONE, TWO = b"198609262015051001", b"198609262015051002"

TOML = (
    *(b"[bridge]\n", b"[centre]\n", b"[[terminal]]\n", b"[ingest]\n", b'"""', b"'''", b" = "),
    *(b"true", b"1979-05-27T07:32:00Z", b"0x", b"inf", b"{ a = 1 }", b'"\\u0000"'),
    *(b'comm_key_file = "token"\n', b'token_file = "\\u0000"\n', b'database_file = "\\u0000"\n'),
)  # fmt: skip


@contextmanager
def bridge_config() -> Iterator[Trial]:
    with _config(lambda path: bridge.config.load(path, {}), bridge.config.ConfigError) as trial:
        yield trial


@contextmanager
def ingest_config() -> Iterator[Trial]:
    with _config(ingest.config.load, ingest.errors.ConfigError) as trial:
        yield trial


@contextmanager
def _config(load: Callable[[Path], object], fault: type[Exception]) -> Iterator[Trial]:
    folder = Path(tempfile.mkdtemp(prefix="hadir-fuzz-"))
    path = folder / "hadir.toml"

    def run(data: bytes) -> None:
        path.write_bytes(data)
        load(path)

    plain = b"\n".join(
        line.partition(b" #")[0] for line in EXAMPLE.splitlines() if not line.startswith(b"#")
    )
    parts = plain.partition(b"[[terminal]]")
    try:
        yield Trial(run, [plain, parts[0], parts[1] + parts[2], EXAMPLE], (fault,), TOML)
    finally:
        shutil.rmtree(folder)


_Import = Callable[[Connection, Sheet], Outcome]
_KINDS: tuple[tuple[Columns, _Import, bytes], ...] = (
    (
        offices.COLUMNS,
        lambda connection, sheet: offices.import_offices(connection, sheet, today=TODAY),
        b"code,name,scheme\nA,Dinas A,5-hari\nB,Dinas Kesehatan,\n1.02.01,Kecamatan,6-hari\n",
    ),
    (
        people.COLUMNS,
        lambda connection, sheet: people.import_people(connection, sheet, today=TODAY),
        b"nip,name,kind,office,superior_nip,from,until\n"
        + ONE + b",Siti,PNS,A,,2020-01-01,\n"
        + TWO + b',"Budi, S.T.",PNS,A,' + ONE + b",2020-01-01,2020-12-31\n"
        + TWO + b",\"Budi, S.T.\",PNS,A,,2021-01-01,\n",
    ),
    (
        terminals.COLUMNS,
        lambda connection, sheet: terminals.import_terminals(
            connection, sheet, today=TODAY, now=NOW
        ),
        b"serial;name;office;counts_from;counts_until\nCKPG1;front-door;A;2026-01-01;\n"
        b"XYZ2;back-door;A;2026-01-01;2026-12-31\n",
    ),
    (
        user_ids.COLUMNS,
        lambda connection, sheet: user_ids.import_user_ids(connection, sheet, today=TODAY),
        b"terminal\toffice\tuser_id\tnip\tfrom\tuntil\nCKPG1\t\t7\t" + ONE + b"\t2026-01-01\t\n"
        b"\tA\t8\tnobody\t2026-01-01\t2026-02-01\n\tA\t8\t" + TWO + b"\t2026-02-02\t\n",
    ),
)  # fmt: skip


@contextmanager
def lists() -> Iterator[Trial]:
    """Lists into a store: taken whole, or refused with nothing written; again, nothing is new."""
    with centre_store() as engine, engine.connect() as connection:
        for columns, take, content in _KINDS:
            with connection.begin():
                take(connection, parse_sheet(content.replace(b"6-hari", b""), "seed.csv", columns))

        def run(data: bytes) -> None:
            columns, take, _ = _KINDS[data[0] % len(_KINDS) if data else 0]
            sheet = parse_sheet(data[1:], "list.csv", columns)
            transaction = connection.begin()
            try:
                before = _writes(connection)
                try:
                    take(connection, sheet)
                except ImportFaults:
                    assert _writes(connection) == before, "a refused list was half written"
                    raise
                again = take(connection, sheet)
                assert (again.new, again.changed) == (0, 0), f"a second time: {again.changes}"
            finally:
                transaction.rollback()

        seeds = [bytes([place]) + content for place, (_, _, content) in enumerate(_KINDS)]
        more = [seed.replace(b",", b";") for seed in seeds] + [seeds[1].replace(b"\n", b"\r\n")]
        words = (
            b"\n",
            b"\r",
            b'""',
            b"sep=;\n",
            b",,",
            ONE,
            TWO,
            b"2026-02-01",
            b"nobody",
            b"PPPK",
        )
        yield Trial(run, seeds + more, (ImportFaults,), words)


def _writes(connection: Connection) -> int:
    raw: Any = connection.connection.dbapi_connection
    return int(raw.total_changes)
