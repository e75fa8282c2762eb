"""`hadir-bridge capture`: one session with a terminal, kept for an engineer."""

from pathlib import Path

import click

from bridge.office import Office


@click.command()
@click.argument("terminal")
@click.option(
    "--seconds",
    type=click.FloatRange(1, 3_600),
    default=60.0,
    show_default=True,
    help="How long at most.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write; it may not exist yet.",
)
@click.pass_obj
def capture(office: Office, terminal: str, seconds: float, out: Path) -> None:
    """Read one terminal and keep what passes both ways in a file.

    For terminals that hadir does not understand: send us the file, whatever the reading came to.
    No key is in it, and no name or password of the people enrolled; user ids and times are.

    \b
    Example:
        hadir-bridge capture warehouse --seconds 60 --out warehouse.hex
    """
    import os
    from datetime import UTC, datetime
    from importlib.metadata import version

    from bridge import hexfile, locks, progress
    from drivers.errors import DriverError, NotSupported
    from drivers.tap import Tap

    loaded = office.config()
    chosen = loaded.terminal(terminal)
    info, fault = None, None
    with locks.visit(loaded.state_dir, chosen.name):
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii", errors="backslashreplace") as file:
            at, tap = datetime.now(UTC), Tap(seconds)
            try:
                with tap.on(), progress.reading(chosen.name), chosen.open() as opened:
                    info = opened.info()
                    outcome = f"read {len(opened.read())} records"
            except DriverError as error:
                outcome, fault = str(error), error
            heading = hexfile.head(chosen, info, outcome, version("hadir"), at)
            for line in hexfile.lines(heading, tap.bursts):
                file.write(f"{line}\n")
    if not tap.bursts:
        out.unlink()
        raise fault or NotSupported(
            f'{chosen.name}: driver "{chosen.driver}" cannot be listened to; '
            "capture it with the driver of the same terminals that is our own"
        )
    passed = sum(len(burst.data) for burst in tap.bursts)
    click.echo(f"{chosen.name}: {outcome}", err=True)
    click.echo(f"{out}: {len(tap.bursts)} bursts, {passed} bytes; send it to us", err=True)
