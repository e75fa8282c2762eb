"""The door of the centre: what a bridge may say over HTTP, and what it is answered.

    POST /v2/punches     a batch, answered with a receipt after the commit
    POST /v2/heartbeat   a sign of life with coverage
    POST /v2/enrol       a one-time code and the key it makes known, which signs for itself
    POST /v2/rotate      a new key in the place of the one that signs
    GET  /notify/NAME    a gateway asks whether we listen to what it tells of messages
    POST /notify/NAME    what became of them
    GET  /healthz        200 while this process turns: a reason to start it anew where it is not
    GET  /readyz         200 while it should be sent requests: database, tables, room, not stopping

Whose request it is comes first, then the body within its limits, then the store; a refusal is
one sentence in JSON. The bridge acts on the status alone (docs/design.md), so each fault has its
own, and nothing that may mend itself is told as final.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ingest import logs
from ingest.answers import ReceiptUnknown, as_json, not_here, refusal, sentence
from ingest.auth import Caller, check_body, identify, use_nonce
from ingest.bodies import MAX_INFLATED, Limits, announced, encoding_of, inflate, read_body
from ingest.columns import read_batch
from ingest.desk import Desk, Glance, Room
from ingest.enrolment import ENROL_PATH, ROTATE_PATH, Guesses, Registry
from ingest.errors import StoreError, StoreUnavailable
from ingest.hooks import PATH as HOOK_PATH
from ingest.hooks import Hooks
from ingest.notify.base import Channel
from ingest.observed import Observed, refusal_named
from ingest.store import bridges, coverage, punches
from ingest.store.database import require_current, writing
from ingest.turns import Turns
from ingest.wire import (
    HeartbeatReply,
    Signed,
    decode_heartbeat,
    encode_enrolled,
    encode_heartbeat_reply,
    encode_receipt,
    encode_rotated,
    read_signed,
)

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 4 << 20
INFLATED = 4
"""How many times a body may grow, up to MAX_INFLATED: the largest batch fits, a bomb does not."""
BODY_TIMEOUT_S = 60.0
WORKERS = {"postgresql": 4, "sqlite": 1}
"""Two keep a server's disk and ours busy, four also while one of them thinks; with the porter they
are as many as the pool keeps connections. Into a file one writes at a time, and a second thread
would take from the first what it gains."""
QUEUE = 254  # bodies that arrive or wait: more than there are bridges, so that each has its turn
HELD_BYTES = 64 << 20
"""Of all bodies that are inside, as they travel."""
PORTERS = 256  # who waits at the door holds no body yet
STRANGERS = 8
SMALL = Limits(body_bytes=4_096, inflated_bytes=4_096, timeout_s=10.0)
"""What an enrolment is taken with: nobody has looked at who sends it."""

Work = Callable[[Caller, bytes, bytes], bytes]
"""Takes who asks, the body as it travelled and as it was written; returns the answer."""
Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    engine: Engine,
    *,
    zone: ZoneInfo,
    clock_limit_s: int,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    max_body_bytes: int = MAX_BODY_BYTES,
    body_timeout_s: float = BODY_TIMEOUT_S,
    workers: int | None = None,
    queue: int = QUEUE,
    stopping: Callable[[], bool] = lambda: False,
    channels: Sequence[Channel] = (),
) -> Starlette:
    """Return the application over a store that is current. It closes nothing.

    `channels` are those whose gateways may call.
    """
    centre = _Centre(engine, zone=zone, clock_limit_s=clock_limit_s, clock=clock)
    limits = Limits(
        body_bytes=max_body_bytes,
        inflated_bytes=min(INFLATED * max_body_bytes, MAX_INFLATED),
        timeout_s=body_timeout_s,
    )
    registry = Registry(engine, clock, Guesses())
    hooks = Hooks(engine, channels, clock)
    workers = workers or WORKERS[engine.dialect.name]
    door = _Door(centre, limits, workers=workers, queue=queue, stopping=stopping)
    return Starlette(
        routes=[
            Route("/v2/punches", door.takes(centre.take_batch), methods=["POST"]),
            Route("/v2/heartbeat", door.takes(centre.take_heartbeat), methods=["POST"]),
            Route(ENROL_PATH, door.enrols(registry), methods=["POST"]),
            Route(ROTATE_PATH, door.takes(rotates(registry)), methods=["POST"]),
            Route(HOOK_PATH, door.answers(hooks.answer, "text/plain"), methods=["GET"]),
            Route(HOOK_PATH, door.answers(hooks.take), methods=["POST"]),
            Route("/healthz", door.alive, methods=["GET"]),
            Route("/readyz", door.ready, methods=["GET"]),
        ],
        middleware=[Middleware(Observed)],
        exception_handlers={HTTPException: not_here},
    )


class _Centre:
    """What is done with a body once it is here. Runs in threads."""

    def __init__(
        self,
        engine: Engine,
        *,
        zone: ZoneInfo,
        clock_limit_s: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._clock_limit_s = clock_limit_s
        self._clock = clock

    def identify(self, signed: Signed, method: str, path: str) -> Caller:
        return identify(self._engine, signed, method=method, path=path, now=self._clock())

    def take_batch(self, caller: Caller, travelled: bytes, body: bytes) -> bytes:
        decoded = read_batch(body)
        outbox, after = decoded.batch.outbox, decoded.batch.after
        delivery = punches.Delivery(decoded, travelled, caller.key.id, caller.signed)
        now = self._clock()
        with writing(self._engine) as connection:
            use_nonce(connection, caller, now=now)
            if after and not punches.knows_receipt(
                connection, office=caller.bridge.office, outbox=outbox, receipt=after
            ):
                raise _behind(after)
            receipt = punches.save(
                connection,
                caller.bridge,
                delivery,
                now,
                zone=self._zone,
                clock_limit_s=self._clock_limit_s,
            )
        logs.note(rows=decoded.rows, new=receipt.new, parked=len(receipt.parked))
        return encode_receipt(receipt)

    def take_heartbeat(self, caller: Caller, _travelled: bytes, body: bytes) -> bytes:
        heartbeat = decode_heartbeat(body)
        outbox, after = heartbeat.outbox, heartbeat.after
        now = self._clock()
        refused: dict[str, str] = {}
        with writing(self._engine) as connection:
            use_nonce(connection, caller, now=now)
            bridges.heard(connection, caller.bridge, heartbeat, now=now)
            known = after is None or punches.knows_receipt(
                connection, office=caller.bridge.office, outbox=outbox, receipt=after
            )
            if known:  # else its coverage rests on punches this store has lost
                refused = coverage.save(
                    connection,
                    caller.bridge,
                    heartbeat.coverage,
                    now,
                    zone=self._zone,
                    clock_limit_s=self._clock_limit_s,
                )
        if not known:
            raise _behind(str(after))
        return encode_heartbeat_reply(HeartbeatReply(int(now.timestamp()), refused))

    def look(self) -> None:
        """Raise StoreError unless the database answers and has the tables of this program."""
        require_current(self._engine)


class _Door:
    """What every request goes through."""

    def __init__(
        self,
        centre: _Centre,
        limits: Limits,
        *,
        workers: int,
        queue: int,
        stopping: Callable[[], bool],
    ) -> None:
        self._stopping = stopping
        self._centre = centre
        self._limits = limits
        self._turns = Turns(workers, places=workers + queue, most_bytes=HELD_BYTES)
        self._porter = Desk(1, PORTERS)  # so that a busy store keeps nobody at the door
        self._doctor = Glance(centre.look)
        self._strangers = Room(STRANGERS)
        self._usher = Desk(1, STRANGERS)  # one at a time: each costs memory, and guessing time
        self._database_down = False

    def takes(self, work: Work) -> Handler:
        """Return a handler that does this work with the body of a known bridge."""
        return self.answers(lambda request: self._take(request, work))

    def enrols(self, registry: Registry) -> Handler:
        """Return a handler that makes the keys of strangers known."""
        return self.answers(lambda request: self._enrol(request, registry))

    def answers(
        self, do: Callable[[Request], Awaitable[bytes]], media_type: str = "application/json"
    ) -> Handler:
        """Return a handler that answers with what `do` returns, or tells its fault."""

        async def handle(request: Request) -> Response:
            try:
                answer = await do(request)
            except ClientDisconnect:
                return sentence(400, "the connection ended before the body did")  # unheard
            except Exception as error:  # noqa: BLE001 - the top of a request; each fault is told
                return self._refusal(error)
            self._database_answers()
            return Response(answer, media_type=media_type)

        return handle

    async def alive(self, _request: Request) -> Response:
        return as_json(200, {"ok": True})

    async def ready(self, _request: Request) -> Response:
        """Say whether a balancer should send requests here, and if not, why."""
        if self._stopping():
            return sentence(503, "this process is stopping")
        if self._turns.full:
            return sentence(503, "the centre has its hands full; come again in a moment")
        try:
            await self._doctor.take()
        except StoreUnavailable as error:
            return self._refusal(error)
        except StoreError:  # said in full at the start, and by every command
            return sentence(503, "the tables are not those of this program; migrate")
        except Exception as error:  # noqa: BLE001 - the top of a request; each fault is told
            return self._refusal(error)
        self._database_answers()
        return as_json(200, {"ok": True})

    async def _take(self, request: Request, work: Work) -> bytes:
        signed = read_signed(request.headers)
        # as it was asked for: `request.url` is made of what the caller calls us, too
        asked = request.method, request.scope["path"]
        caller = await self._porter.do(partial(self._centre.identify, signed, *asked))
        with self._turns.seat(caller.bridge.id, announced(request, self._limits)) as seat:
            travelled = await read_body(request, self._limits)
            self._turns.weigh(seat, len(travelled))
            return await self._turns.do(seat, lambda: self._do(request, caller, travelled, work))

    async def _enrol(self, request: Request, registry: Registry) -> bytes:
        signed = read_signed(request.headers)
        with self._strangers.place():
            travelled = await read_body(request, SMALL)

            def enrol() -> bytes:
                body = inflate(travelled, encoding_of(request), SMALL)
                return encode_enrolled(registry.enrol(signed, travelled, body))

            return await self._usher.do(enrol)

    def _do(self, request: Request, caller: Caller, travelled: bytes, work: Work) -> bytes:
        check_body(caller.signed, travelled)
        logs.note(bridge=caller.bridge.id, office=caller.bridge.office)
        body = inflate(travelled, encoding_of(request), self._limits)
        return work(caller, travelled, body)

    def _refusal(self, error: Exception) -> Response:
        refusal_named(error)
        if isinstance(error, StoreUnavailable):
            if not self._database_down:
                log.warning("%s", error)
            self._database_down = True
        answer = refusal(error)
        if answer is None:
            log.error("a request failed", exc_info=error)
            answer = sentence(500, "the centre failed here; its log says why")
        return answer

    def _database_answers(self) -> None:
        if self._database_down:
            log.info("the database answers again")
        self._database_down = False


def rotates(registry: Registry) -> Work:
    """Return the work of letting a key be followed by another."""
    return lambda caller, travelled, body: encode_rotated(registry.rotate(caller, travelled, body))


def _behind(receipt: str) -> ReceiptUnknown:
    return ReceiptUnknown(
        f"receipt {receipt} was not given by this store, which must be an older copy; "
        "send everything again"
    )
