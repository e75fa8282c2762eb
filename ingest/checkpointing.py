"""The table `[ingest.checkpoints]`: where the pages that pin the past down are sent.

A way is `folder:PATH`, for a share outside the centre or a store that keeps what is written, or
`mail:ADDRESS`. Who heads an office stands in a CSV file with the columns `office` and `email`: it
changes more often than the rest, and is read anew each time.
"""

import csv
import difflib
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ingest.errors import IngestError
from ingest.secrets import find_secret, is_open_to_all

_TEXT = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
_ADDRESS = re.compile(r"[^\s@,;:<>()\"\\]{1,64}@[^\s@,;:<>()\"\\]{1,200}")
_HOST = re.compile(r"\[?([^\s\[\]]+)\]?:([0-9]{1,5})")
_MAX_SECRET = 4_096
FOLDER, MAIL = "folder:", "mail:"


class ContactsFault(IngestError):
    """The file of contacts cannot be used; the text says which line."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """How often pages are made, and where they go. Nowhere unless a folder or a server is named."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    every_days: Annotated[int, Field(strict=True, ge=1, le=366)] = 7
    folder: _TEXT = ""
    smtp: _TEXT = ""
    """Host and port of the mail server."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: _TEXT = ""
    smtp_password_file: _TEXT = ""
    mail_from: _TEXT = ""
    mail_to: Annotated[list[_TEXT], Field(max_length=20)] = field(default_factory=list)
    """Who gets the pages of every office."""
    contacts_file: _TEXT = ""

    @property
    def sends(self) -> bool:
        return bool(self.folder or self.smtp)


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and how to speak to it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password_file: Path | None
    sender: str

    def password(self) -> str:
        """Return the password as it is now. Raises OSError."""
        return "" if self.password_file is None else self.password_file.read_text("utf-8").strip()


@dataclass(frozen=True, slots=True)
class Ways:
    """Where pages go, checked."""

    every_days: int
    folder: Path | None
    server: MailServer | None
    to: tuple[str, ...]
    contacts: Path | None

    def of(self, office: str) -> list[str]:
        """Return the ways of an office's pages. Raises ContactsFault."""
        found = [] if self.folder is None else [f"{FOLDER}{self.folder}"]
        if self.server is not None:
            heads = {} if self.contacts is None else read_contacts(self.contacts)
            found += [f"{MAIL}{one}" for one in dict.fromkeys([*self.to, *heads.get(office, ())])]
        return found


def check(
    told: Checkpoints, config: Path, *, seal: bool, faults: list[str], warnings: list[str]
) -> Ways | None:
    """Return where pages go; None where nowhere. Faults and warnings are named by key."""
    if not told.sends:
        return None
    key = "ingest.checkpoints"
    if not seal:
        faults.append(f"{key}: a page is sealed by the centre; name its seal by seal_file")
    for name, address in [
        ("mail_from", told.mail_from),
        *(("mail_to", one) for one in told.mail_to),
    ]:
        if address and not _ADDRESS.fullmatch(address):
            faults.append(f"{key}.{name}: {address!r} is no mail address")
    server = _server(told, config, faults, warnings) if told.smtp else None
    if server is not None and not told.mail_to and not told.contacts_file:
        faults.append(f"{key}: nobody gets the mail; name them by mail_to or contacts_file")
    folder = Path(told.folder) if told.folder else None
    if folder is not None and not folder.is_absolute():
        faults.append(
            f"{key}.folder: {told.folder!r} must be a whole path, such as /srv/titik-periksa"
        )
    contacts = config.parent / told.contacts_file if told.contacts_file else None
    return Ways(told.every_days, folder, server, tuple(told.mail_to), contacts)


def _server(
    told: Checkpoints, config: Path, faults: list[str], warnings: list[str]
) -> MailServer | None:
    key = "ingest.checkpoints"
    place = _HOST.fullmatch(told.smtp)
    if place is None or int(place[2]) > 65_535:
        faults.append(
            f'{key}.smtp: {told.smtp!r} is no "host:port", such as "mail.example.go.id:587"'
        )
    if not told.mail_from:
        faults.append(f"{key}.mail_from: missing; the mail server wants to know who sends")
    if bool(told.smtp_user) != bool(told.smtp_password_file):
        faults.append(f"{key}: smtp_user and smtp_password_file go together")
    if told.smtp_user and told.smtp_security == "none":
        faults.append(
            f"{key}.smtp_security: a password is not sent in clear text; use starttls or tls"
        )
    secret = find_secret(told.smtp_password_file, config) if told.smtp_password_file else None
    if secret is not None:
        _look_at(secret, f"{key}.smtp_password_file", faults, warnings)
    if place is None:
        return None
    return MailServer(
        place[1], int(place[2]), told.smtp_security, told.smtp_user, secret, told.mail_from
    )


def _look_at(secret: Path, key: str, faults: list[str], warnings: list[str]) -> None:
    try:
        text = secret.read_text("utf-8") if secret.stat().st_size <= _MAX_SECRET else ""
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{key}: {secret} cannot be read ({error})")
        return
    if len(text.split()) != 1:
        faults.append(f"{key}: {secret} must hold one line, the password")
    elif is_open_to_all(secret):
        warnings.append(f"{secret}: everybody on this machine can read this secret; chmod 600 it")


def read_contacts(path: Path) -> dict[str, list[str]]:
    """Return the mail addresses of each office. Raises ContactsFault."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"office", "email"} <= set(rows.fieldnames or ()):
                raise ContactsFault(f"{path}: expected the columns office and email")
            found: dict[str, list[str]] = {}
            for row in rows:
                address = (row["email"] or "").strip()
                if not _ADDRESS.fullmatch(address):
                    raise ContactsFault(
                        f"{path}: line {rows.line_num}: {address!r} is no mail address"
                    )
                found.setdefault((row["office"] or "").strip(), []).append(address)
            return found
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ContactsFault(f"{path}: cannot be read ({error})") from error


def unknown_key(name: str) -> str:
    """Say that a key is none of this table's."""
    near = difflib.get_close_matches(name, [one.name for one in fields(Checkpoints)], n=1)
    return "unknown key" + (f', did you mean "{near[0]}"?' if near else "")
