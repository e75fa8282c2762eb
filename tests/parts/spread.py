"""A store made ready for Citus, and what a statement says of where it goes."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / "deploy" / "citus.sql").read_text(encoding="utf-8")
RULES = (ROOT / "tests/ingest/sharding/citus_rules.sql").read_text(encoding="utf-8")
COLUMNS: dict[str, str] = dict(re.findall(r"create_distributed_table\('(\w+)', '(\w+)'", SCRIPT))
"""Each table that is spread, and by which column."""


def spread(engine: Engine, script: str = SCRIPT) -> None:
    """Run the script that is shipped, where Citus's two functions look at its rules."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(RULES)
        raw.cursor().execute(script)
        raw.commit()
    finally:
        raw.close()


def asks_everywhere(statement: str) -> set[str]:
    """Return the tables of a statement of which it does not say which part it is about."""
    return {
        table
        for table, column in COLUMNS.items()
        if re.search(rf"\b(FROM|JOIN|INTO|UPDATE|TABLE) {table}\b", statement)
        and not _names(statement, table, column)
    }


def _names(statement: str, table: str, column: str) -> bool:
    into = re.search(rf"INSERT INTO {table} \(([^)]*)\)", statement)
    if into:
        return column in re.split(r"\W+", into[1])
    of, value = rf"(?:\b{table}\.|(?<![\w.])){column}", r"%\(\w+\)[sb](?:::\w+)?"
    # a condition that stands beside another one by OR keeps no part away
    return bool(re.search(rf"{of} (= {value}|IN \({value}(, {value})*\))(?! OR\b)", statement))


@contextmanager
def watched(engine: Engine) -> Iterator[dict[str, set[str]]]:
    """Yield what fills up with functions of ours and the statements each of them gave."""
    found: dict[str, set[str]] = {}

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.setdefault(_asking(sys._getframe(1)), set()).add(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _asking(frame: FrameType | None) -> str:
    """Return module and function of the nearest caller that is ours."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith("ingest."):
            name = frame.f_code.co_qualname.partition(".<locals>")[0]
            return f"{module.removeprefix('ingest.')}.{name}"
        frame = frame.f_back
    return "test"
