"""When a pushing terminal is asked for what, and when its log is known whole. Pure.

That a terminal calls proves nothing: firmware exists that never sends what was recorded while the
server was away, unless it is asked. So there are rounds, hourly, after every silence, and after
whatever tells that something happened to the log:

    CHECK    once, where the terminal has not greeted us: it then takes our settings
    QUERY    all attendance since an hour before the last proof; everything, where there is none
    COUNT    how many records are you holding? (INFO)

The count is the proof. `held` is how many records of the present log were on our disk when COUNT
was handed out, and the terminal counts later than that: if the two are equal, we held all it held.

    held = count    every record up to the moment COUNT was handed out is on our disk
    held < count    something is missing, or just being recorded: another round, soon and wider
    held > count    the log was cleared, or overwrote its oldest: it begins anew

Where records came between the order and its result, an equal count may be a chance: nobody can say
whether it was made before them or after, and a log that was cleared may have come to it just then.
It is asked for again, until nothing comes in between.

Rows may come before the result of a query or after it; the count does not care. A terminal that
tells no count is believed when it answered both the query and, after it, the COUNT: the second
answer is behind all rows of the first, since a terminal does one order after the other.

One order is under way at a time. An answer that got lost takes the order with it, so an order is
given again when no result comes, under a new id: a late result of the first would count records of
a moment that is over. COUNT waits while a log comes in, which it would only find short.
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta, tzinfo

from drivers.adms.codec import Ask, Result, query_text
from drivers.base import Note, Proof

SILENCE_S = 120
SETTLED_S = 300  # after a silence or a greeting: what comes before may have waited in the terminal
FEW = 3  # rows in one upload that may be fingers of just now
ANSWER_S = 300  # after which an order is given again
BULK = 10  # rows in one upload, from which on it is a log that comes in and not somebody's finger
QUIET_S = 30  # since the last of those, until it counts as all
TRIES = 3
AGAIN_S = 60  # until the next round when something was missing; doubled each time
OVERLAP_S = 3_600
DAY_S = 86_400
AHEAD = timedelta(days=1)  # of a clock that is ahead
BEGINNING = datetime(2000, 1, 1)
WIDE = 2  # rounds that came out short before the whole log is asked for


@dataclass(frozen=True, slots=True)
class Flight:
    """An order that was handed out and is not answered yet."""

    id: str
    ask: str
    text: str
    handed_at: int
    """The last time it was handed out."""
    held: int
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Book:
    """All that is remembered of one terminal between its calls."""

    stamp: str = "None"
    """Where its attendance log goes on, as the terminal says."""
    op_stamp: str = "9999"
    """The same of its operations: their history is of no use to us."""
    ops_until: str = ""
    """Local time of the last operation that was taken note of: some are sent again and again."""
    resend: bool = True
    """The next greeting is answered with 0: send all you have."""
    greeted: bool = False
    back_at: int = 0
    """When it last greeted us or was silent before."""
    access: bool = False
    """It speaks the dialect of doors, which has no query of a period."""
    model: str = ""
    firmware: str = ""
    number: int = 0
    """Of the last order."""
    flight: Flight | None = None
    next: str = ""
    """What this round asks next; empty between rounds."""
    due_at: int = 0
    short: int = 0
    """Rounds in a row that found something missing."""
    shrank_at: int | None = None
    """When its log was last found to have lost records that nobody said were deleted."""
    proven_at: int | None = None
    asked_at: int | None = None
    """When the query of this round was handed out, if it was answered."""
    rows_at: int = 0
    """When a part of its log last came in."""
    count: int | None = None
    """Records, as it last told."""


def load(notebook: str) -> Book:
    """Return what was noted. Words of another version of this program are left out."""
    found = json.loads(notebook) if notebook else {}
    flight = found.pop("flight", None)
    known = {one.name for one in fields(Book)}
    return Book(
        **{name: value for name, value in found.items() if name in known},
        flight=Flight(**flight) if flight else None,
    )


def dump(book: Book) -> str:
    """Return the notebook to be kept."""
    return json.dumps(asdict(book), sort_keys=True, separators=(",", ":"))


def called(book: Book, now: int, silent_s: int | None) -> Book:
    """Take note of a call: after a silence, and after a start, a round is due at once."""
    if silent_s is None or silent_s > SILENCE_S:
        book = replace(book, back_at=now)
        if not book.next and book.due_at > now:
            return replace(book, due_at=now)
    return book


def live(book: Book, rows: int, now: int) -> bool:
    """Tell whether rows that come in by themselves were made just now."""
    asked = book.flight is not None and book.flight.ask == Ask.QUERY.value
    return 0 < rows <= FEW and not asked and now - book.back_at > SETTLED_S


def disturbed(book: Book, now: int) -> Book:
    """Take note that something happened to the terminal: a round is due at once."""
    return replace(book, due_at=min(book.due_at, now))


def wiped(book: Book, now: int) -> Book:
    """Take note that the log was cleared or overwritten: it is another one from here on."""
    return replace(disturbed(book, now), next="", flight=None, proven_at=None, short=WIDE)


def uploaded(book: Book, rows: int, now: int) -> Book:
    """Take note of attendance that came in."""
    return replace(book, rows_at=now) if rows >= BULK else book


def next_order(
    book: Book, *, now: int, zone: tzinfo, held: int, gap_s: int
) -> tuple[Book, tuple[str, str] | None, tuple[Note, ...]]:
    """Return what a poll is answered with: an order as its id and text, or None."""
    if book.access:
        return book, None, ()
    if book.flight:
        return _waiting(book, book.flight, now=now, held=held, gap_s=gap_s)
    if not book.next:
        if now < book.due_at:
            return book, None, ()
        book = replace(book, next=_first(book).value, asked_at=None)
    ask = Ask(book.next)
    if ask is Ask.COUNT and book.rows_at <= now < book.rows_at + QUIET_S:
        return book, None, ()
    text = _query(book, now, zone) if ask is Ask.QUERY else ask.value
    book, order = _hand_out(book, ask.value, text, now=now, held=held)
    return book, order, ()


def answered(
    book: Book, result: Result, *, now: int, held: int, gap_s: int
) -> tuple[Book, Proof | None, tuple[Note, ...], bool]:
    """Return what a result brings: a proof perhaps, notes, and whether the log begins anew.

    `held` is how many records of the present log are on our disk by now.
    """
    flight = book.flight
    if flight is None or result.id != flight.id:
        return book, None, (), False  # of an order we gave up on, or not ours
    book = replace(book, flight=None)
    match Ask(flight.ask):
        case Ask.GREET:
            book = replace(book, greeted=True)
            return replace(book, next=_first(book).value), None, (), False
        case Ask.QUERY:
            notes: tuple[Note, ...] = ()
            if result.code < 0:
                detail = f"it answers {result.code} when asked for its log of a period"
                notes = (Note("query-refused", detail),)
            asked_at = flight.handed_at if result.code >= 0 else None
            return replace(book, asked_at=asked_at, next=Ask.COUNT.value), None, notes, False
        case Ask.COUNT:
            return _counted(book, flight, result, now=now, held=held, gap_s=gap_s)


def _first(book: Book) -> Ask:
    if not book.greeted:
        return Ask.GREET
    if book.proven_at is None and not book.short:
        return Ask.COUNT  # a new terminal sends its whole log by itself, when told to
    return Ask.QUERY


def _query(book: Book, now: int, zone: tzinfo) -> str:
    since = BEGINNING
    if book.proven_at is not None and book.short < WIDE:
        since = datetime.fromtimestamp(book.proven_at - OVERLAP_S, zone)
    return query_text(since, datetime.fromtimestamp(now, zone) + AHEAD)


def _waiting(
    book: Book, flight: Flight, *, now: int, held: int, gap_s: int
) -> tuple[Book, tuple[str, str] | None, tuple[Note, ...]]:
    begun_at = max(flight.handed_at, book.rows_at)  # while its log comes in, it answers nothing
    if begun_at <= now < begun_at + ANSWER_S:
        return book, None, ()
    if flight.tries < TRIES:
        tries = flight.tries + 1
        book, order = _hand_out(book, flight.ask, flight.text, now=now, held=held, tries=tries)
        return book, order, ()
    if flight.ask == Ask.COUNT.value:
        # nothing to be proven by: not even the barrier that a second answer is
        note = Note("unproven", f"it does not answer {flight.ask}, so its log cannot be proven")
        ended = replace(book, flight=None, next="", due_at=now + gap_s)
        return ended, None, (note,)
    # a terminal that knows no CHECK or QUERY may still count
    ended = replace(book, flight=None, greeted=True, next=Ask.COUNT.value)
    note = Note("query-refused", f"it does not answer {flight.ask}")
    return ended, None, (note,)


def _hand_out(
    book: Book, ask: str, text: str, *, now: int, held: int, tries: int = 1
) -> tuple[Book, tuple[str, str]]:
    # a plain number: letters are allowed, and an outside simulator of terminals knows none
    flight = Flight(str(book.number + 1), ask, text, now, held, tries)
    return replace(book, number=book.number + 1, flight=flight), (flight.id, text)


def _counted(
    book: Book, flight: Flight, result: Result, *, now: int, held: int, gap_s: int
) -> tuple[Book, Proof | None, tuple[Note, ...], bool]:
    told = result.facts.get("TransactionCount", "")
    count = int(told) if told.isdecimal() and len(told) < 10 and result.code >= 0 else None
    book = replace(book, next="", count=count)
    if count is None:
        return _believed(book, now=now, gap_s=gap_s)
    if flight.held > count:
        detail = (
            f"it counts {count} records and {flight.held} were taken: its log was cleared, or "
            "overwrites its oldest"
        )
        # a log that is full shrinks all the time, and is not to be sent whole every hour
        daily = book.shrank_at is not None and book.shrank_at <= now < book.shrank_at + DAY_S
        due_at = now + DAY_S if daily else now
        anew = replace(wiped(book, now), due_at=due_at, shrank_at=now)
        return anew, None, (Note("log-shrank", detail),), True
    if flight.held < held and count <= held:
        return replace(book, next=Ask.COUNT.value), None, (), False  # of which moment is it?
    if flight.held < count:
        detail = f"it counts {count} records and {flight.held} were taken"
        soon = min(gap_s, AGAIN_S << min(book.short, 10))
        short = replace(book, short=book.short + 1, due_at=now + soon)
        if short.short == WIDE + 1:  # asking for all of it did not bring it: once more by its stamp
            short = replace(short, resend=True, greeted=False)
        # one that is short once may have been recording just then
        return short, None, (Note("short", detail),) if book.short else (), False
    proof = Proof(flight.handed_at, count) if count else None
    proven_at = flight.handed_at if count else book.proven_at
    done = replace(book, short=0, due_at=now + gap_s, proven_at=proven_at)
    return done, proof, (), False


def _believed(
    book: Book, *, now: int, gap_s: int
) -> tuple[Book, Proof | None, tuple[Note, ...], bool]:
    """Judge a terminal that tells no count: by its answer to the query of this round."""
    if book.asked_at is not None:
        done = replace(book, short=0, due_at=now + gap_s, proven_at=book.asked_at)
        return done, Proof(book.asked_at, None), (), False
    if not book.short:  # the first round of a new terminal asks for a count only
        return replace(book, short=1, due_at=now), None, (), False
    detail = "it tells no count and answers no query, so its log cannot be proven"
    return replace(book, due_at=now + gap_s), None, (Note("unproven", detail),), False
