"""`[[ingest.channel]]`: every fault at once, by section and key, and never with what it held."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from ingest.config import load
from ingest.errors import ConfigError
from ingest.notify import registry


class Pigeon:
    """A channel of one key and one secret."""

    @dataclass(frozen=True, slots=True)
    class Options:
        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        loft_file: str
        wings: Annotated[int, Field(strict=True, ge=1, le=2)] = 2
        ca_file: str = ""

    def __init__(self, name: str, options: Options) -> None:
        self.name, self.options = name, options


@pytest.fixture
def load_channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(registry.BUILT_IN, "pigeon", f"{__name__}:Pigeon")
    monkeypatch.setattr(registry, "_channel_class", lambda _: Pigeon)

    def load_channels(text: str):
        path = tmp_path / "ingest.toml"
        path.write_text('[ingest]\ntimezone = "Asia/Makassar"\n' + text, encoding="utf-8")
        return load(path)

    return load_channels


def faults(load_channels, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_channels(text)
    return [one.partition("ingest.toml: ")[2] for one in caught.value.faults]


def secret(tmp_path: Path, text: str = "grey\n", mode: int = 0o600) -> str:
    path = tmp_path / "loft"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path.name


def test_a_channel_is_made_from_its_section(load_channels, tmp_path):
    config = load_channels(
        f'[[ingest.channel]]\nname = "p"\ndriver = "pigeon"\nloft_file = "{secret(tmp_path)}"\n'
    )
    (found,) = config.channels
    assert (found.name, found.driver, found.per_minute, found.per_day) == ("p", "pigeon", 20, 1_000)
    assert found.options.loft_file == str(tmp_path / "loft")
    assert config.warnings == ()
    assert found.open().name == "p"
    assert "loft" not in repr(found)


def test_without_a_section_nobody_is_told(load_channels):
    assert load_channels("").channels == ()


def test_every_fault_is_told_at_once_with_its_section_and_key(load_channels, tmp_path):
    missing = "(No such file or directory)"
    found = faults(
        load_channels,
        """
        [[ingest.channel]]
        name = "Not A Name"
        driver = "pigeon"
        loftfile = "x"
        wings = 3
        [[ingest.channel]]
        driver = "pidgeon"
        per_minute = 0
        [[ingest.channel]]
        name = "c"
        driver = "pigeon"
        loft_file = "nowhere"
        ca_file = "nowhere"
        """,
    )
    assert found == [
        "ingest.channel[1].name: does not look like one; see config.example.toml",
        "ingest.channel[1].loft_file: missing; this key has no default",
        "ingest.channel[1].wings: too large, at most 2",
        'ingest.channel[1].loftfile: unknown key, did you mean "loft_file"?',
        'ingest.channel[2].driver: unknown driver, did you mean "pigeon"?',
        "ingest.channel[2].name: missing; this key has no default",
        "ingest.channel[2].per_minute: too small, at least 1",
        f"ingest.channel[3].loft_file: {tmp_path}/nowhere cannot be read {missing}",
        f"ingest.channel[3].ca_file: {tmp_path}/nowhere holds no certificates {missing}",
    ]


def test_a_secret_in_the_wrong_key_is_not_told_again(load_channels, tmp_path):
    text = f'[[ingest.channel]]\nname = "p"\ndriver = "pigeon"\nloft_file = "{secret(tmp_path)}"\n'
    found = faults(load_channels, text + 'wings = "hunter2"\n')
    assert found == ["ingest.channel[1].wings: expected a whole number"]


def test_two_channels_of_one_name_are_refused(load_channels, tmp_path):
    one = f'[[ingest.channel]]\nname = "p"\ndriver = "pigeon"\nloft_file = "{secret(tmp_path)}"\n'
    assert faults(load_channels, one + one) == [
        "ingest.channel[2].name: 'p' is the name of another channel, too"
    ]


@pytest.mark.parametrize("text", ["", "two\nlines\n", "x" * 5_000, "a\x00b"])
def test_a_secret_that_is_no_line_is_refused_without_showing_it(load_channels, tmp_path, text):
    name = secret(tmp_path, text)
    found = faults(
        load_channels, f'[[ingest.channel]]\nname="p"\ndriver="pigeon"\nloft_file="{name}"\n'
    )
    assert found == [
        f"ingest.channel[1].loft_file: {tmp_path / 'loft'} must hold one line, the secret"
    ]


def test_a_secret_open_to_all_is_warned_of(load_channels, tmp_path):
    name = secret(tmp_path, mode=0o644)
    config = load_channels(f'[[ingest.channel]]\nname="p"\ndriver="pigeon"\nloft_file="{name}"\n')
    assert config.warnings == (
        f"{tmp_path / 'loft'}: everybody on this machine can read it; chmod 600 it",
    )


def test_a_channel_that_is_no_section_is_named(load_channels):
    (fault,) = faults(load_channels, 'channel = "fonnte"\n')
    assert fault == "ingest.channel: expected sections, each under [[ingest.channel]]"
