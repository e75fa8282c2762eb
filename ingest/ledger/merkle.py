"""A Merkle tree as RFC 6962 (section 2.1) has it, over any number of leaves, in little memory.

A leaf and a node are hashed with different first bytes, so that no list of leaves can pass for
another of a different length.
"""

import hashlib

EMPTY = hashlib.sha256(b"").digest()
"""The root over no leaf."""


def leaf(statement: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + statement).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of two trees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Takes leaves one by one and keeps only the roots of the full trees so far."""

    def __init__(self) -> None:
        self._full: list[tuple[int, bytes]] = []
        self.leaves = 0

    def add(self, hashed: bytes) -> None:
        """Add a leaf, hashed by `leaf`, behind the others."""
        size = 1
        while self._full and self._full[-1][0] == size:
            hashed = node(self._full.pop()[1], hashed)
            size *= 2
        self._full.append((size, hashed))
        self.leaves += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._full:
            return EMPTY
        found = self._full[-1][1]
        for _, left in reversed(self._full[:-1]):
            found = node(left, found)
        return found
