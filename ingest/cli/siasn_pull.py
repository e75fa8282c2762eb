"""Reads people and units from BKN, and goes on where that was cut off."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import Connection

from ingest.cli import scope, siasn_access
from ingest.cli.acting import by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import FILE, asked_office
from ingest.cli.siasn_access import progress
from ingest.errors import Refused
from ingest.imports.sheet import Faults, read_content
from ingest.nip import NipFault, read_nip
from ingest.siasn import columns, pulling
from ingest.siasn.faults import NotNow, SiasnFault
from ingest.siasn.settings import Access
from ingest.store import people, person_kinds
from ingest.store import siasn as store
from ingest.store.database import reading
from ingest.store.siasn import Pull

NIPS = click.option("--nip", "nips", multiple=True, help="Only of this person (may be repeated).")
_EVERY = 100


@click.command("pull")
@NIPS
@click.option("--file", type=FILE, help="NIPs of the people to ask about, one a line.")
@click.option("--office", help="Who serves in this office today.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(columns.PERSON),
    help="Only these rows of people (may be repeated).",
)  # fmt: skip
@click.option("--units/--no-units", default=True, help="The list of units, too.")
@click.option("--failed", is_flag=True, help="What the last reading could not read.")
@click.option("--anew", is_flag=True, help="Give a reading up that was cut off, and begin another.")
@by(required=False)
@pass_centre
def pull_people(
    centre: Centre,
    nips: tuple[str, ...],
    file: Path | None,
    office: str | None,
    kinds: tuple[str, ...],
    units: bool,
    failed: bool,
    anew: bool,
    who: str | None,
) -> None:
    """Read people and units from BKN, to be compared.

    Nothing here changes by it. A reading that was cut off goes on; else it is of everybody who
    serves today.

    \b
    Example:
        hadir-ingest siasn pull --office 4.01.01
    """
    access = siasn_access.require_access(centre)
    kept = columns.load(access.columns)
    if sum(map(bool, (nips, file, office, failed))) > 1:
        raise click.UsageError("give one of --nip, --file, --office and --failed")
    chosen = bool(nips or file or office or failed or kinds)
    with centre.writing() as connection:
        pull = store.find_open(connection)
        if pull is not None and anew:
            store.end(connection, pull.id, store.DROPPED, centre.now())
            pull = None
        if pull is not None and (chosen or pull.mode != access.mode):
            raise Refused(
                f"reading {pull.id} ({pull.mode}) was cut off: go on by siasn pull alone, or give "
                "it up by --anew"
            )
        if pull is None:
            questions: Iterable[pulling.Question] = (
                _failed(connection)
                if failed
                else pulling.questions(
                    _asked(centre, connection, nips, file, office),
                    units=units,
                    kinds=kinds or columns.PERSON,
                    contracts=_contracts(centre, connection),
                )
            )
            pull = store.begin(
                connection, questions, mode=access.mode, who=scope.current().acting.account.text,
                now=centre.now(), today=centre.today(),
            )  # fmt: skip
        waiting = store.count_tasks(connection, pull.id).get(store.WAITING, 0)
        note(centre, connection, "siasn.pull", who=who, subject=f"reading {pull.id}",
             mode=pull.mode, questions=waiting)  # fmt: skip
    _read(centre, access, pull, kept, waiting)


def _read(centre: Centre, access: Access, pull: Pull, kept: columns.Columns, waiting: int) -> None:
    done = 0

    def tell(_: object) -> None:
        nonlocal done
        if done and done % _EVERY == 0:
            click.echo(f"{done} of {waiting}", err=True)
        done += 1

    with closing(siasn_access.open_client(centre, access)) as client:
        puller = pulling.Puller(centre.engine, client, kept, access.page, centre.now, centre.today)
        try:
            pulling.run(puller, pull, tell)
        except SiasnFault as error:
            left = f"{error}; what was read is kept: give siasn pull again to go on"
            raise (NotNow if isinstance(error, NotNow) else SiasnFault)(left) from error
    with reading(centre.engine) as connection:
        faults = store.find_faults(connection, pull.id)
        click.echo(progress(connection, pull_now(connection, pull)))
    for kind, nip, fault in faults:
        click.echo(f"not read: {nip or 'units'}, {kind}: {fault}", err=True)
    if faults:
        raise SiasnFault(
            f"{len(faults)} questions were not answered; siasn pull --failed asks again"
        )


def pull_now(connection: Connection, pull: Pull) -> Pull:
    """Return a reading as it stands by now."""
    last = store.find_last(connection)
    return last if last is not None and last.id == pull.id else pull


def _failed(connection: Connection) -> list[pulling.Question]:
    last = store.find_last(connection)
    faults = [] if last is None else store.find_faults(connection, last.id)
    if not faults:
        raise Refused("the last reading left nothing out")
    return [(kind, nip, 0 if nip is None else None) for kind, nip, _ in faults]


def _asked(
    centre: Centre, connection: Connection, nips: Sequence[str], file: Path | None,
    office: str | None,
) -> list[str]:  # fmt: skip
    if nips or file is not None:
        lines = list(nips) if file is None else read_content(file).decode("utf-8-sig").split("\n")
        return read_nips(lines, "--nip" if file is None else str(file))
    code = asked_office(connection, office)
    serving = people.find_assignments(connection, office=code, on=centre.today())
    return sorted({one.nip for one in serving})


def read_nips(lines: Sequence[str], name: str) -> list[str]:
    """Return the NIPs of lines that are not blank. Raises ImportFaults with each faulty line."""
    faults, found = Faults(name), []
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                found.append(read_nip(text).digits)
            except NipFault as error:
                faults.add(number, str(error))
    faults.raise_if_any()
    return list(dict.fromkeys(found))


def _contracts(centre: Centre, connection: Connection) -> "_OfPppk":
    kinds = {nip: one.kind for nip, one in people.find_people(connection).items()}
    return _OfPppk(kinds | person_kinds.find_on(connection, centre.today()))


class _OfPppk:
    """Whether somebody has a contract, which PPPK have; of who is not known here it is asked."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self._kinds = kinds

    def __call__(self, nip: str) -> bool:
        return self._kinds.get(nip, "PPPK").startswith("PPPK")
