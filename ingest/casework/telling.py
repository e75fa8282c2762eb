"""A case as people read it, in Indonesian: from the first absent day to what waits for whom."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from ingest.discipline import MARK_TEXT, Regulation
from ingest.discipline.cases import (
    PHASE_TEXT,
    CaseState,
    Event,
    Filed,
    Pending,
    Rules,
    Running,
    Step,
    story,
)
from ingest.discipline.cases.texts import STEP_TEXT
from ingest.discipline.findings import days_text
from ingest.discipline.values import Alarm, Clock, Limit
from ingest.indonesian import day_text, nip_text
from ingest.store.cases import StoredCase

_NOTICE = {
    "warning": "peringatan", "knowledge": "pemberitahuan", "restated": "ralat",
    "withdrawn": "penarikan", "closed": "penutupan", "step": "surat", "overdue": "lewat tenggat",
}  # fmt: skip


def head(case: StoredCase, state: CaseState, home: str | None) -> list[str]:
    """Return whom a case is about, where it stands, and on which days; and where he serves now
    (`home`), if that is no longer the office of the case."""
    return [
        f"Perkara {case.number}: {case.name}, NIP {nip_text(case.nip)}, {state.subject.kind}, "
        f"kantor {state.subject.office}",
        *_moved(state, home),
        f"Dibuka {day_text(state.opened_on)}; keadaan: {PHASE_TEXT[state.phase]}",
        f"Hari: {days_text(state.days)} (batas {state.limit} hari berturut-turut)",
    ]


def explain(
    case: StoredCase,
    state: CaseState,
    events: Sequence[Event],
    rules: Rules | None,
    clocks: Sequence[Running] | str,
    notices: Sequence[Row[Any]],
    home: str | None,
) -> list[str]:
    """Return the whole story; `clocks` may be a sentence that says why they are not known now."""
    return [
        *head(case, state, home),
        "Setiap langkah adalah indikasi atau usul, bukan hukuman disiplin.",
        "",
        *story(events),
        "Aturan:",
        *(f"  - {one}" for one in articles(events, rules)),
        "Tenggat:",
        *(f"  - {one}" for one in clock_lines(clocks)),
        "Menunggu:",
        *(f"  - {one}" for one in waiting(state, notices)),
    ]


def _moved(state: CaseState, home: str | None) -> list[str]:
    own = state.subject.office
    if home == own:
        return []
    if home is None:
        return [f"Kini tidak bertugas di kantor mana pun; perkaranya tetap pada kantor {own}"]
    asked, told = state.asked_office, f"Kini bertugas di kantor {home}; perkaranya tetap pada"
    letters = home if asked is None else asked
    return [
        f"{told} kantor {own}, yang memutuskan klarifikasinya; surat pembinaan kepada kantor "
        f"{letters}, usul tentang gaji kepada kantor {home}"
    ]


def waiting(state: CaseState, notices: Iterable[Row[Any]]) -> list[str]:
    """Return what waits, and for whom."""
    found = [_pending(one) for one in state.pending]
    found += [_filed(one) for one in state.filed if one.accepted is None]
    over = state.ending is not None and state.ending.how == "withdrawn"
    found += [_untold(one, over=over) for one in notices if one.told_at is None]
    return found or ["tidak ada"]


def _untold(one: Row[Any], *, over: bool) -> str:
    """Say what was not told yet; of a withdrawn case only the withdrawal still is to be."""
    told = (
        f"{_NOTICE.get(one.what, one.what)} dari peristiwa {one.event} kepada "
        f"{nip_text(one.nip) if one.nip else one.office} belum tercatat tersampaikan"
    )
    if over and one.what != "withdrawn":
        return f"{told}; perkara sudah ditarik, jangan disampaikan lagi"
    return told


def clock_lines(clocks: Sequence[Running] | str) -> list[str]:
    """Return how each clock stands, with its dates."""
    if isinstance(clocks, str):
        return [clocks]
    return [_clock(one) for one in clocks]


def articles(events: Iterable[Event], rules: Rules | None) -> list[str]:
    """Return the title, article and mark of each rule that an event stood on."""
    names = dict.fromkeys(name for event in events for name in event.facts.rules)
    known = {} if rules is None else dict(_titles(rules))
    return [f"{name}: {known[name]}" if name in known else name for name in names] or ["tidak ada"]


def _titles(rules: Rules) -> Iterator[tuple[str, str]]:
    rows: list[Alarm | Clock | Limit] = [rules.alarm, rules.clarification, rules.office]
    law: Regulation | None = rules.regulation
    if law is not None:
        rows += law.limits
        yield law.id, f"{law.title} ({_sure(law.mark)})"
    for row in rows:
        article = f", {row.article}" if row.article else f", {rules.service.short}"
        yield rules.name(row), f"{row.title}{article} ({_sure(row.mark)})"


def _sure(mark: str) -> str:
    told: dict[str, str] = {str(key): text for key, text in MARK_TEXT.items()}
    return f"tanda {mark}, {told[mark]}"


def _pending(one: Pending) -> str:
    gate = one.proposal.gate
    own = "" if gate.own else f", bukan {one.by.name}" if one.by.role != "machine" else ""
    left = gate.persons - len(one.approvals)
    concerns = one.proposal.concerns if one.proposal.step is Step.SUPERIOR_PROPOSAL else None
    whom = "" if concerns is None else f" {nip_text(concerns)}"
    return (
        f"{STEP_TEXT[one.proposal.step]}{whom} (peristiwa {one.number}, disiapkan "
        f"{day_text(one.prepared_on)}): persetujuan {left} admin{own}"
    )


def _filed(one: Filed) -> str:
    judge = "admin" if one.clarification.judge == "admin" else "operator kantor atau admin"
    return (
        f"klarifikasi atas {days_text(one.clarification.days)} (peristiwa {one.number}, diserahkan "
        f"{day_text(one.clarification.handed_in)}): putusan {judge}"
    )


def _clock(one: Running) -> str:
    clock, state = one.clock, one.state
    office = " kantor" if clock.unit == "working" and clock.calendar == "office" else ""
    name = f"{clock.title}, {clock.days} {clock.counts}{office}"
    if state.began_on is None:
        return f"{name}: belum mulai"
    left_out = f"; {len(one.paused)} hari tidak dihitung" if one.paused else ""
    told = f"{name}: mulai {day_text(state.began_on)}"
    if state.last_day is not None:
        return f"{told}, lewat waktu sesudah {day_text(state.last_day)}{left_out}"
    if state.stopped is not None:
        return f"{told}, berhenti {day_text(state.stopped.on)}{left_out}"
    return f"{told}, berjalan {state.ran_days} dari {clock.days}{left_out}"


def plain(one: Running) -> dict[str, object]:
    """Return a clock for programs."""
    state = one.state
    began: date | None = state.began_on
    return {
        "id": one.clock.id,
        "days": one.clock.days,
        "unit": one.clock.unit,
        "calendar": one.clock.calendar if one.clock.unit == "working" else None,
        "began_on": began,
        "ran_days": state.ran_days,
        "last_day": state.last_day,
        "stopped_on": None if state.stopped is None else state.stopped.on,
        "lapsed": state.lapsed,
        "paused": [one.day for one in one.paused],
    }
