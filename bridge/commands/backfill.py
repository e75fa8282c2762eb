"""`hadir-bridge backfill`: one terminal's whole log handed in again."""

from datetime import datetime

import click

from bridge.office import Office


@click.command()
@click.argument("terminal")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Begin at the first record dated this day or later.",
)
@click.pass_obj
def backfill(office: Office, terminal: str, since: datetime | None) -> None:
    """Hand the whole log of one terminal in again.

    Nothing is doubled: a punch that is known is recognised. Works while the bridge runs, which
    then sends what waits; without it, `hadir-bridge once` does.

    \b
    Example:
        hadir-bridge backfill front-door --since 2026-11-01
    """
    import time

    from bridge import locks, progress, render, statedir
    from bridge.backfill import fill
    from bridge.clock import measure
    from bridge.intake import CHUNK, Intake, Reading
    from bridge.normalise import Read
    from bridge.outbox import Outbox

    loaded = office.config()
    chosen = loaded.terminal(terminal)
    place = statedir.prepare(loaded.state_dir)
    with Outbox(place, max_waiting=loaded.bridge.max_waiting) as outbox:
        session = locks.session(loaded.state_dir, chosen.name, "backfill")
        with session, progress.reading(chosen.name), chosen.open() as opened:
            info, offset_s = opened.info(), measure(opened, loaded.zone, time.time)
            read_at = int(time.time())
            log = opened.read()
        reading = Reading(chosen.name, chosen.driver, log, read_at, offset_s, info)
        read = Read(log.serial, loaded.zone, "poll", read_at, None, offset_s)
        intake = Intake(outbox, zone=loaded.zone, clock_limit_s=loaded.bridge.clock_limit_s)
        with progress.bar(chosen.name, "records") as bar:
            steps = progress.Steps(bar, CHUNK, len(log))
            filled = fill(
                outbox, intake, reading, read, since=since and since.date(), progress=steps
            )
    new = filled.taken.new + filled.missing
    render.line(
        f"{chosen.name}: records {len(log)}, handed in again {filled.handed}, new {new}, "
        f"sent once more {filled.again}"
    )
    if filled.missing:
        days = loaded.bridge.keep_days
        render.line(
            f"{chosen.name}: {filled.missing} of the new ones lie before the last read: they were "
            f"settled over {days} days ago and forgotten here, or missed until now"
        )
    for event in filled.taken.events:
        render.line(f"{chosen.name}: {event.kind}: {event.detail}")
