"""Sends one page by mail. Whoever calls tries again; nothing is kept here."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from ingest.checkpointing import MailServer
from ingest.errors import IngestError

TIMEOUT_S = 30.0


class MailFault(IngestError):
    """A mail that was not taken; the text says why, without a password.

    `begun`: the talk broke off when the mail was under way, so it may have been taken after all.
    """

    def __init__(self, text: str, *, begun: bool = False) -> None:
        super().__init__(text)
        self.begun = begun


def message(
    server: MailServer, to: str, *, subject: str, page: str, file: str, now: datetime
) -> EmailMessage:
    """Return a mail whose text is the page, and which carries it as a file, too.

    A mail program may break the lines of a text anew; the file stays as it is.
    """
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = server.sender, to, subject
    found["Date"] = format_datetime(now)
    found["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(page)
    found.add_attachment(page, subtype="plain", filename=file)
    return found


def send(server: MailServer, mail: EmailMessage, *, context: ssl.SSLContext | None = None) -> None:
    """Hand a mail to the server, which answers for it from then on. Raises MailFault."""
    begun = False
    try:
        with _connected(server, context or ssl.create_default_context()) as connection:
            if server.user:
                connection.login(server.user, server.password())
            begun = True
            connection.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:
        raise MailFault(f"{_of(server)} refuses the user {server.user} or the password") from error
    except smtplib.SMTPRecipientsRefused as error:
        ((_, why),) = error.recipients.values()
        raise MailFault(f"{_of(server)} refuses the address: {_plain(why)}") from error
    except smtplib.SMTPResponseException as error:
        raise MailFault(
            f"{_of(server)} answers {error.smtp_code}: {_plain(error.smtp_error)}"
        ) from error
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise MailFault(f"{_of(server)} cannot be spoken to ({error})", begun=begun) from error


@contextmanager
def _connected(server: MailServer, context: ssl.SSLContext) -> Iterator[smtplib.SMTP]:
    if server.security == "tls":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT_S, context=context
        )
    else:
        opened = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    with opened as connection:
        if server.security == "starttls":
            connection.starttls(context=context)
        yield connection


def _of(server: MailServer) -> str:
    return f"the mail server {server.host}:{server.port}"


def _plain(told: bytes | str) -> str:
    text = told.decode(errors="replace") if isinstance(told, bytes) else told
    return " ".join(text.split())[:200]
