"""Short messages: text in the alphabet of phones, and the parts it travels in (3GPP TS 23.038).

One part holds 160 signs, each of several 153, for they carry their place. Signs of the extension
table take two places and are not torn apart. What the alphabet lacks is written plainly: a single
other sign would halve a message.
"""

import unicodedata

WHOLE, PIECE = 160, 153
MOST_PARTS = 8
"""More is no short message; some networks drop it."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u2032`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u2022", "-"),
    "\u2026": "...",
    "\t": " ",
    "\r": "",
    "ç": "c",
}


def plain(text: str) -> str:
    """Return a text in the alphabet of phones; what has no likeness there is `?` or nothing."""
    return "".join(_sign(one) for one in text).strip()


def parts(text: str) -> tuple[str, ...]:
    """Return the parts in which a text of `plain` travels; one of up to 160 places, else of 153."""
    if sum(_places(one) for one in text) <= WHOLE:
        return (text,)
    found, part, taken = [], "", 0
    for one in text:
        if taken + _places(one) > PIECE:
            found.append(part)
            part, taken = "", 0
        part += one
        taken += _places(one)
    return (*found, part)


def _sign(one: str) -> str:
    if one in _PLAIN:
        return _PLAIN[one]
    if one in _BASIC or one in _EXTENDED:
        return one
    if unicodedata.category(one) in {"Cc", "Cf", "Mn", "Me", "So", "Sk", "Cs", "Co", "Cn"}:
        return " " if one in "\v\f\x85" else ""
    if one.isspace():
        return " "
    likeness = "".join(
        part for part in unicodedata.normalize("NFKD", one) if part in _BASIC or part in _EXTENDED
    )
    return likeness or "?"


def _places(one: str) -> int:
    return 2 if one in _EXTENDED else 1
