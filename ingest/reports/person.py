"""One person on one day: where he serves, as what, by which hours, and who answers for him.

Only what is recorded is told; nothing here is judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ingest.calendar import ExcuseType
from ingest.discipline import kind_on
from ingest.discipline.cases import Responsible
from ingest.discipline.cases.superiors import HOW_TEXT
from ingest.indonesian import day_text, full_day_text, nip_text
from ingest.store import person_kinds, person_posts, service_breaks, stand_ins
from ingest.store.keeping import Keeping
from ingest.store.people import Assignment, find_assignments, find_offices, find_people
from ingest.store.plans import BREAK_TEXT
from ingest.store.superiors import find_responsible
from ingest.store.terminals import UserId, find_user_ids


@dataclass(frozen=True, slots=True)
class Person:
    """What holds for somebody on a day; of breaks those of any day."""

    nip: str
    name: str
    day: date
    kind: str
    kinds: tuple[tuple[date, str], ...]
    """What the person became, and from which day on."""
    rank: str
    post: str
    office: str | None
    """None: the person serves nowhere on this day."""
    office_name: str
    since: date | None
    until: date | None
    scheme: str
    superior: str | None
    superior_moved: Assignment | None
    """Where the superior serves now, if he left the office after he became the superior."""
    answers: Responsible
    breaks: tuple[service_breaks.Break, ...]
    stand_ins: tuple[stand_ins.StandIn, ...]
    """For this person, and by this person."""
    user_ids: tuple[UserId, ...]
    names: Mapping[str, str]
    """Of everybody named here, by NIP."""


def find_person(
    connection: Connection,
    nip: str,
    day: date,
    *,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> Person:
    """Return a person as of a day; `root` is the seal by which excuses are proven.

    Raises NotKnown.
    """
    person_id, kinds = person_kinds.find_kinds(connection, nip)
    known = find_people(connection)
    here = _serving(connection, nip, day)
    offices, keeping = find_offices(connection), Keeping(connection)
    answers = find_responsible(connection, [person_id], on=day, types=types, root=root)[person_id]
    acting = tuple(
        one for one in stand_ins.find(connection) if nip in (one.nip, one.by) and _holds(one, day)
    )
    told = [nip, answers.nip, None if here is None else here.superior]
    told += [one for row in acting for one in (row.nip, row.by)]
    held = person_posts.find_held(connection, day, [nip])[nip]
    scheme = "" if here is None else keeping.scheme(here.office, person_id, day)
    return Person(
        nip=nip,
        name=known[nip].name,
        day=day,
        kind=kind_on(kinds, day),
        kinds=kinds[1:],
        rank=held.rank,
        post=held.post,
        office=None if here is None else here.office,
        office_name="" if here is None else offices[here.office].name,
        since=None if here is None else here.first,
        until=None if here is None else here.last,
        scheme=keeping.names.get(scheme, scheme),
        superior=None if here is None else here.superior,
        superior_moved=None if here is None else _moved(connection, here, day),
        answers=answers,
        breaks=tuple(service_breaks.find(connection, nip=nip)),
        stand_ins=acting,
        user_ids=tuple(
            one for one in find_user_ids(connection) if one.nip == nip and _holds(one, day)
        ),
        names={one: known[one].name for one in told if one is not None},
    )


def story(one: Person) -> list[str]:
    """Tell it in Indonesian, a line for each thing."""
    return [
        f"{one.name}, NIP {nip_text(one.nip)}, pada {full_day_text(one.day)}",
        _kind(one),
        f"Pangkat: {one.rank or 'tidak tercatat'}; jabatan: {one.post or 'tidak tercatat'}",
        *_office(one),
        *_superior(one),
        *_breaks(one),
        *(f"{_stand_in(one, row)}" for row in one.stand_ins),
        *_user_ids(one),
    ]


def _serving(connection: Connection, nip: str, day: date) -> Assignment | None:
    """Return where somebody serves; should two assignments hold, the later one does."""
    found = [one for one in find_assignments(connection, on=day) if one.nip == nip]
    return found[-1] if found else None


def _holds(row: UserId | stand_ins.StandIn, day: date) -> bool:
    return row.first <= day <= (row.last or date.max)


def _moved(connection: Connection, here: Assignment, day: date) -> Assignment | None:
    """Return where the superior serves, where that is news to the person's own row."""
    if here.superior is None:
        return None
    now = _serving(connection, here.superior, day)
    before = _serving(connection, here.superior, here.first)
    if now is None or before is None or now.office in (here.office, before.office):
        return None
    return now if before.office == here.office else None


def _kind(one: Person) -> str:
    later = [f"{kind} sejak {day_text(since)}" for since, kind in one.kinds]
    return f"Jenis kepegawaian: {one.kind}" + (f" (berubah: {', '.join(later)})" if later else "")


def _office(one: Person) -> list[str]:
    if one.office is None or one.since is None:
        return ["Tidak bertugas di kantor mana pun pada hari ini"]
    return [
        f"Kantor: {one.office_name} ({one.office}), {_span(one.since, one.until)}",
        f"Skema jam kerja: {one.scheme}",
    ]


def _superior(one: Person) -> list[str]:
    lines = [f"Atasan langsung: {_who(one, one.superior)}"]
    if one.superior_moved is not None:
        moved = one.superior_moved
        lines.append(
            f"  Atasan ini bertugas di kantor {moved.office} sejak {day_text(moved.first)}: "
            "periksa superior_nip pegawai ini"
        )
    answers = one.answers
    if answers.nip is None:
        lines.append("Yang bertanggung jawab: belum ada; tetapkan atasan atau Plh./Plt.")
    else:
        acting = f"{HOW_TEXT[answers.how]} " if answers.how else ""
        letter = f", surat {answers.letter}" if answers.letter else ""
        lines.append(
            f"Yang bertanggung jawab: {_who(one, answers.nip)}, sebagai "
            f"{acting}{answers.post}{letter}"
        )
    return [*lines, *(f"  Dilewati: {why}" for why in answers.passed_over)]


def _breaks(one: Person) -> list[str]:
    return [
        f"{BREAK_TEXT[row.kind][:1].upper()}{BREAK_TEXT[row.kind][1:]}: "
        f"{_span(row.first, row.last)}, surat {row.letter}"
        for row in one.breaks
    ]


def _stand_in(one: Person, row: stand_ins.StandIn) -> str:
    how = next(text for name, text in HOW_TEXT.items() if name == row.how)
    whose = f"pimpinan kantor {row.office}" if row.nip is None else _who(one, row.nip)
    told = f"{_span(row.first, row.last)}, surat {row.letter}"
    if row.by == one.nip:
        return f"Menjadi {how} {whose}: {told}"
    return f"Digantikan {how}, yaitu {_who(one, row.by)}: {told}"


def _user_ids(one: Person) -> list[str]:
    return [
        f"ID pengguna {row.user_id} di "
        + (f"mesin {row.terminal}" if row.terminal else f"semua mesin kantor {row.office}")
        + f": {_span(row.first, row.last)}"
        for row in one.user_ids
    ] or ["ID pengguna: tidak ada yang dipetakan; hanya sentuhan dengan NIP sendiri terhitung"]


def _who(one: Person, nip: str | None) -> str:
    return "tidak tercatat" if nip is None else f"{one.names[nip]} (NIP {nip_text(nip)})"


def _span(first: date, last: date | None) -> str:
    until = "seterusnya" if last is None else f"sampai {day_text(last)}"
    return f"sejak {day_text(first)} {until}"
