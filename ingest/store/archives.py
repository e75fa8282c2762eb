"""A month of punches in a file: CSV, compressed, with a manifest beside it that proves it whole.

    punches-2025-01.csv.gz   every column of the table, and the terminal's serial number
    punches-2025-01.json     month, rows, columns, first and last batch, SHA-256 of file and CSV

Any program reads them, this one or none of ours, in ten years too.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from ingest.errors import Refused
from ingest.store.tables import punches

FORMAT = "hadir-punches-1"
COLUMNS: tuple[str, ...] = tuple(punches.c.keys())
_AT_ONCE = 1 << 20
_CSV = "FORMAT csv, HEADER, ENCODING 'UTF8'"


@dataclass(frozen=True, slots=True)
class Archive:
    """What a manifest says."""

    file: Path
    month: date
    rows: int
    first_batch: int
    last_batch: int
    sha256: str
    """Of the file."""
    csv_sha256: str
    """Of what is compressed in it."""
    archived_at: str
    columns: list[str] = field(default_factory=lambda: ["serial", *COLUMNS])
    format: str = FORMAT


def write(connection: Any, table: str, month: date, folder: Path, *, now: datetime) -> Archive:
    """Write a table of punches into a folder by a psycopg connection; return what was written.

    Both files are on disk when it returns; a file of the same month is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"punches-{month:%Y-%m}.csv.gz"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(batch_id), max(batch_id) FROM {table}")  # noqa: S608
        rows, first, last = cursor.fetchone()
        with _replaced(file) as out:
            csv_sha256 = _copy_out(cursor, table, out)
    made = Archive(
        file=file.resolve(),
        month=month,
        rows=rows,
        first_batch=first or 0,
        last_batch=last or 0,
        sha256=_sha256(file),
        csv_sha256=csv_sha256,
        archived_at=now.isoformat(),
    )
    with _replaced(_manifest(file)) as out:
        told = asdict(made) | {"file": file.name, "month": f"{month:%Y-%m}"}
        out.write(json.dumps(told, indent=1).encode() + b"\n")
    return made


def open_archive(file: Path) -> Archive:
    """Return what the manifest beside a file says. Raises Refused."""
    manifest = _manifest(file)
    try:
        told = json.loads(manifest.read_bytes())
        if told["format"] != FORMAT or told["columns"] != ["serial", *COLUMNS]:
            raise Refused(f"{manifest} is of another format; attach it by the program that made it")
        month = date.fromisoformat(f"{told['month']}-01")
        return Archive(**(told | {"file": file.resolve(), "month": month}))
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"{manifest} is not the manifest of an archived month") from error


def check(archive: Archive) -> Archive:
    """Read a file again to its end and return its archive. Raises Refused where it is not whole."""
    digest, lines = hashlib.sha256(), 0
    if _sha256(archive.file) != archive.sha256:
        raise Refused(f"{archive.file} is not what its manifest says: another SHA-256")
    with gzip.open(archive.file) as source:
        while part := source.read(_AT_ONCE):
            digest.update(part)
            lines += part.count(b"\n")
    # a work code may hold a line end, so that there are no fewer lines than rows and the heading
    if digest.hexdigest() != archive.csv_sha256 or lines < archive.rows + 1:
        raise Refused(f"{archive.file} does not hold what its manifest says")
    return archive


def read(connection: Any, archive: Archive, table: str) -> None:
    """Put the rows of a file into a table by a psycopg connection. Raises Refused."""
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        # the serial number is for who reads the file without our tables
        cursor.execute(
            "CREATE TEMPORARY TABLE punches_read ON COMMIT DROP AS"  # noqa: S608
            f" SELECT ''::text AS serial, {columns} FROM {table} WITH NO DATA"
        )
        given = f"COPY punches_read (serial, {columns}) FROM STDIN"
        with gzip.open(archive.file) as source, cursor.copy(f"{given} ({_CSV})") as copy:
            while part := source.read(_AT_ONCE):
                copy.write(part)
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM punches_read"  # noqa: S608
        )
        if cursor.rowcount != archive.rows:
            raise Refused(f"{archive.file} gave {cursor.rowcount} rows instead of {archive.rows}")


def _copy_out(cursor: Any, table: str, out: IO[bytes]) -> str:
    digest = hashlib.sha256()
    columns = ", ".join(f"p.{name}" for name in COLUMNS)
    cursor.execute("SET LOCAL datestyle = 'ISO'")
    query = (
        f"COPY (SELECT t.serial, {columns} FROM {table} p"  # noqa: S608
        " JOIN terminals t ON t.id = p.terminal_id"
        " ORDER BY p.batch_id, p.terminal_id, p.user_id, p.local_time)"
        f" TO STDOUT ({_CSV})"
    )
    with (
        gzip.GzipFile(fileobj=out, filename="", mode="wb", mtime=0) as zipped,
        cursor.copy(query) as copy,
    ):
        for part in copy:
            digest.update(part)
            zipped.write(part)
    return digest.hexdigest()


@contextmanager
def _replaced(file: Path) -> Iterator[IO[bytes]]:
    """Write a file beside its place, and put it there when it is whole and on disk."""
    part = file.with_name(f"{file.name}.part")
    with part.open("wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _manifest(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(".csv.gz") + ".json")


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
