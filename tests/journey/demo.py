"""`make demo`: the main job from finger to recap and letter, on this machine alone, in a minute.

Two simulated terminals, one bridge, one centre, each a process of its own, on 127.0.0.1. One
terminal holds a real export (moved to recent dates) with unreadable records in it; the bridge is
killed in the middle; a USB stick brings what the network already brought; a third terminal is
never read. In the end every punch is counted, and one absent and one not yet judged are explained.
Then `demo_cases` lets weeks pass: what becomes of people who stay away.
"""

import json
import shutil
import sys
import tempfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import demo_cases
from journey_parts import (
    ROOT,
    Bridge,
    Centre,
    Office,
    Terminal,
    Touch,
    nip,
    today,
    wait_until,
    write_csv,
)

SAMPLE = ROOT / "tests" / "samples" / "usb-attlog-fingerprint.dat"
FOLDER = ROOT / ".demo"
OFFICE, VILLAGE = "4.01.01", "7.02.03"
FRONT, HALL, REMOTE = "DEMO-FRONT-1", "DEMO-HALL-2", "DEMO-VILLAGE-3"


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    centre = Centre(FOLDER)
    tell("1", "the centre: an empty SQLite database, its calendar, its people")
    centre.write_config()
    show(centre.run("migrate"))
    day = last_working_day(centre, today())
    enrol(centre, day)
    front = Terminal(
        "front-door", FOLDER, FRONT,
        "--attlog", str(SAMPLE), "--shift-to", day.isoformat(), "--bad-records", "3",
    )  # fmt: skip
    hall = Terminal(
        "hall", FOLDER, HALL,
        "--people", "40", "--days", "20", "--seed", "7", "--shift-to", day.isoformat(),
        "--fault", "split",
    )  # fmt: skip
    code = centre.run("bridges", "invite", "--office", OFFICE, "--name", "demo").strip()
    with front, hall, centre:
        truth = journey(centre, front, hall, code)
        judge(centre, day)
        if not prove(centre, truth):
            return 1
    demo_cases.run(FOLDER / "perkara")
    farewell()
    return 0


def journey(centre: Centre, front: Terminal, hall: Terminal, code: str) -> set[Touch]:
    office = Office(OFFICE, [front, hall], key_file=None)
    bridge = Bridge("bridge", FOLDER, office, centre.url)
    bridge.run("enrol", code)  # makes the key, and lets the centre know it
    tell("2", "two terminals on real sockets, one of them with a real export in its memory")
    show(bridge.run("check", "--connect"))
    truth = front.touches() | hall.touches()
    tell("3", f"the bridge reads {len(truth)} punches, and is killed with -9 in the middle")
    with bridge:
        wait_until("the first punches arrive", lambda: centre.count() > 0)
        bridge.kill()
        print(f"   killed: the centre holds {centre.count()} of {len(truth)}")
        bridge.start()
        wait_until("all punches arrive", lambda: centre.count() >= len(truth))
        print(f"   started again: the centre holds {centre.count()} of {len(truth)}")
        tell("4", "a finger now, on the terminal at the door")
        front.ask("punch 17 1")
        wait_until("the new punch arrives", lambda: centre.count() > len(truth))
        print("   it reached the centre")
        tell("5", "somebody brings a USB stick: the same log again, and two punches more")
        stick = usb_stick(front)
        show(bridge.run("import", str(stick), "--terminal", "front-door"))
        wait_until("the outbox is empty", lambda: bridge.waiting() == 0)
        truth = front.touches() | hall.touches() | stick_extra(front)
        wait_until("the stick's punches arrive", lambda: centre.count() >= len(truth))
        wait_until("coverage is told", lambda: covered(centre, office=OFFICE))
        show(bridge.run("status"))
        bridge.stop()
    return truth


def judge(centre: Centre, day: date) -> None:
    tell("6", f"the day is closed: {day}, the last working day")
    show(centre.run("days", "evaluate", "--from", day.isoformat(), "--until", day.isoformat()))
    show(centre.run("report", "daily", "--office", OFFICE, "--date", day.isoformat()))
    tell("7", f"the village office {VILLAGE}: its terminal was never read")
    show(centre.run("report", "daily", "--office", VILLAGE, "--date", day.isoformat()))
    absent = first_with(centre, OFFICE, day, "ABSENT")
    tell("8", "why is this person absent?")
    show(centre.run("days", "explain", absent, day.isoformat()))
    tell("9", "and why is this one not judged yet?")
    unverified = first_with(centre, VILLAGE, day, "UNVERIFIED")
    show(centre.run("days", "explain", unverified, day.isoformat()))


def prove(centre: Centre, truth: set[Touch]) -> bool:
    """Count, and say whether nothing was lost, doubled or made up."""
    tell("10", "the count: what fingers touched against what is stored")
    stored = Counter(centre.touches())
    lost = truth - set(stored)
    doubled = [touch for touch, times in stored.items() if times > 1]
    strange = set(stored) - truth
    print(f"   touched {len(truth)}, stored {sum(stored.values())}:", end=" ")
    print(f"{len(lost)} lost, {len(doubled)} doubled, {len(strange)} that nobody made")
    return not (lost or doubled or strange)


def farewell() -> None:
    print(f"\nEverything stands in {FOLDER.relative_to(ROOT)}/ to look at: configuration, logs,")
    print("databases. To try a terminal of your own, write its address into a file such as")
    print("config.example.toml and ask it, without storing or changing anything:")
    print("   .venv/bin/hadir-bridge --config my.toml check --connect")
    print("   .venv/bin/hadir-bridge --config my.toml read front-door --json | head")


def enrol(centre: Centre, day: date) -> None:
    offices = [(OFFICE, "Dinas Contoh"), (VILLAGE, "Kecamatan Contoh")]
    since = (day - timedelta(days=60)).isoformat()
    pins = sorted({line.split()[0] for line in SAMPLE.read_text().splitlines()}, key=int)
    people = {str(pin): nip(100 + n) for n, pin in enumerate(pins)}
    hall = {str(number): nip(400 + number) for number in range(1, 41)}
    village = {"1": nip(900), "2": nip(901)}
    everyone = [
        *((who, f"Pegawai {who[-3:]}", "PNS", OFFICE, "", since) for who in people.values()),
        *((who, f"Pegawai {who[-3:]}", "PNS", OFFICE, "", since) for who in hall.values()),
        *((who, f"Pegawai {who[-3:]}", "PPPK", VILLAGE, "", since) for who in village.values()),
        (nip(999), "Pegawai Tanpa Rekaman", "PNS", OFFICE, "", since),
    ]
    terminals = [(FRONT, "pintu depan", OFFICE, since), (HALL, "aula", OFFICE, since)]
    terminals.append((REMOTE, "kantor camat", VILLAGE, since))
    mapped = [
        *((FRONT, "", pin, who, since) for pin, who in people.items()),
        *((HALL, "", user, who, since) for user, who in hall.items()),
        *((REMOTE, "", user, who, since) for user, who in village.items()),
    ]
    put(centre, "offices", ("code", "name"), offices)
    put(centre, "people", ("nip", "name", "kind", "office", "superior_nip", "from"), everyone)
    put(centre, "terminals", ("serial", "name", "office", "counts_from"), terminals)
    put(centre, "user-ids", ("terminal", "office", "user_id", "nip", "from"), mapped)


def put(centre: Centre, what: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    show(centre.run(what, "import", str(write_csv(FOLDER / f"{what}.csv", header, rows))))


def usb_stick(front: Terminal) -> Path:
    """Write the export a person would carry: all the terminal holds, two rows more, one torn."""
    earlier = sorted(local for _, _, local in stick_extra(front))
    lines = [f"{'13':>9}\t{local}\t1\t0\t1\t0" for local in earlier]
    for one in front.ask("dump")["punches"]:
        local = one["local_time"].replace("T", " ")
        lines.append(f"{one['user_id']:>9}\t{local}\t1\t{one['state']}\t{one['verify']}\t0")
    lines.append(f"{'13':>9}\t{lines[-1].split(chr(9))[1][:13]}")  # pulled out while it wrote
    stick = Path(tempfile.mkdtemp(dir=FOLDER)) / "1_attlog.dat"
    stick.write_text("\r\n".join(lines), encoding="ascii", newline="")
    return stick


def stick_extra(front: Terminal) -> set[Touch]:
    first = min(local for _, _, local in front.touches())
    before = datetime.fromisoformat(first) - timedelta(days=1)
    times = (before, before + timedelta(hours=8))
    return {(front.serial, "13", at.isoformat(sep=" ")) for at in times}


def last_working_day(centre: Centre, now: date) -> date:
    years = {now.year, (now - timedelta(days=60)).year}
    for year in sorted(years):
        show(centre.run("calendar", "seed", str(year)))
        show(centre.run("calendar", "confirm", str(year)))
    free = {
        one["day"]
        for year in years
        for one in json.loads(centre.run("calendar", "list", str(year), "--json"))
    }
    day = now - timedelta(days=1)
    while day.weekday() > 4 or day.isoformat() in free:
        day -= timedelta(days=1)
    return day


def covered(centre: Centre, office: str) -> bool:
    """Whether the bridge has stated coverage for both of its terminals up to a minute ago."""
    health = json.loads(centre.run("coverage", "--office", office, "--json"))
    return all(one["until"] for one in health if one["serial"] != REMOTE)


def first_with(centre: Centre, office: str, day: date, status: str) -> str:
    report = json.loads(
        centre.run(
            "report", "daily", "--office", office, "--date", day.isoformat(), "--format", "json"
        )
    )
    return next(str(row["nip"]) for row in report["rows"] if row["status_code"] == status)


def tell(number: str, text: str) -> None:
    print(f"\n{number}. {text}")


def show(text: str) -> None:
    for line in text.rstrip().splitlines():
        print(f"   {line}")


if __name__ == "__main__":
    sys.exit(main())
