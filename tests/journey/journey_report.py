"""docs/soak.md: one section a soak, each written by its own command."""

import re
from collections.abc import Iterable

from journey_parts import ROOT

FILE = ROOT / "docs" / "soak.md"
HEAD = "# The last soaks\n"


def write_section(title: str, lines: Iterable[str]) -> str:
    """Put a section in the place of its last one, or at the end; return it."""
    section = "\n".join((f"## {title}", "", *lines, ""))
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else HEAD
    if not text.startswith(HEAD):
        text = HEAD
    before = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if before.search(text):
        text = before.sub(lambda _: f"{section}\n", text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    FILE.write_text(f"{text.rstrip()}\n", encoding="utf-8")
    return section
