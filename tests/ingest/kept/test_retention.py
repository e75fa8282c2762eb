"""What has served is forgotten in time; what is evidence never is, by no setting."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ingest import config
from ingest.auth import REMEMBER
from ingest.cli import cli
from ingest.errors import ConfigError
from ingest.parts import make_schedule
from ingest.retention import Retention
from ingest.store import tables
from ingest.store.database import migrate, reading, writing
from ingest.store.forgetting import KINDS, NONCES_S, Kind, count, forget, forget_all
from ingest.wire import MAX_MOMENT

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DEFAULT = Retention()


@pytest.fixture
def served(engine: Engine, bridge) -> Engine:
    """A store with two of each kind: one that has just served long enough, one that has not."""
    early = {days: NOW - timedelta(days=days) - SECOND for days in (30, 90, 365)}
    late = {days: NOW - timedelta(days=days) + SECOND for days in (30, 90, 365)}
    nonce = timedelta(seconds=NONCES_S)
    invite = {"office": "A", "name": "x", "code_hash": "h", "created_at": early[365]}
    token = {"name": "x", "role": "operator", "hash": "h", "created_at": early[365]}
    rows = {
        tables.nonces: [
            {"key_id": 1, "nonce": "1", "at": NOW - nonce - SECOND},
            {"key_id": 1, "nonce": "2", "at": NOW - nonce},
        ],
        tables.invites: [
            invite | {"expires_at": early[30], "used_at": None},
            invite | {"expires_at": late[30], "used_at": None},
            invite | {"expires_at": early[365], "used_at": early[365]},  # the ground of a key
        ],
        tables.access_tokens: [
            token | {"expires_at": early[365], "revoked_at": None},
            token | {"expires_at": None, "revoked_at": early[365]},
            token | {"expires_at": late[365], "revoked_at": None},
            token | {"expires_at": None, "revoked_at": late[365]},
            token | {"expires_at": None, "revoked_at": None},
        ],
        tables.bridges: [
            {"office": "A", "name": "gone", "created_at": early[365], "last_seen_at": early[90],
             "health": {"waiting": 1}},
            {"office": "A", "name": "here", "created_at": early[365], "last_seen_at": late[90],
             "health": {"waiting": 2}},
        ],
    }  # fmt: skip
    with writing(engine) as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
    return engine


def kind(name: str) -> Kind:
    (found,) = [one for one in KINDS if one.name == name]
    return found


def left(engine: Engine, table) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("name", "due", "table", "stay"),
    [
        ("nonces", 1, tables.nonces, 1),
        ("invites", 1, tables.invites, 2),
        ("tokens", 2, tables.access_tokens, 3),
        ("health", 1, tables.bridges, 3),
    ],
)
def test_forgets_what_has_served_and_nothing_else(served: Engine, name, due, table, stay) -> None:
    with writing(served) as connection:
        assert count(connection, kind(name), DEFAULT, now=NOW) == due
        assert forget(connection, kind(name), DEFAULT, now=NOW) == due
        assert forget(connection, kind(name), DEFAULT, now=NOW) == 0
    assert left(served, table) == stay


def test_a_silent_bridge_stays_and_only_its_report_goes(served: Engine) -> None:
    with writing(served) as connection:
        forget(connection, kind("health"), DEFAULT, now=NOW)
    with reading(served) as connection:
        query = select(tables.bridges.c.name, tables.bridges.c.health)
        told = {row.name: row.health for row in connection.execute(query)}
    assert told == {"a": None, "gone": None, "here": {"waiting": 2}}


def test_a_report_of_refused_rows_stays_for_as_long_as_nobody_settled_them(served: Engine) -> None:
    """They hold days open: were they forgotten, a day judged again would call people absent."""
    health = tables.bridges.c.health
    with writing(served) as connection:
        connection.execute(
            update(tables.bridges)
            .where(tables.bridges.c.name == "gone")
            .values(health={"waiting": 1, "parked": 2})
        )
        assert forget(connection, kind("health"), DEFAULT, now=NOW + timedelta(days=9_999)) == 1
        kept = connection.scalars(select(health).where(tables.bridges.c.name != "a")).all()
        assert kept == [{"waiting": 1, "parked": 2}, None]
        connection.execute(update(tables.bridges).values(revoked_at=NOW))
        assert forget(connection, kind("health"), DEFAULT, now=NOW + timedelta(days=9_999)) == 1


def test_a_report_of_more_rows_than_there_can_be_ends_no_round(served: Engine) -> None:
    with writing(served) as connection:
        connection.execute(update(tables.bridges).values(health={"parked": MAX_MOMENT}))
        assert forget(connection, kind("health"), DEFAULT, now=NOW + timedelta(days=9_999)) == 0


def test_an_invitation_that_was_used_stays_for_good(served: Engine) -> None:
    with writing(served) as connection:
        forget_all(connection, Retention(invites_days=1), now=NOW + timedelta(days=9_999))
        used = select(func.count()).where(tables.invites.c.used_at.is_not(None))
        assert connection.scalar(used) == 1


def test_a_nonce_is_kept_for_as_long_as_its_request_could_be_taken() -> None:
    assert timedelta(seconds=NONCES_S) >= REMEMBER


def test_evidence_cannot_even_be_listed(old: Engine) -> None:
    """A line in KINDS that should forget evidence is refused by the database itself."""
    migrate(old)
    for name in ("batches", "punches", "contradictions", "bad_records", "day_changes"):
        table = tables.metadata.tables[name]
        column = next(iter(table.primary_key))
        evil = Kind("evil", name, table, lambda _settings, _now, column=column: column.is_not(None))
        with (
            pytest.raises(IntegrityError, match=f"{name} is never changed"),
            writing(old) as connection,
        ):
            forget(connection, evil, DEFAULT, now=NOW)
        assert name not in {one.table.name for one in KINDS}


class TestCommand:
    def run(self, path, *words: str) -> str:
        result = CliRunner().invoke(cli, ["--config", str(path), *words], obj=lambda: NOW)
        assert result.exit_code == 0, result.output
        return result.output

    def test_tells_first_what_would_go(self, served, database_url, tmp_path) -> None:
        path = tmp_path / "ingest.toml"
        path.write_text(f'[ingest]\ndatabase = "{database_url}"\ntimezone = "Asia/Makassar"\n')
        told = self.run(path, "retention", "run", "--dry-run", "--json")
        assert '{"kind": "tokens", "count": 2, "what": "access tokens that were' in told
        assert left(served, tables.access_tokens) == 5
        assert "access tokens" in self.run(path, "retention", "run")
        assert left(served, tables.access_tokens) == 3


def test_the_job_keeps_to_the_configuration(served: Engine, database_url: str, tmp_path) -> None:
    path = tmp_path / "ingest.toml"
    path.write_text(
        f'[ingest]\ndatabase = "{database_url}"\ntimezone = "Asia/Makassar"\n'
        "[ingest.retention]\ntokens_days = 400\ninvites_days = 1\n"
    )
    schedule = make_schedule(config.load(path), served, lambda: NOW)
    schedule._scheduler.get_job("retention").func()
    assert left(served, tables.access_tokens) == 5
    assert left(served, tables.invites) == 1
    assert left(served, tables.nonces) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("tokens_day = 4", 'ingest.retention.tokens_day: unknown key, did you mean "tokens_days"?'),
        ("punches = 30", "ingest.retention.punches: unknown key, there are invites_days"),
        ("punches = 30", "evidence (punches, batches, decisions) is kept for good"),
        ("invites_days = 0", "ingest.retention.invites_days: 0 is too small, at least 1"),
        ('invites_days = "x"', "ingest.retention.invites_days: expected a whole number"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, line: str, told: str) -> None:
    path = tmp_path / "ingest.toml"
    path.write_text(f'[ingest]\ntimezone = "Asia/Makassar"\n[ingest.retention]\n{line}\n')
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    assert told in "\n".join(caught.value.faults)
