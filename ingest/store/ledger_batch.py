"""One batch, held against its signed body: key, signature, chains, and every row under it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from ingest.ledger.bodies import Body, BodyFault, open_body
from ingest.ledger.keys import GRACE, Key, signing_fault
from ingest.ledger.quick import holds
from ingest.ledger.report import Fault, Kind, Report
from ingest.ledger.rows import readable
from ingest.store.ledger_lookup import Lookup
from ingest.store.ledger_punches import Compared
from ingest.store.ledger_rows import Piece, RunKey, StoredBatch
from ingest.wire import BAD, PUNCH, Run, row_name

Span = tuple[int, int]
ChainKey = tuple[str, str, str]
"""Outbox, serial, kind."""


class Batches:
    """Takes batches in the order of their numbers."""

    def __init__(self, report: Report, keys: Mapping[int, Key], lookup: Lookup) -> None:
        self._report = report
        self._keys = keys
        self._lookup = lookup
        self._compared = Compared(report, lookup)
        self._last_receipt: dict[str, str] = {}
        self._bridge_of: dict[str, int] = {}
        self._came: datetime | None = None
        self.refused: dict[ChainKey, list[Span]] = {}
        """Heights that came and were refused as a whole run."""

    def check(self, batch: StoredBatch, piece: Piece) -> None:
        """Look at one batch. Raises Stopped at a fault, unless all are wanted."""
        counts = self._report.counts
        counts.batches += 1
        self._in_order(batch)
        if batch.body is None and batch.signature is None and batch.key is None:
            self._unsigned(batch, piece)
            return
        body = self._open(batch)
        if body is None:
            return
        counts.rows += body.rows
        self._beside(batch, body)
        refused = batch.refused or {}
        self._runs(batch, body, piece.runs.get(batch.id, set()))
        counts.refused += len(refused)
        self._rows(batch, body, piece, refused)

    def _in_order(self, batch: StoredBatch) -> None:
        """Numbers are given in the order of arrival: else the centre's clock was set back."""
        if self._came is not None and batch.received_at < self._came - GRACE:
            self._report.note(
                f"batch {batch.id} came {self._came - batch.received_at} before the one in front "
                "of it: the centre's clock was set back between them"
            )
        self._came = batch.received_at

    def _unsigned(self, batch: StoredBatch, piece: Piece) -> None:
        counts = self._report.counts
        traces = (batch.signed_at, batch.nonce, batch.refused, batch.clock_limit_s)
        if any(one is not None for one in traces) or batch.id in piece.runs or counts.rows:
            # a ledger that has begun does not end: this was signed, and is not any more
            self._fault(batch, Kind.SIGNATURE, "holds no body and no signature any more")
        counts.unsigned += 1
        counts.unsigned_punches += sum(group.count for group in piece.groups.get(batch.id, ()))

    def _open(self, batch: StoredBatch) -> Body | None:
        if batch.body is None:
            self._fault(batch, Kind.BODY, "holds a signature and not the body it is of")
            return None
        wrong = signing_fault(
            None if batch.key is None else self._keys.get(batch.key),
            bridge=batch.bridge,
            received_at=batch.received_at,
            signed_at=batch.signed_at,
            nonce=batch.nonce,
            signature=batch.signature,
            body_sha256=hashlib.sha256(batch.body).hexdigest(),
        )
        if wrong is not None:
            self._fault(batch, wrong.kind, wrong.text)
        try:
            return open_body(batch.body)
        except BodyFault as error:
            self._fault(batch, Kind.BODY, f"holds a body that cannot be taken: {error}")
            return None

    def _beside(self, batch: StoredBatch, body: Body) -> None:
        """Look at what stands beside the body and must agree with it."""
        if batch.office != batch.bridge_office:
            self._fault(batch, Kind.BODY, f"came by bridge {batch.bridge}, which is of office "
                        f"{batch.bridge_office}")  # fmt: skip
        if batch.outbox != body.outbox:
            self._fault(batch, Kind.BODY, f"is kept as one of outbox {batch.outbox}, "
                        f"and its body is of {body.outbox}")  # fmt: skip
        if batch.sent != body.rows:
            self._fault(batch, Kind.BODY, f"is kept as one of {batch.sent} rows, "
                        f"and its body has {body.rows}")  # fmt: skip
        owner = self._bridge_of.get(body.outbox, batch.bridge)
        if owner != batch.bridge:
            self._report.note(
                f"outbox {body.outbox} was bridge {owner}'s and is bridge {batch.bridge}'s since "
                f"batch {batch.id}: the same machine enrolled anew"
            )
        self._bridge_of[body.outbox] = batch.bridge
        self._receipt(batch, body)

    def _receipt(self, batch: StoredBatch, body: Body) -> None:
        """The body names the last receipt its bridge held: that batch has to be there."""
        after = body.after
        known = after is None or self._last_receipt.get(body.outbox) == after
        if not known and not self._lookup.knows_receipt(
            office=batch.office, outbox=body.outbox, receipt=str(after), before=batch.id
        ):
            self._fault(
                batch,
                Kind.LOST_BATCH,
                f"came after the batch with receipt {after}, which its bridge holds and which is "
                "not among those before it: it was taken out or moved, with all its rows",
            )
        self._last_receipt[body.outbox] = batch.receipt

    def _runs(self, batch: StoredBatch, body: Body, stored: set[RunKey]) -> None:
        """The runs kept beside a body are its own, less those that were refused whole."""
        refused = batch.refused or {}
        told: set[RunKey] = set()
        for kind in (PUNCH, BAD):
            start = 0
            for run in body.sets[kind].runs:
                key = _run_key(kind, run, body.outbox)
                names = [row_name(kind, start + place) for place in range(run.count)]
                start += run.count
                if key not in stored and all(name in refused for name in names):
                    spans = self.refused.setdefault((body.outbox, run.terminal, kind), [])
                    spans.append((run.first, run.last))
                else:
                    told.add(key)
        for key in sorted(stored ^ told, key=lambda one: tuple(map(str, one[:4]))):
            self._strange_run(batch, key, stored=key in stored)

    def _strange_run(self, batch: StoredBatch, key: RunKey, *, stored: bool) -> None:
        kind, serial, first, last, *_ = key
        chain = f"the chain of terminal {serial} ({kind})"
        rows = f"rows {first} to {last} of {chain if serial else 'a chain that is not there'}"
        text = (
            f"has {rows} kept beside it, which are not in its body"
            if stored
            else f"lacks {rows}, which are in its body"
        )
        self._report.add(
            Fault(Kind.CHAIN, f"batch {batch.id} {text}", batch=batch.id, terminal=serial)
        )

    def _rows(
        self, batch: StoredBatch, body: Body, piece: Piece, refused: Mapping[str, str]
    ) -> None:
        groups = piece.groups.get(batch.id, [])
        others, bad = piece.others.get(batch.id, []), piece.bad.get(batch.id, [])
        limit_s = batch.clock_limit_s
        if limit_s is None:
            self._fault(batch, Kind.BODY, "does not say by which limit its punches were doubted")
            return
        quick = not refused and not others and not bad and not body.sets[BAD]
        if quick and holds(
            body,
            groups,
            self._lookup.terminals,
            received_at=batch.received_at,
            limit_s=limit_s,
        ):
            self._report.counts.punches += len(body.sets[PUNCH])
            return
        if refused:
            self._refusals(batch, body, refused, piece.runs.get(batch.id, set()))
        self._compared.compare(batch, body, others=others, bad=bad)

    def _refusals(
        self, batch: StoredBatch, body: Body, refused: Mapping[str, str], stored: set[RunKey]
    ) -> None:
        """Only what cannot be read, or is of a terminal of which nothing was taken, is refused."""
        taken = {(kind, serial) for kind, serial, *_ in stored}
        sound = readable(body)
        for name in refused:
            if name not in sound and not _is_row(name, body):
                self._fault(batch, Kind.REFUSED, f"is said to have a refused row {name}, "
                            "and its body has none")  # fmt: skip
            elif name in sound and (name[0], sound[name]) in taken:
                self._fault(
                    batch,
                    Kind.REFUSED,
                    f"says that its row {name}, of terminal {sound[name]}, was refused; that row "
                    "is sound, and others of this terminal were taken",
                )

    def _fault(self, batch: StoredBatch, kind: Kind, text: str) -> None:
        self._report.add(
            Fault(
                kind,
                f"batch {batch.id} of office {batch.office}, received "
                f"{batch.received_at:%Y-%m-%d %H:%M:%S} UTC, {text}",
                batch=batch.id,
            )
        )


def _run_key(kind: str, run: Run, outbox: str) -> RunKey:
    return (kind, run.terminal, run.first, run.last, run.before, run.after, outbox)


def _is_row(name: str, body: Body) -> bool:
    kind, digits = name[:1], name[1:]
    return (
        kind in body.sets and digits.isascii() and digits.isdigit()
        and row_name(kind, int(digits)) == name and int(digits) < len(body.sets[kind])
    )  # fmt: skip
