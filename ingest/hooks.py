"""What gateways call to say: a receipt is taken once it is proven to come from its gateway.

    GET  /notify/{channel}   a gateway asks whether we listen there, and is answered as it wants
    POST /notify/{channel}   what became of messages, kept as it came and answered after the commit

The channel of that name looks at the signature, or at the key in the address. Nothing of the
address, of headers or of a body is logged.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine
from starlette.requests import Request

from ingest.bodies import BodyRefused, Limits, encoding_of, inflate, read_body
from ingest.desk import Desk, Room
from ingest.notify.base import Channel
from ingest.notify.receiving import take

PATH = "/notify/{channel}"
LIMITS = Limits(body_bytes=262_144, inflated_bytes=1_048_576, timeout_s=10.0)
"""What gateways gather in one call; who sends it is known only when it is here."""
PLACES = 32
DONE = b'{"ok": true}'


class NoHook(BodyRefused):
    """Nobody is to call here."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)


class Hooks:
    """Takes calls of gateways; one is looked at at a time, so that no store is flooded by them."""

    def __init__(
        self, engine: Engine, channels: Sequence[Channel], clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._channels = {one.name: one for one in channels}
        self._clock = clock
        self._room = Room(PLACES)
        self._desk = Desk(1, PLACES)

    async def answer(self, request: Request) -> bytes:
        """Answer a gateway that asks whether we listen. Raises NoHook."""
        channel, query = self._of(request), dict(request.query_params)
        found = await self._desk.do(lambda: channel.answer(query))
        if found is None:
            raise NoHook(403, "this question is none that the channel answers")
        return found.encode()

    async def take(self, request: Request) -> bytes:
        """Take receipts. Raises NoHook, BodyRefused, ReceiptRefused, StoreError."""
        channel = self._of(request)
        with self._room.place():
            travelled = await read_body(request, LIMITS)
            await self._desk.do(lambda: self._take(request, channel, travelled))
        return DONE

    def _of(self, request: Request) -> Channel:
        found = self._channels.get(request.path_params["channel"])
        if found is None:
            raise NoHook(404, "no channel of this name is called here")
        return found

    def _take(self, request: Request, channel: Channel, travelled: bytes) -> None:
        body = inflate(travelled, encoding_of(request), LIMITS)
        now = self._clock()
        headers = {name.lower(): value for name, value in request.headers.items()}
        found = channel.receipts(headers, body, now=now, query=dict(request.query_params))
        take(self._engine, channel.name, found, body, now)
