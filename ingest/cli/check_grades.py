"""What each look of `check` yields: a grade, and a sentence."""

from collections.abc import Iterator

GOOD, LOOK, BAD = "ok", "look", "bad"
Findings = Iterator[tuple[str, str]]
