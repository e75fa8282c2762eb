"""The dashboard and the alerts ask for nothing that neither side tells, and the guide names all."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from prometheus_client import CollectorRegistry

from bridge.health import Health
from bridge.ledger import CentreState
from bridge.metrics import BridgeReadings
from bridge.outbox import Outbox
from ingest.metrics import Counts
from ingest.metrics_store import StoreReadings
from ingest.store.database import migrate, open_engine

ROOT = Path(__file__).resolve().parents[2]
MONITORING = ROOT / "monitoring"
GUIDE = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
ALERTS = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((MONITORING / "grafana-hadir.json").read_text(encoding="utf-8"))
PROMTOOL = shutil.which("promtool")

RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [
    *(pytest.param(rule["expr"], id=rule["alert"]) for rule in RULES),
    *(
        pytest.param(one["expr"], id=f"{panel['title']}-{one['refId']}")
        for panel in PANELS
        for one in panel["targets"]
    ),
]
OF_PROMETHEUS = {"instance", "job"}
WORDS = {
    "abs", "absent", "and", "bottomk", "by", "count", "deriv", "e9", "histogram_quantile",
    "increase", "max", "min", "min_over_time", "or", "predict_linear", "rate", "sum", "time",
    "topk", "up", "vector",
}  # fmt: skip
"""What an expression may say beside the names of readings and labels."""

Names = dict[str, set[str]]


def told(registry: CollectorRegistry) -> Names:
    """Return the names a registry tells of, with their labels."""
    found: Names = {}
    for family in registry.collect():
        named = set(getattr(family, "_labelnames", ()))  # also where there is nothing to tell yet
        for name in names_of(family.type, family.name):
            found[name] = named | ({"le"} if name.endswith("_bucket") else set())
        for sample in family.samples:
            if not sample.name.endswith("_created"):  # told by one process alone, never by several
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


def names_of(kind: str, name: str) -> list[str]:
    endings = {
        "counter": ["_total"], "info": ["_info"], "summary": ["_count", "_sum"],
        "histogram": ["_bucket", "_count", "_sum"],
    }  # fmt: skip
    return [name + ending for ending in endings.get(kind, [""])]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Names]:
    """Everything that either side tells."""
    folder = tmp_path_factory.mktemp("told")
    engine = open_engine(f"sqlite:///{folder / 'hadir.db'}")
    migrate(engine)
    counts = Counts()
    counts.request("/", 200, 0.1)
    counts.refused("x")
    counts.batch(new=1, known=0, parked=0)
    with counts.job("x"):
        pass
    with pytest.raises(KeyError), counts.job("x"):
        raise KeyError
    centre = CollectorRegistry()
    centre.register(
        StoreReadings(engine, zone=ZoneInfo("Asia/Makassar"), clock=lambda: datetime.now(UTC))
    )
    health = Health()
    health.tally.read("x", 1.0)
    with Outbox(folder / "outbox.db") as outbox:
        outbox.ledger.note_centre(CentreState(ok_at=1, skew_s=1))
        office = CollectorRegistry()
        office.register(
            BridgeReadings(outbox, health, office="A", state_dir=folder, clock=lambda: 2.0)
        )
        yield {
            **told(centre), **told(counts.registry), **told(office),
            "hadir_centre_build_info": {"version"}, "up": OF_PROMETHEUS,
        }  # fmt: skip
    engine.dispose()


@cache
def asked(expression: str) -> frozenset[str]:
    return frozenset(re.findall(r"\bhadir_\w+|\bup\b", expression))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_asks_for_what_is_told(expression: str, names: Names) -> None:
    assert asked(expression)
    assert asked(expression) <= names.keys()
    labels = OF_PROMETHEUS.union(*(names[one] for one in asked(expression)))
    without_text = re.sub(r'"[^"]*"', '""', expression)
    for one, matchers in re.findall(r"(\w+)\{([^}]*)\}", without_text):
        used = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        assert used <= names[one] | OF_PROMETHEUS
    for grouped in re.findall(r"\bby \(([^)]*)\)", without_text):
        assert {one.strip() for one in grouped.split(",")} <= labels
    rest = set(re.findall(r"[a-zA-Z_]\w*", re.sub(r"\[\w+\]", "", without_text)))
    assert rest <= WORDS | asked(expression) | labels
    assert without_text.count("(") == without_text.count(")")


def test_whatever_is_told_is_explained_and_whatever_is_explained_is_told(names: Names) -> None:
    rows = re.findall(r"^\| `(hadir_\w+)`", GUIDE, re.MULTILINE)
    assert len(rows) == len(set(rows))
    plain = {re.sub(r"_(bucket|count|sum)$", "", one) for one in names} - {"up"}
    assert set(rows) == plain


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description"}
    labels = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    grouped = re.findall(r"\bby \(([^)]*)\)", rule["expr"])
    if grouped:  # nothing else is left of the labels
        assert labels <= {one.strip() for one in grouped[0].split(",")}
    assert f"`{rule['alert']}`" in GUIDE


def test_every_alert_has_a_name_of_its_own() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


class TestDashboard:
    def test_it_is_one_that_grafana_takes(self) -> None:
        assert DASHBOARD["schemaVersion"] >= 36
        assert DASHBOARD["uid"] == "hadir"
        assert "id" not in DASHBOARD  # given by the Grafana that takes it in
        (source,) = DASHBOARD["templating"]["list"]
        assert (source["name"], source["type"], source["query"]) == (
            "datasource", "datasource", "prometheus",
        )  # fmt: skip
        ids = [panel["id"] for panel in DASHBOARD["panels"]]
        assert len(ids) == len(set(ids))

    def test_no_panel_lies_on_another(self) -> None:
        taken: set[tuple[int, int]] = set()
        for panel in DASHBOARD["panels"]:
            at = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["w"])
                for y in range(at["y"], at["y"] + at["h"])
            }
            assert max(x for x, _ in cells) < 24
            assert not cells & taken, panel["title"]
            taken |= cells

    @pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
    def test_a_panel_is_whole(self, panel: dict[str, Any]) -> None:
        assert panel["type"] in {"stat", "timeseries"}
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"] in {"none", "s", "bytes"}
        assert panel["datasource"]["uid"] == "${datasource}"
        references = [one["refId"] for one in panel["targets"]]
        assert len(references) == len(set(references)) >= 1
        assert all(one["datasource"] == panel["datasource"] for one in panel["targets"])

    def test_a_legend_names_labels_that_are_left(self, names: Names) -> None:
        for panel in PANELS:
            for one in panel["targets"]:
                expression = one["expr"]
                grouped = re.findall(r"\bby \(([^)]*)\)", expression)
                left = (
                    {label.strip() for label in grouped[0].split(",")}
                    if grouped
                    else OF_PROMETHEUS.union(*(names[name] for name in asked(expression)))
                )
                assert set(re.findall(r"\{\{(\w+)\}\}", one["legendFormat"])) <= left


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (apt: prometheus)")
@pytest.mark.parametrize(
    "words", [("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml")]
)
def test_prometheus_itself_takes_them(words: tuple[str, ...]) -> None:
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, *words], cwd=MONITORING, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (apt: prometheus)")
def test_prometheus_can_read_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    assert PROMTOOL is not None
    rules = [
        {"record": f"panel:{panel['id']}:{one['refId']}", "expr": one["expr"]}
        for panel in PANELS
        for one in panel["targets"]
    ]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(
        [PROMTOOL, "check", "rules", file], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
