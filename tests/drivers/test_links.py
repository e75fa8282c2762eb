"""Byte pipes: every wait ends, and the system's errors become ours."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from drivers.errors import TerminalUnreachable
from drivers.links import Deadline, Silence, Stopwatch, TcpLink, UdpLink

PATIENCE_S = 20.0  # what has no end takes longer, and a busy machine does not


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        sock.settimeout(PATIENCE_S)
        yield sock


@pytest.fixture
def datagrams() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(PATIENCE_S)
        yield sock


def closed_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


class TestTcp:
    def test_carries_bytes_both_ways(self, listener: socket.socket) -> None:
        link = TcpLink("127.0.0.1", listener.getsockname()[1], 5)
        peer, _ = listener.accept()
        with peer:
            link.send(b"question")
            assert peer.recv(100) == b"question"
            peer.sendall(b"answer")
            assert link.receive(5) == b"answer"
        assert link.peer == f"127.0.0.1:{listener.getsockname()[1]}"
        assert not link.datagram
        link.close()
        link.close()

    def test_a_wait_ends_when_it_is_closed_from_another_thread(
        self, listener: socket.socket
    ) -> None:
        link = TcpLink("127.0.0.1", listener.getsockname()[1], 5)
        peer, _ = listener.accept()
        ended = threading.Event()

        def wait() -> None:
            with pytest.raises(TerminalUnreachable):
                link.receive(60)
            ended.set()

        waiting = threading.Thread(target=wait)
        with peer:
            waiting.start()
            assert not ended.wait(0.05)
            link.close()
            assert ended.wait(10)
        waiting.join()

    def test_silence_ends_in_time(self, listener: socket.socket) -> None:
        link = TcpLink("127.0.0.1", listener.getsockname()[1], 5)
        began = time.monotonic()
        for timeout_s in (0.1, 0, -1):
            with pytest.raises(Silence, match="stopped answering"):
                link.receive(timeout_s)
        assert 0.1 <= time.monotonic() - began < PATIENCE_S
        link.close()

    def test_a_hang_up_is_told_at_once(self, listener: socket.socket) -> None:
        link = TcpLink("127.0.0.1", listener.getsockname()[1], 5)
        listener.accept()[0].close()
        with pytest.raises(TerminalUnreachable, match="hung up") as caught:
            link.receive(5)
        assert not isinstance(caught.value, Silence)
        link.close()

    def test_a_broken_connection_is_named(self, listener: socket.socket) -> None:
        link = TcpLink("127.0.0.1", listener.getsockname()[1], 5)
        peer, _ = listener.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.close()  # resets instead of closing
        with pytest.raises(TerminalUnreachable, match="broke off"):
            link.receive(5)
        with pytest.raises(TerminalUnreachable, match="broke off while we sent"):
            link.send(b"question")
        link.close()

    def test_a_refused_connection_says_what_to_check(self) -> None:
        port = closed_port(socket.SOCK_STREAM)
        with pytest.raises(TerminalUnreachable, match=f'127.0.0.1:{port} refuses .*"port"'):
            TcpLink("127.0.0.1", port, 5)

    def test_a_peer_that_accepts_nobody_ends_in_time(self) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            waiting: list[TcpLink] = []
            began = time.monotonic()
            with pytest.raises(TerminalUnreachable, match="does not answer"):
                waiting.extend(TcpLink("127.0.0.1", port, 0.2) for _ in range(20))
            for link in waiting:  # those its queue had room for
                link.close()
            assert time.monotonic() - began < PATIENCE_S


class TestUdp:
    def test_one_receive_is_one_datagram(self, datagrams: socket.socket) -> None:
        link = UdpLink("127.0.0.1", datagrams.getsockname()[1])
        link.send(b"question")
        received, client = datagrams.recvfrom(100)
        assert received == b"question"
        datagrams.sendto(b"one", client)
        datagrams.sendto(b"two", client)
        assert [link.receive(5), link.receive(5)] == [b"one", b"two"]
        assert link.datagram
        link.close()

    def test_strangers_are_not_heard(self, datagrams: socket.socket) -> None:
        link = UdpLink("127.0.0.1", datagrams.getsockname()[1])
        link.send(b"question")
        _, client = datagrams.recvfrom(100)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"stranger", client)
        datagrams.sendto(b"answer", client)
        assert link.receive(5) == b"answer"
        link.close()

    def test_silence_ends_in_time(self, datagrams: socket.socket) -> None:
        link = UdpLink("127.0.0.1", datagrams.getsockname()[1])
        with pytest.raises(Silence):
            link.receive(0.05)
        link.close()

    def test_a_closed_port_says_what_to_check(self) -> None:
        link = UdpLink("127.0.0.1", closed_port(socket.SOCK_DGRAM))
        link.send(b"question")
        with pytest.raises(TerminalUnreachable, match=r'refuses .*"port"'):
            link.receive(5)
        link.close()


@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_a_name_that_is_no_name_says_what_to_check(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)  # no test asks a name server
    with pytest.raises(TerminalUnreachable, match=r'front-dor.* no such host name; check "host"'):
        TcpLink("front-dor", 4370, 1) if kind == "tcp" else UdpLink("front-dor", 4370)


def test_a_deadline_never_goes_below_zero() -> None:
    assert Deadline(-5).left() == 0
    assert 4 < Deadline(5).left() <= 5
    assert Deadline(5).within(60).left() <= 5
    assert Deadline(60).within(5).left() <= 5
    assert Stopwatch().passed() >= 0
