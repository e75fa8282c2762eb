"""What keeps days from being judged, before anybody has to ask."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

import click
from sqlalchemy import Connection

from ingest.cli.context import Centre, pass_centre
from ingest.errors import ConfigError, TlsError
from ingest.jobs.watch_bridges import is_silent
from ingest.lettering import Press
from ingest.roles import Right, may
from ingest.store import bridges, people, terminals

if TYPE_CHECKING:
    from ingest.letters.settings import LetterSettings

GOOD, LOOK, BAD = "ok", "look", "bad"
FEW = 5
BACKUP_HOURS = 36
"""A nightly backup that is older was missed."""
_Findings = Iterator[tuple[str, str]]


@click.command()
@pass_centre
def check(centre: Centre) -> None:
    """Tell what keeps days from being judged.

    Looks at the configuration, the database, the calendar and the bridges; leaves with 1 when there
    is anything.

    \b
    Example:
        hadir-ingest check
    """
    found = [(GOOD, f"{centre.path} can be used")]
    found += [(LOOK, warning) for warning in centre.config.warnings]
    found += _tls(centre)
    found += _regulations(centre)
    found += _types(centre)
    found += _texts(centre)
    found += _letters(centre)
    with centre.reading() as connection:
        found.append((GOOD, "the database answers and its tables are up to date"))
        found += _calendar(centre, connection)
        found += _users(centre, connection)
        found += _people(connection)
        found += _terminals(connection)
        found += _decided(centre, connection)
        found += _excuses(centre, connection)
        found += _backups(centre, connection)
        found += _bridges(centre, connection)
        found += _notices(connection)
        found += _asked(centre, connection)
    for grade, text in found:
        click.echo(f"{grade:4}  {text}")
    if any(grade == BAD for grade, _ in found):
        click.get_current_context().exit(1)


def _regulations(centre: Centre) -> _Findings:
    from ingest import regulations

    try:
        shelf = regulations.load(centre.config.regulations)
    except ConfigError as error:
        yield from ((BAD, fault) for fault in error.faults)
        return
    yield GOOD, f"{len(shelf.documents)} regulations and service rules can be used"


def _texts(centre: Centre) -> _Findings:
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


def _letters(centre: Centre) -> _Findings:
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


def _logos(press: Press, settings: "LetterSettings") -> _Findings:
    """Try each logo of the file of letters; one that is missing would hold up an approval."""
    from ingest.letters import pages

    logos = dict.fromkeys(one.logo for one in settings.head if one.logo)
    faults = pages.logo_faults(
        logos, templates=press.templates, paper=press.paper, fonts=press.fonts
    )
    yield from ((BAD, f"letters: {fault}") for fault in faults)
    if logos and not faults:
        yield GOOD, f"letters can be set with the logo {', '.join(logos)}"


def _letter_templates(press: Press) -> _Findings:
    """Try own templates and fonts on made-up letters of every kind; those that ship are tested."""
    from ingest.letters import pages

    if press.templates is None and press.fonts is None:
        return
    faults = pages.faults(templates=press.templates, paper=press.paper, fonts=press.fonts)
    yield from ((BAD, f"letters: {fault}") for fault in faults)
    if not faults:
        yield GOOD, "letters of every kind can be set with the own templates and fonts"


def _notices(connection: Connection) -> _Findings:
    from ingest.notify.standing import facts

    for fact in facts(connection).values():
        yield LOOK, fact


def _asked(centre: Centre, connection: Connection) -> _Findings:
    """Name what people asked of us and is overdue, by its number: `check` is read by many."""
    from ingest.store import privacy

    open_ones = privacy.find_requests(connection)
    late = [one for one in open_ones if one.due_at < centre.now()]
    for one in late:
        due = one.due_at.astimezone(centre.config.zone)
        yield (
            LOOK,  # the law's clock, and none that keeps a day from being judged
            f"privacy request {one.number} ({one.kind}) was due {due:%Y-%m-%d %H:%M %Z}; answer "
            "it, see hadir-ingest privacy requests list",
        )
    if len(open_ones) > len(late):
        yield LOOK, f"{len(open_ones) - len(late)} privacy requests wait; each has 3 x 24 hours"


def _types(centre: Centre) -> _Findings:
    from ingest import excuse_types

    try:
        known = excuse_types.load(centre.config.excuses)
    except ConfigError as error:
        yield from ((BAD, fault) for fault in error.faults)
        return
    yield GOOD, f"{len(known)} types of excuses can be used"


def _excuses(centre: Centre, connection: Connection) -> _Findings:
    """Name types that nobody knows any more: their excuses hold no day, and keep it open."""
    from ingest import excuse_types, seal
    from ingest.store import excuses

    try:
        known = excuse_types.load(centre.config.excuses)
        root = seal.root(centre.config.seal_file)
    except (ConfigError, seal.SealError):
        return  # told already
    for code, count in sorted(excuses.find_types_in_force(connection, root).items()):
        if code not in known:
            yield (
                BAD,
                f"{count} excuses are of the type {code}, which excuses_file does not name; "
                "their days cannot be judged",
            )


def _tls(centre: Centre) -> _Findings:
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


def _calendar(centre: Centre, connection: Connection) -> _Findings:
    from ingest.store.calendar import find_years

    states = {one.year: one for one in find_years(connection)}
    today = centre.today()
    for year in sorted({today.year, (today + timedelta(days=30)).year}):
        if year not in states:
            # next year's is missed in time, and keeps no day from being judged yet
            grade = BAD if year == today.year else LOOK
            yield grade, f"the calendar of {year} is empty; run hadir-ingest calendar seed {year}"
        elif states[year].confirmed_at is None:
            yield (
                LOOK,
                f"nobody has compared the calendar of {year} with the decrees; do so, then run "
                f"hadir-ingest calendar confirm {year}",
            )
        else:
            yield GOOD, f"the calendar of {year} is confirmed"


def _users(centre: Centre, connection: Connection) -> _Findings:
    from ingest.cli.recovery import recovered
    from ingest.cli.users import NOBODY_YET
    from ingest.store import users

    acting = [one for one in users.find_all(connection) if one.acts]
    yield (GOOD, f"{len(acting)} users may give commands") if acting else (LOOK, NOBODY_YET)
    unnamed = [one.name for one in acting if one.nip is None and may(one.role, Right.DECIDE)]
    if unnamed:
        names = ", ".join(unnamed)
        yield LOOK, f"whether users decide on themselves is not known without --nip: {names}"
    past = recovered(centre, connection)
    if past is not None:
        yield LOOK, past


def _people(connection: Connection) -> _Findings:
    offices, known = len(people.find_offices(connection)), len(people.find_people(connection))
    grade = GOOD if offices and known else LOOK
    yield grade, f"{offices} offices and {known} people are known"


def _terminals(connection: Connection) -> _Findings:
    found = terminals.find_terminals(connection).values()
    registered = sum(one.registered for one in found)
    yield GOOD if registered else LOOK, f"{registered} terminals are registered"
    for one in found:
        if not one.registered:
            yield (
                LOOK,
                f"terminal {one.serial} spoke for office {one.office} and is not registered; "
                f"run hadir-ingest terminals add {one.serial}",
            )


def _decided(centre: Centre, connection: Connection) -> _Findings:
    from ingest import seal

    try:
        root = seal.root(centre.config.seal_file)
    except seal.SealError as error:
        yield BAD, str(error)
        return
    yield from _seal(centre, connection, root)
    yield from _decisions(connection, root)
    yield from _quarantine(connection, root)


def _seal(centre: Centre, connection: Connection, root: str | None) -> _Findings:
    from ingest.store import seals

    if root is not None:
        if not seals.is_known(connection, root):
            yield BAD, f"the store does not know the seal {root}; run hadir-ingest seal make"
        return
    if seals.find(connection) and centre.config.seal_file is not None:
        yield (
            BAD,
            f"{centre.config.seal_file}, the seal, is not there; bring it back from its copy: "
            "nothing can be decided, and decisions are believed by the word of the database alone",
        )
    elif seals.find(connection):
        yield (
            LOOK,
            "decisions are believed by the word of the database alone; name the seal by seal_file",
        )


def _decisions(connection: Connection, root: str | None) -> _Findings:
    from ingest.store import audit, decisions

    found = list(islice(decisions.faults(connection, root), FEW + 1))
    for one in found[:FEW]:
        yield BAD, one
    if len(found) > FEW:
        yield (
            BAD,
            "and more; see audit verify, adjustments verify, excuses verify and quarantine verify",
        )
    if not found and audit.head(connection).number:
        yield GOOD, "the audit log and all decisions are as they were signed"


def _backups(centre: Centre, connection: Connection) -> _Findings:
    from ingest.store import audit

    last = audit.last(connection, "backup")
    if last is None:
        yield (
            LOOK,
            "hadir-ingest backup was never run on this store; see docs/backup.md",
        )
        return
    told = f"the last backup was made {last.astimezone(centre.config.zone):%Y-%m-%d %H:%M %Z}"
    old = centre.now() - last > timedelta(hours=BACKUP_HOURS)
    yield (LOOK, f"{told}; see systemctl status hadir-backup") if old else (GOOD, told)


def _quarantine(connection: Connection, root: str | None) -> _Findings:
    from ingest.store import quarantine, refused

    offices = Counter(one.office for one in quarantine.find_waiting(connection, root=root))
    for office, count in sorted(offices.items()):
        yield (
            LOOK,
            f"{count} doubtful punches and bad records of office {office} wait for a decision; see "
            f"hadir-ingest quarantine list --office {office}",
        )
    for office, count in sorted(refused.count(connection).items()):
        yield (
            LOOK,
            f"{count} rows of office {office} were refused and lie at its bridge; see "
            f"hadir-ingest quarantine list --office {office}",
        )


def _bridges(centre: Centre, connection: Connection) -> _Findings:
    found = [one for one in bridges.find_bridges(connection) if one.revoked_at is None]
    if not found:
        yield LOOK, "no bridge may bring punches yet; run hadir-ingest bridges invite"
        return
    after = timedelta(minutes=centre.config.bridge_silent_minutes)
    silent = [one for one in found if is_silent(one, now=centre.now(), after=after)]
    for one in silent:
        since = (one.last_seen_at or one.created_at).astimezone(centre.config.zone)
        yield (
            BAD,
            f"bridge {one.id} ({one.name}) of office {one.office} is silent since "
            f"{since:%Y-%m-%d %H:%M %Z}; look whether its host is on",
        )
    yield GOOD, f"{len(found) - len(silent)} of {len(found)} bridges were heard of lately"
