"""Whatever kills a sender, and however many send: nobody is told one fact twice."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from told import Pigeon, Telling

from ingest.notify.alone import alone

SENDER = Path(__file__).parents[2] / "parts" / "killed_sender.py"


one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class Gateway:
    """Takes messages on loopback, and answers when it is let to."""

    def __init__(self) -> None:
        self.taken: queue.Queue[str] = queue.Queue()
        self.answer = threading.Event()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.taken.put(body.decode())
                gateway.answer.wait(30)
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self.answer.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway()
    yield found
    found.close()


@one_database
def test_a_sender_that_is_killed_while_its_gateway_has_the_message_sends_it_once(
    telling: Telling, gateway: Gateway
) -> None:
    url = telling.followed.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, str(SENDER), url, str(gateway.port), telling.now.isoformat()]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(words, env=environment) as sender:
        reference = gateway.taken.get(timeout=60)
        sender.send_signal(signal.SIGKILL)
    hanging = [one for one in telling.rows(to=None) if one.state == "sending"]
    assert [one.reference for one in hanging] == [reference]
    telling.channels = (Pigeon("wa"),)
    telling.pass_(minutes=6)
    telling.send()
    states = {one.reference: one.state for one in telling.rows(to=None)}
    assert states.pop(reference) == "unknown"
    assert list(states.values()) == ["accepted"]
    assert reference not in {one.reference for one in telling.channels[0].sent}
    assert gateway.taken.empty()


@pytest.mark.parametrize(
    "database_kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_of_two_who_send_at_once_one_waits(telling: Telling) -> None:
    faults: list[BaseException] = []
    together = threading.Barrier(2)

    def one() -> None:
        together.wait(20)
        try:
            with alone(telling.followed.engine) as mine:
                if mine:
                    telling.send()
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert Counter(one.to for one in telling.channels[0].sent).most_common(1)[0][1] == 1


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_even_two_who_do_not_know_of_each_other_send_nothing_twice(telling: Telling) -> None:
    """As it would be if the lock were lost in the middle of a round."""
    together = threading.Barrier(2)
    faults: list[BaseException] = []

    def one() -> None:
        together.wait(20)
        try:
            telling.send()
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert sorted(Counter(one.to for one in telling.channels[0].sent).values()) == [1, 1]
    assert telling.followed.kinds().count("TOLD") == 2


@one_database
def test_who_holds_the_lock_keeps_it_alone_until_the_end(telling: Telling) -> None:
    with alone(telling.followed.engine) as first, alone(telling.followed.engine) as second:
        assert (first, second) == (True, False)
    with alone(telling.followed.engine) as third:
        assert third
