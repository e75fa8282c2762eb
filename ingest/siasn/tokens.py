"""The two tokens that every request carries.

    Authorization: Bearer <APIM>    for the program: consumer key and secret, an hour
    Auth: bearer <SSO>              for the person who asks: a password, or a token that was pasted

Both are held in memory alone. Either is fetched anew before its age is over, and both after a 401:
BKN does not say which of the two it means.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from ingest.siasn.faults import NotLetIn, NotNow
from ingest.siasn.settings import Access, Keys
from ingest.siasn.wire import Answer

EARLY_S = 60
"""So long before its end a token is not shown any more: a request may take that long."""
_TOKEN = re.compile(r"[\x21-\x7e]{8,16384}")
_MAX_SECRET = 16_384
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _Asks(Protocol):
    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer: ...


class _Token:
    """A token and until when it is shown. Its text is in no `repr`."""

    __slots__ = ("_text", "until")

    def __init__(self, text: str, until: datetime) -> None:
        self._text = text
        self.until = until

    def text(self) -> str:
        return self._text


class Tokens:
    """Both tokens of one login."""

    def __init__(self, access: Access, wire: _Asks, clock: Callable[[], datetime]) -> None:
        self._access = access
        self._wire = wire
        self._clock = clock
        self._apim: _Token | None = None
        self._sso: _Token | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of a request, with fresh tokens where need be. Raises SiasnFault."""
        now = self._clock()
        if self._apim is None or self._apim.until <= now:
            self._apim = self._fetch_apim(now)
        if self._sso is None or self._sso.until <= now:
            self._sso = self._fetch_sso(now)
        return {
            "Authorization": f"Bearer {self._apim.text()}",
            "Auth": f"bearer {self._sso.text()}",
        }

    def drop(self) -> None:
        """Show neither of the two again."""
        self._apim = self._sso = None

    def _fetch_apim(self, now: datetime) -> _Token:
        keys = self._access.keys
        pair = f"{read_secret(keys.consumer_key)}:{read_secret(keys.consumer_secret)}"
        basic = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        form = {"grant_type": "client_credentials"}
        hosts = self._access.hosts
        return self._fetch(hosts.apim_token, form, basic, hosts.apim_age_s, now, "consumer key")

    def _fetch_sso(self, now: datetime) -> _Token:
        hosts, keys = self._access.hosts, self._access.keys
        if keys.sso_token is not None:
            return _Token(_pasted(keys.sso_token), now + timedelta(seconds=hosts.sso_age_s))
        return self._fetch(hosts.sso_token, _login(keys), {}, hosts.sso_age_s, now, "user")

    def _fetch(
        self,
        url: str,
        form: Mapping[str, str],
        headers: Mapping[str, str],
        age_s: int,
        now: datetime,
        what: str,
    ) -> _Token:
        answer = self._wire.ask(
            "POST", url, headers={**_FORM, **headers}, body=urlencode(form).encode()
        )
        if answer.status in (400, 401, 403):
            raise NotLetIn(f"BKN refuses the {what} or its password; compare the files they lie in")
        text, told_s = _read(answer)
        age = min(age_s, told_s) - EARLY_S
        return _Token(text, now + timedelta(seconds=max(age, 1)))


def read_secret(path: Path) -> str:
    """Return the one line of a secret file. Raises NotLetIn, which does not hold it."""
    try:
        text = path.read_text("utf-8").strip() if path.stat().st_size <= _MAX_SECRET else ""
    except OSError as error:
        raise NotLetIn(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        text = ""
    if not text or not text.isprintable():
        raise NotLetIn(f"{path}: must hold one line, the secret")
    return text


def _pasted(path: Path) -> str:
    text = read_secret(path)
    text = text[7:].strip() if text.lower().startswith("bearer ") else text
    if not _TOKEN.fullmatch(text):
        raise NotLetIn(f"{path}: holds no token; paste it anew, alone on one line")
    return text


def _login(keys: Keys) -> dict[str, str]:
    if keys.sso_user is None or keys.sso_password is None:
        raise NotLetIn("no user and password for BKN are configured")
    return {
        "grant_type": "password",
        "client_id": keys.sso_client_id,
        "username": read_secret(keys.sso_user),
        "password": read_secret(keys.sso_password),
    }


def _read(answer: Answer) -> tuple[str, int]:
    """Return a token and its age. Raises NotNow."""
    try:
        found = json.loads(answer.body) if answer.status == 200 else None
    except (ValueError, RecursionError):
        found = None
    token = found.get("access_token") if isinstance(found, dict) else None
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise NotNow(f"BKN answers {answer.status} without a token")
    age = found.get("expires_in") if isinstance(found, dict) else None
    return token, age if type(age) is int and age > 0 else 1 << 30
