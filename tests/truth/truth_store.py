"""Brings a made-up world into the store: by the ways people and bridges have, or, where a year of a
whole regency is to be there soon, punches and coverage in bulk, as those ways would have left them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from served import Served, Slot, error_of
from signed import Chains, Signer
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.dialects import postgresql
from truth_life import Life, Told
from truth_troubles import Statement, Troubles, bad_records, statements
from truth_world import (
    DAY,
    FASTING,
    FASTING_SPAN,
    FLEX_CAP,
    HOLIDAYS,
    HOURS,
    REST,
    SHIFTS,
    TOLERANCE_MIN,
    ZONE,
    Excuse,
    Person,
    World,
    rostered,
)

from ingest import seal as seals_of
from ingest.api import create_app
from ingest.calendar.excusing import Claim
from ingest.excuse_types import shipped
from ingest.imports import terminals as terminal_files
from ingest.imports import user_ids as user_id_files
from ingest.imports.sheet import parse_sheet
from ingest.roles import Role
from ingest.store import bridges, excuses, partitions, people, rosters, seals, tables, terminals
from ingest.store.audit import Actor
from ingest.store.database import reading, writing
from ingest.store.decided import Grounds
from ingest.store.marks import mark_office_days
from ingest.store.people import Assignment
from ingest.store.swaps import Approval
from ingest.store.tables_time import (
    roster_days,
    scheme_overlays,
    scheme_terms,
    scheme_uses,
    service_breaks,
    shifts,
    special_days,
)
from ingest.store.terminals import Terminal, UserId
from ingest.wire import BadRecord, Coverage, Heartbeat, Punch, bad_record_id, punch_id

EARLIER = datetime(2024, 1, 1, tzinfo=UTC)
MEASURED_S = 300
ROWS = 2_000
ADMIN = Actor("Budi", "budi", Role.ADMIN)


@dataclass(slots=True)
class Keeper:
    """A store, and everybody who may write into it."""

    engine: Engine
    world: World
    troubles: Troubles
    slot: Slot
    now: datetime
    ids: dict[str, int] = field(default_factory=dict)
    """The store's key of a person by NIP."""
    bridges: dict[str, Served] = field(default_factory=dict)
    """By office."""
    seal: seals_of.Seal = field(default_factory=seals_of.new)
    chains: Chains = field(default_factory=Chains)
    receipts: dict[str, str] = field(default_factory=dict)
    given: dict[tuple[str, date], int] = field(default_factory=dict)
    """Number of each letter by NIP and first day."""

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()


def tell_in_time(keeper: Keeper, *, bulk: bool) -> int:
    """Write what is known when the days are judged first; return the number of punches."""
    with writing(keeper.engine) as connection:
        seals.register(connection, keeper.seal, before=None, lost=False, now=EARLIER)
        _put_hours(connection)
        _put_offices(connection, keeper)
        _put_people(connection, keeper)
    _open_bridges(keeper)
    for person in keeper.world.people:
        _give(keeper, person, [one for one in person.excuses if one.known[0]])
    count = _bulk(keeper) if bulk else 0
    count += _send(keeper, 0, bulk=bulk)
    _send_bad_records(keeper)
    told = [one for one in statements(keeper.troubles) if one.phase == 0]
    if bulk:
        _put_coverage(
            keeper, [one for one in told if one.serial not in keeper.troubles.unregistered]
        )
        with writing(keeper.engine) as connection:  # told by a bridge, each day would be marked
            mark_office_days(
                connection,
                [(code, day) for code in keeper.world.offices for day in keeper.world.size.days],
            )
        told = [one for one in told if one.serial in keeper.troubles.unregistered]
    _state(keeper, told)
    return count


def tell_late(keeper: Keeper) -> int:
    """Tell what comes three weeks later, by the service's own ways alone."""
    world = keeper.world
    keeper.now = world.now[1]
    count = _send(keeper, 1, bulk=False)
    _state(keeper, [one for one in statements(keeper.troubles) if one.phase == 1])
    with writing(keeper.engine) as connection:
        _import_late(connection, keeper)
        for person in world.people:
            _tell_rosters(connection, keeper, person)
    for person in world.people:
        _give(keeper, person, [one for one in person.excuses if one.known == (False, True)])
        for one in person.excuses:
            if one.known == (True, False):
                _take_back(keeper, person, one)
    return count


# What an admin owns.


def _put_hours(connection: Connection) -> None:
    connection.execute(
        insert(tables.schemes), [{"code": code, "name": code} for code in (*HOURS, "roster")]
    )
    bodies = {code: _body(code, week) for code, week in HOURS.items()}
    bodies["flex"]["flexi"] = {"cap_s": int(FLEX_CAP.total_seconds()), "make_up": True}
    bodies["roster"] = {"roster": True}
    connection.execute(
        insert(scheme_terms),
        [
            {"scheme": code, "valid_from": date(2020, 1, 1), "body": body}
            for code, body in bodies.items()
        ],
    )
    first, last = FASTING_SPAN
    over = {"first": first, "last": last, "name": "Ramadan"}
    connection.execute(
        insert(scheme_overlays),
        [{"scheme": code, "body": _body(code, week), **over} for code, week in FASTING.items()],
    )
    connection.execute(
        insert(shifts),
        [
            {"code": code, "name": code, "body": {"start": f"{a:%H:%M}", "end": f"{b:%H:%M}"}}
            for code, (a, b) in SHIFTS.items()
        ],
    )


def _body(code: str, week: dict[int, Any]) -> dict[str, Any]:
    rest = {"rest": [[f"{one:%H:%M}" for one in REST]]} if code == "four" else {}
    days = {
        str(day): {"start": f"{a:%H:%M}", "end": f"{b:%H:%M}", **rest}
        for day, (a, b) in week.items()
    }
    manner = {"taps": 4} if code == "four" else {}
    if code in TOLERANCE_MIN:
        manner["tolerance_s"] = 60 * TOLERANCE_MIN[code]
    return {"days": days, **manner}


def _put_offices(connection: Connection, keeper: Keeper) -> None:
    offices = keeper.world.offices.values()
    people.put_offices(
        connection,
        [people.Office(one.code, f"Dinas {one.code}", one.scheme) for one in offices],
        [],
    )
    free = [{"day": day, "office": None, "name": name, "category": kind}
            for day, (name, kind) in HOLIDAYS.items()]  # fmt: skip
    free += [{"day": day, "office": one.code, "name": "Hari jadi", "category": "local"}
             for one in offices for day in one.local]  # fmt: skip
    connection.execute(insert(tables.holidays), free)
    years = {keeper.world.size.first.year, keeper.now.year}
    connection.execute(
        insert(tables.calendar_years),
        [{"year": one, "seeded_at": EARLIER, "confirmed_at": EARLIER} for one in years],
    )
    special = []
    for one in offices:
        for day, told in one.special.items():
            body = told.hours and {
                "start": f"{told.hours[0]:%H:%M}",
                "end": f"{told.hours[1]:%H:%M}",
            }
            special.append({"office": one.code, "first": day, "last": day, "kind": told.kind,
                            "name": told.name, "letter": "800/1", "body": body})  # fmt: skip
    for kept in special:
        connection.execute(
            insert(special_days).values({k: v for k, v in kept.items() if v is not None})
        )
    terminals.put_terminals(
        connection,
        [Terminal(serial, f"pintu-{serial}", office, first, last)
         for serial, (office, first, last) in keeper.troubles.standing.items()],
        [], now=EARLIER,
    )  # fmt: skip


def _put_people(connection: Connection, keeper: Keeper) -> None:
    world = keeper.world
    known = [people.Person(one.nip, f"Pegawai {one.number:05}", "PNS") for one in world.people]
    people.put_people(connection, known, [])
    posts = [(person, post) for person in world.people for post in person.posts]
    people.put_assignments(
        connection,
        [Assignment(person.nip, one.office, None, one.first, one.last) for person, one in posts],
        [],
    )
    keeper.ids = people.person_ids(connection)
    mapped = [UserId(None, one.office, one.user_id, person.nip, one.first, one.last)
              for person, one in posts if person.mapped == "on time"]  # fmt: skip
    mapped += [UserId(one.visit.serial, None, one.visit.user_id, one.nip, one.visit.first,
                      one.visit.last) for one in world.people if one.visit]  # fmt: skip
    terminals.put_user_ids(connection, mapped, [])
    own = [{"person_id": keeper.ids[one.nip], "scheme": one.scheme, "first": date(2020, 1, 1)}
           for one in world.people if one.scheme]  # fmt: skip
    connection.execute(insert(scheme_uses), own)
    _put_breaks(connection, keeper)
    for person in world.people:
        if person.scheme == "roster":
            _put_roster(connection, keeper, person)


def _put_breaks(connection: Connection, keeper: Keeper) -> None:
    breaks = [
        {"person_id": keeper.ids[one.nip], "first": one.ended, "last": None, "kind": "ended"}
        for one in keeper.world.people
        if one.ended
    ]
    breaks += [
        {"person_id": keeper.ids[one.nip], "first": one.suspended[0], "last": one.suspended[1],
         "kind": "suspended"}
        for one in keeper.world.people
        if one.suspended
    ]  # fmt: skip
    if breaks:
        connection.execute(insert(service_breaks), [one | {"letter": "800/2"} for one in breaks])


def _put_roster(connection: Connection, keeper: Keeper, person: Person) -> None:
    """Write what the roster says in time, from before the first day to after the last."""
    size, rows = keeper.world.size, []
    for day in [
        size.first - 2 * DAY,
        size.first - DAY,
        *size.days,
        size.last + DAY,
        size.last + 2 * DAY,
    ]:
        shift = rostered(keeper.world, person, day, 0)
        if shift is not None:
            shift = None if shift == "-" else shift
            rows.append({"person_id": keeper.ids[person.nip], "day": day, "shift": shift})
    connection.execute(insert(roster_days), rows)


def _give(keeper: Keeper, person: Person, some: Sequence[Excuse]) -> None:
    if not some:
        return
    types = shipped()
    claims = [Claim(types[one.code], one.first, one.last, one.hours, "800/3") for one in some]
    with writing(keeper.engine) as connection:
        excuses.hold(connection)
        made = excuses.give(
            connection, keeper.seal, Grounds(ADMIN, ""),
            [excuses.New(person.nip, one, "Kepala Dinas", "ada suratnya") for one in claims],
            now=keeper.now, today=keeper.today,
        )  # fmt: skip
    for one, head in zip(some, made, strict=True):
        keeper.given[person.nip, one.first] = head.number


def _take_back(keeper: Keeper, person: Person, one: Excuse) -> None:
    with writing(keeper.engine) as connection:
        excuses.withdraw(
            connection, keeper.seal, Grounds(ADMIN, "suratnya palsu"),
            keeper.given[person.nip, one.first], now=keeper.now, today=keeper.today,
        )  # fmt: skip


def _import_late(connection: Connection, keeper: Keeper) -> None:
    """Make known whose user ids are new, and register the terminals that were tried."""
    lines = ["office,user_id,nip,from"]
    for person in keeper.world.people:
        if person.mapped == "late":
            lines += [
                f"{one.office},{one.user_id},{person.nip},{one.first}" for one in person.posts
            ]
    sheet = parse_sheet("\n".join(lines).encode(), "nomor.csv", user_id_files.COLUMNS)
    user_id_files.import_user_ids(connection, sheet, today=keeper.today)
    lines = ["serial,name,office,counts_from"]
    for serial, one in keeper.troubles.unregistered.items():
        lines.append(f"{serial},baru-{serial},{one.office},{one.first + DAY}")
    sheet = parse_sheet("\n".join(lines).encode(), "mesin.csv", terminal_files.COLUMNS)
    terminal_files.import_terminals(connection, sheet, today=keeper.today, now=keeper.now)


def _tell_rosters(connection: Connection, keeper: Keeper, person: Person) -> None:
    world = keeper.world
    if person.roster_late:
        first, last = person.roster_late
        rows = {}
        for n in range((last - first).days + 1):
            shift = rostered(world, person, first + n * DAY, 1)
            place = rosters.Place(keeper.ids[person.nip], first + n * DAY)
            rows[place] = None if shift == "-" else shift
        rosters.put(connection, rows, (), today=keeper.today)
    if person.swap and person.swap_late and person.number < person.swap[1]:
        first, other = person.swap
        days = [first, first + DAY]
        rosters.swap(
            connection, person.nip, world.people[other].nip, days, today=keeper.today,
            approval=Approval(ADMIN.name, "budi", ADMIN.os_user, "tukar dinas", "", keeper.now),
        )  # fmt: skip


# What bridges tell.


def _open_bridges(keeper: Keeper) -> None:
    keeper.slot.app = create_app(
        keeper.engine, zone=ZONE, clock_limit_s=MEASURED_S, clock=lambda: keeper.now
    )
    with writing(keeper.engine) as connection:
        for code in keeper.world.offices:
            signer = Signer(f"truth {code}")
            added = bridges.add(connection, office=code, name="pc", now=EARLIER)
            bridges.add_key(connection, added.id, signer.public_key, now=EARLIER, grounds={})
            keeper.bridges[code] = Served(keeper.slot.port, signer, added, keeper.engine, 0)


def _bridge(keeper: Keeper, code: str) -> Served:
    one = keeper.bridges[code]
    return Served(one.port, one.signer, one.bridge, one.engine, int(keeper.now.timestamp()))


def _outbox(code: str) -> str:
    return code.encode().hex().ljust(32, "0")


def wired(world: World, code: str, day: date) -> bool:
    """Say whether a day of an office is told over HTTP where the rest comes in bulk."""
    return int(code[1:]) < world.size.wired and (day - world.size.first).days < 31


def _touches(keeper: Keeper, phase: int) -> Iterator[Told]:
    for person in keeper.world.people:
        for day in Life(keeper.world, keeper.troubles, person).days():
            for one in day.touches:
                if one.comes == phase:
                    yield one


def _send(keeper: Keeper, phase: int, *, bulk: bool) -> int:
    """Send what comes in a phase as signed batches. Late files tell much that is known already."""
    rows: defaultdict[str, list[Punch]] = defaultdict(list)
    for one in _touches(keeper, phase):
        code = keeper.troubles.office_of(one.serial)
        strange = one.serial in keeper.troubles.unregistered
        if not bulk or strange or wired(keeper.world, code, one.at.date()):
            rows[code].append(_punch(one, keeper.now))
    if phase == 0:
        for serial, user_id, at in keeper.troubles.guests:
            told = Told(serial, user_id, at, at, 0, (True, True), doubtful=False)
            rows[keeper.troubles.office_of(serial)].append(_punch(told, keeper.now))
    else:
        for one in _repeated(keeper):
            rows[keeper.troubles.office_of(one.serial)].append(
                _punch(one, keeper.now, source="usb")
            )
    for code, some in rows.items():
        some.sort(key=lambda one: (one.terminal, one.local_time))
        for place in range(0, len(some), ROWS):
            _post(keeper, code, some[place : place + ROWS])
    return sum(len(some) for some in rows.values())


def _repeated(keeper: Keeper) -> Iterator[Told]:
    """Yield what a USB file tells again: the days around those that it is needed for."""
    files = [one for one in keeper.troubles.all if one.kind == "usb"]
    spans = {one.serial: (one.at(-2, "07:00"), one.at(one.days, "12:00")) for one in files}
    for one in _touches(keeper, 0):
        if one.serial in spans and spans[one.serial][0] <= one.at <= spans[one.serial][1]:
            yield one


def _post(keeper: Keeper, code: str, rows: Sequence[Punch | BadRecord]) -> None:
    outbox = _outbox(code)
    batch = keeper.chains.batch(*rows, outbox=outbox, after=keeper.receipts.get(code))
    answer = _bridge(keeper, code).send(batch)
    assert answer.status_code == 200, error_of(answer)
    receipt = answer.json()
    assert not receipt["parked"], receipt["parked"]
    assert receipt["accepted"] == len(rows)
    keeper.receipts[code] = receipt["receipt"]


def _punch(one: Told, now: datetime, *, source: str = "") -> Punch:
    """Read hourly; what comes late comes by a file."""
    late = one.comes > 0 or source == "usb"
    read = now - timedelta(hours=2) if late else _next_hour(one.at)
    return Punch(
        id=punch_id(one.serial, one.user_id, one.local),
        terminal=one.serial,
        user_id=one.user_id,
        local_time=one.local,
        occurred_at=_epoch(one.local),
        state=0,
        verify=1,
        work_code="",
        source=source or ("usb" if late else "poll"),
        clock_offset_s=None if late else 0,
        read_at=int(read.timestamp()),
        after=int(read.timestamp()) - 3_600 if one.doubtful else None,
        raw=b"truth",
    )


def _next_hour(at: datetime) -> datetime:
    return (at.replace(minute=0, second=0) + timedelta(hours=1)).replace(tzinfo=ZONE)


def _epoch(local: datetime) -> int:
    return int(local.replace(tzinfo=ZONE).timestamp())


def _send_bad_records(keeper: Keeper) -> None:
    for number, one in enumerate(bad_records(keeper.troubles)):
        raw = f"bad {number}".encode()
        record = BadRecord(
            bad_record_id(one.serial, raw), one.serial, "date", "month 13", one.user_id,
            one.near_from, one.near_until, "poll", _epoch(one.near_until), raw,
        )  # fmt: skip
        _post(keeper, keeper.troubles.office_of(one.serial), [record])


def _state(keeper: Keeper, told: Iterable[Statement]) -> None:
    """Send coverage by heartbeats."""
    rows: defaultdict[str, list[Coverage]] = defaultdict(list)
    for one in told:
        until = _epoch(one.until)
        read = int(keeper.now.timestamp()) if one.phase else until
        rows[keeper.troubles.office_of(one.serial)].append(
            Coverage(
                one.serial,
                _epoch(one.since),
                until,
                10,
                10,
                one.parked,
                one.offset_s,
                read,
                one.source,
            )
        )
    for code, some in rows.items():
        for place in range(0, len(some), 500):
            _beat(keeper, code, tuple(some[place : place + 500]))


def _beat(keeper: Keeper, code: str, some: tuple[Coverage, ...]) -> None:
    now = int(keeper.now.timestamp())
    beat = Heartbeat(_outbox(code), keeper.receipts.get(code), now, "1", 0, 0, None, coverage=some)
    answer = _bridge(keeper, code).beat(beat)
    assert answer.status_code == 200, error_of(answer)
    assert not answer.json()["refused"], answer.json()["refused"]


# In bulk.


def _bulk(keeper: Keeper) -> int:
    """Copy what bridges brought in time; the tables are left as batches of old would have."""
    size = keeper.world.size
    month = size.first.replace(day=1)
    while month <= size.last + DAY:
        partitions.make(keeper.engine, month)
        month = partitions.next_month(month)
    with reading(keeper.engine) as connection:
        rows = connection.execute(select(tables.terminals.c.serial, tables.terminals.c.id))
        serials = {row.serial: row.id for row in rows}
    batches = _old_batches(keeper)
    count = 0
    with writing(keeper.engine) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        raw = connection.connection.driver_connection
        columns = ", ".join(column.name for column in tables.punches.columns)
        with raw.cursor() as cursor, cursor.copy(f"COPY punches ({columns}) FROM STDIN") as copy:
            for one in _unwired(keeper):
                copy.write_row(_copied(one, serials, batches, keeper))
                count += 1
    _refresh(keeper.engine)
    return count


def _unwired(keeper: Keeper) -> Iterator[Told]:
    for one in _touches(keeper, 0):
        code = keeper.troubles.office_of(one.serial)
        if one.serial not in keeper.troubles.unregistered and not wired(
            keeper.world, code, one.at.date()
        ):
            yield one


def _copied(
    one: Told, serials: dict[str, int], batches: dict[str, int], keeper: Keeper
) -> tuple[Any, ...]:
    read = _next_hour(one.at)
    after = read - timedelta(hours=1) if one.doubtful else None
    doubt = None
    if one.doubtful:
        doubt = "ancient" if one.local.year < 2010 else "future"
    batch = batches[keeper.troubles.office_of(one.serial)]
    return (
        serials[one.serial], one.user_id, one.local, one.local.date(),
        one.local.replace(tzinfo=ZONE), 0, 1, "", "poll", 0, read, after, read, batch, doubt,
        b"truth",
    )  # fmt: skip


def _old_batches(keeper: Keeper) -> dict[str, int]:
    """Return a batch of before there were signatures, for each office."""
    found = {}
    with writing(keeper.engine) as connection:
        for code, served in keeper.bridges.items():
            row = {
                "bridge_id": served.bridge.id, "office": code, "outbox": "f" * 32,
                "receipt": code.encode().hex().rjust(32, "f"), "received_at": EARLIER, "sent": 0,
            }  # fmt: skip
            found[code] = connection.scalar(
                insert(tables.batches).values(row).returning(tables.batches.c.id)
            )
    return found


def _put_coverage(keeper: Keeper, told: Sequence[Statement]) -> None:
    with writing(keeper.engine) as connection:
        rows = connection.execute(select(tables.terminals.c.serial, tables.terminals.c.id))
        serials = {row.serial: row.id for row in rows}
        stretches, looks = {}, {}
        for one in told:
            where = serials[one.serial]
            bridge = keeper.bridges[keeper.troubles.office_of(one.serial)].bridge.id
            until = one.until.replace(tzinfo=ZONE)
            stretches[where, one.since] = {
                "terminal_id": where, "bridge_id": bridge, "since": one.since.replace(tzinfo=ZONE),
                "until": until, "on_terminal": 10, "taken": 10, "parked": one.parked,
                "clock_offset_s": one.offset_s, "read_at": until, "received_at": until,
                "source": one.source, "note": "",
            }  # fmt: skip
            if one.offset_s is not None:
                key, worst = (where, one.until.date()), looks.get((where, one.until.date()), 0)
                looks[key] = max(worst, one.offset_s, key=abs)
        connection.execute(insert(tables.coverage), list(stretches.values()))
        looked = postgresql.insert(tables.clock_days)
        worse = {"worst_offset_s": looked.excluded.worst_offset_s}
        connection.execute(
            looked.on_conflict_do_update(index_elements=["terminal_id", "day"], set_=worse),
            [{"terminal_id": one, "day": day, "worst_offset_s": worst}
             for (one, day), worst in looks.items()],
        )  # fmt: skip


def _refresh(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
