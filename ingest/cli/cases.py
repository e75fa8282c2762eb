"""Cases: what is done about an absence, step by step, by whom and on what facts."""

from collections.abc import Sequence
from pathlib import Path

import click

from ingest.casework import Dossier, telling
from ingest.casework.dossier import NotAtRest
from ingest.cli import case_requests, scope, verdicts
from ingest.cli.acting import trusted_root
from ingest.cli.case_acting import (
    CASE,
    find_own,
    keeping,
)
from ingest.cli.case_decide import accept, approve, clarify, propose, reject, withdraw
from ingest.cli.case_record import record
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.people import asked_office
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.discipline.cases import (
    PHASE_TEXT,
    NotAllowed,
    Phase,
    Rules,
    Running,
    running,
    sentence,
    to_json,
)
from ingest.errors import NotKnown
from ingest.store import case_events, case_files, sealed
from ingest.store import cases as store
from ingest.store.case_checks import case_faults, chain_faults
from ingest.store.partitions import MonthAway
from ingest.store.serving import office_on
from ingest.store.tables_cases import case_events as table


@click.group()
def cases() -> None:
    """What is done about absences, by whom, on what facts.

    What is told is an indication or a proposal, never a sanction.
    """


for _one in (record, clarify, accept, approve, reject, withdraw, propose):
    cases.add_command(_one)


@cases.command("list")
@click.option("--office", help="Only of this office.")
@click.option("--nip", help="Only of this person.")
@click.option("--state", type=click.Choice([str(one) for one in Phase]), help="Only these.")
@click.option("--ended", is_flag=True, help="Also those that were closed or withdrawn.")
@as_json
@pass_centre
def list_cases(
    centre: Centre,
    office: str | None,
    nip: str | None,
    state: str | None,
    ended: bool,
    as_json: bool,
) -> None:
    """List the cases that may go on.

    \b
    Example:
        hadir-ingest cases list --office 4.01.01
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        digits = None if nip is None else known_nip(connection, nip)
        ended = ended or state in (Phase.CLOSED, Phase.WITHDRAWN)
        found = store.find(connection, office=office, nip=digits, state=state, ended=ended)
        subject = f"nip {digits}" if digits else scope.of_office(office)
        scope.tell_read(centre, subject, [one.nip for one in found])
    rows = [
        {
            "number": one.number,
            "nip": one.nip,
            "name": one.name,
            "office": one.office,
            "opened_on": one.opened_on,
            "state": one.state,
            "told": PHASE_TEXT[Phase(one.state)],
            "changed_at": one.changed_at,
        }
        for one in found
    ]
    columns = ("number", "nip", "name", "office", "opened_on", "state", "told")
    show(rows, columns, as_json=as_json)


@cases.command("show")
@CASE
@as_json
@pass_centre
def show_case(centre: Centre, number: int, as_json: bool) -> None:
    """Show where a case stands, its clocks, and what waits.

    \b
    Example:
        hadir-ingest cases show 3
    """
    with centre.reading() as connection:
        case = find_own(connection, number)
        dossier = Dossier(connection, keeping(centre), case.person_id, look=True)
        clocks = _clocks(dossier, centre, number)
        notices = case_events.find_notices(connection, number)
        papers = case_files.find(connection, number)
        home = office_on(connection, case.person_id, centre.today())
        requests = case_requests.lines(connection, dossier.states[number])
        scope.tell_read(centre, f"nip {case.nip}", 1, case=number)
    state, events = dossier.states[number], dossier.events[number]
    if as_json:
        click.echo(
            dump(
                {
                    "number": number,
                    "nip": case.nip,
                    "office": case.office,
                    "serves_in": home,
                    "state": state.phase.value,
                    "opened_on": state.opened_on,
                    "days": state.days,
                    "clocks": [] if isinstance(clocks, str) else [*map(telling.plain, clocks)],
                    "waiting": telling.waiting(state, notices),
                    "events": [{"at": one.at, **to_json(one.event)} for one in events],
                    "papers": [one._asdict() for one in papers],
                    "notices": [one._asdict() for one in notices],
                    "requests": requests,
                }
            )
        )
        return
    lines = [*telling.head(case, state, home), "Peristiwa:"]
    lines += [f"  {one.number}. {sentence(one.event)}" for one in events]
    lines += ["Tenggat:", *(f"  - {one}" for one in telling.clock_lines(clocks))]
    lines += ["Menunggu:", *(f"  - {one}" for one in telling.waiting(state, notices))]
    lines += requests
    lines += [f"Berkas: {one.sha256[:12]} {one.name} ({one.size} bytes)" for one in papers]
    _tell(lines)


@cases.command("explain")
@CASE
@pass_centre
def explain_case(centre: Centre, number: int) -> None:
    """Tell a case in Indonesian, from its first day on.

    \b
    Example:
        hadir-ingest cases explain 3
    """
    with centre.reading() as connection:
        case = find_own(connection, number)
        dossier = Dossier(connection, keeping(centre), case.person_id, look=True)
        clocks = _clocks(dossier, centre, number)
        notices = case_events.find_notices(connection, number)
        home = office_on(connection, case.person_id, centre.today())
        requests = case_requests.lines(connection, dossier.states[number])
        scope.tell_read(centre, f"nip {case.nip}", 1, case=number)
    events = [one.event for one in dossier.events[number]]
    state, rules = dossier.states[number], _rules(dossier, number)
    _tell([*telling.explain(case, state, events, rules, clocks, notices, home), *requests])


@cases.command("paper")
@CASE
@click.argument("sha256")
@click.option("--to", "path", type=click.Path(path_type=Path), required=True, help="A new file.")
@pass_centre
def fetch_paper(centre: Centre, number: int, sha256: str, path: Path) -> None:
    """Write a paper of a case into a file, as it was handed in.

    \b
    Example:
        hadir-ingest cases paper 3 9f86d081884c --to surat.pdf
    """
    with centre.reading() as connection:
        case = find_own(connection, number)
        content = case_files.fetch(connection, number, sha256)
        scope.tell_read(centre, f"nip {case.nip}", 1, case=number, sha256=sha256)
    with path.open("xb") as file:
        file.write(content)
    click.echo(f"{len(content)} bytes written to {path}")


@cases.command("verify")
@pass_centre
def verify_cases(centre: Centre) -> None:
    """Tell whether cases are what their history says.

    \b
    Example:
        hadir-ingest cases verify
    """
    with centre.reading() as connection:
        found = [f"case event {one.number} {one.what}" for one in chain_faults(connection)]
        found += [
            f"case {one.number} {one.what}" for one in case_faults(connection, trusted_root(centre))
        ]
        head = sealed.head(connection, table)
    _tell(found)
    if found:
        click.get_current_context().exit(1)
    verdicts.tell("case event", (), head)


def _clocks(dossier: Dossier, centre: Centre, number: int) -> Sequence[Running] | str:
    """Return the clocks of a case, or why they are not known now."""
    if number not in dossier.states:
        raise NotKnown(f"case {number} has no event; run hadir-ingest cases verify")
    try:
        now, rules = dossier.situation(number), dossier.rules(number)
    except NotAtRest:
        return "belum dapat dihitung: ada hari yang menunggu dinilai ulang"
    except (NotAllowed, MonthAway) as error:
        return f"tidak dapat dihitung: {error}"
    return running(dossier.states[number], now, rules, centre.today())


def _rules(dossier: Dossier, number: int) -> Rules | None:
    try:
        return dossier.rules(number)
    except NotAllowed:
        return None


def _tell(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)
