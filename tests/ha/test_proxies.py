"""nginx, Caddy and HAProxy before a centre, from the files that are shipped for them."""

import random
from contextlib import ExitStack

import pytest
import requests
from ha_parts import Host, Office, Secured, admit, assert_exact
from ha_proxies import PACKAGES, caddy, haproxy, nginx, program
from journey_parts import wait_until

from bridge.errors import BatchTooLarge, CentreRefused
from ingest.store.database import open_engine

STARTERS = {"nginx": nginx, "caddy": caddy}


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        program(name) is None, reason=f"{name} is not installed: apt-get install {PACKAGES[name]}"
    )


@pytest.mark.parametrize("name", [pytest.param(one, marks=needs(one)) for one in STARTERS])
def test_a_web_server_hands_on_what_bridges_sign(name, tmp_path, sqlite_store):
    engine, url = sqlite_store
    office = Office(tmp_path, "A")
    admit(engine, [office])
    tls = Secured.issue(tmp_path, "127.0.0.1")
    with ExitStack() as stack:
        stack.callback(office.close)
        host = stack.enter_context(Host("centre", tmp_path, url))
        door = stack.enter_context(STARTERS[name](tmp_path, tls, host.url.removeprefix("http://")))
        centre = stack.enter_context(office.centre(door, tls.ca))
        office.touch(1_500)
        forwarder = office.forwarder(centre)
        wait_until("all is taken", lambda: forwarder.step() and not office.outbox.counts().waiting)
        assert assert_exact(engine, [office]) == 1_500
        _assert_limits_are_the_centres(centre)


def _assert_limits_are_the_centres(centre) -> None:
    """A body as large as the centre takes comes through; one beyond is refused by the centre."""
    noise = random.Random(7).randbytes(4_100_000)
    with pytest.raises(CentreRefused) as caught:
        centre._ask("/v2/punches", noise)
    assert "gzip" in str(caught.value), "the web server refused it, not the centre"
    with pytest.raises(BatchTooLarge, match="4194304 bytes"):
        centre._ask("/v2/punches", noise + bytes(200_000))


@needs("haproxy")
@pytest.mark.postgres
def test_a_balancer_before_two_hosts_loses_and_doubles_nothing_when_one_is_killed(
    tmp_path, postgres_url
):
    engine = open_engine(postgres_url)
    office = Office(tmp_path, "A")
    admit(engine, [office])
    tls = Secured.issue(tmp_path, "127.0.0.1", "localhost")
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        stack.callback(office.close)
        first, second = (
            stack.enter_context(Host(name, tmp_path, postgres_url, tls=tls))
            for name in ("first", "second")
        )
        servers = [host.url.removeprefix("https://") for host in (first, second)]
        door = stack.enter_context(haproxy(tmp_path, tls, servers))
        with requests.Session() as session:
            session.trust_env = False
            ready = lambda: session.get(f"{door}/readyz", verify=str(tls.ca), timeout=10)  # noqa: E731
            wait_until("a host is found ready", lambda: ready().status_code == 200)
        centre = stack.enter_context(office.centre(door, tls.ca))
        forwarder = office.forwarder(centre)

        def send(count: int) -> None:
            for _ in range(count):
                office.touch(3)
                forwarder.step()

        send(30)
        first.kill()
        send(30)
        wait_until("all is taken", lambda: forwarder.step() and not office.outbox.counts().waiting)
        for host in (first, second):
            assert "took 3 rows" in host.said(), f"{host.name} was asked nothing"
        assert assert_exact(engine, [office]) == 180
