"""A case as people read it, in Indonesian: each event in a sentence, and what it stood on."""

from collections.abc import Iterable, Iterator, Mapping

from ingest.discipline.cases.phase import Phase
from ingest.discipline.cases.texts import STEP_TEXT
from ingest.discipline.cases.values import Actor, Event, Kind, Proposal
from ingest.indonesian import day_text, full_day_text

KIND_TEXT: Mapping[Kind, str] = {
    Kind.OPENED: "Perkara dibuka",
    Kind.CONTINUED: "Rentetan berlanjut",
    Kind.RESTATED: "Perkara diralat",
    Kind.WITHDRAWN: "Perkara ditarik",
    Kind.SUCCEEDED: "Atasan atau kantornya berganti",
    Kind.TOLD: "Tersampaikan",
    Kind.CLARIFIED: "Klarifikasi masuk",
    Kind.ACCEPTED: "Klarifikasi diterima",
    Kind.REJECTED: "Klarifikasi ditolak",
    Kind.PREPARED: "Disiapkan, menunggu persetujuan",
    Kind.APPROVED: "Disetujui",
    Kind.REFUSED: "Ditolak",
    Kind.DROPPED: "Gugur",
    Kind.MISSED: "Tidak hadir pada pemeriksaan",
    Kind.EXAMINED: "Diperiksa",
    Kind.HANDED_OVER: "Penyampaian keputusan",
    Kind.ACTED: "Tindak lanjut perangkat daerah",
    Kind.OVERDUE: "Lewat tenggat",
    Kind.EFFECTIVE: "Keputusan mulai berlaku",
}

PHASE_TEXT: Mapping[Phase, str] = {
    Phase.OPEN: "terbuka, menunggu klarifikasi",
    Phase.CLARIFYING: "klarifikasi menunggu diputuskan",
    Phase.EXCUSE_AWAITED: "klarifikasi diterima, izin atau surat harus dimasukkan",
    Phase.REPRIMAND_PREPARED: "surat teguran pembinaan kepada atasan menunggu persetujuan",
    Phase.REPRIMANDED: "atasan telah ditegur",
    Phase.LETTER_PREPARED: "surat kepada perangkat daerah menunggu persetujuan",
    Phase.LETTER_SENT: "menunggu tindak lanjut perangkat daerah",
    Phase.PROPOSAL_PREPARED: "usul pemeriksaan atasan menunggu persetujuan",
    Phase.PROPOSED: "pemeriksaan atasan diusulkan",
    Phase.SUMMONED: "dipanggil",
    Phase.SUMMONED_AGAIN: "dipanggil kedua kali",
    Phase.MISSED_TWICE: "dua kali tidak hadir, diputuskan atas bukti yang ada",
    Phase.EXAMINED: "diperiksa",
    Phase.DECIDED: "diputuskan, belum disampaikan",
    Phase.SENT: "keputusan dikirim",
    Phase.HANDED_OVER: "keputusan disampaikan, belum berlaku",
    Phase.EFFECTIVE: "keputusan berlaku",
    Phase.CLOSED: "ditutup",
    Phase.WITHDRAWN: "ditarik",
}


def sentence(event: Event) -> str:
    """Return what happened, by whom and why: `2 Maret 2026, hadir: Perkara dibuka. ...`."""
    what = KIND_TEXT[event.kind]
    if isinstance(event.about, Proposal):
        what = f"{what}: {STEP_TEXT[event.about.step]}"
    return f"{day_text(event.day)}, {_who(event.who)}: {what}. {event.why}"


def story(events: Iterable[Event]) -> list[str]:
    """Return a case from its first event on: each with its facts, and who had to be told."""
    return [line for number, event in enumerate(events, 1) for line in (*_told(number, event), "")]


def _told(number: int, event: Event) -> Iterator[str]:
    yield f"{number}. {sentence(event)}"
    if isinstance(event.about, Proposal):
        yield f"   Isi: {event.about.text}"
    for day in event.facts.days:
        incomplete = [one.terminal for one in day.terminals if not one.complete]
        missing = f"; belum lengkap: {', '.join(incomplete)}" if incomplete else ""
        ground = f" (dasar {day.ground[:12]})" if day.ground else ""
        yield f"   {full_day_text(day.day)}: {day.why}{ground}{missing}"
    if event.facts.rules:
        yield f"   Aturan: {', '.join(event.facts.rules)}"
    for paused in event.facts.paused:
        yield f"   Tidak dihitung: {day_text(paused.day)}, {paused.why}"
    for passed in event.facts.passed_over:
        yield f"   Dilewati: {passed}"
    for notice in event.notices:
        yield f"   Diberitahukan: {notice.to.role} ({notice.to.nip or notice.to.office})"


def _who(who: Actor) -> str:
    return who.name if who.role == "machine" else f"{who.name} ({who.role})"
