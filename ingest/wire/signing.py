"""What is signed, byte by byte, and how the signature travels. Who signs brings the key.

    Hadir-Key        key id: the first 32 hexadecimal digits of sha256(public key)
    Hadir-Time       epoch seconds by the signer's clock, corrected by what the centre told it
    Hadir-Nonce      32 hexadecimal digits, never twice; also the request's id in both logs
    Hadir-Body       SHA-256 of the body as it travels, 64 hexadecimal digits
    Hadir-Signature  Ed25519 over `signed_message`, 128 hexadecimal digits

The path is signed as it is asked: a proxy in between must not rewrite it. The hash stands in the
head so that who signed is known before any of the body is waited for.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.wire.forms import WireError

KEY_HEADER = "Hadir-Key"
TIME_HEADER = "Hadir-Time"
NONCE_HEADER = "Hadir-Nonce"
BODY_HEADER = "Hadir-Body"
SIGNATURE_HEADER = "Hadir-Signature"
CLOCK_WINDOW_S = 300
"""How far a signer's clock may be off; nonces are remembered for longer than twice that."""

_HEX32 = re.compile(r"[0-9a-f]{32}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX128 = re.compile(r"[0-9a-f]{128}")
_SECONDS = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Signed:
    """What the five headers of a request say."""

    key_id: str
    time: int
    nonce: str
    body_sha256: str
    signature: bytes

    def headers(self) -> dict[str, str]:
        """Return them as they travel."""
        return {
            KEY_HEADER: self.key_id,
            TIME_HEADER: str(self.time),
            NONCE_HEADER: self.nonce,
            BODY_HEADER: self.body_sha256,
            SIGNATURE_HEADER: self.signature.hex(),
        }


def key_id(public_key: bytes) -> str:
    """Return the name of a public key of 32 bytes."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def signed_message(method: str, path: str, time: int, nonce: str, body_sha256: str) -> bytes:
    """Return what a request's signature is over; the hash is of the body as it travels."""
    return f"hadir-request-2\n{method}\n{path}\n{time}\n{nonce}\n{body_sha256}\n".encode()


def rotation_message(old_key_id: str, public_key: bytes) -> bytes:
    """Return what a new key signs to take the place of an old one."""
    return f"hadir-rotate-2\n{old_key_id}\n{public_key.hex()}\n".encode()


def read_signed(headers: Mapping[str, str]) -> Signed:
    """Read the headers of a request. Raises WireError, which says which one is missing or wrong."""
    return Signed(
        key_id=_header(headers, KEY_HEADER, _HEX32),
        time=int(_header(headers, TIME_HEADER, _SECONDS)),
        nonce=_header(headers, NONCE_HEADER, _HEX32),
        body_sha256=_header(headers, BODY_HEADER, _HEX64),
        signature=bytes.fromhex(_header(headers, SIGNATURE_HEADER, _HEX128)),
    )


def _header(headers: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    value = headers.get(name)
    if value is None:
        raise WireError(f"the header {name} is missing; a bridge signs each request")
    if not form.fullmatch(value):
        raise WireError(f"the header {name} is not what a bridge of version 2 sends")
    return value
