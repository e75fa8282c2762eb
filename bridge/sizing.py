"""How many rows to send at once: what the centre takes, and few around one it refuses. Pure."""


class BatchSize:
    """Told what became of each batch, says how large the next one is.

    Rows are sent oldest first. When a batch is refused, one of its rows is to blame, and halves of
    it are tried: each half that is taken clears its rows of suspicion, until one row is left.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._suspects = 0

    @property
    def rows(self) -> int:
        """How many rows to send next."""
        if self._suspects:
            return min(self._most, max(1, self._suspects // 2))
        return self._most

    def taken(self, rows: int) -> None:
        """The centre took a batch of so many rows."""
        self._suspects = max(0, self._suspects - rows)

    def refused(self, rows: int) -> None:
        """The centre refused a batch of so many rows, and it was not for its size."""
        self._suspects = rows

    def found(self) -> None:
        """The row to blame is found, or it was none of them."""
        self._suspects = 0

    def too_large(self, rows: int) -> None:
        """A body of so many rows is too large: for this centre, and so for good."""
        self._most = max(1, rows // 2)
