"""SMS by a GSM modem of one's own, through the database of Gammu SMSD.

A message is a row of `outbox` (its further parts in `outbox_multipart`) with our reference as
`CreatorID`; the daemon moves it to `sentitems` and writes its `Status`. So everything can be asked,
also after a crash. PostgreSQL and SQLite; the tables are those of Gammu 1.42 (gammu-smsd-tables).
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ingest.notify import sms, verdicts
from ingest.notify.base import (
    ChannelAway,
    Failure,
    Fault,
    Kind,
    Message,
    Receipt,
    Sent,
    State,
)
from ingest.notify.channels.untold import NoWebhook
from ingest.notify.options import Text
from ingest.secrets import SecretUnfit, read_secret

_CODING = "Default_No_Compression"
_FIRST = """
INSERT INTO outbox ("DestinationNumber", "TextDecoded", "Coding", "MultiPart", "UDH", "CreatorID",
    "SenderID", "DeliveryReport", "Class", "Text")
VALUES (:to, :text, :coding, :multi, :udh, :creator, :sender, 'yes', -1, '') RETURNING "ID"
"""
_FURTHER = """
INSERT INTO outbox_multipart ("ID", "SequencePosition", "UDH", "TextDecoded", "Coding", "Class",
    "Text")
VALUES (:id, :place, :udh, :text, :coding, -1, '')
"""
_SENT = 'SELECT "ID", "Status" FROM sentitems WHERE "CreatorID" = :creator'
_WAITING = 'SELECT "ID" FROM outbox WHERE "CreatorID" = :creator'
_STATES = {
    "SendingOK": State.SENT,
    "SendingOKNoReport": State.SENT,
    "DeliveryPending": State.SENT,
    "DeliveryUnknown": State.SENT,
    "DeliveryOK": State.DELIVERED,
    "DeliveryFailed": State.FAILED,
    "SendingError": State.FAILED,
    "Error": State.FAILED,
}
_WORST = (State.FAILED, State.ACCEPTED, State.SENT, State.DELIVERED)
"""What a message of several parts has come to: its worst part, in this order."""


class Gammu(NoWebhook):
    """One daemon and its modems."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        database_file: Text
        modem: Text = ""

    kind = Kind.SMS
    finds = True
    receipts_by = "poll"

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self._options = options
        self._engine: Engine | None = None

    def send(self, message: Message, *, now: datetime) -> Sent:  # noqa: ARG002
        """Write one message for the daemon, all its parts in one transaction."""
        parts = sms.parts(sms.plain(message.text))
        if len(parts) > sms.MOST_PARTS:
            return verdicts.refused(Fault.CONTENT, f"{self.name}: the text is too long for an SMS")
        begun = False
        try:
            with self._opened().connect() as connection:
                number = self._write(connection, message, parts)
                begun = True
                connection.commit()
        except SecretUnfit as unfit:
            return verdicts.refused(Fault.ACCOUNT, f"{self.name}: {unfit}")
        except SQLAlchemyError as error:
            what = f"database of Gammu does not answer ({type(error).__name__})"
            if begun:
                return verdicts.unknown(self.name, f"gave no word, the {what}")
            return verdicts.refused(Fault.LATER, f"{self.name}: the {what}")
        return Sent(accepted=True, provider_id=str(number))

    def _write(self, connection: Connection, message: Message, parts: tuple[str, ...]) -> int:
        many = len(parts) > 1
        values = {
            "to": f"+{message.to}",
            "text": parts[0],
            "coding": _CODING,
            "multi": "true" if many else "false",
            "udh": _udh(message.reference, len(parts), 1) if many else "",
            "creator": message.reference,
            "sender": self._options.modem,
        }
        number = int(connection.execute(text(_FIRST), values).scalar_one())
        for place, part in enumerate(parts[1:], start=2):
            udh = _udh(message.reference, len(parts), place)
            further = {"id": number, "place": place, "udh": udh, "text": part, "coding": _CODING}
            connection.execute(text(_FURTHER), further)
        return number

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:  # noqa: ARG002
        """Look for our reference among what was sent and what waits."""
        creator = {"creator": reference}
        try:
            with self._opened().connect() as connection:
                sent = connection.execute(text(_SENT), creator).all()
                waiting = connection.execute(text(_WAITING), creator).all()
        except (SQLAlchemyError, SecretUnfit) as error:
            raise ChannelAway(
                f"{self.name}: the database of Gammu does not answer ({type(error).__name__})"
            ) from error
        states = [_STATES.get(row.Status, State.SENT) for row in sent]
        states += [State.ACCEPTED for _ in waiting]
        if not states:
            return None
        state = min(states, key=_WORST.index)
        words = ", ".join(sorted({row.Status for row in sent if row.Status in _STATES}))
        failure = None
        if state is State.FAILED:
            fault = Fault.ADDRESS if "DeliveryFailed" in words else Fault.LATER
            failure = Failure(fault, f"{self.name}: the modem says {words}")
        number = str((sent or waiting)[0].ID)
        return Receipt(state, now, number, reference, failure)

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        """Return the database. Raises SecretUnfit."""
        if self._engine is None:
            path = Path(self._options.database_file)
            try:
                self._engine = create_engine(read_secret(path), hide_parameters=True)
            except (ArgumentError, ImportError, ValueError) as error:
                raise SecretUnfit(f"{path} holds no address of a database") from error
        return self._engine


def _udh(reference: str, count: int, place: int) -> str:
    """Return the head that puts parts together: one sign of the reference, how many, which."""
    return f"050003{reference[:2].upper()}{count:02X}{place:02X}"
