"""One person's day as a story: what was asked, what was touched, what is known, what it came to.

It stands on the same facts and the same judgement as everybody's day, so it cannot tell another
story than the recap. Nothing is written.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from ingest.coverage import TerminalDay, Verdict
from ingest.days.assemble import Assembled, Touch, assemble
from ingest.days.judging import PersonDay, person_day
from ingest.days.settings import Settings
from ingest.days.swapped import swap_lines
from ingest.errors import NotKnown
from ingest.indonesian import day_text, full_day_text, moment_text, nip_text
from ingest.rules import STATUS_TEXT, Status, judge
from ingest.store import days as store
from ingest.store import rosters, swaps
from ingest.store.facts import Facts, PersonFact, gather
from ingest.store.person_kinds import kind_at
from ingest.store.serving import office_on
from ingest.store.swaps import Swap
from ingest.store.tables import people

VERDICT_TEXT = {
    Verdict.COMPLETE: "lengkap",
    Verdict.NOT_YET: "belum lengkap",
    Verdict.GAP: "ada celah",
}


@dataclass(frozen=True, slots=True)
class ToldTouch:
    """A punch that leads to this person on this day, or a touch that was added."""

    terminal: str
    """Its name; empty where the touch was added."""
    local_time: datetime
    source: str
    counted: bool
    why_not: str
    decision: str
    """What a person decided of it, and why; empty where nobody did."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a day stands on; `story` says it in Indonesian, a line each."""

    nip: str
    name: str
    day: date
    status: Status
    office: str | None
    """None on a day on which the person serves nowhere."""
    expected: str
    touches: tuple[ToldTouch, ...]
    terminals: tuple[TerminalDay, ...]
    judged: PersonDay | None
    written: store.StoredDay | None
    """What stands in the store; it may lag behind by what is marked and not judged yet."""
    changes: tuple[store.Change, ...]
    story: tuple[str, ...]
    swaps: tuple[Swap, ...] = ()
    """Of duty on this day, whether or not the roster still says what came of them."""


def explain(
    connection: Connection, nip: str, day: date, *, now: datetime, settings: Settings
) -> Explanation:
    """Tell why a person's day is what it is. Raises NotKnown."""
    person = connection.execute(
        select(people.c.id, people.c.nip, people.c.name, kind_at(day)).where(people.c.nip == nip)
    ).one_or_none()
    if person is None:
        raise NotKnown("nobody has this NIP; see hadir-ingest people list")
    fact = PersonFact(*person)
    changes = tuple(store.find_changes(connection, fact.id, day))
    office = office_on(connection, fact.id, day)
    if office is None:
        return _without_office(fact, day, changes)
    facts = gather(
        connection,
        office=office,
        day=day,
        asking=settings.asking,
        only=[fact.id],
    )
    assembled = assemble(facts, now=now, settings=settings)
    judged = person_day(fact, office, day, judge(assembled.days[fact.id]))
    written = store.find_days(connection, office, day).get(fact.id)
    touches = assembled.touches[fact.id]
    swapped = tuple(swaps.find(connection, fact.id, day))
    standing = list(rosters.find_shifts_of(connection, [fact.id], day, day).values())
    exchanged = swap_lines(swapped, standing, settings.zone)
    return Explanation(
        nip=nip,
        name=fact.name,
        day=day,
        status=judged.status,
        office=office,
        expected=facts.plans.of(fact.id).text,
        touches=tuple(
            ToldTouch(
                one.terminal,
                one.local_time,
                one.source,
                one.counted,
                one.why_not,
                one.decision,
            )
            for one in touches
        ),
        terminals=assembled.coverage.terminals + assembled.elsewhere[fact.id],
        judged=judged,
        written=written,
        changes=changes,
        story=tuple(_story(facts, assembled, judged, written, changes, settings, exchanged)),
        swaps=swapped,
    )


def _without_office(
    person: PersonFact, day: date, changes: tuple[store.Change, ...]
) -> Explanation:
    text = "tidak bertugas di kantor mana pun pada hari ini, sehingga hari ini tidak dinilai"
    story = (f"{person.name} (NIP {nip_text(person.nip)}), {full_day_text(day)}", text)
    return Explanation(
        nip=person.nip,
        name=person.name,
        day=day,
        status=Status.ENDED,
        office=None,
        expected=text,
        touches=(),
        terminals=(),
        judged=None,
        written=None,
        changes=changes,
        story=story,
    )


def _story(
    facts: Facts,
    assembled: Assembled,
    judged: PersonDay,
    written: store.StoredDay | None,
    changes: tuple[store.Change, ...],
    settings: Settings,
    exchanged: list[str],
) -> list[str]:
    plans = facts.plans
    lines = [
        f"{judged.name} (NIP {nip_text(judged.nip)}), {full_day_text(judged.day)}",
        f"Kantor: {plans.office_name} ({facts.office}), skema {plans.scheme_of(judged.person_id)}",
        f"Kalender: {plans.of(judged.person_id).text}",
        *exchanged,
    ]
    touches = assembled.touches[judged.person_id]
    if touches:
        lines.append("Rekaman presensi:")
        lines += [f"  - {_touch(one, judged.day)}" for one in touches]
    else:
        lines.append("Rekaman presensi: tidak ada")
    lines.append("Kelengkapan data mesin:")
    for one in assembled.coverage.terminals + assembled.elsewhere[judged.person_id]:
        lines.append(f"  - {one.name} ({one.serial}): {VERDICT_TEXT[one.verdict]}")
    if not assembled.coverage.terminals:
        lines.append("  - kantor ini belum mempunyai mesin yang terdaftar")
    lines += [
        f"  - {serial}: belum didaftarkan, tidak ikut dihitung"
        for serial in assembled.coverage.unregistered
    ]
    lines.append(f"Kesimpulan: {STATUS_TEXT[judged.status]}, karena:")
    lines += [f"  - {one.text}" for one in judged.because]
    lines += _history(judged, written, changes, settings)
    return lines


def _touch(one: Touch, day: date) -> str:
    if not one.terminal:
        return one.decision
    other = "" if one.local_time.date() == day else f"{day_text(one.local_time)} "
    text = f"{other}pukul {one.local_time:%H.%M.%S} pada mesin {one.terminal} ({one.source})"
    if not one.counted:
        return f"{text}, tidak dihitung: {one.why_not}"
    return f"{text}; {one.decision}" if one.decision else text


def _history(
    judged: PersonDay,
    written: store.StoredDay | None,
    changes: tuple[store.Change, ...],
    settings: Settings,
) -> list[str]:
    lines = []
    if written is None:
        lines.append("Hari ini belum pernah dicatat dalam rekap")
    elif written.status != judged.status:
        lines.append(
            f"Dalam rekap masih tercatat {STATUS_TEXT[Status(written.status)]}; "
            "penilaian ulang akan memperbaruinya"
        )
    for one in changes:
        was = "belum dinilai" if one.was is None else STATUS_TEXT[Status(one.was)]
        lines.append(
            f"Berubah {moment_text(one.at.astimezone(settings.zone))}: {was} menjadi "
            f"{STATUS_TEXT[Status(one.became)]}"
        )
    return lines
