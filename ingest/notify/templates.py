"""The texts of messages, which an admin edits: `<what>.txt.j2` and `templates.toml`.

A template is Jinja2 and may only put in a value, choose by `if`, and write a value in other
letters. There are no loops, calls, macros, sums and other files: so it ends, soon, and cannot grow.
It is offered no NIP, no day, no reason and no name but that of whom it is for; what comes out is
looked at once more before it goes (`ingest.notify.forbidden`).
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment
from pydantic import Field, TypeAdapter, ValidationError

from ingest.discipline.cases import Notice
from ingest.errors import ConfigError, IngestError
from ingest.notify import forbidden
from ingest.notify.forbidden import Forbidden

TABLE = "templates.toml"
ENDING = ".txt.j2"
WHATS: tuple[str, ...] = get_args(Notice.__dataclass_fields__["what"].type)
"""What people are told of, each with a template of its own."""
MAX_SOURCE, MAX_TEXT = 4_096, 1_000
_MAX_VALUE = 200
_FILTERS = ("upper", "lower", "title", "capitalize", "trim")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter,
)  # fmt: skip


class TextUnfit(IngestError):
    """A message that must not go out as it is; the text says which template, and why."""


@dataclass(frozen=True, slots=True)
class Values:
    """All that a template may say."""

    nama: str
    """Of whom it is for; for an office, of the post that answers there."""
    jumlah_hari: int
    batas: str
    """Within which time, such as `10 hari kerja`."""
    kantor: str
    pengirim: str

    def named(self) -> dict[str, str | int]:
        """Return them by name; a name is cut rather than let to flood a message."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            key: " ".join(value.split())[:_MAX_VALUE] if isinstance(value, str) else value
            for key, value in found.items()
        }


SAMPLE = Values("Budi Santoso, S.Sos.", 3, "10 hari kerja", "Dinas Contoh", "BKPSDM")
NAMES = tuple(one.name for one in fields(Values))


@dataclass(frozen=True, slots=True)
class About:
    """How a message is called, and what a gateway knows it by."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    subject: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")]
    gateway: Annotated[str, Field(max_length=512, pattern=r"^[A-Za-z0-9_-]*$")] = ""
    version: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(_[A-Z]{2})?$")] = "id"
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One message, ready."""

    what: str
    text: str
    subject: str
    gateway: str
    language: str
    values: tuple[tuple[str, str], ...]
    digest: str
    """Of the template it was made from."""


class Templates:
    """Every template, compiled."""

    def __init__(
        self, sources: Mapping[str, str], about: Mapping[str, About], words: Forbidden
    ) -> None:
        self._environment = _environment()
        self._compiled: dict[str, Template] = {
            what: self._environment.from_string(source) for what, source in sources.items()
        }
        self._digests = {
            what: hashlib.sha256(source.encode()).hexdigest() for what, source in sources.items()
        }
        self._about = about
        self._words = words

    def render(self, what: str, values: Values) -> Text:
        """Return a message. Raises TextUnfit."""
        about, named = self._about[what], values.named()
        try:
            text = " ".join(self._compiled[what].render(named).split())
        except (TemplateError, TypeError, RecursionError) as error:
            raise TextUnfit(f"template {what}: {error}") from error
        names = [str(named[name]) for name in ("nama", "kantor", "pengirim")]
        told = [text, about.subject, *(str(named[name]) for name in about.variables)]
        faults = [one for part in told for one in self._words.faults(part, but=names)]
        if not text:
            faults.append("nothing at all")
        if len(text) > MAX_TEXT:
            faults.append(f"{len(text)} characters, {MAX_TEXT} at most")
        if faults:
            raise TextUnfit(
                f"template {what}: the message holds {', '.join(dict.fromkeys(faults))}"
            )
        filled = tuple((name, str(named[name])) for name in about.variables)
        return Text(
            what, text, about.subject, about.gateway, about.language, filled, self._digests[what]
        )

    def trial(self, sender: str) -> Text:
        """Return a message to try a channel with: it says so wherever a name stands."""
        name = "UJI COBA (bukan pemberitahuan)"
        return self.render("closed", Values(name, 0, "-", "-", sender))


def load(folder: Path | None) -> Templates:
    """Return the templates that ship, with an office's own in their place.

    Raises ConfigError, every fault with its file.
    """
    faults: list[str] = []
    if folder is not None and not folder.is_dir():
        raise ConfigError([f"ingest.notify.templates: {folder} is no folder"])
    words = _words(folder, faults)
    sources = {what: _source(what, folder, faults) for what in WHATS}
    about = _about(folder, faults)
    if not faults:
        found = Templates(sources, about, words)
        faults = _tried(found)
        if not faults:
            return found
    raise ConfigError(faults)


def _tried(found: Templates) -> list[str]:
    """Return what is wrong with the templates as they come out."""
    faults = []
    for what in WHATS:
        try:
            found.render(what, SAMPLE)
        except TextUnfit as error:
            faults.append(str(error))
    return faults


def _environment() -> SandboxedEnvironment:
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, optimized=False)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS}
    made.tests = {}
    return made


def _source(what: str, folder: Path | None, faults: list[str]) -> str:
    name = what + ENDING
    own = None if folder is None else folder / name
    if own is None or not own.is_file():
        return (resources.files("ingest.notify") / "data" / name).read_text("utf-8")
    try:
        source = own.read_text("utf-8") if own.stat().st_size <= MAX_SOURCE else None
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{own}: cannot be read ({error})")
        return ""
    if source is None:
        faults.append(f"{own}: larger than {MAX_SOURCE} bytes")
        return ""
    faults += [f"{own}: {one}" for one in _faults(source)]
    return source


def _faults(source: str) -> list[str]:
    """Say what of a template is not taken, by its lines."""
    environment = _environment()
    try:
        # first as it stands: to compile it is to work out what is constant in it, however large
        found = _unfit(environment.parse(source))
        if not found:
            environment.from_string(source)
    except TemplateError as error:
        return [f"line {getattr(error, 'lineno', 1)}: {str(error).splitlines()[0]}"]
    except (RecursionError, MemoryError, SyntaxError):  # what Python says of depth
        return ["it is nested too deep"]
    return found


def _unfit(tree: nodes.Template) -> list[str]:
    used = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}
    strange = sorted(used - set(NAMES))
    found = [f'"{name}" is no value; known are {", ".join(NAMES)}' for name in strange]
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            word = type(node).__name__.lower()
            found.append(
                f'line {node.lineno}: "{word}" is not taken; a template puts in values and '
                "chooses by if"
            )
        elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            found.append(f'line {node.lineno}: no filter "{node.name}"; {", ".join(_FILTERS)}')
    return list(dict.fromkeys(found))


_ABOUT: TypeAdapter[About] = TypeAdapter(About)


def _about(folder: Path | None, faults: list[str]) -> dict[str, About]:
    shipped = resources.files("ingest.notify") / "data" / TABLE
    tables: dict[str, Any] = tomllib.loads(shipped.read_text("utf-8"))
    own = None if folder is None else folder / TABLE
    if own is not None and own.is_file():
        try:
            tables |= tomllib.loads(own.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            faults.append(f"{own}: cannot be read ({error})")
    for name in sorted(set(tables) - set(WHATS)):
        faults.append(f"{own}: [{name}] is no message; known are {', '.join(WHATS)}")
    found = {}
    for what in WHATS:
        try:
            found[what] = _ABOUT.validate_python(tables[what])
        except ValidationError as error:
            faults += [
                f"{own}: {what}.{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}"
                for one in error.errors(include_url=False)
            ]
            continue
        strange = [name for name in found[what].variables if name not in NAMES]
        faults += [
            f"{own}: {what}.variables: no value {name!r}; known are {', '.join(NAMES)}"
            for name in strange
        ]
    return found


def _words(folder: Path | None, faults: list[str]) -> Forbidden:
    try:
        return forbidden.load(folder)
    except ConfigError as error:
        faults += error.faults
        return Forbidden(())
