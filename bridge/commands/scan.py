"""`hadir-bridge scan`: which terminals are on the network, as sections to paste."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

import click

from bridge.office import Failed, Office

if TYPE_CHECKING:
    from bridge.scan import Find


def _networks(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[IPv4Network, ...]:
    from bridge.interfaces import too_wide

    found = []
    for text in texts:
        try:
            network = IPv4Network(text, strict=False)
        except ValueError as error:
            raise click.BadParameter(
                f"{text!r} is no network, write it like 192.168.1.0/24"
            ) from error
        if fault := too_wide(network):
            raise click.BadParameter(fault)
        found.append(network)
    return tuple(found)


@click.command()
@click.argument("networks", metavar="[CIDR]...", nargs=-1, callback=_networks)
@click.option("--port", type=click.IntRange(1, 65_535), help="Of ZK terminals, if not 4370.")
@click.option(
    "--timeout-s",
    type=click.FloatRange(0.2, 30),
    default=2.0,
    show_default=True,
    help="How long a host may take to answer.",
)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_obj
def scan(
    office: Office,
    networks: tuple[IPv4Network, ...],
    port: int | None,
    timeout_s: float,
    as_json: bool,
) -> None:
    """Find the terminals on the network; print a section for each.

    Without CIDR, the networks of this computer are searched. Terminals are asked who they are and
    nothing else; those in the configuration are left alone.

    \b
    Example:
        hadir-bridge scan 192.168.1.0/24
    """
    from bridge import progress, render
    from bridge.interfaces import interfaces
    from bridge.interfaces import networks as own
    from bridge.scan import hosts_of, resolved, search
    from drivers.registry import KNOCKS

    names = _configured(office)
    chosen = list(networks)
    if not chosen:
        chosen, left_out = own(interfaces())
        for told in left_out:
            click.echo(told, err=True)
        if not chosen:
            raise Failed("no network to search; name one, like 192.168.1.0/24")
    knocks = [replace(one, port=port) if port and one.port == 4370 else one for one in KNOCKS]
    where = ", ".join(map(str, chosen))
    hosts = hosts_of(chosen)
    with progress.bar(where, "hosts") as bar:
        finds = list(search(hosts, knocks, known=resolved(names), bar=bar, timeout_s=timeout_s))
    if as_json:
        render.lines(_plain(find) for find in finds)
    else:
        for line in sections(finds, set(names.values())):
            render.line(line)
    for told in _twins(finds):
        click.echo(told, err=True)
    if not finds:
        raise Failed(
            f"no terminal answers in {where}; is it on, on this network, and not in cloud mode?"
        )
    click.echo(f"found: {len(finds)} among {len(hosts)} addresses", err=True)


def sections(finds: list["Find"], taken: set[str]) -> Iterator[str]:
    """Yield lines of TOML: a section for each new terminal, a remark for the others."""
    for find in finds:
        if find.knock is None:
            yield f"# {find.host}: {find.remark}"
            yield ""
            continue
        yield f"# {_told(find)}"
        if find.remark:
            yield f"# {_safe(find.remark)}"
        yield "[[terminal]]"
        for key, value in _section(find, taken).items():
            yield f"{key} = {json.dumps(value)}"
        yield ""


def _section(find: "Find", taken: set[str]) -> dict[str, Any]:
    knock, info = find.knock, find.info
    if knock is None:
        raise ValueError("a terminal that was not visited has no section")
    name = wished = f"terminal-{find.host.rpartition('.')[2]}"
    number = 1
    while name in taken:
        number += 1
        name = f"{wished}-{number}"
    taken.add(name)
    options = knock.options(find.host, 10.0)
    told: dict[str, Any] = {"name": name, "driver": knock.driver}
    if info:
        told["serial"] = info.serial
    for key in ("host", "port", "transport"):
        if hasattr(options, key):
            told[key] = getattr(options, key)
    return told


def _told(find: "Find") -> str:
    info = find.info
    if info is None:
        return f"{find.host}: a terminal that did not say who it is"
    parts = [info.model or "terminal", f"serial {info.serial}"]
    if info.firmware:
        parts.append(f"firmware {info.firmware}")
    if info.records is not None:
        of = f" of {info.capacity}" if info.capacity else ""
        parts.append(f"records {info.records}{of}")
    if info.users is not None:
        parts.append(f"users {info.users}")
    return _safe(f"{find.host}: {', '.join(parts)}")


def _safe(text: str) -> str:
    from bridge import render

    return render.plain(text)


def _plain(find: "Find") -> dict[str, Any]:
    told: dict[str, Any] = {"host": find.host, "remark": find.remark}
    if find.knock:
        told |= {key: getattr(find.knock, key) for key in ("driver", "transport", "port")}
    if find.info:
        told |= {**asdict(find.info), "can": sorted(find.info.can)}
    return told


def _twins(finds: list["Find"]) -> Iterator[str]:
    """Name terminals that tell the same serial number: nobody could say whose punches are whose."""
    hosts: dict[str, list[str]] = {}
    for find in finds:
        if find.info:
            hosts.setdefault(find.info.serial, []).append(find.host)
    for serial, several in hosts.items():
        if len(several) > 1:
            yield f"{', '.join(several)} tell the same serial number {serial}"


def _configured(office: Office) -> dict[str, str]:
    """Return the hosts of the configuration, with their names; nothing where there is none yet."""
    from bridge.config import ConfigError

    if not office.path.exists():
        return {}
    try:
        loaded = office.config()
    except ConfigError as error:
        click.echo(f"{str(error).splitlines()[0]} (so what it configures is not known)", err=True)
        return {}
    hosts = ((getattr(one.options, "host", ""), one.name) for one in loaded.terminals)
    return {host: name for host, name in hosts if host}
