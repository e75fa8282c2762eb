"""A cable between bridge and centre that can be cut: a TCP relay on 127.0.0.1 with scissors."""

import socket
import threading
from types import TracebackType
from typing import Self


class Cable:
    """Relays every connection to `port`; the next connections can be told to break.

    `cut_request(n)` lets n bytes of the next request through and then breaks both ends, so the
    centre sees half a request. `cut_reply(n)` lets the request through whole and breaks after n
    bytes of the answer, so the centre has stored what the bridge does not know is stored.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.cuts_made = 0
        self._plans: list[tuple[str, int]] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut_request(self, after_bytes: int) -> None:
        with self._lock:
            self._plans.append(("request", after_bytes))

    def cut_reply(self, after_bytes: int) -> None:
        with self._lock:
            self._plans.append(("reply", after_bytes))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        with self._lock:
            for one in self._sockets:
                one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            with self._lock:
                plan = self._plans.pop(0) if self._plans else ("none", 0)
                self._sockets |= {near, far}
            request = plan[1] if plan[0] == "request" else None
            reply = plan[1] if plan[0] == "reply" else None
            for source, sink, limit in ((near, far, request), (far, near, reply)):
                threading.Thread(target=self._pump, args=(source, sink, limit), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        passed = 0
        try:
            while data := source.recv(65_536):
                if limit is not None and passed + len(data) > limit:
                    sink.sendall(data[: limit - passed])
                    with self._lock:
                        self.cuts_made += 1
                    break
                passed += len(data)
                sink.sendall(data)
        except OSError:
            passed = -1  # the other end is gone: close ours below
        finally:
            for one in (source, sink):
                self._hang_up(one)

    def _hang_up(self, one: socket.socket) -> None:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            one.close()  # was closed by the other pump
