"""Mail by SMTP. What a server took it answers for; whether somebody reads it, nobody tells.

The Message-ID is made of our reference, so that two copies of one message are seen to be one.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ingest import mail
from ingest.checkpointing import MailServer
from ingest.notify import verdicts
from ingest.notify.base import (
    Fault,
    Kind,
    Message,
    Sent,
)
from ingest.notify.channels.untold import Untold
from ingest.notify.options import Named, Text
from ingest.secrets import SecretUnfit, read_secret


class Mail(Untold):
    """One mail server."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        host: Named
        sender: Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,255}$")]
        port: Annotated[int, Field(strict=True, ge=1, le=65_535)] = 587
        security: Literal["starttls", "tls", "none"] = "starttls"
        user: Text = ""
        password_file: Text = ""

        def __post_init__(self) -> None:
            if bool(self.user) != bool(self.password_file):
                raise ValueError("user and password_file go together, or neither")

    kind = Kind.MAIL

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        secret = Path(options.password_file) if options.password_file else None
        self._server = MailServer(
            options.host, options.port, options.security, options.user, secret, options.sender
        )

    def send(self, message: Message, *, now: datetime) -> Sent:
        """Hand over one mail."""
        made = self._made(message, now)
        try:
            if self._server.password_file is not None:
                read_secret(self._server.password_file)
            mail.send(self._server, made)
        except SecretUnfit as unfit:
            return verdicts.refused(Fault.ACCOUNT, f"{self.name}: {unfit}")
        except mail.MailFault as fault:
            return self._refused(fault)
        return Sent(accepted=True, provider_id=str(made["Message-ID"]))

    def _refused(self, fault: mail.MailFault) -> Sent:
        """Judge by what the server said; silence after the mail was begun leaves it unknown."""
        match fault.__cause__:
            case smtplib.SMTPAuthenticationError():
                return verdicts.refused(Fault.ACCOUNT, f"{self.name}: the server refuses our login")
            case smtplib.SMTPRecipientsRefused(recipients=told):
                ((code, _),) = told.values()
                kind = Fault.ADDRESS if code >= 500 else Fault.LATER
                return verdicts.refused(
                    kind, f"{self.name}: the server refuses the address ({code})"
                )
            case smtplib.SMTPResponseException(smtp_code=code):
                kind = Fault.CONTENT if code >= 500 else Fault.LATER
                return verdicts.refused(kind, f"{self.name}: the server answers {code}")
        if fault.begun:
            return verdicts.unknown(self.name, "server hung up or fell silent")
        return verdicts.refused(Fault.LATER, f"{self.name}: the server cannot be spoken to")

    def _made(self, message: Message, now: datetime) -> EmailMessage:
        found = EmailMessage()
        found["From"], found["To"] = self._server.sender, message.to
        found["Subject"] = " ".join(message.subject.split())
        found["Date"] = format_datetime(now)
        domain = self._server.sender.rpartition("@")[2]
        found["Message-ID"] = f"<{message.reference}@{domain}>"
        found["Auto-Submitted"] = "auto-generated"
        found.set_content(message.text)
        return found
