"""Two hosts with one store: a bridge that speaks to either loses and doubles nothing; one judges.

Everything real but the terminals: processes, PostgreSQL, TLS of a private authority.
"""

import gc
import os
import re
import signal
import threading
from collections.abc import Iterable, Iterator

import pytest
from ha_parts import Host, Office, Secured, Turns, admit, assert_exact
from journey_parts import wait_until

from bridge.errors import CentreUnreachable
from ingest.store.database import open_engine

pytestmark = [
    pytest.mark.postgres,
    # Python 3.11 leaves a socket open that is reset between its connection and the first word of
    # TLS (`ssl.SSLSocket._create`): so it ends now and then where a host is killed
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
    ),
]

OFFICE = "4.01.01"


@pytest.fixture
def engine(postgres_url):
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture
def office(engine, tmp_path) -> Iterator[Office]:
    office = Office(tmp_path, OFFICE)
    admit(engine, [office])
    yield office
    office.close()


@pytest.fixture
def hosts(engine, postgres_url, tmp_path) -> Iterator[tuple[Host, Host]]:
    tls = Secured.issue(tmp_path, "127.0.0.1")
    with (
        Host("first", tmp_path, postgres_url, tls=tls, extra={"workers": 2}) as first,
        Host("second", tmp_path, postgres_url, tls=tls) as second,
    ):
        yield first, second
    gc.collect()  # what was left open is told here, and not in whichever test comes next


JUDGES = r"this process judges from now on"
STANDS_BY = r"another process judges; this one stands by"


def begun(hosts: Iterable[Host]) -> int:
    """Return how often a process of these hosts began to judge."""
    return sum(len(re.findall(JUDGES, host.said())) for host in hosts)


def test_requests_that_alternate_between_hosts_that_are_killed_lose_and_double_nothing(
    hosts, office, engine
):
    first, _ = hosts
    centres = [office.centre(host.url, host.ca) for host in hosts]
    turns = Turns(centres)
    forwarder = office.forwarder(turns)

    def send(count: int) -> None:
        """Send in small batches, so that each host is asked many times."""
        for _ in range(count):
            office.touch(3)
            forwarder.step()

    send(20)
    assert turns.asked == 20
    first.kill_role("api-1")
    send(20)
    killed = threading.Timer(0.05, first.kill)  # in the middle of what is sent meanwhile
    killed.start()
    wait_until("the first host is gone", lambda: send(1) or not first.alive)
    killed.join()
    send(5)
    with pytest.raises(CentreUnreachable):
        centres[0].probe()  # nothing of it holds the port any more
    first.start()
    centres[0] = office.centre(first.url, first.ca)
    forwarder = office.forwarder(Turns(centres))
    send(10)
    wait_until("all is taken", lambda: forwarder.step() and office.outbox.counts().waiting == 0)
    assert office.outbox.counts().parked == 0
    assert assert_exact(engine, [office]) == office.outbox.counts().sent
    assert [host.stop() for host in hosts] == [0, 0]


def test_one_judges_and_another_takes_over_when_it_is_killed(hosts):
    for host in hosts:
        host.until(f"{JUDGES}|{STANDS_BY}")
    assert begun(hosts) == 1
    first = next(host for host in hosts if begun([host]))
    os.kill(first.pid_of("judge"), signal.SIGKILL)
    # the other host, or the process that takes the dead one's place
    wait_until("another judges", lambda: begun(hosts) == 2)
    first.kill()
    (other,) = (host for host in hosts if host is not first)
    other.until(JUDGES)


def test_a_judge_whose_session_ends_stops_at_once_and_asks_again(hosts, engine):
    for host in hosts:
        host.until(f"{JUDGES}|{STANDS_BY}")
    with engine.connect() as connection:
        ended = connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'hadir-judge' AND datname = current_database()"
        ).all()
    assert len(ended) == 1
    judge = next(host for host in hosts if "judges from" in host.said())
    judge.until("this process may not judge any more; it ends and asks again")
    judge.until("judge ended with 75; it begins again in 0.5 s")


def test_a_stop_answers_what_was_begun_and_leaves_with_0(hosts, office, engine):
    first, _ = hosts
    with office.centre(first.url, first.ca) as centre:
        office.touch(500)
        office.forwarder(centre).step()
        first.process.send_signal(signal.SIGTERM)
        first.until("stopping")
    assert first.process.wait(30) == 0
    assert assert_exact(engine, [office]) == 500
