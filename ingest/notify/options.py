"""Kinds of keys that several channels have."""

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_LOOPBACK = "localhost"


def _web_address(told: str) -> str:
    """Take an address that is told in secret, or one of this computer."""
    try:
        parts = urlsplit(told)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError("is no address; begin it with https://") from error
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise ValueError("is no address; begin it with https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a name or password; leave them out")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("would show every message on its way; use https")
    return told.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == _LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
Named = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]*$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
"""What becomes part of an address: nothing that could end a part."""
WebAddress = Annotated[str, Field(max_length=500), AfterValidator(_web_address)]
Seconds = Annotated[float, Field(ge=0.05, le=120)]
