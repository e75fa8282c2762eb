"""A process that approves a step, to be killed while its letter is made.

Arguments: configuration, time, event, and the moment at which it stops until a line comes in:
`pages` (the number is taken), `written` (all but the commit) or `never`.
"""

import sys
from datetime import datetime
from typing import Any

from lettered import fake_pages

from ingest.casework import issuing
from ingest.cli import cli


def wait() -> None:
    sys.stdout.write("stopped\n")
    sys.stdout.flush()
    sys.stdin.readline()


def main(config: str, now: str, event: str, moment: str) -> None:
    at = datetime.fromisoformat(now)
    real_desk, real_keep = issuing.desk_of, issuing.keep

    def typeset(text: Any) -> Any:
        if moment == "pages":
            wait()
        return fake_pages(text)

    def desk_of(press: Any) -> Any:
        desk = real_desk(press)
        assert desk is not None
        return issuing.Desk(desk.settings, typeset, desk.verify, desk.electronic_footer)

    def keep(*args: Any, **options: Any) -> Any:
        kept = real_keep(*args, **options)
        if moment == "written":
            wait()
        return kept

    issuing.desk_of, issuing.keep = desk_of, keep  # type: ignore[assignment]
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    cli(["--config", config, "cases", "approve", "1", event, "--why", "sesuai"], obj=lambda: at)


if __name__ == "__main__":
    main(*sys.argv[1:])
