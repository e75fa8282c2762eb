"""`make demo` installs requirements.lock alone: what the demo imports has to be in there."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from journey_parts import ROOT

ASK = """
import json, sys
before = set(sys.modules)
import demo
print(json.dumps(sorted({one.split(".")[0] for one in set(sys.modules) - before})))
"""
OUR_OWN = {"hadir"}


def test_the_demo_imports_nothing_that_only_developers_have() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK], check=True, capture_output=True, text=True, cwd=ROOT,
        env={"PYTHONPATH": "tests/journey:tests/parts", "PATH": "/usr/bin:/bin"}, timeout=60,
    )  # fmt: skip
    lock = (ROOT / "requirements.lock").read_text()
    locked = {_plain(one) for one in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    owners = packages_distributions()
    needed = {_plain(name) for one in json.loads(done.stdout) for name in owners.get(one, ())}
    assert {"sqlalchemy", "uvicorn", "openpyxl"} <= needed
    assert needed - locked - OUR_OWN == set()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
