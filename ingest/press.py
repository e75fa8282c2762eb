"""The process that typesets one document and ends: all of typst that the centre ever meets.

A template is a program that an admin may write, so it runs apart: bounded in processor time and
memory, with nobody's environment, without a network, and with no folder to read from but one that
holds the document's own pictures. Started by `ingest.typesetting` as a script, on its own file: it
imports nothing of ours.

Comes in on stdin: one JSON object, see `Order`. Goes out on stdout: the PDF and exit code 0, or
exit code 3 and a JSON object with what typst says. The notes (characters that no font has, and
warnings) go to stderr, a JSON string a line.
"""

import json
import re
import resource
import sys
from datetime import UTC, datetime
from typing import Any, TypedDict

import typst

FAULT = 3
_MISSING = re.compile(r'the text `"((?:\\u\{[0-9a-f]+\}|[^"\\])+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_ROUNDS = 4  # a replaced character may uncover the next; more rounds than this is a fault
_BOX = "□"


class Order(TypedDict):
    """What to typeset. `texts` are files by name, `main` is one of them, `data.json` another."""

    main: str
    texts: dict[str, str]
    root: str
    fonts: list[str]
    created: int
    cpu_s: int
    memory: int


def _bound(cpu_s: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold people's names
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _note(text: str) -> None:
    print(json.dumps(text), file=sys.stderr)  # noqa: T201


def missing(diagnostic: str) -> set[str]:
    """Return the characters that typst found in no font."""
    found = "".join(_MISSING.findall(diagnostic))
    return set(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), found))


def _typeset(order: Order) -> bytes:
    """Return the PDF. A character that no font has becomes a box, and is named in a note."""
    texts = order["texts"]
    for _ in range(_ROUNDS):
        try:
            return _compile(order)
        except typst.TypstError as error:
            strange = {one for one in missing(error.diagnostic) if ord(one) > 126}
            if not any(one in texts["data.json"] for one in strange):
                raise
            for one in sorted(strange):
                _note(f"no font has U+{ord(one):04X}; it is printed as a box")
                texts["data.json"] = texts["data.json"].replace(one, _BOX)
    return _compile(order)


def _compile(order: Order) -> bytes:
    # typst takes "main" or "main.typ" for the first file; by this one line it keeps its own name
    files: Any = {name: text.encode() for name, text in order["texts"].items()}  # not in its stub
    files["main"] = f'#include "{order["main"]}"'.encode()
    made, warnings = typst.compile_with_warnings(
        files,
        root=order["root"],
        font_paths=order["fonts"],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=datetime.fromtimestamp(order["created"], UTC),
        package_path=order["root"],
        package_cache_path=order["root"],
    )
    for warning in warnings:
        _note(warning.diagnostic)
    return bytes(made)


def run() -> int:
    """Do the one order on stdin. Return the exit code."""
    order: Order = json.load(sys.stdin.buffer)
    _bound(order["cpu_s"], order["memory"])
    try:
        made = _typeset(order)
    except typst.TypstError as error:
        told = {"message": str(error), "diagnostic": error.diagnostic}
        sys.stdout.buffer.write(json.dumps(told).encode())
        return FAULT
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(run())
