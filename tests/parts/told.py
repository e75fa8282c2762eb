"""A centre that tells people: a case from `followed`, addresses, and channels that remember."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from followed import HEAD, OFFICE, PERSON, SHELF, ZONE, Followed, nip
from sqlalchemy import select

from ingest.casework import Keeping
from ingest.days import Settings
from ingest.jobs.send_notices import send
from ingest.jobs.work import Work
from ingest.notify.base import (
    ChannelAway,
    Failure,
    Fault,
    Kind,
    Message,
    Receipt,
    ReceiptRefused,
    Sent,
    State,
)
from ingest.notify.dispatch import Sentout
from ingest.notify.outlets import Outlet
from ingest.notify.settings import Notify, check
from ingest.store import contacts
from ingest.store.database import reading, writing
from ingest.store.tables_cases import case_notices
from ingest.store.tables_notices import dispatches

PHONE = {HEAD: "628111111111", PERSON: "628122222222"}


class Crash(BaseException):
    """The process was killed here."""


class Pigeon:
    """A channel: it takes messages, or answers what it is told to answer."""

    def __init__(
        self, name: str, kind: Kind = Kind.WHATSAPP, *, finds: bool = False, tells: str = "webhook"
    ) -> None:
        self.name, self.kind, self.finds, self.receipts_by = name, kind, finds, tells
        self.sent: list[Message] = []
        self.answers: list[Failure | Callable[[Message], Sent]] = []
        self.away = False
        self.states: dict[str, State] = {}

    def send(self, message: Message, *, now: datetime) -> Sent:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Failure):
            return Sent(accepted=False, failure=answer)
        if answer is not None:
            return answer(message)
        self.sent.append(message)
        return Sent(accepted=True, provider_id=f"{self.name}-{len(self.sent)}")

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:
        if self.away:
            raise ChannelAway(f"{self.name} is away")
        for one in self.sent:
            if one.reference == reference:
                return Receipt(self.states.get(reference, State.SENT), now, None, reference)
        return None

    def answer(self, query: Any) -> str | None:
        return query.get("challenge") if query.get("word") == "kata" else None

    def receipts(
        self, headers: Any, body: bytes, *, now: datetime, query: Any = None
    ) -> tuple[Receipt, ...]:
        """Read `state,provider_id` a line, signed by HMAC as gateways do."""
        given = hmac.new(b"rahasia", body, "sha256").hexdigest()
        if not hmac.compare_digest(headers.get("x-signature", "").encode(), given.encode()):
            raise ReceiptRefused("the signature is not the gateway's")
        told = (line.split(",") for line in body.decode().splitlines())
        return tuple(Receipt(State(state), now, known) for state, known in told)

    def close(self) -> None:
        pass


def failure(fault: Fault, retry_after_s: float | None = None) -> Failure:
    return Failure(fault, f"it said {fault}", retry_after_s)


class Telling:
    """`followed` with a case of Monday to Wednesday, on Thursday at nine in the morning."""

    def __init__(self, followed: Followed, *channels: Pigeon, **settings: Any) -> None:
        self.followed = followed
        self.channels = channels or (Pigeon("wa"), Pigeon("sms", Kind.SMS, tells=""))
        self.later = timedelta()
        self.settings = settings
        self.per_minute, self.per_day = 100, 1_000
        self.reach(*PHONE)

    def reach(self, *people: int) -> None:
        with writing(self.followed.engine) as connection:
            for one in people:
                number = PHONE.get(one, f"62813{one:08}")
                contacts.add(
                    connection, (nip(one), None), kind="phone", value=number, source="tes",
                    now=self.now,
                )  # fmt: skip

    @property
    def now(self) -> datetime:
        return self.followed.now + self.later

    def pass_(self, **span: float) -> "Telling":
        self.later += timedelta(**span)
        return self

    @property
    def outlets(self) -> list[Outlet]:
        return [Outlet(one, self.per_minute, self.per_day) for one in self.channels]

    @property
    def sending(self) -> Any:
        from pathlib import Path

        return check(Notify(**self.settings), Path("/x"), ZONE, faults=[])

    def work(self) -> Work:
        return Work(
            self.followed.engine,
            Settings(ZONE, seal=self.followed.seal.fingerprint),
            lambda: self.now,
            45,
            timedelta(minutes=30),
            notify=self.sending,
        )

    def keeping(self, now: datetime) -> Keeping:
        return Keeping(SHELF, self.followed.settings(), now)

    def send(self) -> Sentout:
        return send(self.work(), self.outlets)

    def rows(self, *, to: int | str | None = PERSON) -> list[Any]:
        """Return the dispatches to somebody, oldest first, each with what it is about."""
        query = select(dispatches, case_notices.c.what, case_notices.c.told_at).join(
            case_notices, case_notices.c.id == dispatches.c.notice_id
        )
        if isinstance(to, int):
            query = query.where(case_notices.c.nip == nip(to))
        elif to is not None:
            query = query.where(case_notices.c.office == to)
        with reading(self.followed.engine) as connection:
            return list(connection.execute(query.order_by(dispatches.c.id)).all())

    def states(self, to: int | str | None = PERSON) -> list[tuple[str, str, str]]:
        return [(one.what, one.channel, one.state) for one in self.rows(to=to)]

    def texts(self, to: int = PERSON) -> list[str]:
        return [
            one.text for channel in self.channels for one in channel.sent if one.to == PHONE[to]
        ]


__all__ = ["OFFICE", "Crash", "Fault", "Pigeon", "Telling", "failure"]
