"""One terminal that pushes: what each of its calls means, and what it is answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Literal

from drivers.adms import codec, rounds, rows
from drivers.adms.codec import Call, Kind
from drivers.adms.rounds import Book
from drivers.base import (
    Caller,
    Entry,
    Heard,
    Note,
    Proof,
    RawPunch,
    Receiver,
    Reply,
    Request,
    TerminalInfo,
)
from drivers.errors import MalformedReply, TerminalRefused

WIPING = {
    13: "data cleared",
    22: "reset to the factory's settings",
    23: "records deleted",
    43: "records deleted after a download to a stick",
}
"""Operations at the menu after which the log is another one."""
CLOCK_SET = 21

_STAMP = re.compile(r"[A-Za-z0-9_.:-]{1,32}")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class AdmsReceiver(Receiver):
    """A terminal of the ZK family in its cloud or ADMS mode."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """Settings of one terminal that calls us."""

        serial: str
        """Its serial number: all it says of who it is."""
        source: str | None = None
        """The address it calls from, or the network: `192.168.1.201`, `192.168.1.0/24`. Without
        it, whoever knows the serial number may hand in punches in its name."""
        gap_s: int = 3_600
        """How often its log is asked for what did not come by itself, and counted."""
        clock: Literal["leave", "set"] = "leave"
        """`set`: our replies set its clock. `leave`: they tell it no time at all."""

        def __post_init__(self) -> None:
            if self.source is not None:
                try:
                    ip_network(self.source, strict=False)
                except ValueError:
                    raise ValueError(
                        f"source: {self.source!r} is no address and no network, write it like "
                        "192.168.1.201 or 192.168.1.0/24"
                    ) from None
            if not 60 <= self.gap_s <= 86_400:
                raise ValueError(f"gap_s: expected 60 to 86400, got {self.gap_s}")

    def __init__(self, options: Options) -> None:
        self._options = options

    @staticmethod
    def serial_of(request: Request) -> str | None:
        call = codec.call_of(request)
        return None if call is None or call.kind is Kind.NOTHING else call.serial

    @staticmethod
    def describe(request: Request) -> str:
        told = []
        for name, words in (("pushver", "push"), ("devicetype", "type"), ("language", "language")):
            if value := request.query.get(name):
                told.append(f"{words} {value[:20]}")
        return ", ".join(told)

    @staticmethod
    def refusal(reason: str) -> Reply:
        return codec.not_kept(reason)

    def handle(self, request: Request, caller: Caller) -> Heard:
        call = codec.call_of(request)
        if call is None or call.serial != self._options.serial:
            raise TerminalRefused(f"this is no call of {self._options.serial}")
        before = rounds.load(caller.notebook)
        book = rounds.called(before, caller.now, caller.silent_s)
        turn = _Turn(self._options, request, call, caller, book)
        return turn.heard(before)


class _Turn:
    """One call on its way to what it means."""

    def __init__(
        self,
        options: AdmsReceiver.Options,
        request: Request,
        call: Call,
        caller: Caller,
        book: Book,
    ) -> None:
        self._options = options
        self._request = request
        self._call = call
        self._caller = caller
        self._book = book
        self._entries: list[Entry] = []
        self._notes: list[Note] = []
        self._proof: Proof | None = None
        self._anew = False
        self._records: int | None = None

    def heard(self, before: Book) -> Heard:
        reply = self._dated(self._reply())
        book = self._book
        return Heard(
            reply=reply,
            entries=self._entries,
            notebook=rounds.dump(book) if book != before or not self._caller.notebook else None,
            info=TerminalInfo(
                serial=self._call.serial,
                model=book.model,
                firmware=book.firmware,
                records=book.count if self._records is None else self._records,
            ),
            notes=tuple(self._notes),
            proof=self._proof,
            live=rounds.live(book, len(self._entries), self._caller.now),
            anew=self._anew,
        )

    def _reply(self) -> Reply:  # noqa: PLR0911, PLR0912 - a table of calls
        body, query = self._request.body, self._call.query
        match self._call.kind:
            case Kind.HELLO:
                return self._greeted()
            case Kind.ATTLOG:
                return self._attendance(rows.decode_attlog(body, surplus=self._request.surplus))
            case Kind.RTLOG:
                self._entries, count = rows.decode_rtlog(body, surplus=self._request.surplus)
                self._book = replace(self._book, access=True)
                return codec.ok() if count else codec.ok(0)
            case Kind.OPERLOG:
                return self._operations()
            case Kind.SETTINGS:
                self._facts(codec.decode_settings(body))
                return codec.ok()
            case Kind.POLL:
                return self._polled()
            case Kind.RESULTS:
                return self._results()
            case Kind.REGISTRY:
                self._book = replace(self._book, access=True)
                return codec.text_reply(f"RegistryCode={codec.registry_code(self._call.serial)}")
            case Kind.CONFIGURE:
                self._book = replace(self._book, access=True)
                return codec.encode_registration(self._call.serial, greeting=False)
            case Kind.TABLE:
                return self._table()
            case Kind.OTHER:
                return codec.ok(rows.count_rows(body)) if query.get("table") else codec.ok()
            case Kind.PACKED:
                raise MalformedReply("attendance in an archive, which is not read", body)
            case Kind.UNKNOWN:
                return self._unknown()
            case Kind.NOTHING:
                raise TerminalRefused(f"no call of ADMS: {self._request.path[:80]!r}")

    def _greeted(self) -> Reply:
        query, book = self._call.query, self._book
        if query.get("devicetype", "").lower() == "acc" or query.get("pushver", "").startswith("3"):
            self._book = replace(book, access=True, greeted=True)
            return codec.encode_registration(self._call.serial, greeting=True)
        stamp = "0" if book.resend else book.stamp
        self._book = rounds.disturbed(
            replace(book, resend=False, greeted=True, access=False, back_at=self._caller.now),
            self._caller.now,
        )
        timezone_h = self._timezone_h()
        if timezone_h is not None:
            self._notes.append(
                Note("clock-set", f"our replies set its clock, in time zone {timezone_h:+d}")
            )
        return codec.encode_settings(
            self._call.serial, stamp=stamp, op_stamp=book.op_stamp, timezone_h=timezone_h
        )

    def _attendance(self, entries: list[Entry]) -> Reply:
        self._entries = entries
        book = rounds.uploaded(self._book, len(entries), self._caller.now)
        stamp = self._call.query.get("stamp") or self._call.query.get("attlogstamp", "")
        if entries and _STAMP.fullmatch(stamp) and stamp != "0":
            book = replace(book, stamp=stamp)
        self._book = book
        return codec.ok(len(entries))

    def _operations(self) -> Reply:
        operations, count = rows.decode_operlog(self._request.body)
        stamp = self._call.query.get("opstamp") or self._call.query.get("stamp", "")
        if _STAMP.fullmatch(stamp) and stamp != "0":
            self._book = replace(self._book, op_stamp=stamp)
        known = self._book.ops_until
        for one in operations:
            if one.local_time is None or (at := one.local_time.isoformat(" ")) <= known:
                continue
            if one.number in WIPING:
                what = f"at its menu, {at}: {WIPING[one.number]} (operation {one.number})"
                self._notes.append(Note("log-deleted", what))
                self._book = rounds.wiped(self._book, self._caller.now)
                self._anew = True
            elif one.number == CLOCK_SET:
                self._notes.append(Note("clock-changed", f"its clock was set at its menu to {at}"))
            if at > self._book.ops_until:
                self._book = replace(self._book, ops_until=at)
        return codec.ok(count)

    def _polled(self) -> Reply:
        self._facts(codec.decode_counts(self._call.query.get("info", "")))
        self._book, order, notes = rounds.next_order(
            self._book,
            now=self._caller.now,
            zone=self._caller.zone,
            held=self._caller.held,
            gap_s=self._options.gap_s,
        )
        self._notes += notes
        return codec.ok() if order is None else codec.encode_command(*order)

    def _results(self) -> Reply:
        for result in codec.decode_results(self._request.body):
            self._facts(result.facts)
            self._book, proof, notes, anew = rounds.answered(
                self._book,
                result,
                now=self._caller.now,
                held=self._caller.held,
                gap_s=self._options.gap_s,
            )
            self._notes += notes
            self._proof = proof or self._proof
            self._anew = self._anew or anew
        return codec.ok()

    def _table(self) -> Reply:
        name = self._call.query.get("tablename", "")
        told = self._call.query.get("count", "")
        count = int(told) if told.isdecimal() and len(told) < 7 else None
        if name.lower() == "transaction":
            self._entries = rows.unread_rows(self._request.body)
        if count is None:
            count = rows.count_rows(self._request.body)
        # exactly this form: after a bare OK the table comes again and again
        plain = "".join(sign for sign in name if sign.isalnum() or sign == "_")[:40]
        return codec.text_reply(f"{plain}={count}") if plain.isascii() and plain else codec.ok()

    def _unknown(self) -> Reply:
        """Take attendance under a name we do not know; leave anything else aside, and say so."""
        body = self._request.body
        try:
            entries = rows.decode_attlog(body, surplus=self._request.surplus)
        except MalformedReply:
            entries = []
        if entries and all(isinstance(one, RawPunch) and one.verify is not None for one in entries):
            return self._attendance(entries)
        table, count = self._call.query.get("table", "")[:40], rows.count_rows(body)
        self._notes.append(Note("unknown-table", f"{count} rows of table {table!a} left aside"))
        return codec.ok(count)

    def _facts(self, facts: Mapping[str, str]) -> None:
        told = facts.get("TransactionCount", "")
        if told.isdecimal() and len(told) < 10:
            self._records = int(told)
        book = self._book
        self._book = replace(
            book,
            model=_plain(facts.get("DeviceName", "")) or book.model,
            firmware=_plain(facts.get("FWVersion", "")) or book.firmware,
        )

    # -- the clock ---------------------------------------------------------------------------------

    def _sets_clock(self) -> bool:
        return self._options.clock == "set" and self._caller.clock_trusted

    def _timezone_h(self) -> int | None:
        """Return the office's whole hours from UTC: a fraction would be cut off by the terminal."""
        if not self._sets_clock():
            return None
        offset = datetime.fromtimestamp(self._caller.now, self._caller.zone).utcoffset()
        if offset is None or offset.total_seconds() % 3_600:
            return None
        return int(offset.total_seconds() // 3_600)

    def _dated(self, reply: Reply) -> Reply:
        """Add the Date by which a terminal sets its clock, where it is to do so."""
        if self._timezone_h() is None:
            return reply
        now = datetime.fromtimestamp(self._caller.now, UTC)
        date = (
            f"{_DAYS[now.weekday()]}, {now.day:02} {_MONTHS[now.month - 1]} {now:%Y %H:%M:%S} GMT"
        )
        return replace(reply, headers=(*reply.headers, ("Date", date)))


def _plain(text: str) -> str:
    return text[:60] if text.isprintable() else ""
