"""`hadir-bridge terminals clear`: a full log is emptied, by a person."""

import click

from bridge.office import Office


@click.command()
@click.argument("terminal")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def clear(office: Office, terminal: str, yes: bool) -> None:
    """Empty the log of one terminal, once the centre has all of it.

    Refuses while the centre lacks one, and saves the raw log in the state directory first. People
    cannot punch while it is done, and the day is not judged for absence: do it on a free day.

    \b
    Example:
        hadir-bridge terminals clear front-door
    """
    import time

    from bridge import locks, progress, render, statedir
    from bridge.assembly import assemble
    from bridge.clearing import Clearing
    from bridge.clock import measure
    from bridge.intake import Intake, Reading
    from bridge.normalise import Read
    from bridge.outbox import Outbox

    loaded = office.config()
    chosen = loaded.terminal(terminal)
    place = statedir.prepare(loaded.state_dir)
    limit_s = loaded.bridge.clock_limit_s
    parts = assemble(loaded, Outbox(place, max_waiting=loaded.bridge.max_waiting), "clear")
    try:
        clearing = Clearing(
            chosen.name,
            outbox=parts.outbox,
            intake=Intake(parts.outbox, zone=loaded.zone, clock_limit_s=limit_s),
            sender=parts.forwarder,
            state_dir=loaded.state_dir,
            clock=time.time,
        )
        session = locks.session(loaded.state_dir, chosen.name, "terminals clear")
        with session, progress.reading(chosen.name), chosen.open() as opened:
            info, offset_s = opened.info(), measure(opened, loaded.zone, time.time)
            read_at = int(time.time())
            log = opened.read()
        clearing.check(info, log)
        click.echo(f"{chosen.name}: sending its {len(log)} records to the centre", err=True)
        ready = clearing.prepare(
            Reading(chosen.name, chosen.driver, log, read_at, offset_s, info),
            Read(log.serial, loaded.zone, "poll", read_at, None, offset_s),
            info,
        )
        click.echo(f"{chosen.name}: the centre has them all; saved as {ready.file}", err=True)
        if not yes:
            click.confirm(
                f"clear the {len(log)} records of {chosen.name}, serial {log.serial}?",
                abort=True,
                err=True,
            )
        session = locks.session(loaded.state_dir, chosen.name, "terminals clear")
        with session, progress.reading(chosen.name), chosen.open() as opened:
            event = clearing.clear(opened, ready)
    finally:
        parts.close()
    render.line(f"{chosen.name}: {event.kind}: {event.detail}")
    render.line(
        f"{chosen.name}: its coverage begins anew at {render.moment(event.at, loaded.zone)}"
    )
