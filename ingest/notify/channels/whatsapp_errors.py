"""Meta's error codes by what each means for the next step.

Source: the Cloud API's page of error codes, and public clients. An error in an answer says for
certain that the message was not taken; the same codes come with the status `failed` later on.
"""

from typing import Any

from ingest.notify import verdicts
from ingest.notify.base import Failure, Fault
from ingest.notify.door import Answer

DAY_S = 86_400.0

_ACCOUNT = {
    0: "the token is not recognised",
    3: "the app may not send messages",
    10: "the app lacks a permission",
    33: "the number was deleted from the account",
    190: "the token ran out or was withdrawn",
    368: "the account is blocked for a while for breaking WhatsApp's rules",
    130497: "the account may not write to people in this country",
    131005: "access denied; look at the token's permissions",
    131031: "the account is locked",
    131037: "the number's display name is not approved yet",
    131042: "there is a problem with paying; look at the billing of the account",
    131045: "the number is not registered",
    131048: "too many messages were blocked or reported; look at the number's quality",
    133000: "the number was not deregistered as it should be",
    133005: "the PIN of two-step verification is wrong",
    133006: "the number has to be verified again",
    133008: "too many tries with the PIN",
    133009: "the PIN was tried too fast",
    133010: "the number is not registered",
    133015: "the number was just deleted; wait and register it again",
}
_CONTENT = {
    100: "a parameter of the request is not known or wrong",
    130472: "this category of message is not delivered to this person",
    131008: "a parameter is missing",
    131009: "a parameter's value is wrong",
    131047: "more than 24 hours since the person wrote; only a template may be sent",
    131050: "this person takes no messages of this category",
    131051: "this kind of message is not supported",
    132000: "the number of variables is not the template's",
    132001: "there is no approved template of this name in this language",
    132005: "the text is too long once the variables are in",
    132007: "the template breaks a rule of WhatsApp",
    132012: "a variable is not formatted as the template wants it",
    132015: "the template is paused for low quality",
    132016: "the template is disabled for low quality",
    132018: "a variable holds line ends, tabs or runs of spaces",
}
_ADDRESS = {
    131021: "sender and receiver are the same number",
    131026: "the number is not on WhatsApp, or cannot get this message",
    131030: "the number is not on the list of receivers of a trial account",
}
_LATER: dict[int, tuple[str, float | None]] = {
    1: ("WhatsApp has a fault of its own", None),
    2: ("WhatsApp is away", None),
    4: ("too many calls", None),
    80007: ("too many messages of this account", None),
    130429: ("too many messages a second", None),
    131000: ("WhatsApp has a fault of its own", None),
    131016: ("a part of WhatsApp is away", None),
    131049: ("this person got enough messages for now", DAY_S),
    131056: ("too many messages to this person; one in six seconds", 6.0),
    131057: ("the account is being worked on", None),
    133004: ("WhatsApp is away", None),
    133016: ("too many registrations", None),
}


def failure_of(name: str, error: dict[str, Any], answer: Answer | None = None) -> Failure:
    """Return what an error of Meta means. One we do not know is refused content: it was not taken,
    and nobody says that it would be next time. Without a code, after a fault of the server's own,
    nothing is known.
    """
    code = error.get("code")
    if not isinstance(code, int) or isinstance(code, bool):
        return _without_code(name, answer)
    if code in _LATER:
        text, wait_s = _LATER[code]
        told_s = None if answer is None else answer.retry_after_s
        return Failure(Fault.LATER, f"{name}: {text} ({code})", told_s or wait_s)
    for fault, known in (
        (Fault.ADDRESS, _ADDRESS),
        (Fault.ACCOUNT, _ACCOUNT),
        (Fault.CONTENT, _CONTENT),
    ):
        if code in known:
            return Failure(fault, f"{name}: {known[code]} ({code})")
    if 200 <= code <= 299:
        return Failure(Fault.ACCOUNT, f"{name}: the app lacks a permission ({code})")
    told = verdicts.plain(error.get("title") or error.get("message"))
    return Failure(Fault.CONTENT, f"{name}: refused, {told} ({code})")


def _without_code(name: str, answer: Answer | None) -> Failure:
    judged = None if answer is None else verdicts.by_status(name, answer)
    if judged is not None and judged.failure is not None:
        return judged.failure
    if answer is not None and answer.status == 200:
        return Failure(Fault.UNKNOWN, f"{name}: an error without a code after a success")
    return Failure(Fault.CONTENT, f"{name}: refused without a code")
