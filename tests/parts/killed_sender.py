"""A process that sends notices by a gateway on loopback, to be killed: URL, port and moment."""

import sys
from datetime import datetime, timedelta
from urllib.request import Request, urlopen

from followed import ZONE
from told import Pigeon

from ingest.days import Settings
from ingest.jobs.send_notices import send
from ingest.jobs.work import Work
from ingest.notify.base import Message, Sent
from ingest.notify.outlets import Outlet
from ingest.store.database import open_engine


class Posting(Pigeon):
    """Hands each message to the gateway and waits for its answer."""

    def __init__(self, port: int) -> None:
        super().__init__("wa")
        self._port = port

    def send(self, message: Message, *, now: datetime) -> Sent:
        url = f"http://127.0.0.1:{self._port}/"
        with urlopen(Request(url, data=message.reference.encode()), timeout=60):
            return Sent(accepted=True, provider_id=message.reference)


def main(url: str, port: str, now: str) -> None:
    at = datetime.fromisoformat(now)
    work = Work(open_engine(url), Settings(ZONE), lambda: at, 45, timedelta(minutes=30))
    send(work, [Outlet(Posting(int(port)), 100, 100)])


if __name__ == "__main__":
    main(*sys.argv[1:])
