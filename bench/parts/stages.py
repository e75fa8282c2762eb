"""What each stage of taking a batch costs, one batch at a time in one thread, without HTTP."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from load import CLOCK_LIMIT_S, PATH, ZONE, Body, headers
from sqlalchemy import Engine

from ingest import api, auth, bodies
from ingest.store import bridges, chains, columnar, punches
from ingest.wire import read_signed

STAGES = (
    ("identity and signature", api, "identify"),
    ("hash of the body", auth, "check_body"),
    ("decompression", bodies, "inflate"),
    ("decoding, chains recomputed", api, "read_batch"),
    ("nonce", api, "use_nonce"),
    ("bridge seen", bridges, "seen"),
    ("terminals", bridges, "speak_for"),
    ("batch with its body", punches, "_put_batch"),
    ("chains compared and kept", chains, "keep_runs"),
    ("punches with marks", columnar._Told, "into_postgresql"),
    ("clocks", columnar, "keep_clocks"),
    ("receipt", api, "encode_receipt"),
)


def shares(engine: Engine, given: Sequence[Body]) -> list[str]:
    """Return a line a stage: milliseconds a batch and its share of the whole."""
    spent: dict[str, float] = {name: 0.0 for name, _, _ in STAGES} | {"commit": 0.0}
    with _watched(spent), _commits(engine, spent):
        began = time.perf_counter()
        for one in given:
            _take(engine, one)
        whole = time.perf_counter() - began
    spent["the rest"] = whole - sum(spent.values())
    return [
        f"  {name:<28} {1_000 * took / len(given):6.2f} ms a batch {took / whole:5.0%}"
        for name, took in spent.items()
    ] + [f"  {'all, one batch at a time':<28} {1_000 * whole / len(given):6.2f} ms a batch"]


def _take(engine: Engine, one: Body) -> None:
    centre = api._Centre(
        engine, zone=ZONE, clock_limit_s=CLOCK_LIMIT_S, clock=lambda: datetime.now(UTC)
    )
    signed = read_signed(headers(one))
    caller = centre.identify(signed, "POST", PATH)
    auth.check_body(caller.signed, one.body)
    limits = bodies.Limits(1 << 24, 1 << 26, 60.0)
    centre.take_batch(caller, one.body, bodies.inflate(one.body, "gzip", limits))


@contextmanager
def _watched(spent: dict[str, float]) -> Iterator[None]:
    before = [(place, attribute, getattr(place, attribute)) for _, place, attribute in STAGES]
    for name, place, attribute in STAGES:
        setattr(place, attribute, _timed(getattr(place, attribute), name, spent))
    try:
        yield
    finally:
        for place, attribute, function in before:
            setattr(place, attribute, function)


def _timed(function: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent[name] += time.perf_counter() - began

    return timed


@contextmanager
def _commits(engine: Engine, spent: dict[str, float]) -> Iterator[None]:
    """The time of commits, between what SQLAlchemy tells before and after it."""
    dialect, commit = engine.dialect, engine.dialect.do_commit
    dialect.do_commit = _timed(commit, "commit", spent)  # type: ignore[method-assign]
    try:
        yield
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]
