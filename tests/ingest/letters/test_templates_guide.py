"""The guide to templates names every field and file that a template may have."""

import re
from pathlib import Path

import pytest

from ingest.letters.fields import fields
from ingest.letters.sample import samples
from ingest.letters.shelf import SHIPPED

GUIDE = (Path(__file__).parents[3] / "docs/templat.md").read_text(encoding="utf-8")


def names(value: object) -> set[str]:
    """Return the names of all fields within."""
    if isinstance(value, dict):
        return set(value) | {name for one in value.values() for name in names(one)}
    if isinstance(value, list):
        return {name for one in value for name in names(one)}
    return set()


FIELDS = {name for text in samples() for name in names(fields(text, paper="f4"))} - {"kop"}


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_is_explained(name: str) -> None:
    assert re.search(rf"[`.]{name}`", GUIDE)


@pytest.mark.parametrize("path", sorted(SHIPPED.iterdir()), ids=lambda path: path.name)
def test_every_template_is_named(path: Path) -> None:
    assert f"`{path.name}`" in GUIDE
