"""The centre's own TLS: its certificate and key are looked through, served, and followed.

Whoever renews a certificate replaces two files and tells nobody. So the files are looked at again
and again; a new pair that is sound serves every connection made from then on, those that stand
keep theirs, and a pair that is not sound (a renewal seen halfway, a wrong key) changes nothing.
"""

import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from ingest.errors import TlsError
from ingest.listening import TlsFiles

log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
SOON = timedelta(days=14)
"""How long before its end a certificate is told of: what renews by itself does so at thirty."""
_MAX_FILE = 1 << 20

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a bridge will look at."""

    names: tuple[str, ...]
    """Hosts and addresses it is for."""
    ends_at: datetime

    @property
    def text(self) -> str:
        return f"the certificate for {', '.join(self.names)}"


def examine(files: TlsFiles, now: datetime) -> Certificate:
    """Look through a certificate and its key. Raises TlsError: what, which file, what to do."""
    chain_pem, key_pem = _read(files.certificate, "cert"), _read(files.key, "key")
    try:
        leaf = x509.load_pem_x509_certificates(chain_pem)[0]
    except ValueError as error:
        raise TlsError(
            f"tls_cert_file: {files.certificate} holds no certificate in PEM form; "
            "it begins with -----BEGIN CERTIFICATE-----, the centre's own first"
        ) from error
    if _public_bytes(leaf) != _public_bytes(_private_key(files.key, key_pem)):
        raise TlsError(
            f"tls_key_file: {files.key} is not the key of the certificate in {files.certificate}; "
            "the first certificate in that file must be the centre's own, and both files of one "
            "renewal"
        )
    return _valid(files.certificate, leaf, now)


def warn_of_end(certificate: Certificate, now: datetime) -> str | None:
    """Say that a certificate ends soon or has ended; None while there is time."""
    left = certificate.ends_at - now
    if left > SOON:
        return None
    verb = "ends" if left > timedelta() else "ended"
    return (
        f"{certificate.text} {verb} at {certificate.ends_at:%Y-%m-%d %H:%M} UTC and bridges refuse "
        "it from then on; renew it"
    )


class ServedCertificate:
    """The context a server listens with, whose certificate follows the files."""

    def __init__(self, files: TlsFiles, clock: Clock) -> None:
        """Raises TlsError."""
        self._files = files
        self._clock = clock
        self._seen = _stamp(files)
        self._certificate = examine(files, clock())
        self._current = self.context = _context(files)
        # A context whose key is being replaced could meet a handshake halfway; so each handshake
        # is handed the context of that moment. OpenSSL asks also where the client named no host.
        self.context.sni_callback = self._hand_over
        self._told = ""

    def run(self, stop: threading.Event) -> None:
        """Follow the files until stopped; whatever happens at one look, the next one comes."""
        while not stop.is_set():
            try:
                wait_s = self.step()
            except Exception:
                log.exception("the certificate could not be looked at; it is tried again")
                wait_s = LOOK_EVERY_S
            stop.wait(wait_s)

    def step(self) -> float:
        """Look at the files once; return the seconds until the next look."""
        stamp = _stamp(self._files)
        if stamp != self._seen:
            self._take_up(stamp)
        else:
            self._tell(warn_of_end(self._certificate, self._clock()) or "")
        return LOOK_EVERY_S

    def _take_up(self, stamp: tuple[object, ...]) -> None:
        try:
            found = examine(self._files, self._clock())
            self._current = _context(self._files)
        except TlsError as error:  # the stamp stays old: it is tried again until it is sound
            self._tell(f"the new certificate is not taken, the old one serves on: {error}")
            return
        self._seen, self._certificate, self._told = stamp, found, ""
        log.info("%s was renewed; it ends at %s UTC", found.text, f"{found.ends_at:%Y-%m-%d %H:%M}")

    def _tell(self, text: str) -> None:
        """Log a state when it begins."""
        if text and text != self._told:
            log.error("%s", text)
        self._told = text

    def _hand_over(
        self, connection: ssl.SSLSocket | ssl.SSLObject, _name: str | None, _: ssl.SSLContext
    ) -> None:
        connection.context = self._current


def _context(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # without a word here, OpenSSL would ask the terminal for the passphrase of a new key
        context.load_cert_chain(files.certificate, files.key, password="")
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "reason", None) or error.strerror or error
        raise TlsError(
            f"tls_cert_file: {files.certificate} with {files.key} cannot be served ({reason}); "
            "let the authority issue it anew, with an RSA key of 2048 bits or P-256"
        ) from error
    return context


def _read(path: Path, kind: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_FILE)
    except OSError as error:
        raise TlsError(
            f"tls_{kind}_file: {path} cannot be read ({error.strerror}); correct the path, or let "
            "the service's user read it"
        ) from error


def _private_key(path: Path, pem: bytes) -> object:
    try:
        return load_pem_private_key(pem, password=None)
    except TypeError as error:  # what the library says to a key that needs a passphrase
        raise TlsError(
            f"tls_key_file: {path} is locked by a passphrase, which nobody can type at a start; "
            "store it without one, closed to others (chmod 640)"
        ) from error
    except ValueError as error:
        raise TlsError(
            f"tls_key_file: {path} holds no private key in PEM form; it begins with "
            "-----BEGIN PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY-----"
        ) from error


def _public_bytes(holder: object) -> bytes:
    public = holder.public_key()  # type: ignore[attr-defined] # certificates and keys of any kind
    found: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def _valid(path: Path, leaf: x509.Certificate, now: datetime) -> Certificate:
    try:
        subject = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound as error:
        raise TlsError(
            f"tls_cert_file: the certificate in {path} names no host (subjectAltName), so every "
            "bridge would refuse it; let it be issued for the centre's name"
        ) from error
    names = [
        *subject.get_values_for_type(x509.DNSName),
        *map(str, subject.get_values_for_type(x509.IPAddress)),
    ]
    found = Certificate(tuple(names), leaf.not_valid_after_utc)
    if found.ends_at <= now:
        raise TlsError(
            f"tls_cert_file: {found.text} in {path} ended at {found.ends_at:%Y-%m-%d %H:%M} UTC; "
            "renew it"
        )
    if leaf.not_valid_before_utc > now:
        raise TlsError(
            f"tls_cert_file: {found.text} in {path} begins at "
            f"{leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC only; compare this computer's clock"
        )
    return found


def _stamp(files: TlsFiles) -> tuple[object, ...]:
    """Return what changes with a file: also where a link is turned to another one."""
    found: list[object] = []
    for path in (files.certificate, files.key):
        try:
            info = path.stat()
        except OSError as error:
            found.append(error.errno)
        else:
            found += [info.st_dev, info.st_ino, info.st_mtime_ns, info.st_size]
    return tuple(found)
