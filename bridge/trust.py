"""Says in words why a centre's certificate is not trusted: whose fault it is differs each time."""

import ssl
from pathlib import Path

# the numbers OpenSSL gives its reasons (x509_vfy.h)
_EARLY, _ENDED = 9, 10
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
_OTHER_NAME = frozenset({62, 64})
_NO_TLS = "does not speak TLS; compare the address and port with the centre's"
_REASONS = {
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "UNKNOWN_PROTOCOL": _NO_TLS,
    "UNEXPECTED_EOF_WHILE_READING": "hangs up before TLS has begun; compare it with the network",
}


def why_untrusted(error: BaseException, url: str, ca_file: Path | None) -> str:
    """Return one sentence for a failed beginning of TLS with the centre at `url`."""
    cause = _find(error)
    code = cause.verify_code if isinstance(cause, ssl.SSLCertVerificationError) else None
    if code in _UNKNOWN_AUTHORITY:
        trusted = f"ca_file {ca_file}" if ca_file else "a public authority; set ca_file"
        return f"the certificate of {url} is not from {trusted}, or another computer answers there"
    if code in _OTHER_NAME:
        return (
            f"the certificate of {url} is for another name; write the address it was issued for "
            "into the configuration, or have it issued for this one"
        )
    if code == _ENDED:
        return f"the certificate of {url} has ended, or the clock of this computer is ahead"
    if code == _EARLY:
        return f"the certificate of {url} is not valid yet; set the clock of this computer"
    if cause is not None and cause.reason in _REASONS:
        return f"{url} {_REASONS[cause.reason]}"
    detail = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
    told = f" ({detail})" if detail else ""
    return f"{url} shows a certificate we do not trust{told}; compare it with ca_file"


def _find(error: BaseException | None) -> ssl.SSLError | None:
    """Return what OpenSSL said, from within the errors of the libraries around it."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, ssl.SSLError):
            return one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return None
