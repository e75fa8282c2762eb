"""What keeps days from being judged, before anybody has to ask."""

from datetime import timedelta

import click
from sqlalchemy import Connection

from ingest.cli.check_files import of_letters, of_regulations, of_texts, of_tls, of_types
from ingest.cli.check_grades import BAD, GOOD, LOOK, Findings
from ingest.cli.check_proofs import of_backups, of_decisions
from ingest.cli.context import Centre, pass_centre
from ingest.errors import ConfigError
from ingest.jobs.watch_bridges import is_silent
from ingest.roles import Right, may
from ingest.store import bridges, people, terminals


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
    found += of_tls(centre)
    found += of_regulations(centre)
    found += of_types(centre)
    found += of_texts(centre)
    found += of_letters(centre)
    with centre.reading() as connection:
        found.append((GOOD, "the database answers and its tables are up to date"))
        found += _calendar(centre, connection)
        found += _users(centre, connection)
        found += _people(connection)
        found += _terminals(connection)
        found += of_decisions(centre, connection)
        found += _excuses(centre, connection)
        found += of_backups(centre, connection)
        found += _bridges(centre, connection)
        found += _notices(connection)
        found += _asked(centre, connection)
    for grade, text in found:
        click.echo(f"{grade:4}  {text}")
    if any(grade == BAD for grade, _ in found):
        click.get_current_context().exit(1)


def _notices(connection: Connection) -> Findings:
    from ingest.notify.standing import facts

    for fact in facts(connection).values():
        yield LOOK, fact


def _asked(centre: Centre, connection: Connection) -> Findings:
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


def _excuses(centre: Centre, connection: Connection) -> Findings:
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


def _calendar(centre: Centre, connection: Connection) -> Findings:
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


def _users(centre: Centre, connection: Connection) -> Findings:
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


def _people(connection: Connection) -> Findings:
    offices, known = len(people.find_offices(connection)), len(people.find_people(connection))
    grade = GOOD if offices and known else LOOK
    yield grade, f"{offices} offices and {known} people are known"


def _terminals(connection: Connection) -> Findings:
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


def _bridges(centre: Centre, connection: Connection) -> Findings:
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
