"""`hadir-bridge terminals`: which terminals there are, and which of those that call may."""

from ipaddress import ip_network
from typing import Any

import click

from bridge.commands.clear import clear
from bridge.office import Office, existing_outbox


@click.group()
def terminals() -> None:
    """List terminals, decide about those that call, clear a full log.

    \b
    Example:
        hadir-bridge terminals list
    """


terminals.add_command(clear)


@terminals.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line; moments are UTC.")
@click.pass_obj
def list_(office: Office, as_json: bool) -> None:
    """List the terminals of the configuration, and those that called.

    \b
    Example:
        hadir-bridge terminals list
    """
    from bridge import render
    from bridge.status import roll

    loaded = office.config()
    with existing_outbox(loaded) as outbox:
        rows = roll(loaded, outbox)
    if as_json:
        render.lines({**row, "last_at": render.utc(row["last_at"])} for row in rows)
        return
    render.table(
        ("SERIAL", "NAME", "DRIVER", "STATE", "FROM", "LAST CALL", "TELLS"),
        [
            (
                row["serial"],
                row["name"],
                row["driver"],
                row["state"],
                row["peer"],
                render.moment(row["last_at"], loaded.zone),
                row["told"],
            )
            for row in rows
        ],
    )


def _source(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        ip_network(value, strict=False)
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is no address and no network, write it like 192.168.1.0/24"
        ) from error
    return value


@terminals.command()
@click.argument("serial")
@click.option("--name", help="How to call it; its serial number where none is given.")
@click.option("--source", callback=_source, help="Address or network it may call from; else any.")
@click.pass_obj
def approve(office: Office, serial: str, name: str | None, source: str | None) -> None:
    """Take punches from a terminal that calls, by its serial number.

    Compare the serial number with the one in the terminal's own menu first. It may be approved
    before it has called.

    \b
    Example:
        hadir-bridge terminals approve CEZU202360241 --name hall --source 192.168.1.203
    """
    from bridge.terminals import NAME
    from drivers.registry import RECEIVERS

    loaded = office.config()
    chosen = name or serial
    if not NAME.fullmatch(chosen):
        raise click.BadParameter(
            f"{chosen!r} may hold only letters, digits, dot, dash and underscore; give --name",
            param_hint="--name",
        )
    _ours_to_decide(loaded, serial, chosen)
    with existing_outbox(loaded) as outbox:
        known = outbox.callers.find(serial)
        driver = known.driver if known else next(iter(RECEIVERS))
        outbox.callers.admit(serial, driver, chosen, source)
    click.echo(f"{serial} is approved as {chosen}; its punches are taken from its next call on")
    if loaded.listener is None:
        click.echo("the configuration has no [listener], so nobody can call yet", err=True)


@terminals.command()
@click.argument("serial")
@click.pass_obj
def reject(office: Office, serial: str) -> None:
    """Take nothing from a terminal that calls, until it is approved.

    What it handed in before stays.

    \b
    Example:
        hadir-bridge terminals reject CEZU202360241
    """
    loaded = office.config()
    _ours_to_decide(loaded, serial, None)
    with existing_outbox(loaded) as outbox:
        outbox.callers.reject(serial)
    click.echo(f"{serial} is rejected; its calls are turned away")


def _ours_to_decide(loaded: Any, serial: str, name: str | None) -> None:
    """Refuse what the configuration decides."""
    from bridge.callers import NameTaken

    for terminal in loaded.terminals:
        if terminal.calls and terminal.serial == serial:
            raise NameTaken(
                f"{serial} has a section in {loaded.path}, which decides about it; change it there"
            )
        if terminal.name == name:
            raise NameTaken(f"{name} is a terminal of {loaded.path} already; give another --name")
