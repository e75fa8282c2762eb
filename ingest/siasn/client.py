"""One question to the national personnel system, and its answer.

A question that only reads is asked up to three times, with a wait between that the caller does.
One that writes is sent once: only a 401 is answered by sending again: BKN turned it away unread.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from ingest.siasn.answers import read_answer
from ingest.siasn.faults import NotNow, TurnedAway
from ingest.siasn.settings import Access
from ingest.siasn.tokens import Tokens
from ingest.siasn.wire import Answer, Wire

TRIES = 3
WAITS_S = (2.0, 10.0)
UNAUTHORISED = 401
_JSON = {"Content-Type": "application/json"}
Wait = Callable[[float], object]


class Client:
    """Asks BKN as one login. `wait` lets seconds pass between two tries."""

    def __init__(
        self,
        access: Access,
        *,
        clock: Callable[[], datetime],
        wait: Wait,
        wire: Wire | None = None,
    ) -> None:
        self._access = access
        self._wire = wire or Wire(access)
        self._tokens = Tokens(access, self._wire, clock)
        self._wait = wait

    def person(self, kind: str, nip: str) -> Any:
        """Return what BKN tells of a person under `/pns/<kind>/<nip>`. Raises SiasnFault."""
        return self._get(f"/pns/{kind}/{quote(nip, safe='')}")

    def units(self, *, limit: int, offset: int) -> Any:
        """Return one page of units. Raises SiasnFault."""
        return self._get(f"/referensi/ref-unor?{urlencode({'limit': limit, 'offset': offset})}")

    def save_sanction(self, body: bytes) -> Any:
        """Send the body of a sanction, once. Raises SiasnFault."""
        return read(self._ask("POST", "/hukdis/save", body))

    def check(self) -> None:
        """Fetch both tokens. Raises SiasnFault."""
        self._tokens.headers()

    def close(self) -> None:
        self._wire.close()

    def _get(self, path: str) -> Any:
        for number in range(TRIES):
            try:
                return read(self._ask("GET", path, None))
            except NotNow:
                if number + 1 == TRIES:
                    raise
                self._wait(WAITS_S[number])
        raise AssertionError("unreachable")

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        """Send a request, and the same once more with other tokens after a 401."""
        answer = self._once(method, path, body)
        if answer.status == UNAUTHORISED:
            self._tokens.drop()
            answer = self._once(method, path, body)
        if answer.status == UNAUTHORISED:
            raise TurnedAway(
                "BKN takes our tokens from us and refuses what we ask; is the login still allowed, "
                "and is a token that was pasted still good?"
            )
        return answer

    def _once(self, method: str, path: str, body: bytes | None) -> Answer:
        headers: Mapping[str, str] = self._tokens.headers() | ({} if body is None else _JSON)
        return self._wire.ask(
            method, self._access.hosts.api.rstrip("/") + path, headers=headers, body=body
        )


def read(answer: Answer) -> Any:
    """Return the data of an answer. Raises SiasnFault."""
    return read_answer(answer.status, answer.body)
