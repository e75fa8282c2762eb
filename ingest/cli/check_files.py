"""What `check` finds in files that the configuration names: a slip would hold things up later."""

from typing import TYPE_CHECKING

from ingest.cli.check_grades import BAD, GOOD, LOOK, Findings
from ingest.cli.context import Centre
from ingest.errors import ConfigError, TlsError
from ingest.lettering import Press

if TYPE_CHECKING:
    from ingest.letters.settings import LetterSettings


def of_regulations(centre: Centre) -> Findings:
    """Read regulations and service rules."""
    from ingest import regulations

    try:
        shelf = regulations.load(centre.config.regulations)
    except ConfigError as error:
        yield from ((BAD, fault) for fault in error.faults)
        return
    yield GOOD, f"{len(shelf.documents)} regulations and service rules can be used"


def of_texts(centre: Centre) -> Findings:
    """Look at what people are told by: channels, and the texts of messages."""
    from ingest.notify import settings, templates

    sending = centre.config.notify or settings.usual(centre.config.zone)
    try:
        templates.load(sending.templates)
    except ConfigError as error:
        yield from ((BAD, fault) for fault in error.faults)
        return
    names = ", ".join(one.name for one in centre.config.channels)
    yield GOOD, f"messages go out by {names}" if names else "no channel is set: people get paper"


def of_letters(centre: Centre) -> Findings:
    """Read the file of heads, signers and numbers: a slip in it would hold up an approval."""
    from ingest.casework import issuing

    press = centre.config.letters
    if press is None:
        yield GOOD, "no letters are made here: numbers are given by hand"
        return
    try:
        found = issuing.load_settings(press)
    except ConfigError as error:
        yield from ((BAD, fault) for fault in error.faults)
        return
    names = ", ".join(dict.fromkeys(one.name for one in found.signer))
    yield GOOD, f"letters are made by {press.file}, and signed by {names}"
    yield from _logos(press, found)
    yield from _letter_templates(press)


def _logos(press: Press, settings: "LetterSettings") -> Findings:
    """Try each logo of the file of letters; one that is missing would hold up an approval."""
    from ingest.letters import pages

    logos = dict.fromkeys(one.logo for one in settings.head if one.logo)
    faults = pages.logo_faults(
        logos, templates=press.templates, paper=press.paper, fonts=press.fonts
    )
    yield from ((BAD, f"letters: {fault}") for fault in faults)
    if logos and not faults:
        yield GOOD, f"letters can be set with the logo {', '.join(logos)}"


def _letter_templates(press: Press) -> Findings:
    """Try own templates and fonts on made-up letters of every kind; those that ship are tested."""
    from ingest.letters import pages

    if press.templates is None and press.fonts is None:
        return
    faults = pages.faults(templates=press.templates, paper=press.paper, fonts=press.fonts)
    yield from ((BAD, f"letters: {fault}") for fault in faults)
    if not faults:
        yield GOOD, "letters of every kind can be set with the own templates and fonts"


def of_types(centre: Centre) -> Findings:
    """Read the types of excuses."""
    from ingest import excuse_types

    try:
        known = excuse_types.load(centre.config.excuses)
    except ConfigError as error:
        yield from ((BAD, fault) for fault in error.faults)
        return
    yield GOOD, f"{len(known)} types of excuses can be used"


def of_tls(centre: Centre) -> Findings:
    """Look at the certificate, and when it ends."""
    from ingest import tls

    files = centre.config.tls
    if files is None:
        return
    try:
        found = tls.examine(files, centre.now())
    except TlsError as error:
        yield BAD, str(error)
        return
    near = tls.warn_of_end(found, centre.now())
    yield (LOOK, near) if near else (GOOD, f"{found.text} ends at {found.ends_at:%Y-%m-%d}")
