"""What a recap prints for a day, and in which totals the day counts. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ingest.indonesian import day_text
from ingest.reports.forms import Forms
from ingest.reports.notes import CORRECTED
from ingest.rules import STATUS_TEXT, Status
from ingest.store.reported import Known

PRESENT = (Status.PRESENT, Status.LATE, Status.EARLY, Status.INCOMPLETE)
FREE = (Status.OFF, Status.HOLIDAY, Status.JOINT, Status.SUSPENDED, Status.ENDED)
"""Days on which nobody has to come."""


class Print(NamedTuple):
    text: str
    counts: tuple[str, ...]
    """The codes under which the day is counted."""


class Printer:
    """Prints days between two by the codes and ladders of a file; equal days are looked up once."""

    def __init__(self, forms: Forms, first: date, last: date) -> None:
        self._forms = forms
        self._known: dict[tuple[Known, date | None], Print] = {}
        bounds = {one.valid_from for one in forms.ladder}
        bounds |= {one.valid_until + timedelta(days=1) for one in forms.ladder if one.valid_until}
        self._steady = not any(first < one <= last for one in bounds)
        """Whether the same ladders hold on all of the days."""

    def of(self, known: Known, day: date) -> Print:
        key = (known, None if self._steady else day)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._print(known, day)
        return found

    def _print(self, known: Known, day: date) -> Print:
        forms, status = self._forms, Status(known.status)
        base = forms.types.get(known.type) or forms.codes[status]
        if status not in PRESENT or status is Status.PRESENT:
            return Print(_marked(base, known), (base,))
        steps = self._steps(known, status, day)
        printed = [base, *steps] if status is Status.INCOMPLETE else steps or [base]
        counts = list(printed)
        if forms.present_counts_late:
            counts.insert(0, forms.codes[Status.PRESENT])
        return Print(_marked(" ".join(printed), known), tuple(dict.fromkeys(counts)))

    def _steps(self, known: Known, status: Status, day: date) -> list[str]:
        """Return the steps of a day; minutes that no step takes keep the plain code."""
        found = []
        plain = {"late": Status.LATE, "early": Status.EARLY}
        for of, minutes in (("late", known.late_minutes), ("early", known.early_minutes)):
            if minutes:
                step = self._forms.step(of, minutes, day)
                found.append(step or self._forms.codes[plain[of]])
        if not found and status is not Status.INCOMPLETE:
            return [self._forms.codes[status]]
        return found

    def legend(self) -> str:
        """Say what each code means."""
        told = self.meanings()
        parts = [f"{code} {told[code]}" for code in self._forms.printed() if code in told]
        return f"Keterangan: {', '.join(parts)}"

    def meanings(self) -> dict[str, str]:
        """Return what each code means; all of it where it means several things."""
        told: dict[str, str] = {}
        for code, text in self._meanings():
            told[code] = f"{told[code]} / {text}" if told.get(code, text) != text else text
        return told

    def _meanings(self) -> Iterable[tuple[str, str]]:
        for status, code in self._forms.codes.items():
            yield code, STATUS_TEXT[status].lower()
        for kind, code in self._forms.types.items():
            yield code, f"jenis {kind}"
        for ladder in self._forms.ladder:
            what = "terlambat" if ladder.of == "late" else "pulang cepat"
            for one in ladder.step:
                to = f"-{one.max_minutes} menit" if one.max_minutes else " menit atau lebih"
                yield one.code, f"{what} {one.min_minutes}{to}"


def counted_cells(forms: Forms) -> dict[str, tuple[str, ...]]:
    """Return for each code of the totals by which codes in the cells of days it is counted.

    The total of days present holds days that print other codes. Where such a code means something
    else, too, cells do not tell how many there are, and that total is not named here.
    """
    found: dict[str, tuple[str, ...]] = {code: (code,) for code in forms.printed()}
    if not forms.present_counts_late:
        return found
    present = forms.codes[Status.PRESENT]
    steps = [one.code for ladder in forms.ladder for one in ladder.step]
    holds = dict.fromkeys([present, *(forms.codes[one] for one in PRESENT), *steps])
    others = {code for status, code in forms.codes.items() if status not in PRESENT}
    if others.union(forms.types.values()).isdisjoint(holds):
        return found | {present: tuple(holds)}
    return {code: cells for code, cells in found.items() if code != present}


def _marked(text: str, known: Known) -> str:
    return text + CORRECTED if known.corrected else text


def days_of_month(day: date) -> list[date]:
    first = day.replace(day=1)
    return [one for n in range(31) if (one := first + timedelta(days=n)).month == first.month]


def ladder_notes(forms: Forms, first: date, last: date) -> list[str]:
    """Name the ladders that hold between two days, with their source and how sure it is."""
    return [
        f"Jenjang {one.name}, sejak {day_text(one.valid_from)} (tanda {one.mark}): {one.source}"
        for one in forms.ladder
        if one.valid_from <= last and (one.valid_until is None or one.valid_until >= first)
    ]


def counts_note(forms: Forms, codes: Sequence[str]) -> str:
    """Say what the total of days present holds."""
    present = forms.codes[Status.PRESENT]
    if not forms.present_counts_late:
        return f"{present} tidak memuat hari terlambat, pulang cepat atau tidak lengkap"
    return (
        f"{present} memuat juga hari terlambat, pulang cepat dan tidak lengkap"
        if present in codes
        else ""
    )
