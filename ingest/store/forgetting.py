"""What may be forgotten, kind by kind: which rows, from when on, and how.

A kind that is not listed here is never forgotten. Evidence cannot be listed: triggers refuse to
delete it, whoever asks. What is a person's stays while a case of theirs is open or somebody holds
it (`store.privacy.held`). What was forgotten is written down in the same commit.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    null,
    or_,
    select,
    update,
)

from ingest.retention import Retention
from ingest.store.bridges import kept_refused
from ingest.store.privacy import held, note_erasure
from ingest.store.tables import access_tokens, assignments, bridges, invites, nonces
from ingest.store.tables_cases import case_files, case_notices, cases
from ingest.store.tables_notices import contacts, dispatches, receipts
from ingest.store.tables_siasn import siasn_pulls, siasn_records, siasn_tasks

NONCES_S = 900
"""As long as a request of that time could still be taken, and as long again: `ingest.auth`."""

Served = Callable[[Retention, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is forgotten when it has served."""

    name: str
    what: str
    """Which of them are forgotten, for people."""
    table: Table
    served: Served
    """The rows that have served, given the settings and the present."""
    emptied: Callable[[datetime], Mapping[str, Any]] | None = None
    """What its columns become where the row itself stays; None where the row goes."""
    named: tuple[ColumnElement[Any], ...] = ()
    """By what the record of the erasure names each row; it may tell of nobody."""
    recorded: bool = True
    """Whether a round leaves a record: secrets that run out by the hundred do not."""
    setting: str = ""
    """The key of `[ingest.retention]` that decides; empty where none does."""


def _before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


_SENT = ("accepted", "delivered", "read", "failed", "dropped")


def _messages(settings: Retention, now: datetime) -> ColumnElement[bool]:
    closed = (
        select(case_notices.c.id)
        .join(cases, cases.c.id == case_notices.c.case_id)
        .where(cases.c.closed_on.is_not(None), ~held(cases.c.person_id))
    )
    return and_(
        dispatches.c.text != "",
        dispatches.c.state.in_(_SENT),
        dispatches.c.made_at < _before(now, settings.messages_days),
        dispatches.c.notice_id.in_(closed),
    )


def _bodies(settings: Retention, now: datetime) -> ColumnElement[bool]:
    told = receipts.alias("told")  # all of one body: it may name messages of several people
    ours = or_(
        dispatches.c.provider_id == told.c.provider_id,
        dispatches.c.reference == told.c.reference,
    )
    needed = (
        select(told.c.id)
        .join(dispatches, and_(dispatches.c.channel == told.c.channel, ours))
        .join(case_notices, case_notices.c.id == dispatches.c.notice_id)
        .join(cases, cases.c.id == case_notices.c.case_id)
        .where(told.c.channel == receipts.c.channel, told.c.digest == receipts.c.digest)
        .where(or_(cases.c.closed_on.is_(None), held(cases.c.person_id)))
        .correlate(receipts)
    )
    since = _before(now, settings.messages_days)
    return and_(receipts.c.body.is_not(None), receipts.c.came_at < since, ~needed.exists())


def _contacts(settings: Retention, now: datetime) -> ColumnElement[bool]:
    since = _before(now, settings.contacts_days)
    serves = select(assignments.c.person_id).where(
        or_(assignments.c.valid_until.is_(None), assignments.c.valid_until >= since.date())
    )
    return and_(
        contacts.c.entered_at < since,
        contacts.c.person_id.not_in(serves),
        ~held(contacts.c.person_id),
    )


def _papers(settings: Retention, now: datetime) -> ColumnElement[bool]:
    closed = select(cases.c.id).where(
        cases.c.closed_on < _before(now, settings.papers_days).date(), ~held(cases.c.person_id)
    )
    return and_(case_files.c.erased_at.is_(None), case_files.c.case_id.in_(closed))


def _pulled(settings: Retention, now: datetime) -> ColumnElement[bool]:
    return siasn_records.c.pulled_at < _before(now, settings.siasn_days)


def _tasks(settings: Retention, now: datetime) -> ColumnElement[bool]:
    ended = select(siasn_pulls.c.id).where(
        siasn_pulls.c.ended_at < _before(now, settings.siasn_days)
    )
    return siasn_tasks.c.pull_id.in_(ended)


KINDS: tuple[Kind, ...] = (
    Kind(
        "nonces",
        "nonces of requests too old to be taken again",
        nonces,
        lambda _settings, now: nonces.c.at < now - timedelta(seconds=NONCES_S),
        recorded=False,
    ),
    Kind(
        "invites",
        "invitations that ran out unused",
        invites,
        lambda settings, now: and_(
            invites.c.used_at.is_(None), invites.c.expires_at < _before(now, settings.invites_days)
        ),
        setting="invites_days",
    ),
    Kind(
        "tokens",
        "access tokens that were revoked or ran out",
        access_tokens,
        lambda settings, now: or_(
            access_tokens.c.revoked_at < _before(now, settings.tokens_days),
            access_tokens.c.expires_at < _before(now, settings.tokens_days),
        ),
        setting="tokens_days",
    ),
    Kind(
        "health",
        "last reports of bridges that are silent and keep nothing that was refused",
        bridges,
        lambda settings, now: and_(
            bridges.c.health.is_not(None),
            bridges.c.last_seen_at < _before(now, settings.health_days),
            # touches that were refused hold days open: were they forgotten, somebody was absent
            or_(
                bridges.c.revoked_at.is_not(None),
                func.coalesce(kept_refused(), 0) == 0,
            ),
        ),
        emptied=lambda _now: {"health": null()},
        setting="health_days",
    ),
    Kind(
        "messages",
        "texts of notices that were sent, of cases that are closed",
        dispatches,
        _messages,
        emptied=lambda _now: {"text": ""},
        named=(dispatches.c.id,),
        setting="messages_days",
    ),
    Kind(
        "receipts",
        "bodies of what gateways told of such messages; what was read out of them stays",
        receipts,
        _bodies,
        emptied=lambda _now: {"body": None},
        named=(receipts.c.id,),
        setting="messages_days",
    ),
    Kind(
        "contacts",
        "numbers and addresses of people who serve nowhere any more",
        contacts,
        _contacts,
        named=(contacts.c.id,),
        setting="contacts_days",
    ),
    Kind(
        "papers",
        "papers of cases that were closed long ago",
        case_files,
        _papers,
        emptied=lambda now: {"content": b"", "erased_at": now},
        named=(case_files.c.case_id, case_files.c.sha256),
        setting="papers_days",
    ),
    Kind(
        "siasn",
        "what BKN told of people, and was not told again",
        siasn_records,
        _pulled,
        setting="siasn_days",
    ),
    Kind(
        "siasn-tasks",
        "whom BKN was asked about",
        siasn_tasks,
        _tasks,
        setting="siasn_days",
    ),
)


def count(connection: Connection, kind: Kind, settings: Retention, *, now: datetime) -> int:
    """Return how many would be forgotten."""
    query = select(func.count()).select_from(kind.table).where(kind.served(settings, now))
    return connection.scalar(query) or 0


def forget(
    connection: Connection, kind: Kind, settings: Retention, *, now: datetime, who: str = "hadir"
) -> int:
    """Forget what has served, and write down what went; return how many."""
    served = kind.served(settings, now)
    rows = [] if not kind.named else connection.execute(select(*kind.named).where(served)).all()
    if kind.emptied is None:
        gone = connection.execute(delete(kind.table).where(served)).rowcount
    else:
        emptied = update(kind.table).where(served).values(kind.emptied(now))
        gone = connection.execute(emptied).rowcount
    if gone and kind.recorded:
        named = sorted("/".join(str(part) for part in row) for row in rows)
        note_erasure(connection, kind.name, gone, named, who=who, now=now)
    return gone


def forget_all(
    connection: Connection,
    settings: Retention,
    *,
    now: datetime,
    who: str = "hadir",
    kinds: Iterable[Kind] = KINDS,
) -> dict[str, int]:
    """Forget every kind; return how many of each."""
    return {kind.name: forget(connection, kind, settings, now=now, who=who) for kind in kinds}
