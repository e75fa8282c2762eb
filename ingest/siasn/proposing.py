"""One person as BKN tells him beside what the store knows of him: what would change. Pure.

Nothing is guessed. A unit without an office, a kind without a word we know, a day that is none:
each is a note, by name. Nobody is deleted and no assignment ended because BKN says so: that is a
note, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile

from ingest.calendar import ExcuseType
from ingest.calendar.excusing import Claim, Earlier, covering, impossible, overlapped
from ingest.ranks import same_rank
from ingest.siasn.changes import Change, Field, Units
from ingest.siasn.words import full_name, has_left, kind_of, rank_of, read_day
from ingest.store.people import Assignment
from ingest.store.person_posts import MOST, What
from ingest.store.siasn import Told

LEAVES = {"rw-cltn": "CLTN", "rw-tubel": "TB"}
"""Under which type of excuse what BKN tells is proposed."""
_DAY = timedelta(days=1)
_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a person, as of the day of BKN's answer."""

    name: str
    kind: str
    assignments: tuple[Assignment, ...]
    """By their first days."""
    earlier: tuple[Earlier, ...] = ()
    kind_since: date | None = None
    """From when on the kind is dated; None: it was the first."""
    rank: str = ""
    post: str = ""
    posts_since: Mapping[What, date] = field(default_factory=dict)
    """From when on rank and post are held; what is missing nobody wrote down."""

    def on(self, day: date) -> Assignment | None:
        """Return where the person serves on a day."""
        return next(
            (one for one in self.assignments
             if one.first <= day and (one.last is None or one.last >= day)), None,
        )  # fmt: skip


def propose(
    told: Told, known: Known | None, units: Units, types: Mapping[str, ExcuseType]
) -> Iterator[Change]:
    """Yield what would change of one person, field by field."""
    person = told.person
    if not person:
        yield _note(told, known, "BKN knows nobody of this NIP")
        return
    if has_left(person):
        yield _note(told, known, f"BKN: {person['standing']}; if so, write it down by people break")
    elif known is None:
        yield from _new(told, units)
    else:
        yield from _name(told, known)
        yield from _kind(told, known)
        yield from _posts(told, known)
        yield from _office(told, known, units)
    if known is not None:
        yield from _leaves(told, known, types)
    yield from _sanctions(told, known)
    yield from _contracts(told, known)


def _note(told: Told, known: Known | None, because: str) -> Change:
    name = full_name(told.person) if known is None else known.name
    return Change(nip=told.nip, name=name, field=Field.NOTE, because=because)


def _new(told: Told, units: Units) -> Iterator[Change]:
    name, kind = full_name(told.person), kind_of(told.person)
    office = _office_of(told.person, units)
    if not name or len(name) > _MOST_NAME:
        yield _note(told, None, "BKN tells no name that can be kept")
    elif kind is None:
        yield _unknown_kind(told, None)
    elif office is None:
        yield _unknown_unit(told, None)
    else:
        yield Change(
            nip=told.nip, name=name, field=Field.PERSON, new=kind, office=office, first=told.on,
            because=f"new here; serves in {office} from the day of the answer on",
        )  # fmt: skip


def _name(told: Told, known: Known) -> Iterator[Change]:
    """A name without its titles is no other name: nobody is renamed for them."""
    bare, whole = told.person.get("name", ""), full_name(told.person)
    if not whole or len(whole) > _MOST_NAME or _plain(known.name) in (_plain(bare), _plain(whole)):
        return
    yield Change(nip=told.nip, name=known.name, field=Field.NAME, old=known.name, new=whole,
                 because="BKN writes it so")  # fmt: skip


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _kind(told: Told, known: Known) -> Iterator[Change]:
    kind = kind_of(told.person)
    if kind is None:
        yield _unknown_kind(told, known)
    elif kind != known.kind:
        since = read_day(told.person.get("pns_since")) if kind == "PNS" else None
        new = since is not None and (known.kind_since is None or since > known.kind_since)
        first, because = _day_or(since, told.on, known.kind == "CPNS" and new)
        yield Change(nip=told.nip, name=known.name, field=Field.KIND, old=known.kind, new=kind,
                     first=first, because=because)  # fmt: skip


def _posts(told: Told, known: Known) -> Iterator[Change]:
    """A day of BKN's that lies before what is known here is not believed: history stays."""
    rank, post = rank_of(told.person), told.person.get("post", "")
    if rank and not same_rank(rank, known.rank):
        yield _post(told, known, "rank", known.rank, rank)
    if post and _plain(post) != _plain(known.post):
        yield _post(told, known, "post", known.post, post)


def _post(told: Told, known: Known, what: What, old: str, new: str) -> Change:
    if len(new) > MOST:
        return _note(told, known, f"BKN tells a {what} of more than {MOST} characters")
    since, here = read_day(told.person.get(f"{what}_since")), known.posts_since.get(what)
    later = since is not None and (here is None or since > here)
    first, because = _day_or(since, told.on, later)
    return Change(nip=told.nip, name=known.name, field=Field(what), old=old, new=new, first=first,
                  because=because)  # fmt: skip


def _office(told: Told, known: Known, units: Units) -> Iterator[Change]:
    office, now = _office_of(told.person, units), known.on(told.on)
    if office is None:
        yield _unknown_unit(told, known)
        return
    if now is not None and now.office == office:
        return
    first, because = _day_or(_since(told, office, units), told.on, True)
    if now is not None and first <= now.first:
        first, because = told.on, "the day of the answer: BKN's day lies before what is known here"
    if now is not None and first <= now.first:
        yield _note(told, known, f"BKN: serves in {office}; here {now.office} from {now.first} on")
        return
    yield Change(
        nip=told.nip, name=known.name, field=Field.OFFICE, old=now.office if now else "",
        new=office, first=first, because=f"{because}; the superior is to be entered",
    )  # fmt: skip


def _office_of(row: Mapping[str, str], units: Units) -> str | None:
    return units.office(row.get("unit", "")) or units.office(row.get("parent_unit", ""))


def _since(told: Told, office: str, units: Units) -> date | None:
    """Return since when the last posts of a person were all of one office."""
    posts = [
        (since, _office_of(row, units))
        for row in told.of("rw-jabatan")
        if (since := read_day(row.get("since"))) is not None and since <= told.on
    ]
    last = list(takewhile(lambda one: one[1] == office, sorted(posts, key=_first, reverse=True)))
    return last[-1][0] if last else read_day(told.person.get("post_since"))


def _first(post: tuple[date, str | None]) -> date:
    return post[0]


def _day_or(since: date | None, on: date, believed: bool) -> tuple[date, str]:
    if since is not None and believed and since <= on:
        return since, f"by BKN since {since}"
    return on, "the day of the answer: BKN tells no other"


def _leaves(told: Told, known: Known, types: Mapping[str, ExcuseType]) -> Iterator[Change]:
    begins = known.assignments[0].first if known.assignments else date.max
    given = list(known.earlier)
    for kind, code in LEAVES.items():
        for row in told.of(kind):
            found = _leave(told, known, row, types.get(code), given, code)
            if found is None or (found.last is not None and found.last < begins):
                continue
            if found.first is not None and found.last is not None:
                given.append(Earlier("another row of BKN", code, found.first, found.last))
            yield found


def _leave(
    told: Told,
    known: Known,
    row: Mapping[str, str],
    type_: ExcuseType | None,
    given: Sequence[Earlier],
    code: str,
) -> Change | None:
    first, last, letter = *_span(row), row.get("letter", "")
    if type_ is None:
        return _note(told, known, f"BKN tells of {code}, of which there is no excuse here")
    if first is None or last is None:
        return _note(told, known, f"BKN tells of {code} without two days that can be read")
    claim = Claim(type_, first, last, None, letter)
    if covering(claim, given, (code,)) is not None:
        return None
    if (why := impossible(claim) or overlapped(claim, given)) is not None:
        return _note(told, known, f"{code} of BKN, {first} to {last}: {why}")
    return Change(nip=told.nip, name=known.name, field=Field.EXCUSE, new=code, first=first,
                  last=last, letter=letter, because=type_.name)  # fmt: skip


def _span(row: Mapping[str, str]) -> tuple[date | None, date | None]:
    """Return the days of a leave; one who came back sooner was away until the day before."""
    first, last = read_day(row.get("since")), read_day(row.get("until"))
    active = read_day(row.get("active_on"))
    if first is not None and last is not None and active is not None and first < active <= last:
        last = active - _DAY
    return first, last


def _sanctions(told: Told, known: Known | None) -> Iterator[Change]:
    for row in told.of("rw-hukdis"):
        until = read_day(row.get("until"))
        if row.get("void_letter") or (until is not None and until < told.on):
            continue
        name, letter = row.get("name") or row.get("level", "?"), row.get("letter", "?")
        yield _note(told, known, f"sanction in force by BKN: {name}, letter {letter}")


def _contracts(told: Told, known: Known | None) -> Iterator[Change]:
    ends = [day for row in told.of("rw-kontrak") if (day := read_day(row.get("until")))]
    if ends and max(ends) < told.on:
        yield _note(told, known, f"by BKN the last contract ended on {max(ends)}")


def _unknown_kind(told: Told, known: Known | None) -> Change:
    said = told.person.get("kind_name") or told.person.get("kind") or "nothing"
    return _note(told, known, f'kind: BKN says "{said}", which is none we know')


def _unknown_unit(told: Told, known: Known | None) -> Change:
    unit, name = told.person.get("unit") or "none", told.person.get("unit_name", "")
    return _note(told, known, f'unit {unit} "{name}" has no office here; see siasn units unknown')
