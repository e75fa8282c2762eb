"""`enrol`, `rotate-key` and `key`, typed by a person; the centre is on loopback."""

import gzip
import json
import time

import pytest
from bridge_parts import is_signed, make_key
from click.testing import CliRunner

from bridge.cli import cli
from ingest import wire

CODE = "ABCD-EFGH-JKLM"


class Registry:
    """Takes one code and rotations, and looks at every signature."""

    def __init__(self) -> None:
        self.keys: dict[str, bytes] = {}
        self.office = "4.01.01"
        self.codes: list[str] = []

    def __call__(self, handler, body):
        told = gzip.decompress(body)
        if handler.path == "/v2/enrol":
            self._enrol(handler, body, wire.decode_enrolment(told))
            return
        public = self.keys.get(handler.headers["Hadir-Key"], bytes(32))
        if not is_signed(public, "POST", handler.path, handler.headers, body):
            handler.reply(401, b'{"error": "who are you", "code": "unknown-key"}')
            return
        rotation = wire.decode_rotation(told)
        name = wire.key_id(rotation.public_key)
        self.keys = {name: rotation.public_key}
        handler.reply(200, wire.encode_rotated(wire.Rotated(name, int(time.time()))))

    def _enrol(self, handler, body, enrolment):
        public = enrolment.public_key
        assert is_signed(public, "POST", handler.path, handler.headers, body)
        self.codes.append(enrolment.code)
        if enrolment.code != CODE:
            handler.reply(403, b'{"error": "this code is not known; ask for another"}')
            return
        self.keys = {wire.key_id(public): public}
        enrolled = wire.Enrolled(3, self.office, "pc-dinas", int(time.time()))
        handler.reply(200, wire.encode_enrolled(enrolled))


@pytest.fixture
def centre(desk, scripted):
    desk.write(url=f'"{scripted.url}"')
    desk.key.unlink()
    desk.state.rmdir()
    answer = Registry()
    scripted.script = [answer]
    return answer


def key_id(desk) -> str:
    return make_key(desk.state).id  # there is one


def test_enrolling_makes_a_key_that_the_centre_knows(desk, centre):
    told = desk.types("enrol", CODE)
    assert told.exit_code == 0, told.output
    assert desk.key.exists()
    assert told.stderr == (
        f"enrolled as bridge 3 (pc-dinas) of office 4.01.01, key {key_id(desk)}\n"
    )
    assert list(centre.keys) == [key_id(desk)]


def test_the_code_may_come_by_stdin(desk, centre):
    words = ["--config", str(desk.file), "enrol", "-"]
    told = CliRunner().invoke(cli, words, input=f"  {CODE} \n")
    assert told.exit_code == 0, told.output
    assert centre.codes == [CODE]


@pytest.mark.parametrize("code", ["", "  ", "-"])
def test_no_code_is_a_misuse(desk, centre, code):
    told = desk.types("enrol", code)
    assert told.exit_code == 2
    assert "the code is empty" in told.stderr
    assert not desk.state.exists()


def test_a_wrong_code_is_one_sentence_and_leaves_no_key(desk, centre):
    told = desk.types("enrol", "ABCD")
    assert told.exit_code == 1
    [line] = told.stderr.splitlines()
    assert line.endswith("this code is not known; ask for another")
    assert not desk.key.exists()


def test_a_key_in_use_is_not_overwritten(desk, centre):
    desk.types("enrol", CODE)
    before = desk.key.read_bytes()
    told = desk.types("enrol", CODE)
    assert told.exit_code == 1
    assert "--again puts another in its place" in told.stderr
    assert desk.key.read_bytes() == before
    assert desk.types("enrol", "--again", CODE).exit_code == 0
    assert list(centre.keys) == [key_id(desk)]
    assert desk.key.read_bytes() != before


def test_a_code_of_another_office_is_a_failure_that_says_what_to_correct(desk, centre):
    centre.office = "7.02.03"
    told = desk.types("enrol", CODE)
    assert told.exit_code == 1
    assert "for office 7.02.03 and the configuration says 4.01.01; correct" in told.stderr


def test_rotating_puts_a_new_key_in_the_place_of_the_old(desk, centre):
    desk.types("enrol", CODE)
    old = key_id(desk)
    told = desk.types("rotate-key")
    assert told.exit_code == 0, told.output
    assert told.stderr == f"the new key is {key_id(desk)}\n"
    assert [key_id(desk)] == list(centre.keys) != [old]
    assert [one.name for one in desk.state.glob("bridge.key*")] == ["bridge.key"]


def test_without_a_key_there_is_nothing_to_rotate_or_show(desk, centre):
    for command in ("rotate-key", "key"):
        told = desk.types(command)
        assert told.exit_code == 1
        assert "this bridge has no key yet" in told.stderr


def test_the_id_and_age_of_a_key_are_shown_and_never_the_key(desk, centre):
    desk.types("enrol", CODE)
    seed = desk.key.read_text().split()[-1]
    told = desk.types("key")
    assert told.stdout.splitlines()[0].split() == ["key", key_id(desk)]
    assert told.stdout.splitlines()[1].endswith(" s ago")
    found = json.loads(desk.types("key", "--json").stdout)
    assert found["key"] == key_id(desk)
    assert found["made_at"].endswith("+00:00")
    assert found["waiting"] == []
    status = json.loads(desk.types("status", "--json").stdout)
    assert status["key"]["id"] == key_id(desk)
    for command in (("key",), ("key", "--json"), ("status",), ("status", "--json"), ("doctor",)):
        assert seed not in desk.types(*command).output
