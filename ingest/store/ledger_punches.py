"""The rows stored under a batch against those its body tells, one by one: finds the very punch."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ingest.ledger.bodies import Body
from ingest.ledger.keys import GRACE
from ingest.ledger.report import Fault, Kind, Report
from ingest.ledger.rows import (
    BAD_FIELDS,
    CONTRADICTION_FIELDS,
    PUNCH_FIELDS,
    Expected,
    Key,
    Row,
    Told,
    codes,
    contradiction,
    difference,
    expected,
    name_of,
    pairs,
    where,
)
from ingest.store.ledger_lookup import Held, Lookup
from ingest.store.ledger_rows import StoredBatch, punch_rows


class Compared:
    """Compares batches; `lookup` answers what other batches brought."""

    def __init__(self, report: Report, lookup: Lookup) -> None:
        self._report = report
        self._lookup = lookup

    def compare(self, batch: StoredBatch, body: Body, *, others: list[Row], bad: list[Row]) -> None:
        """Name every row in which the store and a signed body differ. Raises Stopped."""
        refused, limit_s = batch.refused or {}, batch.clock_limit_s or 0
        told = expected(body, refused, received_at=batch.received_at, limit_s=limit_s)
        for name, why in told.unreadable.items():
            if name not in refused:
                self._add(batch, Kind.REFUSED, f"row {name} cannot be read ({why}), and is said to "
                          "have been taken")  # fmt: skip
        one = _Batch(self._report, self._lookup, batch, body, told)
        one.punches()
        one.contradictions(others)
        one.bad_records(bad)

    def _add(self, batch: StoredBatch, kind: Kind, text: str) -> None:
        self._report.add(Fault(kind, f"batch {batch.id}: {text}", batch=batch.id))


class _Batch:
    """One batch under comparison."""

    def __init__(
        self, report: Report, lookup: Lookup, batch: StoredBatch, body: Body, told: Expected
    ) -> None:
        self._report = report
        self._lookup = lookup
        self._batch = batch
        self._body = body
        self._told = told
        self._held: dict[Key, tuple[object, ...]] = {}
        """State, verify and work code of the telling that stays, by the touch's key."""

    def punches(self) -> None:
        found = read_punches(self._report, self._lookup.connection, self._batch.id)
        if found is None:
            return
        rows, strange_form = found
        stored = {row[:3]: row for row in rows}
        told = self._told.punches
        self._held = {key: codes(told[key].row) for key in stored if key in told}
        same = self._altered(PUNCH_FIELDS, stored, told)
        self._report.counts.punches += same
        for row in strange_form:
            if row[:3] in told and told[row[:3]].row == row:
                self._name(Kind.ALTERED, told[row[:3]], "is kept in a form that nobody writes")
        missing = {key: one for key, one in told.items() if key not in stored}
        known = self._lookup.punches(missing)
        self._held |= {key: held.codes for key, held in known.items()}
        strange = {key: row for key, row in stored.items() if key not in told}
        lost = {key: one for key, one in missing.items() if key not in known}
        self._moved(PUNCH_FIELDS, strange, lost)
        self._missing(lost, day_of=lambda one: one.row[3])
        self._known(missing, known)

    def contradictions(self, stored: list[Row]) -> None:
        """Each telling with other codes than the stored one is kept beside it."""
        wanted: dict[Key, Told] = {}
        perhaps: dict[Key, Told] = {}
        for key, one in [*self._told.punches.items(), *self._told.others]:
            row = contradiction(one)
            beside = Told(row, one.kind, one.place)  # of one telling twice, the last is kept
            if key not in self._held:
                perhaps[row[-1:]] = beside  # the telling that stays is in the archive, or lost
            elif self._held[key] != codes(one.row):
                wanted[row[-1:]] = beside
        here = {row[-1:]: row for row in stored}
        told = perhaps | wanted
        self._altered(CONTRADICTION_FIELDS, here, told)
        strange = {key: row for key, row in here.items() if key not in told}
        missing = {key: one for key, one in wanted.items() if key not in here}
        known = self._lookup.contradictions(key[0] for key in missing)
        lost = {key: one for key, one in missing.items() if key[0] not in known}
        self._moved(CONTRADICTION_FIELDS, strange, lost)
        self._missing(lost, day_of=lambda one: one.row[2].date())

    def bad_records(self, stored: list[Row]) -> None:
        here, told = {row[:1]: row for row in stored}, self._told.bad
        self._report.counts.bad_records += self._altered(BAD_FIELDS, here, told)
        missing = {key: one for key, one in told.items() if key not in here}
        known = self._lookup.bad_records(key[0] for key in missing)
        strange = {key: row for key, row in here.items() if key not in told}
        lost = {key: one for key, one in missing.items() if key not in known}
        self._moved(BAD_FIELDS, strange, lost)
        self._missing(lost)
        self._known(missing, known)

    def _altered(
        self, fields: tuple[str, ...], stored: Mapping[Key, Row], told: Mapping[Key, Told]
    ) -> int:
        """Name rows that stand under their key and say something else; return how many do not."""
        same = 0
        for key, one in told.items():
            row = stored.get(key)
            if row == one.row:
                same += 1
            elif row is not None:
                self._name(Kind.ALTERED, one, f"was changed: {difference(fields, row, one.row)}")
        return same

    def _moved(
        self, fields: tuple[str, ...], strange: dict[Key, Row], lost: dict[Key, Told]
    ) -> None:
        """Name rows nobody told: those that were another row before, and those put in."""
        for key, was in pairs(strange, lost):
            one, row = lost.pop(was), strange.pop(key)
            self._name(Kind.ALTERED, one, f"was changed: {difference(fields, row, one.row)}")
        for row in strange.values():
            values = dict(zip(fields, row, strict=True))
            self._report.add(
                Fault(
                    Kind.INSERTED,
                    f"{_what(values)} stands under batch {self._batch.id}, and its signed body "
                    "does not tell it",
                    batch=self._batch.id,
                    terminal=values["terminal"],
                    user_id=values["user_id"],
                    local_time=values.get("local_time"),
                )
            )

    def _missing(self, lost: Mapping[Key, Told], day_of: object = None) -> None:
        for one in lost.values():
            if callable(day_of) and self._is_archived(day_of(one)):
                self._report.counts.archived += 1
            else:
                self._name(Kind.MISSING, one, "is not in the store any more")

    def _is_archived(self, day: date) -> bool:
        return self._lookup.is_archived(day)

    def _known(self, missing: Mapping[Key, Told], known: Mapping[Key, Held]) -> None:
        """Rows another batch brought: it has to have come before this one, or with it."""
        for key, held in known.items():
            self._report.counts.known_before += 1
            if held.batch > self._batch.id and held.received_at > self._batch.received_at + GRACE:
                self._name(
                    Kind.REORDERED,
                    missing[key],
                    f"is kept as brought by batch {held.batch}, which came after it",
                )

    def _name(self, kind: Kind, one: Told, text: str) -> None:
        terminal, height = where(self._body, one)
        fields = BAD_FIELDS if one.kind == "b" else PUNCH_FIELDS
        values = dict(zip(fields, one.row, strict=False))
        if len(one.row) == len(CONTRADICTION_FIELDS) and one.kind == "p":
            values = dict(zip(CONTRADICTION_FIELDS, one.row, strict=True))
        self._report.add(
            Fault(
                kind,
                f"{_what(values)} (batch {self._batch.id}, row {name_of(one)}, height {height} of "
                f"its chain) {text}",
                batch=self._batch.id,
                terminal=terminal,
                user_id=values["user_id"],
                local_time=values.get("local_time"),
                height=height,
            )
        )


def _what(values: Mapping[str, object]) -> str:
    """Return how a row is named to a person."""
    if "key" in values:
        kind = "the contradicting telling"
    else:
        kind = "the punch" if "local_time" in values else "the bad record"
    serial = values["terminal"]
    terminal = "a terminal that is not there" if serial is None else f"terminal {serial}"
    if "local_time" not in values:
        return f"{kind} {values['id']} of {terminal}"
    return f"{kind} of user {values['user_id']} at {values['local_time']} on {terminal}"


def orphans(report: Report, rows: Iterable[Row], batch: int) -> None:
    """Name punches under a number that no batch has."""
    for row in rows:
        values = dict(zip(PUNCH_FIELDS, row, strict=True))
        report.add(
            Fault(
                Kind.INSERTED,
                f"{_what(values)} is said to be of batch {batch}, which does not exist",
                batch=batch,
                terminal=values["terminal"],
                user_id=values["user_id"],
                local_time=values["local_time"],
            )
        )


def read_punches(
    report: Report, connection: Connection, batch: int
) -> tuple[list[Row], list[Row]] | None:
    """Return the punches under a number, and those of them in a strange form; None, with a fault,
    where one of them is none."""
    try:
        with connection.begin_nested():  # a question that fails ends PostgreSQL's transaction
            return punch_rows(connection, batch)
    except (ValueError, TypeError, OverflowError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        text = f"a punch of batch {batch} holds what no punch can"
        report.add(Fault(Kind.ALTERED, text, batch=batch))
        return None
