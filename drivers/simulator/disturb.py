"""What becomes of an answer on its way: packets in, steps for the wire out. Pure.

A step is a piece to send in one go, or a number of seconds to wait. Faults that need to know how
much a connection has carried (`cut`, `stall`) are applied where the steps are taken.
"""

from collections.abc import Iterator, Sequence

from drivers.simulator.faults import Faults
from drivers.zk.codec import HEADER, MAGIC, PREFIX, Packet, encode_packet, frame

Step = bytes | float


def on_stream(packets: Sequence[Packet], faults: Faults) -> list[Step]:
    """Return the steps by which an answer goes down a TCP connection."""
    if not packets:
        return []
    frames = [frame(packet) for packet in _encoded(packets, faults)]
    if huge := faults.fires("huge-frame"):
        frames[0] = PREFIX.pack(MAGIC, huge.value & 0xFFFFFFFF) + frames[0][PREFIX.size :]
    if rubbish := faults.fires("rubbish"):
        frames = [faults.random_bytes(rubbish.value)]
    if faults.fires("merge"):
        frames = [b"".join(frames)]
    steps: list[Step] = list(frames)
    if split := faults.fires("split"):
        steps = [*_pieces(b"".join(frames), max(split.value, 1))]
    if trickle := faults.fires("trickle"):
        steps = []
        for piece in _pieces(b"".join(frames), 1):
            steps += [piece, trickle.value / 1_000]
    return _late(steps, faults)


def on_datagrams(packets: Sequence[Packet], faults: Faults) -> list[Step]:
    """Return the steps by which an answer goes out over UDP: each piece is a datagram."""
    if not packets:
        return []
    datagrams = _encoded(packets, faults)
    if rubbish := faults.fires("rubbish"):
        datagrams = [faults.random_bytes(rubbish.value)]
    if len(datagrams) > 2 and faults.fires("reorder"):
        middle = len(datagrams) // 2
        datagrams[middle - 1 : middle + 1] = reversed(datagrams[middle - 1 : middle + 1])
    return _late([one for one in datagrams if not faults.fires("drop")], faults)


def _encoded(packets: Sequence[Packet], faults: Faults) -> list[bytes]:
    encoded = [encode_packet(packet) for packet in packets]
    if faults.fires("damage"):
        largest = max(range(len(encoded)), key=lambda index: len(encoded[index]))
        encoded[largest] = _flipped(encoded[largest], faults)
    if faults.fires("duplicate"):
        encoded = [one for one in encoded for _ in range(2)]
    return encoded


def _flipped(packet: bytes, faults: Faults) -> bytes:
    first = HEADER.size if len(packet) > HEADER.size else 0
    damaged = bytearray(packet)
    damaged[first + faults.random_index(len(packet) - first)] ^= 1
    return bytes(damaged)


def _pieces(stream: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(stream), size):
        yield stream[start : start + size]


def _late(steps: list[Step], faults: Faults) -> list[Step]:
    slow = faults.fires("slow")
    return [slow.value / 1_000, *steps] if slow else steps
