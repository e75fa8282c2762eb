"""One question to BKN: tokens, tries, and answers of every unkind."""

import logging
import socket

import pytest
from fake_siasn import (
    CODE_0,
    DEEP,
    GATEWAY_TIMEOUT,
    HALF,
    HTML,
    LIST,
    PASSWORD,
    REDIRECT,
    SECRET,
    answers,
    cut,
    drip,
    giant,
    hang_up,
    person,
    says,
)

from ingest.siasn.client import WAITS_S
from ingest.siasn.faults import Nonsense, NotLetIn, NotNow, NotReached, Told, TurnedAway

NIP = "198609262015051001"
UNAUTHORISED = says({"code": 0, "message": "expired"}, 401)


def test_shows_both_tokens_and_returns_the_data(bkn, asking):
    bkn.people[NIP] = person(NIP)
    assert asking.client.person("data-utama", NIP)["nipBaru"] == NIP
    assert bkn.asked == [f"/pns/data-utama/{NIP}"]
    assert bkn.given == 2


def test_shows_the_same_tokens_until_a_minute_before_their_end(bkn, asking):
    bkn.people[NIP] = person(NIP)
    asking.client.person("data-utama", NIP)
    asking.go(3600 - 61)
    asking.client.person("data-utama", NIP)
    assert bkn.given == 2
    asking.go(2)
    asking.client.person("data-utama", NIP)
    assert bkn.given == 4, "both said that they are good for an hour"


def test_a_token_without_an_age_is_believed_as_long_as_the_hosts_say(bkn, asking):
    bkn.expires_s = None
    asking.client.check()
    asking.go(3600 - 60)
    asking.client.check()
    assert bkn.given == 3, "the one for the program alone"


def test_fetches_both_tokens_anew_after_a_401_and_asks_once_more(bkn, asking):
    bkn.people[NIP] = person(NIP)
    asking.client.check()
    bkn.expire()
    assert asking.client.person("data-utama", NIP)["nipBaru"] == NIP
    assert (len(bkn.asked), bkn.given) == (2, 4)


def test_a_401_that_does_not_end_waits_for_a_person(bkn, asking):
    bkn.lets_in = False
    with pytest.raises(TurnedAway, match="refuses what we ask"):
        asking.client.person("data-utama", NIP)
    assert len(bkn.asked) == 2
    assert asking.waited == []


def test_a_wrong_key_waits_for_a_person(access, bkn, asking):
    access.keys.consumer_secret.write_text("salah")
    with pytest.raises(NotLetIn, match="refuses the consumer key") as told:
        asking.client.check()
    assert "salah" not in str(told.value)


def test_a_pasted_token_is_read_anew_each_time(bkn, asking, access, tmp_path):
    from dataclasses import replace

    from ingest.siasn.client import Client

    pasted = tmp_path / "token"
    pasted.write_text("Bearer lama-0000000\n")
    keys = replace(access.keys, sso_token=pasted, sso_user=None, sso_password=None)
    client = Client(replace(access, keys=keys), clock=lambda: asking.now, wait=asking.waited.append)
    bkn.people[NIP] = person(NIP)
    with pytest.raises(TurnedAway, match="pasted"):
        client.person("data-utama", NIP)
    pasted.write_text("baru-00000001")
    bkn.valid.add("baru-00000001")
    assert client.person("data-utama", NIP)["nipBaru"] == NIP
    pasted.write_text("dua baris\nsalah")
    client.check()
    bkn.expire()
    with pytest.raises(NotLetIn, match=r"must hold one line|holds no token"):
        client.person("data-utama", NIP)
    client.close()


@pytest.mark.parametrize(
    "bite",
    [GATEWAY_TIMEOUT, hang_up, cut, answers(503, b""), says({"code": 0, "message": "x"}, 500)],
    ids=["504", "hang-up", "cut", "503", "500 with an envelope"],
)
def test_asks_three_times_before_it_gives_up(bkn, asking, bite):
    bkn.people[NIP] = person(NIP)
    bkn.bites = [bite, bite]
    assert asking.client.person("data-utama", NIP)["nipBaru"] == NIP
    bkn.bites = [bite] * 3
    with pytest.raises(NotNow):
        asking.client.person("data-utama", NIP)
    assert asking.waited == [*WAITS_S, *WAITS_S]
    assert len(bkn.asked) == 6


@pytest.mark.parametrize(
    ("bite", "fault"),
    [
        (CODE_0, Told),
        (HALF, Nonsense),
        (HTML, Nonsense),
        (LIST, Nonsense),
        (DEEP, Nonsense),
        (REDIRECT, Nonsense),
        (giant, Nonsense),
        (answers(200, b""), Nonsense),
        (answers(200, b"\xff\xfe{}"), Nonsense),
        (answers(200, b'{"code": ' + b"9" * 9_000 + b"}"), Nonsense),
        (answers(200, b'{"code":1}', **{"Content-Encoding": "gzip"}), Nonsense),
        (says({"code": 1, "data": {}}, 404), Told),
    ],
    ids=["code-0", "half", "html", "list", "deep", "redirect", "giant", "empty", "utf-16",
         "number", "packed", "404"],
)  # fmt: skip
def test_an_error_or_nonsense_is_no_answer_and_is_not_asked_again(bkn, asking, bite, fault):
    bkn.people[NIP] = person(NIP)
    bkn.bites = [bite]
    with pytest.raises(fault) as told:
        asking.client.person("data-utama", NIP)
    assert len(bkn.asked) == 1
    assert not any(secret in str(told.value) for secret in (NIP, "1990010120150", SECRET, PASSWORD))


def test_nobody_and_no_rows_are_answers(bkn, asking):
    assert asking.client.person("data-utama", NIP) is None
    assert asking.client.person("rw-cltn", NIP) is None
    bkn.bites = [says({"code": 0, "data": "Data tidak ditemukan"}), says({"code": 1})]
    assert asking.client.person("rw-tubel", NIP) is None
    assert asking.client.person("rw-tubel", NIP) is None


def test_an_answer_that_drips_is_given_up_in_time(bkn, hasty):
    client = hasty()
    client.check()
    bkn.bites = [drip] * 3
    with pytest.raises(NotNow, match="too slowly"):
        client.person("data-utama", NIP)


def test_nobody_there_is_known_to_have_got_nothing(bkn, hasty, access):
    from dataclasses import replace

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = hasty(hosts=replace(access.hosts, apim_token=f"http://127.0.0.1:{port}/oauth2/token"))
    with pytest.raises(NotReached):
        client.check()


@pytest.mark.parametrize("bite", [says({}), says({"access_token": "x"}), HTML, GATEWAY_TIMEOUT,
                                  says({"access_token": "dua kata\r\nX: 1"})])  # fmt: skip
def test_no_token_is_asked_for_again(bkn, asking, bite):
    bkn.people[NIP] = person(NIP)
    bkn.token_bites = [bite]
    assert asking.client.person("data-utama", NIP)["nipBaru"] == NIP
    assert asking.waited == [WAITS_S[0]]


def test_a_write_is_sent_once_unless_it_was_turned_away(bkn, asking):
    asking.client.save_sanction(b'{"skNomor": "1"}')
    bkn.expire()
    asking.client.save_sanction(b'{"skNomor": "2"}')
    bkn.bites = [hang_up]
    with pytest.raises(NotNow):
        asking.client.save_sanction(b'{"skNomor": "3"}')
    assert [one["skNomor"] for one in bkn.saved] == ["1", "2"]
    assert asking.waited == []


def test_no_log_and_no_error_tells_a_person_or_a_key(bkn, asking, access, caplog):
    caplog.set_level(logging.DEBUG)
    bkn.people[NIP] = person(NIP)
    strange = answers(200, b'{"code":1}', **{"X Strange": "\x01"})
    bkn.bites = [None, strange, hang_up, hang_up, hang_up]
    asking.client.person("data-utama", NIP)
    asking.client.person("data-utama", NIP)
    with pytest.raises(NotNow) as told:
        asking.client.person("data-utama", NIP)
    assert told.value.__cause__ is None
    seen = caplog.text + str(told.value) + repr(asking.client) + repr(access)
    assert not any(one in seen for one in (NIP, SECRET, PASSWORD, "apim-0", "sso-0"))
