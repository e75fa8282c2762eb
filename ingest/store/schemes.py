"""Schemes and shifts in the store: found whole, written piece by piece."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from ingest.calendar import (
    DatedOverlay,
    Document,
    Scheme,
    Shift,
    Terms,
    read_shift,
    read_terms,
    shift_body,
    terms_body,
)
from ingest.errors import NotKnown, StoreError
from ingest.store.tables import schemes
from ingest.store.tables_time import scheme_overlays, scheme_terms, shifts


def find_document(connection: Connection) -> Document:
    """Return every scheme and shift, in order of their codes. Raises StoreError."""
    dated: defaultdict[str, dict[date, Terms]] = defaultdict(dict)
    for row in connection.execute(
        select(scheme_terms).order_by(scheme_terms.c.scheme, scheme_terms.c.valid_from)
    ):
        dated[row.scheme][row.valid_from] = _terms(row.scheme, row.body)
    over: defaultdict[str, list[DatedOverlay]] = defaultdict(list)
    for row in connection.execute(select(scheme_overlays).order_by(scheme_overlays.c.first)):
        terms = _terms(f"{row.scheme}, {row.name}", row.body)
        over[row.scheme].append(DatedOverlay(row.name, row.first, row.last, terms))
    return Document(
        {
            row.code: Scheme(row.code, row.name, dated[row.code], tuple(over[row.code]))
            for row in connection.execute(select(schemes).order_by(schemes.c.code))
        },
        find_shifts(connection),
    )


def find_shifts(connection: Connection) -> dict[str, Shift]:
    """Return every shift by its code, in order. Raises StoreError."""
    rows = connection.execute(select(shifts).order_by(shifts.c.code))
    return {row.code: _shift(row.code, row.name, row.body) for row in rows}


def require_scheme(connection: Connection, code: str) -> None:
    """Raise NotKnown for a scheme nobody imported."""
    if connection.scalar(select(schemes.c.code).where(schemes.c.code == code)) is None:
        raise NotKnown(f'no scheme "{code}"; hadir-ingest schemes list shows the known ones')


def put_scheme(connection: Connection, code: str, name: str, *, known: bool) -> None:
    statement = update(schemes).where(schemes.c.code == code) if known else insert(schemes)
    connection.execute(statement.values(code=code, name=name))


def put_terms(connection: Connection, code: str, first: date, terms: Terms) -> None:
    """Write terms in the place of those that begin on the same day."""
    remove_terms(connection, code, first)
    row = {"scheme": code, "valid_from": first, "body": terms_body(terms)}
    connection.execute(insert(scheme_terms).values(**row))


def remove_terms(connection: Connection, code: str, first: date) -> None:
    c = scheme_terms.c
    connection.execute(delete(scheme_terms).where(c.scheme == code, c.valid_from == first))


def put_overlay(connection: Connection, code: str, overlay: DatedOverlay) -> None:
    """Write an overlay in the place of the one of its name."""
    remove_overlay(connection, code, overlay.name)
    row = {"first": overlay.first, "last": overlay.last, "name": overlay.name}
    connection.execute(
        insert(scheme_overlays).values(scheme=code, body=terms_body(overlay.terms), **row)
    )


def remove_overlay(connection: Connection, code: str, name: str) -> None:
    c = scheme_overlays.c
    connection.execute(delete(scheme_overlays).where(and_(c.scheme == code, c.name == name)))


def put_shift(connection: Connection, shift: Shift, *, known: bool) -> None:
    statement = update(shifts).where(shifts.c.code == shift.code) if known else insert(shifts)
    connection.execute(statement.values(code=shift.code, name=shift.name, body=shift_body(shift)))


def _terms(where: str, body: Mapping[str, Any]) -> Terms:
    try:
        return read_terms(f"scheme {where}", body)
    except ValueError as error:
        raise StoreError(str(error)) from error


def _shift(code: str, name: str, body: Mapping[str, Any]) -> Shift:
    try:
        return read_shift(code, name, body)
    except ValueError as error:
        raise StoreError(str(error)) from error
