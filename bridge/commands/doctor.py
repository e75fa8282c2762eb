"""`hadir-bridge doctor`: one report of everything, and what to do about it."""

import click

from bridge.office import Failed, Office


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_obj
def doctor(office: Office, as_json: bool) -> None:
    """Say what is wrong with terminals, centre and this computer.

    Each fault with what to do about it. Fails where there is one; warnings alone are no failure.
    Works while the bridge runs.

    \b
    Example:
        hadir-bridge doctor
    """
    from dataclasses import asdict

    from bridge import render
    from bridge.doctor import examine
    from bridge.findings import State

    found = list(examine(office.config()))
    if as_json:
        render.lines(asdict(one) for one in found)
    else:
        render.table(
            ("ABOUT", "CHECK", "STATE", "FOUND", "WHAT TO DO"),
            [(one.about, one.what, one.state, one.found, one.do) for one in found],
        )
    faults = sum(one.state is State.FAULT for one in found)
    warnings = sum(one.state is State.WARNING for one in found)
    if faults:
        raise Failed(f"faults: {faults}, warnings: {warnings}")
    click.echo(f"no fault, warnings: {warnings}", err=True)
