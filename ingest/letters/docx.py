"""Letters as Word files, from Word templates: for secretaries, who edit before it is signed.

A template is a Word file with Jinja in it (docxtpl). It is filled in a sandbox: it reads the fields
given to it and no more, and what they say is text, whatever it looks like.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from docx.image.exceptions import UnrecognizedImageError
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ingest.typesetting import TypesettingFault

Paper = Literal["a4", "f4"]
SIZES = {"a4": (210, 297), "f4": (215, 330)}  # mm
_MOST = 64 << 20  # bytes unpacked; a letter is a hundredth of it
_STAMP = (1980, 1, 1, 0, 0, 0)


def docx(
    template: bytes,
    data: Mapping[str, object],
    *,
    name: str,
    paper: Paper,
    created: datetime,
    qr: bytes = b"",
    logo: bytes = b"",
) -> bytes:
    """Fill a Word template. Equal input gives equal bytes. Raises TypesettingFault.

    `qr` and `logo` are pictures, put where the template says `gambar_qr` and `gambar_logo`;
    `name` is what faults call the template.
    """
    _look_at(template, name)
    try:
        filled = DocxTemplate(io.BytesIO(template))
        context = {
            **data,
            "gambar_qr": InlineImage(filled, io.BytesIO(qr), width=Mm(17)) if qr else "",
            "gambar_logo": InlineImage(filled, io.BytesIO(logo), height=Mm(24)) if logo else "",
        }
        filled.render(context, _sandbox(), autoescape=True)
    except TemplateError as error:
        raise TypesettingFault(f"{name}: {error.message or type(error).__name__}") from error
    except UnrecognizedImageError as error:
        raise TypesettingFault(f"{name}: the logo is no picture that Word shows") from error
    except (PackageNotFoundError, KeyError, ValueError, TypeError) as error:
        raise TypesettingFault(f"{name}: cannot be filled ({error})") from error
    for section in filled.docx.sections:
        section.page_width, section.page_height = (Mm(size) for size in SIZES[paper])
    stamp = created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = filled.docx.core_properties
    properties.created = properties.modified = stamp
    properties.title, properties.subject = (str(data[key])[:255] for key in ("hal", "nomor"))
    held = io.BytesIO()
    filled.docx.save(held)
    return _repacked(held)


def _sandbox() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _look_at(template: bytes, name: str) -> None:
    """Refuse what is no Word file, or one that unpacks to more than any letter needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as packed:
            size = sum(one.file_size for one in packed.infolist())
            whole = "word/document.xml" in packed.namelist()
    except zipfile.BadZipFile:
        whole, size = False, 0
    if not whole:
        raise TypesettingFault(f"{name}: is no Word file (.docx)")
    if size > _MOST:
        raise TypesettingFault(f"{name}: unpacks to more than {_MOST >> 20} MB")


def _repacked(made: io.BytesIO) -> bytes:
    """Return the same package with one date on every part, so that equal content is equal bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            part = zipfile.ZipInfo(one.filename, _STAMP)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(one))
    return held.getvalue()
