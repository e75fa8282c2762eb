"""What people decided, as it changes what is known of a day. Pure.

Each decision becomes a sentence that the person concerned can read, with who decided and why.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ingest.coverage import Reason
from ingest.days.whose import Owners
from ingest.indonesian import moment_text, time_text
from ingest.rules.base import ADJUSTED, RESOLVED
from ingest.store.decided import Ruling
from ingest.store.facts import Facts
from ingest.store.rulings import Added, Rulings, Unproven, Verdict
from ingest.store.touches import DoubtfulFact, PunchFact, TerminalName


class Decided(NamedTuple):
    """A punch as it is to be taken."""

    punch: PunchFact
    reason: Reason | None = None
    """What was decided of it, for the day; None where nothing was."""
    why_not: str = ""
    """Why it does not count, whatever else is known of it."""
    note: str = ""
    """What was decided of one that may count."""


def decided(rulings: Rulings, punch: PunchFact) -> Decided:
    """Apply what was decided of a punch.

    Only its time is accepted: whose it is, and on which terminal, is still asked.
    """
    which = f"rekaman pukul {time_text(punch.local_time)} pada mesin {punch.terminal.name}"
    key = (punch.terminal.id, punch.user_id, punch.local_time)
    if (by := rulings.voided.get(key)) is not None:
        why = f"dibatalkan oleh {by.text}"
        return Decided(punch, Reason(ADJUSTED, f"{which} tidak dihitung, {why}"), why_not=why)
    verdict = rulings.verdicts.get(key)
    if verdict is None or punch.doubt is None:
        return Decided(punch)
    if not verdict.accepted:
        why = f"ditolak oleh {verdict.by.text}"
        return Decided(punch, Reason(RESOLVED, f"{which} tidak dihitung, {why}"), why_not=why)
    note = f"diterima oleh {verdict.by.text}"
    reason = Reason(RESOLVED, f"waktu {which} {note}")
    return Decided(punch._replace(doubt=None), reason, note=f"waktunya {note}")


def added(one: Added) -> Reason:
    """Tell of a touch that somebody added."""
    return Reason(
        ADJUSTED, f"rekaman pukul {time_text(one.local_time)} ditambahkan oleh {one.by.text}"
    )


def settled(terminal: str, by: Ruling) -> Reason:
    """Tell of a bad record that keeps no day open any more."""
    text = f"satu rekaman rusak pada mesin {terminal} di sekitar hari ini tidak dihitung"
    return Reason(RESOLVED, f"{text}, ditolak oleh {by.text}")


def still_doubtful(facts: Facts) -> list[DoubtfulFact]:
    """Return punches of other days on which no decision stands."""
    return [one for one in facts.decided if _verdict(facts, one) is None]


def of_other_days(facts: Facts, owners: Owners) -> Iterator[tuple[int, Reason]]:
    """Yield to whom a decision says that punches of other days did not come on this one."""
    groups: defaultdict[tuple[int, str, bool, str], list[datetime]] = defaultdict(list)
    for one in facts.decided:
        if (verdict := _verdict(facts, one)) is None:
            continue
        how = verdict.accepted, verdict.by.text
        for person_id in owners.of(one.terminal, one.user_id, one.own_id):
            if person_id is not None:
                groups[person_id, one.terminal.name, *how].append(one.claimed)
    for (person_id, terminal, accepted, who), times in groups.items():
        verb = "diterima" if accepted else "ditolak"
        text = (
            f"{len(times)} rekaman pada mesin {terminal} bertanggal {moment_text(min(times))} "
            f"tidak terjadi hari ini, {verb} oleh {who}"
        )
        yield person_id, Reason(RESOLVED, text)


def unproven(facts: Facts, owners: Owners) -> Iterator[tuple[int | None, Reason]]:
    """Yield whom a decision may concern that nobody can prove; None is everybody."""
    by_nip = {one.nip: one.id for one in facts.people}
    for one in facts.rulings.unproven:
        text = f"keputusan nomor {one.number} tidak dihitung: segelnya tidak cocok dengan isinya"
        concerned = {by_nip[name] for name in (one.nip, one.user_id) if name in by_nip}
        concerned |= _who_touched(facts, owners, one)
        if not concerned:
            yield None, Reason("unproven", text)
        for person_id in concerned:
            yield person_id, Reason("unproven", text)


def _who_touched(facts: Facts, owners: Owners, one: Unproven) -> set[int]:
    terminal = facts.terminals.get(one.terminal_id or 0)
    if terminal is None or one.user_id is None:
        return set()
    name = TerminalName(terminal.id, terminal.name, terminal.office, terminal.registered)
    return {found for found in owners.of(name, one.user_id) if found is not None}


def _verdict(facts: Facts, one: DoubtfulFact) -> Verdict | None:
    return facts.rulings.verdicts.get((one.terminal.id, one.user_id, one.claimed))
