"""What was handed in with a case, kept as it was handed in, and known by its SHA-256."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ingest.discipline.cases import Paper
from ingest.errors import NotKnown, Refused
from ingest.store.tables_cases import case_files

MOST_BYTES = 5 << 20
"""Of one paper: a scanned letter of many pages."""


def read(path: Path) -> tuple[Paper, bytes]:
    """Read a paper from a file. Raises Refused if it is empty or too large, OSError."""
    size = path.stat().st_size
    if not 0 < size <= MOST_BYTES:
        raise Refused(
            f"{path.name} has {size} bytes; a paper has 1 to {MOST_BYTES}, scan it smaller"
        )
    content = path.read_bytes()
    return Paper(hashlib.sha256(content).hexdigest(), path.name[:200]), content


def keep(connection: Connection, case: int, paper: Paper, content: bytes, now: datetime) -> None:
    """Keep a paper of a case; the same one twice is one."""
    known = select(case_files.c.id).where(
        case_files.c.case_id == case, case_files.c.sha256 == paper.sha256
    )
    if connection.scalar(known) is None:
        connection.execute(
            insert(case_files).values(
                case_id=case,
                sha256=paper.sha256,
                name=paper.name,
                size=len(content),
                content=content,
                kept_at=now,
            )
        )


def find(connection: Connection, case: int) -> list[Row[Any]]:
    """Return the papers of a case, without their bytes."""
    columns = [case_files.c[name] for name in ("sha256", "name", "size", "kept_at", "erased_at")]
    query = select(*columns).where(case_files.c.case_id == case).order_by(case_files.c.id)
    return list(connection.execute(query).all())


def fetch(connection: Connection, case: int, sha256: str) -> bytes:
    """Return the bytes of a paper; the beginning of its digest is enough. Raises NotKnown,
    Refused if they are not those that were handed in, or were erased."""
    query = select(case_files.c.sha256, case_files.c.content, case_files.c.erased_at).where(
        case_files.c.case_id == case,
        case_files.c.sha256.startswith(sha256.lower(), autoescape=True),
    )
    rows = connection.execute(query).all()
    if len(rows) != 1:
        raise NotKnown(f"case {case} has {len(rows)} papers whose digest begins with {sha256}")
    if rows[0].erased_at is not None:
        raise Refused(
            f"paper {rows[0].sha256[:12]} of case {case} was kept long enough and erased on "
            f"{rows[0].erased_at:%Y-%m-%d}; see hadir-ingest retention report"
        )
    if not is_paper(rows[0].content, rows[0].sha256):
        raise Refused(f"paper {rows[0].sha256[:12]} of case {case} is not as it was handed in")
    content: bytes = rows[0].content
    return content


def is_paper(content: object, sha256: str) -> bool:
    """Say whether these are the bytes of a digest; a store in a file may hold anything."""
    return isinstance(content, bytes) and hashlib.sha256(content).hexdigest() == sha256
