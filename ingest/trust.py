"""Which seal the jobs believe: looked at before each round, so a new one needs no new start."""

import logging
from pathlib import Path

from sqlalchemy import Engine

from ingest import seal
from ingest.store import seals
from ingest.store.database import reading

log = logging.getLogger(__name__)


class Trust:
    """Remembers the seal that was believed last: while its file is away, no other replaces it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._root: str | None = None

    def root(self, engine: Engine) -> str | None:
        """Return the fingerprint of the seal in the file; None where there never was one.

        A seal that the store does not know is not taken for one it knows: `seal make` may be in the
        middle of its work, and by an unknown seal nothing is proven. Raises SealError.
        """
        found = seal.root(self._path)
        if found is None or found == self._root:
            return self._root
        if self._root is None or _is_known(engine, found):
            if self._root is not None:
                log.info("the seal is %s from now on, which follows %s", found, self._root)
            self._root = found
        return self._root


def _is_known(engine: Engine, fingerprint: str) -> bool:
    with reading(engine) as connection:
        return seals.is_known(connection, fingerprint)
