"""One request and its answer over HTTP: the only module here that meets the network.

TLS is verified, no redirect is followed, and what comes back is bounded in size and time. An
address holds a NIP, because BKN wants it there: so no address, and no error of the library that may
hold one, is ever told. Bodies are asked for unpacked: a small one may not become a large one.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import certifi
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from ingest.siasn.answers import MOST_BYTES
from ingest.siasn.faults import Nonsense, NotLetIn, NotNow, NotReached
from ingest.siasn.settings import Access

PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read whole."""

    status: int
    body: bytes = field(repr=False)


class Wire:
    """Connections to BKN."""

    def __init__(self, access: Access, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        # it would log each request with its address, and warn of strange headers with it
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._timeout_s = access.timeout_s
        self._monotonic = monotonic
        self._pool = urllib3.PoolManager(
            timeout=access.timeout_s,
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(access.ca) if access.ca else certifi.where(),
        )

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Send one request. Raises NotReached, NotNow, NotLetIn or Nonsense."""
        told = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        end = self._monotonic() + self._timeout_s
        try:
            response = self._pool.request(
                method, url, body=body, headers=told, redirect=False, retries=False,
                preload_content=False, decode_content=False,
            )  # fmt: skip
            with response:
                return Answer(response.status, self._read(response, end))
        except SSLError:
            raise NotLetIn(
                "BKN's certificate is not one we trust; is a proxy in between (ca_file)?"
            ) from None
        except (NewConnectionError, ConnectTimeoutError):
            raise NotReached("BKN cannot be reached; look at the network of this machine") from None
        except (HTTPError, OSError):
            raise NotNow("BKN hangs up or does not answer in time") from None

    def _read(self, response: urllib3.BaseHTTPResponse, end: float) -> bytes:
        """Read a body of bounded size in bounded time, however slowly it drips."""
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Nonsense("BKN packs its answer, which it was asked not to")
        found = bytearray()
        while piece := response.read1(PIECE):
            found += piece
            if len(found) > MOST_BYTES:
                raise Nonsense(f"BKN answers with more than {MOST_BYTES >> 20} MiB")
            if self._monotonic() > end:
                raise NotNow("BKN answers too slowly")
        return bytes(found)

    def close(self) -> None:
        self._pool.clear()
