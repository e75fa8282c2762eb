"""Every decoder that meets bytes of others is tried with bad ones: `make fuzz`.

Each target runs in a process of its own, two at a time, from a seed that is printed. A watchdog
here ends a target whose input takes too long; the target itself measures its memory. What is found
is written to a folder, to be tried again by itself:

    python tests/fuzz/fuzz.py --seconds 20
    python tests/fuzz/fuzz.py --seconds 60 --only zk-records --seed 7
    python tests/fuzz/fuzz.py --only zk-records --again .fuzz/zk-records-1f0c8e2a
"""

import argparse
import hashlib
import multiprocessing
import secrets
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path

from fuzz_loop import ROOT, Bounds, Finding, Mailbox, Tally, fault_of, prepared, work

TARGETS: dict[str, str] = {
    "zk-packet": "fuzz_zk:packets",
    "zk-stream": "fuzz_zk:streams",
    "zk-records": "fuzz_zk:records",
    "zk-choice": "fuzz_zk:choice",
    "zk-users": "fuzz_zk:users",
    "zk-events": "fuzz_zk:events",
    "zk-answers": "fuzz_zk:small_answers",
    "zk-talk": "fuzz_zk:talks",
    "zk-tcp": "fuzz_visits:zk_tcp",
    "zk-udp": "fuzz_visits:zk_udp",
    "pyzk-tcp": "fuzz_visits:pyzk_tcp",
    "pyzk-udp": "fuzz_visits:pyzk_udp",
    "usb-attlog": "fuzz_zk:stick_logs",
    "usb-users": "fuzz_zk:stick_users",
    "adms-calls": "fuzz_families:adms_calls",
    "anviz-answers": "fuzz_families:anviz_answers",
    "c3-answers": "fuzz_families:c3_answers",
    "soap-answers": "fuzz_families:soap_answers",
    "wire-batch": "fuzz_wire:batches",
    "wire-columns": "fuzz_wire:batches_by_columns",
    "wire-proofs": "fuzz_wire:batches_by_verifiers",
    "wire-receipt": "fuzz_wire:receipts",
    "wire-heartbeat": "fuzz_wire:heartbeats",
    "wire-heartbeat-reply": "fuzz_wire:heartbeat_replies",
    "wire-enrolment": "fuzz_wire:enrolments",
    "wire-rotation": "fuzz_wire:rotations",
    "wire-headers": "fuzz_wire:signed_headers",
    "centre-api": "fuzz_centre:api",
    "bridge-centre": "fuzz_centre:centre_answers",
    "bridge-config": "fuzz_files:bridge_config",
    "ingest-config": "fuzz_files:ingest_config",
    "ingest-lists": "fuzz_files:lists",
    "ledger-store": "fuzz_ledger:stores",
    "ledger-file": "fuzz_ledger:files",
}
"""Name to what prepares it, imported in the target's own process."""

BOUNDS = Bounds(input_s=2.0, grows_mib=64)
PROCESSES = 2
STARTS_WITHIN_S = 60.0
LOOKS_EVERY_S = 0.1
FINDINGS = Path(__file__).with_name("findings.toml")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one target."""

    name: str
    tally: Tally


def examine(
    targets: Mapping[str, str], *, seed: int, seconds: float, bounds: Bounds = BOUNDS
) -> list[Verdict]:
    """Try each target for so many seconds and return what came of it, in order."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        futures = [
            pool.submit(_watch, name, place, f"{seed}/{name}", seconds, bounds)
            for name, place in targets.items()
        ]
        return [future.result() for future in futures]


def _watch(name: str, place: str, seed: str, seconds: float, bounds: Bounds) -> Verdict:
    """Run one target and see that none of its inputs takes too long or ends it."""
    context = multiprocessing.get_context("spawn")
    with tempfile.NamedTemporaryFile(prefix="hadir-fuzz-") as file:
        path = Path(file.name)
        mailbox = Mailbox.create(path)
        told, tells = context.Pipe(duplex=False)
        process = context.Process(
            target=work, args=(place, seed, seconds, bounds, path, tells), daemon=True
        )
        process.start()
        tells.close()
        verdict = _listen(name, told, mailbox, bounds, seconds)
        process.kill()
        process.join()
    return verdict


def _listen(
    name: str, told: Connection, mailbox: Mailbox, bounds: Bounds, seconds: float
) -> Verdict:
    tally, end = Tally(), time.monotonic() + STARTS_WITHIN_S + seconds
    while True:
        try:
            if told.poll(LOOKS_EVERY_S):
                done, tally = told.recv()
                if done:
                    return Verdict(name, tally)
                continue
        except EOFError:
            tally.findings.append(Finding("the process died", mailbox.data()))
            return Verdict(name, tally)
        if mailbox.overdue(bounds.input_s):
            tally.findings.append(Finding(f"takes over {bounds.input_s:g} s", mailbox.data()))
            return Verdict(name, tally)
        if time.monotonic() > end:
            tally.findings.append(Finding("did not come to its end", mailbox.data()))
            return Verdict(name, tally)


def again(name: str, data: bytes) -> str | None:
    """Try one input again, in this process. Return what it brings to light."""
    with prepared(TARGETS[name]) as trial:
        return fault_of(trial, data)


def keep(verdicts: list[Verdict], folder: Path) -> list[str]:
    """Write every input that was found to a file; return a line for each."""
    lines = []
    for verdict in verdicts:
        for finding in verdict.tally.findings:
            folder.mkdir(exist_ok=True)
            path = folder / f"{verdict.name}-{hashlib.sha256(finding.data).hexdigest()[:8]}"
            path.write_bytes(finding.data)
            shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
            lines.append(f"{verdict.name}: {finding.what}; the input is {shown}")
    return lines


def table(verdicts: list[Verdict]) -> str:
    """Return a row for each target, in Markdown."""
    rows = [
        "| target | inputs | kept | steps | slowest, ms | memory, KiB | findings |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for verdict in verdicts:
        tally = verdict.tally
        cells = (
            *(verdict.name, f"{tally.inputs:,}", tally.kept, f"{tally.steps:,}"),
            *(f"{tally.slowest_s * 1_000:,.0f}", f"{tally.grew_kib:,}", len(tally.findings)),
        )
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


REPORT = """\
# Bad input

Written by `make fuzz`; what is said here by hand stands in `tests/fuzz/`.

Whatever comes from others (a terminal, a stick, a bridge, a centre, a person's file) may be
mistaken or hostile. Only the errors a module declares may come out of it, no input may take longer
than {input_s:g} s, and resident memory may never stand more than {grows_mib} MiB above what it was
after the seeds. An input has at most 64 KiB, so what grows with the square of a longer one is not
found here.

## How

`tests/fuzz/fuzz.py` runs each target in a process of its own, two at a time. Inputs are captures,
samples, golden bodies and conversations with the simulated terminal, changed in their bytes, lines,
fields and JSON values; one that takes a step through our code that none took before is kept and
changed further. Targets also say what must hold of what was decoded: a whole log comes out record
by record to the byte and is accepted by the centre's own decoder, a stream decodes the same however
it is cut, a list that was refused wrote nothing and one taken twice changes nothing. The two
targets of the ledger are no decoders: there an input is a source of chance, by which the owner of a
store or of an exported file changes it, and `verify` has to name it.

One target again, with its seed: `.venv/bin/python tests/fuzz/fuzz.py --only NAME --seed SEED`. The
targets with sockets depend on the time as well, the others on the seed alone; how far they get in
the time depends on the machine. A finding is an input in `.fuzz/`, cut down to what is needed, and
is tried again by `--again FILE`. It becomes a regular test beside the module's others, and an entry
in `tests/fuzz/findings.toml`. `make test` runs every target for a moment, with a fixed seed.

## Last run

{when}, hadir {version}, Python {python}, seed {seed}, {seconds:g} s a target, {inputs:,} inputs:
{outcome}.

{table}

`kept` are inputs that reached something new, `steps` the different steps from line to line of our
own code that were seen. Where pyzk is tried, its own lines do not count.
{found}
## What was found before, and what became of it

{history}
"""


def report(
    verdicts: list[Verdict], lines: list[str], *, seed: int, seconds: float, bounds: Bounds
) -> str:
    """Return docs/fuzz.md."""
    with FINDINGS.open("rb") as file:
        history = tomllib.load(file)["finding"]
    return REPORT.format(
        input_s=bounds.input_s,
        grows_mib=bounds.grows_mib,
        when=f"{datetime.now(UTC):%Y-%m-%d}",
        version=version("hadir"),
        python=sys.version.split()[0],
        seed=seed,
        seconds=seconds,
        inputs=sum(verdict.tally.inputs for verdict in verdicts),
        outcome=f"findings: {len(lines)}" if lines else "nothing found",
        table=table(verdicts),
        found="".join(f"\n- {line}" for line in ["", *lines, ""]) if lines else "",
        history="\n".join(
            f"- **{one['target']}** ({one['found']}): {one['what']} {one['became']}"
            for one in history
        ),
    )


def main() -> int:
    sys.path.append(str(ROOT / "tests" / "parts"))  # handed on to every target's process
    arguments = _arguments()
    only = arguments.only
    if arguments.again:
        what = again(only, arguments.again.read_bytes())
        print(what or "nothing comes to light")
        return 1 if what else 0
    print(f"seed {arguments.seed}", flush=True)
    targets = {only: TARGETS[only]} if only else TARGETS
    bounds = replace(BOUNDS, input_s=arguments.limit_s)
    verdicts = examine(targets, seed=arguments.seed, seconds=arguments.seconds, bounds=bounds)
    lines = keep(verdicts, arguments.findings)
    print(table(verdicts), *lines, sep="\n")
    if arguments.report:
        arguments.report.write_text(
            report(verdicts, lines, seed=arguments.seed, seconds=arguments.seconds, bounds=bounds)
        )
    return 1 if lines else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Try every decoder with bad input.")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long for each target")
    parser.add_argument(
        "--limit-s", type=float, default=BOUNDS.input_s, help="how long one input may take"
    )
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    parser.add_argument("--only", choices=TARGETS, metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--again", type=Path, metavar="FILE", help="try one input of --only again")
    parser.add_argument("--findings", type=Path, default=ROOT / ".fuzz", help="where inputs go")
    parser.add_argument("--report", type=Path, help="where docs/fuzz.md is to be written")
    found = parser.parse_args()
    if found.again and not found.only:
        parser.error("--again needs --only")
    return found


if __name__ == "__main__":
    sys.exit(main())
