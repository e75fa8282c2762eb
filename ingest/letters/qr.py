"""The QR code in the foot of a letter, as a drawing for PDF and a picture for Word."""

import io

import segno

_QUIET = 2  # modules of white around; the foot of a page is white anyway


def svg(text: str) -> bytes:
    """Return the code as SVG. The same text gives the same bytes."""
    held = io.BytesIO()
    _code(text).save(held, kind="svg", border=_QUIET, scale=4, nl=False)
    return held.getvalue()


def png(text: str) -> bytes:
    """Return the code as a PNG of eight dots a module: sharp at 2 cm on a 600 dpi printer."""
    held = io.BytesIO()
    _code(text).save(held, kind="png", border=_QUIET, scale=8)
    return held.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m")
