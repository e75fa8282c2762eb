"""Keys become known by a one-time code, and are followed by others: over HTTP, as bridges do it."""

import gzip
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from served import Answer, Served, error_of
from signed import Chains, Signer
from sqlalchemy import Engine, select

from ingest import enrolment, wire
from ingest.auth import RequestRefused, check_body, check_signature
from ingest.enrolment import Guesses, Invitation
from ingest.errors import StoreError
from ingest.store import audit, bridges, invites, tables
from ingest.store.bridges import Bridge
from ingest.store.database import reading, writing
from ingest.wire import Enrolment, Rotation, Signed

Make = Callable[..., Any]
either = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NEW = Signer("new")


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a KDF of a moment: what it costs is the business of test_kdf."""
    monkeypatch.setattr("ingest.kdf.MEMORY_KIB", 64)


@pytest.fixture
def invite(engine: Engine, bridge: Bridge, at: datetime) -> Callable[..., Invitation]:
    def invite(**other: Any) -> Invitation:
        told = {"office": "A", "name": "pc-dinas", "bridge_id": None, "now": at, "days": 7} | other
        with writing(engine) as connection:
            return enrolment.invite(connection, **told)

    return invite


def enrol(centre: Served, code: object, by: Signer = NEW, **headers: str | None) -> Answer:
    body = gzip.compress(wire.encode_enrolment(Enrolment(str(code), by.public_key, "0.2.0")))
    return replace(centre, signer=by).post("/v2/enrol", body, **headers)


def rotate(centre: Served, by: Signer, to: Signer, proof: bytes | None = None) -> Answer:
    told = Rotation(to.public_key, to.prove(by.key_id) if proof is None else proof)
    return replace(centre, signer=by).post(
        "/v2/rotate", gzip.compress(wire.encode_rotation(told), mtime=0)
    )


def empty(centre: Served, by: Signer, chains: Chains) -> tuple[int, str]:
    """Send a batch of nothing; return the status and the code of the refusal."""
    answer = replace(centre, signer=by).send(chains.batch())
    return answer.status_code, answer.json().get("code", "")


class TestEnrolment:
    def test_a_code_makes_a_key_known_as_a_bridge(
        self, serve: Make, invite: Make, chains: Chains, engine: Engine, at: datetime
    ) -> None:
        centre, told = serve(), invite()
        assert empty(centre, NEW, chains) == (401, "unknown-key")
        answer = enrol(centre, told.code)
        enrolled = wire.decode_enrolled(answer.content)
        assert (answer.status_code, enrolled.office, enrolled.name) == (200, "A", "pc-dinas")
        assert enrolled.now == int(at.timestamp())
        assert empty(centre, NEW, chains) == (200, "")
        with reading(engine) as connection:
            key = bridges.find_key(connection, NEW.key_id)
            used = invites.find(connection, told.number)
        assert key is not None
        assert used is not None
        assert (key.bridge.id, key.enrolled_at, key.retired_at) == (enrolled.bridge, at, None)
        assert (used.used_at, used.key_id, used.bridge_id) == (at, NEW.key_id, enrolled.bridge)

    def test_an_answer_that_was_lost_is_given_again(
        self, serve: Make, invite: Make, engine: Engine
    ) -> None:
        centre, told = serve(), invite()
        first = enrol(centre, told.code)
        again = enrol(centre, str(told.code).lower().replace("-", " "))
        assert (again.status_code, again.json()) == (200, first.json())
        with reading(engine) as connection:
            named = select(tables.bridges.c.id).where(tables.bridges.c.name == "pc-dinas")
            assert len(connection.execute(named).all()) == 1

    @either
    def test_a_lost_answer_is_given_again_after_the_code_is_over(
        self, serve: Make, invite: Make, at: datetime
    ) -> None:
        now = [at]
        centre, told = serve(clock=lambda: now[0]), invite(days=1)
        enrol(centre, told.code)
        now[0] += timedelta(days=2)
        late = replace(centre, time=centre.time + 2 * 86_400)
        assert enrol(late, told.code).status_code == 200

    def test_refusals_of_a_code_are_all_alike(
        self, serve: Make, invite: Make, at: datetime
    ) -> None:
        """Whether it was used, is over, was withdrawn or never was: who has none learns nothing."""
        centre = serve()
        used, over, other = invite(), invite(now=at - timedelta(days=8)), invite()
        enrol(centre, used.code)
        unknown = replace(other.code, number=999)
        wrong = replace(other.code, secret=used.code.secret)
        answers = [
            enrol(centre, code, Signer("thief")) for code in (used.code, over.code, unknown, wrong)
        ]
        assert [answer.status_code for answer in answers] == [403] * 4
        assert {answer.json()["code"] for answer in answers} == {"invitation"}
        assert len({error_of(answer) for answer in answers}) == 1

    @either
    def test_a_code_is_compared_at_the_same_cost_whatever_is_known(
        self, serve: Make, invite: Make, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compared: list[bool] = []
        matches = enrolment.matches

        def witness(secret: str, kept: str | None) -> bool:
            compared.append(kept is not None)
            return matches(secret, kept)

        monkeypatch.setattr(enrolment, "matches", witness)
        centre = serve()
        used, over = invite(), invite(now=at - timedelta(days=8))
        enrol(centre, used.code)
        for code in (used.code, over.code, replace(used.code, number=999)):
            enrol(centre, code, Signer("thief"))
        assert compared == [True, True, True, False]

    @either
    @pytest.mark.parametrize("typed", ["", "12", "12-AAAAA", "x" * 100])
    def test_a_slip_of_the_hand_is_told_from_a_wrong_code(self, serve: Make, typed: str) -> None:
        answer = enrol(serve(), typed)
        assert answer.status_code == 400
        assert typed == "" or typed not in error_of(answer)

    @either
    def test_who_shows_another_key_than_signs_is_refused(self, serve: Make, invite: Make) -> None:
        centre, told = serve(), invite()
        body = gzip.compress(
            wire.encode_enrolment(Enrolment(str(told.code), NEW.public_key, "0.2.0"))
        )
        stranger = replace(centre, signer=Signer("stranger"))
        answer = stranger.post("/v2/enrol", body)
        assert answer.status_code == 400
        assert "public_key is not the key that Hadir-Key names" in error_of(answer)
        answer = stranger.post("/v2/enrol", body, Hadir_Key=NEW.key_id)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature")
        assert enrol(centre, told.code).status_code == 200  # the code is still good

    @either
    def test_a_wrong_clock_is_told_before_the_code_is_looked_at(
        self, serve: Make, invite: Make
    ) -> None:
        centre, told = serve(), invite()
        late = replace(centre, time=centre.time - 3_600)
        answer = enrol(late, told.code)
        assert (answer.json()["code"], answer.json()["now"]) == ("clock", centre.time)
        assert enrol(centre, told.code).status_code == 200

    def test_a_key_is_never_enrolled_twice(self, serve: Make, invite: Make, bridge: Bridge) -> None:
        answer = enrol(serve(), invite().code, Signer("a"))  # that of `bridge`
        assert (answer.status_code, answer.json()["code"]) == (403, "key-known")

    def test_a_known_bridge_gets_another_key_and_the_old_one_ends(
        self, serve: Make, invite: Make, bridge: Bridge, chains: Chains
    ) -> None:
        """A computer was replaced: the new one is the same bridge."""
        centre, told = serve(), invite(bridge_id=bridge.id)
        assert empty(centre, Signer("a"), chains) == (200, "")
        enrolled = wire.decode_enrolled(enrol(centre, told.code).content)
        assert (enrolled.bridge, enrolled.name) == (bridge.id, "a")
        assert empty(centre, Signer("a"), chains) == (403, "retired")
        assert empty(centre, NEW, chains) == (200, "")

    def test_a_bridge_that_was_revoked_meanwhile_gets_no_key(
        self, serve: Make, invite: Make, bridge: Bridge, engine: Engine, at: datetime
    ) -> None:
        centre, told = serve(), invite(bridge_id=bridge.id)
        with writing(engine) as connection:
            bridges.revoke(connection, bridge.id, now=at)
        assert enrol(centre, told.code).status_code == 403
        with reading(engine) as connection:
            assert bridges.find_key(connection, NEW.key_id) is None

    def test_a_code_that_two_show_at_once_is_one_key(
        self, serve: Make, invite: Make, engine: Engine
    ) -> None:
        centre, told = serve(), invite()
        signers = [Signer(f"racer {n}") for n in range(4)]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda by: enrol(centre, told.code, by), signers))
        assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]

    def test_a_key_that_is_shown_with_two_codes_at_once_is_one_bridge(
        self, serve: Make, invite: Make
    ) -> None:
        """At two processes of the centre, so that nothing but the store keeps them apart."""
        centres, told = [serve(), serve()], [invite(), invite()]
        together = threading.Barrier(2)

        def show(n: int) -> Answer:
            together.wait(10)
            return enrol(centres[n], told[n].code)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(show, range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 403]

    def test_guessing_is_bounded_and_ends(self, serve: Make, invite: Make) -> None:
        centre, told = serve(), invite()
        wrong = replace(told.code, number=999)
        for _ in range(enrolment.WRONG_A_MINUTE):
            assert enrol(centre, wrong).status_code == 403
        answer = enrol(centre, told.code)
        assert (answer.status_code, answer.json()["code"]) == (429, "guesses")
        assert 0 < int(answer.headers["Retry-After"]) <= 60

    @either
    def test_a_large_enrolment_is_refused_before_it_is_read(self, serve: Make) -> None:
        answer = replace(serve(), signer=NEW).post("/v2/enrol", b"\x00" * 5_000)
        assert answer.status_code == 413

    @either
    def test_no_code_comes_into_the_log_or_the_store(
        self, serve: Make, invite: Make, engine: Engine, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(10)
        told = invite()
        enrol(serve(), told.code)
        with reading(engine) as connection:
            rows = [
                repr(connection.execute(select(table)).all())
                for table in (tables.invites, tables.bridge_keys, tables.bridges)
            ]
        assert "pc-dinas" in "".join(rows)
        for text in (caplog.text, *rows):
            assert told.code.secret not in text
            assert str(told.code) not in text


class TestRotation:
    def test_a_new_key_takes_the_place_of_the_old_one(
        self, serve: Make, chains: Chains, engine: Engine, at: datetime
    ) -> None:
        centre = serve()
        answer = rotate(centre, centre.signer, NEW)
        assert answer.status_code == 200
        assert wire.decode_rotated(answer.content).key_id == NEW.key_id
        assert empty(centre, centre.signer, chains) == (403, "retired")
        assert empty(centre, NEW, chains) == (200, "")
        with reading(engine) as connection:
            old, new = bridges.find_keys(connection, centre.bridge.id)
        assert (old.retired_at, new.enrolled_at, new.retired_at) == (at, at, None)

    def test_what_was_asked_is_kept_so_that_the_keys_can_be_followed(
        self, serve: Make, engine: Engine
    ) -> None:
        centre = serve()
        rotate(centre, centre.signer, NEW)
        with reading(engine) as connection:
            query = select(tables.bridge_keys.c.grounds)
            kept = connection.scalar(query.where(tables.bridge_keys.c.key_id == NEW.key_id))
        assert kept is not None
        body = bytes.fromhex(kept["body"])
        signed = Signed(
            kept["rotated_from"], kept["time"], kept["nonce"], kept["body_sha256"],
            bytes.fromhex(kept["signature"]),
        )  # fmt: skip
        check_signature(centre.signer.public_key, signed, method="POST", path=kept["path"])
        check_body(signed, body)
        told = wire.decode_rotation(gzip.decompress(body))
        message = wire.rotation_message(kept["rotated_from"], told.public_key)
        NEW.secret.public_key().verify(told.proof, message)

    @either
    @pytest.mark.parametrize("proof", [bytes(64), NEW.prove("0" * 32), Signer("x").prove("a" * 32)])
    def test_a_key_that_does_not_prove_itself_is_refused(
        self, serve: Make, chains: Chains, proof: bytes
    ) -> None:
        centre = serve()
        answer = rotate(centre, centre.signer, NEW, proof)
        assert answer.status_code == 400
        assert "the proof is not the new key's signature" in error_of(answer)
        assert empty(centre, centre.signer, chains) == (200, "")

    def test_a_key_that_is_known_takes_nobodys_place(
        self, serve: Make, bridge: Bridge, chains: Chains
    ) -> None:
        """Not that of another bridge, nor one that this bridge had before."""
        centre = serve()
        for known in (Signer("a"), centre.signer):
            answer = rotate(centre, centre.signer, known)
            assert (answer.status_code, answer.json()["code"]) == (403, "key-known")
        assert empty(centre, centre.signer, chains) == (200, "")

    def test_two_that_rotate_at_once_leave_one_key_in_use(
        self, serve: Make, engine: Engine
    ) -> None:
        """At two processes of the centre, so that nothing but the store keeps them apart."""
        centre = serve()
        centres = [centre, replace(serve(), signer=centre.signer)]
        together = threading.Barrier(2)

        def race(n: int) -> Answer:
            together.wait(10)
            return rotate(centres[n], centre.signer, Signer(f"racer {n}"))

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(race, range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 403]
        with reading(engine) as connection:
            keys = bridges.find_keys(connection, centre.bridge.id)
        assert [key.retired_at is None for key in keys] == [False, True]

    def test_nothing_is_stored_under_a_key_after_it_was_retired(
        self, serve: Make, punch: Make, chains: Chains, engine: Engine, at: datetime
    ) -> None:
        """A batch was let in at the door, and its key rotated before it came to the store."""
        centre = serve()
        told = chains.batch(punch())
        inside, leave = threading.Event(), threading.Event()

        def hold(*_: Any, **__: Any) -> None:
            inside.set()
            assert leave.wait(20)

        with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(1) as pool:
            patched.setattr("ingest.api.check_body", hold)
            sending = pool.submit(centre.send, told)
            assert inside.wait(20)
            patched.undo()
            with writing(engine) as connection:
                key = NEW.public_key
                bridges.add_key(connection, centre.bridge.id, key, now=at, grounds={})
            leave.set()
            answer = sending.result(20)
        assert (answer.status_code, answer.json()["code"]) == (403, "retired")
        assert centre.count() == 0


def test_who_came_in_and_who_followed_stands_in_the_audit_log(
    serve: Make, invite: Make, engine: Engine
) -> None:
    """In the same commit, under the bridge that acted by its key."""
    centre, told = serve(), invite()
    number = wire.decode_enrolled(enrol(centre, told.code).content).bridge
    rotate(centre, NEW, Signer("newer"))
    with reading(engine) as connection:
        lines = audit.find(connection)
    assert [(one.what, one.who, one.role, one.details) for one in lines] == [
        (
            "bridges.enrol",
            f"bridge {number} (pc-dinas)",
            "bridge",
            {"key_id": NEW.key_id, "invitation": told.number},
        ),
        (
            "bridges.rotate",
            f"bridge {number} (pc-dinas)",
            "bridge",
            {"key_id": Signer("newer").key_id, "rotated_from": NEW.key_id},
        ),
    ]


class TestGuesses:
    @pytest.mark.parametrize("most", [1, 3])
    def test_the_last_minute_counts(self, most: int) -> None:
        now = [0.0]
        guesses = Guesses(most, lambda: now[0])
        for second in range(most):
            now[0] = float(second)
            guesses.check()
            guesses.wrong()
        with pytest.raises(RequestRefused, match="too many wrong codes") as caught:
            guesses.check()
        assert caught.value.wait_s == 60 - (most - 1)
        now[0] = 60.0
        guesses.check()


class TestInvitations:
    def test_what_a_code_is_made_of_is_not_kept(self, engine: Engine, invite: Make) -> None:
        told = invite()
        with reading(engine) as connection:
            kept = invites.find(connection, told.number)
        assert kept is not None
        assert kept.code_hash.startswith("$argon2id$")
        assert (kept.used_at, kept.key_id, kept.bridge_id) == (None, None, None)

    @pytest.mark.parametrize(
        ("other", "said"),
        [
            ({"bridge_id": 99}, "no bridge has the number 99"),
            ({"bridge_id": 1, "office": "B"}, "bridge 1 is of office A, not of B"),
        ],
    )
    def test_an_invitation_to_what_cannot_be_is_refused(
        self, invite: Make, other: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(StoreError, match=said):
            invite(**other)

    def test_a_revoked_bridge_is_not_invited(
        self, engine: Engine, bridge: Bridge, invite: Make, at: datetime
    ) -> None:
        with writing(engine) as connection:
            bridges.revoke(connection, bridge.id, now=at)
        with pytest.raises(StoreError, match="was revoked; invite a new one"):
            invite(bridge_id=bridge.id)

    def test_a_withdrawn_one_lets_nobody_in(
        self, serve: Make, engine: Engine, invite: Make, at: datetime
    ) -> None:
        told, other = invite(), invite()
        with writing(engine) as connection:
            invites.withdraw(connection, told.number, now=at)
            open_ones = invites.find_open(connection, now=at)
        assert [one.id for one in open_ones] == [other.number]
        assert enrol(serve(), told.code).status_code == 403

    def test_a_used_one_cannot_be_withdrawn(
        self, serve: Make, engine: Engine, invite: Make, at: datetime
    ) -> None:
        told = invite()
        enrol(serve(), told.code)
        with (
            pytest.raises(StoreError, match=r"was used by bridge \d+; to refuse that one"),
            writing(engine) as connection,
        ):
            invites.withdraw(connection, told.number, now=at)

    def test_one_that_is_unknown_is_named(self, engine: Engine, at: datetime) -> None:
        with (
            pytest.raises(StoreError, match="no invitation has the number 7"),
            writing(engine) as connection,
        ):
            invites.withdraw(connection, 7, now=at)
