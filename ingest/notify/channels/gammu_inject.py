"""SMS by a GSM modem of one's own, handed to Gammu SMSD by its command `gammu-smsd-inject`.

For daemons that keep files, or a database we may not enter. The command says whether the daemon has
the message, and nothing more is ever told: where there is a database, `gammu` proves more.
"""

import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from ingest.notify import sms, verdicts
from ingest.notify.base import (
    Fault,
    Kind,
    Message,
    Sent,
)
from ingest.notify.channels.untold import Untold
from ingest.notify.options import Named, Seconds

_WRITTEN = re.compile(rb"with ID ([A-Za-z0-9_.-]{1,100})")


class GammuInject(Untold):
    """One daemon, by its command."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        settings: Named = "/etc/gammu-smsdrc"
        command: Named = "gammu-smsd-inject"
        timeout_s: Seconds = 30.0

    kind = Kind.SMS

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self._options = options

    def send(self, message: Message, *, now: datetime) -> Sent:  # noqa: ARG002
        """Hand over one text, by stdin: arguments are seen by everybody on the machine."""
        text = sms.plain(message.text)
        if len(sms.parts(text)) > sms.MOST_PARTS:
            return verdicts.refused(Fault.CONTENT, f"{self.name}: the text is too long for an SMS")
        told = self._options
        words = [told.command, "-c", told.settings, "TEXT", f"+{message.to}", "-len"]
        try:
            done = subprocess.run(
                [*words, str(len(text)), "-report"],
                input=text.encode(), capture_output=True, timeout=told.timeout_s, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return verdicts.unknown(self.name, "command does not end")
        except OSError as error:
            return verdicts.refused(
                Fault.ACCOUNT, f"{self.name}: {told.command} cannot be run ({error.strerror})"
            )
        if done.returncode != 0:
            return verdicts.unknown(self.name, f"command ends with {done.returncode}")
        found = _WRITTEN.search(done.stdout)
        return Sent(accepted=True, provider_id=found[1].decode() if found else None)
