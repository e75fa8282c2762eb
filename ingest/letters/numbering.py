"""Numbers of letters as they are printed: the pattern of a series, filled in and read. Pure.

    800.1.11/{urut}/BKPSDM/{bulan_romawi}/{tahun}

A series counts `urut` from one in each year of the letters' dates. Who counts, under which lock, is
the store's (`ingest.store.letter_numbers`).
"""

import re
from dataclasses import dataclass
from datetime import date

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
FIELDS = ("klasifikasi", "urut", "unit", "bulan", "bulan_romawi", "tahun")
_FIELD = re.compile(r"\{([^{}]*)\}")
_WIDTH = re.compile(r"urut:0([1-9])")
MOST = 100
"""Letters of a printed number; a case's event holds no more."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How the numbers of a series look. `classification` and `unit` fill their fields."""

    text: str
    classification: str = ""
    unit: str = ""

    def faults(self) -> list[str]:
        """Say what is wrong with it; nothing where it can be used."""
        names = _FIELD.findall(self.text)
        unknown = [one for one in names if one not in FIELDS and not _WIDTH.fullmatch(one)]
        found = [
            f"{{{one}}} is no field; there are {', '.join(FIELDS)}, and {{urut:04}} for 0001"
            for one in unknown
        ]
        if sum(one.startswith("urut") for one in names) != 1:
            found.append("it needs {urut}, once: the running number")
        if re.search(r"[{}]", _FIELD.sub("", self.text)) or not self.text.isprintable():
            found.append("it has a brace that is not closed, or a sign that cannot be printed")
        if not found and len(self.render(10**6, date(2000, 8, 1))) > MOST:
            found.append(f"its numbers are longer than {MOST} signs")
        return found

    def render(self, running: int, dated: date) -> str:
        """Return a number as it is printed."""
        return _FIELD.sub(lambda found: self._fill(found[1], running, dated), self.text)

    def reads(self, number: str, year: int) -> int | None:
        """Return which running number of a year a printed number would be, in any month.

        None where it is none of this series.
        """
        pattern = "".join(self._as_regex(part, year) for part in _tokens(self.text))
        found = re.fullmatch(pattern, key(number), re.IGNORECASE)
        return int(found["urut"]) if found else None

    def _fill(self, name: str, running: int, dated: date) -> str:
        width = _WIDTH.fullmatch(name)
        if width:
            return f"{running:0{width[1]}}"
        return {
            "urut": str(running),
            "klasifikasi": self.classification,
            "unit": self.unit,
            "bulan": f"{dated.month:02}",
            "bulan_romawi": ROMAN[dated.month - 1],
            "tahun": str(dated.year),
        }[name]

    def _as_regex(self, token: str, year: int) -> str:
        field = _FIELD.fullmatch(token)
        if field is None:
            return re.escape(key(token))
        if field[1].startswith("urut"):
            return r"0*(?P<urut>[0-9]{1,9})"
        return {
            "klasifikasi": re.escape(key(self.classification)),
            "unit": re.escape(key(self.unit)),
            "bulan": r"[0-9]{2}",
            "bulan_romawi": "[IVX]{1,4}",
            "tahun": str(year),
        }[field[1]]


def key(number: str) -> str:
    """Return a number as it is compared: `800/1 /BKPSDM` and `800/1/bkpsdm` are one."""
    return "".join(number.split()).upper()


def _tokens(text: str) -> list[str]:
    return [one for one in re.split(r"(\{[^{}]*\})", text) if one]
