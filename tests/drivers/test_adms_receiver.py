"""A terminal that calls sits the examination of its kind, and a hasty one fails it."""

from dataclasses import replace

import pytest

from drivers.adms.receiver import AdmsReceiver
from drivers.base import Caller, Heard, Proof, Request
from drivers.errors import TerminalRefused
from drivers.testing import SAMPLE_LOG, ReceiverContract

SERIAL = ReceiverContract.serial


class TestAdms(ReceiverContract):
    @pytest.fixture
    def receiver(self):
        return AdmsReceiver(AdmsReceiver.Options(serial=SERIAL))

    @pytest.fixture
    def upload(self):
        rows = [
            f"{one.user_id}\t{one.local_time}\t{one.state}\t{one.verify}\t\t0\t0\t\n"
            for one in SAMPLE_LOG
        ]
        query = {"sn": SERIAL, "table": "ATTLOG", "stamp": "9999"}
        return Request("POST", "/iclock/cdata", query, {}, "".join(rows).encode(), "127.0.0.1")

    @pytest.fixture
    def greeting(self):
        return Request(
            "GET", "/iclock/cdata", {"sn": SERIAL, "options": "all"}, {}, b"", "127.0.0.1"
        )


class Hasty(AdmsReceiver):
    """Takes a call for a proof."""

    def handle(self, request: Request, caller: Caller) -> Heard:
        return replace(super().handle(request, caller), proof=Proof(caller.now, None))


def test_who_takes_a_call_for_a_proof_fails():
    examination = TestAdms()
    upload = TestAdms.upload.__wrapped__(examination)
    greeting = TestAdms.greeting.__wrapped__(examination)
    hasty = Hasty(AdmsReceiver.Options(serial=SERIAL))
    with pytest.raises(AssertionError, match="says nothing of what it holds"):
        examination.test_a_call_alone_proves_nothing(hasty, upload, greeting)


def test_the_call_of_another_terminal_is_refused():
    receiver = AdmsReceiver(AdmsReceiver.Options(serial="OTHER"))
    upload = TestAdms.upload.__wrapped__(TestAdms())
    assert receiver.serial_of(upload) == SERIAL
    with pytest.raises(TerminalRefused, match="this is no call of OTHER"):
        receiver.handle(upload, Caller(0, None))
