"""Worlds of two offices, most of them plain, with each oddity that judging knows now and then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import update

from ingest.roles import Role
from ingest.seal import Seal, new
from ingest.store import decided, seals, tables
from ingest.store.audit import Actor
from ingest.store.decided import Grounds
from ingest.store.tables_time import (
    excuses,
    roster_days,
    scheme_overlays,
    scheme_terms,
    scheme_uses,
    service_breaks,
    shifts,
    special_days,
)

FIRST = date(2026, 2, 27)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]  # a weekend among them
WIDER = [FIRST + timedelta(days=n) for n in range(-2, 8)]
SECONDS = (0, 1, 59, 60, 27_000, 27_059, 27_060, 27_119, 41_400, 57_599, 57_600, 86_399)
"""Where hours begin, end and lie in the middle, to the second; midnight from both sides."""


@dataclass(slots=True)
class World:
    """What was built, and the means to go on."""

    scene: Any
    chance: Random
    seal: Seal
    offices: list[str]
    doors: list[tuple[str, int]] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    """User ids by person."""
    homes: dict[int, str] = field(default_factory=dict)
    """Offices at whose doors they touch."""
    stored: set[tuple[int, str, datetime]] = field(default_factory=set)

    def seldom(self, once_in: int) -> bool:
        return self.chance.randrange(once_in) == 0

    def one(self, *some: Any) -> Any:
        return self.chance.choice(some)

    def any_day(self, days: Sequence[date] = WIDER) -> date:
        return self.chance.choice(days)

    def span(self) -> tuple[date, date]:
        first = self.any_day()
        return first, first + timedelta(days=self.chance.randrange(3))


def build(scene: Any, chance: Random) -> World:
    """Build a world, judged by nobody yet."""
    seal = new()
    seals.register(scene.connection, seal, before=None, lost=False, now=scene.now)
    world = World(scene, chance, seal, [scene.office, scene.add_office("7.02")])
    _working_time(world)
    for office in world.offices:
        for number in range(chance.randint(1, 2)):
            world.doors.append((office, _door(world, office, number)))
    for number in range(chance.randint(2, 6)):
        _person(world, number)
    for person in world.people:
        _of_ones_own(world, person)
        for day in WIDER[:8]:
            if not world.seldom(4):
                _touches(world, person, day)
    for _ in range(2):
        if world.seldom(3):
            _decision(world)
    return world


def _working_time(world: World) -> None:
    scene, one = world.scene, world.one
    hours = {"start": "07:30", "end": one("15:00", "16:00")}
    body: dict[str, Any] = {"days": {str(day): hours for day in range(one(5, 6))}}
    body["tolerance_s"] = one(0, 59, 300)
    body |= one(*[{}] * 9, {"opens_s": 5_400}, {"flexi": {"cap_s": 1_800, "make_up": True}})
    scene.connection.execute(update(scheme_terms).values(body=body))
    scene.add(tables.schemes, code="piket", name="Piket")
    scene.add(scheme_terms, scheme="piket", valid_from=date(2026, 1, 1), body={"roster": True})
    scene.add(tables.schemes, code="lain", name="Lain")
    other = {"days": {str(day): {"start": "08:00", "end": "14:00"} for day in range(6)}}
    scene.add(scheme_terms, scheme="lain", valid_from=one(date(2026, 1, 1), DAYS[2]), body=other)
    for code, start, end in (
        ("M", "21:00", "07:00"),
        ("P", "07:00", "14:00"),
        ("H", "08:00", "08:00"),
    ):
        scene.add(shifts, code=code, name=code, body={"start": start, "end": end})
    if world.seldom(5):
        scene.add(scheme_terms, scheme="5-hari", valid_from=world.any_day(), body=other)
    if world.seldom(6):
        first, last = world.span()
        scene.add(
            scheme_overlays, scheme="5-hari", first=first, last=last, name="Ramadan", body=other
        )
    for office in world.offices:
        if world.seldom(6):
            first, last = world.span()
            scene.add(scheme_uses, office=office, scheme=one("lain", "piket"), first=first,
                      last=one(last, None))  # fmt: skip
        if world.seldom(6):
            _special(world, office=office)
        if world.seldom(4):
            scene.free(world.any_day(), "Libur", one("public", "local", "government"),
                       one(office, None))  # fmt: skip


def _special(world: World, **owner: Any) -> None:
    first, last = world.span()
    kind = world.one("wfa", "half", "work")
    body = None if kind == "wfa" else {"start": "08:30", "end": "11:00"}
    world.scene.add(special_days, first=first, last=last, kind=kind, name="x", letter="y",
                    body=body, **owner)  # fmt: skip


def _door(world: World, office: str, number: int) -> int:
    scene, one = world.scene, world.one
    since = one(*["2026-01-05 07:00"] * 6, "2026-03-01 10:00")
    until = one(*["2026-03-06 07:00"] * 6, "2026-03-02 12:00", "2026-03-03 00:00", None)
    begins = one(*[date(2026, 1, 1)] * 6, DAYS[3])
    ends = one(*[None] * 6, DAYS[2])
    door: int = scene.terminal(
        f"{office}-{number}", office=office, registered=not world.seldom(12), read_since=since,
        read_until=until, counts_from=begins, counts_until=ends,
    )  # fmt: skip
    if world.seldom(10):
        scene.clock(door, world.any_day(), one(0, 4_000))
    if world.seldom(14):
        near = one(None, f"{world.any_day()} 10:00")
        scene.bad_record(door, one("", "1"), near_from=near, near_until=near,
                         read_at=f"{world.any_day(DAYS)} 17:00")  # fmt: skip
    return door


def _person(world: World, number: int) -> None:
    scene, one = world.scene, world.one
    office, door = world.chance.choice(world.doors)
    mapped = world.chance.randrange(10)
    since = one(*[date(2026, 1, 1)] * 5, DAYS[3])
    until = one(*[None] * 7, DAYS[2])
    person = scene.person(
        f"P{number}", None if mapped == 0 else str(number), door if mapped == 1 else None,
        office=office, since=since, until=until if until is None or until >= since else None,
    )  # fmt: skip
    world.people.append(person)
    world.homes[person] = office
    world.names[person] = scene.nip_of(person) if mapped in (0, 2) else str(number)
    if world.seldom(6):
        moved = world.any_day(DAYS[1:])
        if moved > since:
            scene.serve(person, one(*world.offices), moved, one(None, moved + timedelta(days=1)))
    strange = world.chance.randrange(16)
    if strange == 0:
        scene.map(one(str(number), "77"), one(person, None), world.chance.choice(world.doors)[1],
                  since=world.any_day())  # fmt: skip
    if strange == 1:
        scene.map(scene.nip_of(person), one(None, *world.people), office=one(*world.offices))


def _of_ones_own(world: World, person: int) -> None:
    scene, one = world.scene, world.one
    first, last = world.span()
    strange = world.chance.randrange(14)
    if strange == 0:
        scene.add(scheme_uses, person_id=person, scheme="lain", first=first, last=one(None, last))
    if strange == 1:
        _special(world, person_id=person)
    if strange == 2:
        kind = one("suspended", "ended")
        scene.add(service_breaks, person_id=person, first=first, last=one(None, last), kind=kind,
                  letter="z")  # fmt: skip
    if strange in (3, 4):
        if strange == 3:
            scene.add(scheme_uses, person_id=person, scheme="piket", first=date(2026, 1, 1))
        for day in WIDER:
            if not world.seldom(4):
                scene.add(roster_days, person_id=person, day=day, shift=one("M", "P", "H", None))
    if strange == 5:
        hours = one({}, {"from_time": time(7, 30), "until_time": time(10)})
        row = {"kind": "give", "nip": scene.nip_of(person), "type": one("CT", "I"), "first": first,
               "last": last, "approver": "Kepala", **hours}  # fmt: skip
        made = _decided(world, excuses, row)
        if world.seldom(2):
            _decided(world, excuses, row | {"kind": "withdraw", "withdraws": made})


def _decided(world: World, table: Any, row: dict[str, Any]) -> int:
    grounds = Grounds(Actor("Budi", "budi", Role.ADMIN), "diketahui", "800/12")
    made = decided.decide(
        world.scene.connection, table, world.seal, grounds, row, now=world.scene.now
    )
    return made.number


def _decision(world: World) -> None:
    """Add a touch, make one void, or take coverage back."""
    scene, day = world.scene, world.any_day()
    person, door = world.chance.choice(world.people), world.chance.choice(world.doors)[1]
    at, kind = datetime.combine(day, time(7, 20)), world.one("touch", "void", "coverage")
    row: dict[str, Any] = {"kind": kind, "local_day": day, "local_time": at}
    if kind == "touch":
        _decided(world, tables.adjustments, row | {"nip": scene.nip_of(person)})
    if kind == "void":
        name = world.one(world.names[person], scene.nip_of(person))
        _store(world, door, name, at)
        which = {"terminal": _serial(world, door), "user_id": name}
        _decided(world, tables.adjustments, row | which)
    if kind == "coverage":
        since, until = (scene.at(f"{one} 00:00") for one in (day, day + timedelta(days=1)))
        gone = {"terminal": _serial(world, door), "since": since, "until": until, "verdict": "gone"}
        _decided(world, tables.resolutions, {"kind": kind, **gone})


def _serial(world: World, door: int) -> str:
    query = tables.terminals.select().where(tables.terminals.c.id == door)
    return str(world.scene.connection.execute(query).one().serial)


def _touches(world: World, person: int, day: date) -> None:
    for _ in range(world.chance.randint(1, 3)):
        touch(world, person, day)


def touch(world: World, person: int, day: date) -> list[tuple[int, str, date]]:
    """Store a punch of a person, or now and then of somebody unknown; return what it marks."""
    scene, chance = world.scene, world.chance
    home = [door for office, door in world.doors if office == world.homes[person]]
    door = chance.choice(world.doors)[1] if world.seldom(25) else chance.choice(home)
    second = chance.choice(SECONDS) if world.seldom(3) else chance.randrange(5 * 3_600, 20 * 3_600)
    name = world.names[person]
    if world.seldom(40):
        name = scene.nip_of(person)
    if world.seldom(90):
        name = "77"
    at = datetime.combine(day, time()) + timedelta(seconds=second)
    late = {"read_at": f"{day + timedelta(days=2)} 10:00", "after": f"{day} 23:30"}
    _store(world, door, name, at, **(late if world.seldom(60) else {}))
    return [(door, name, day + timedelta(days=n)) for n in range(3)]


def _store(world: World, door: int, name: str, at: datetime, **read: str) -> None:
    """Store a punch, unless it is."""
    if (door, name, at) not in world.stored:
        world.stored.add((door, name, at))
        world.scene.punch(door, name, at.isoformat(" "), **read)
