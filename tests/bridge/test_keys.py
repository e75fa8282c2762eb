"""The key of this bridge: on the disk before it is shown, and never half, open or overwritten."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from bridge_parts import make_key
from nacl.signing import VerifyKey

from bridge import enrolment
from bridge.enrolment import KeyInUse, OfficeDiffers
from bridge.errors import CentreRefused, CentreUnreachable, KeyRefused, KeyUnfit
from bridge.keys import CURRENT, ENROLLING, ROTATING, KeyFiles
from ingest import wire

AT = 1_800_000_000
CODE = "KODE-1234"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path)


@pytest.fixture
def current(tmp_path):
    return make_key(tmp_path)


class TestFile:
    def test_a_key_signs_what_its_public_half_verifies(self, current, keys):
        VerifyKey(current.public).verify(b"a message", keys.current().sign(b"a message"))
        assert current.id == wire.key_id(current.public)

    def test_is_for_its_owner_alone_and_says_when_it_was_made(self, current, tmp_path):
        file = tmp_path / CURRENT
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        comment, seed = file.read_text().splitlines()
        assert comment.startswith(f"# key {current.id} of hadir-bridge, made 2027-01-15T08:00:00Z;")
        assert len(bytes.fromhex(seed)) == 32
        assert current.made_at == AT

    def test_nothing_shows_the_key(self, current, tmp_path):
        seed = (tmp_path / CURRENT).read_text().split()[-1]
        assert seed not in f"{current!r} {current}"
        assert current.id in repr(current)

    def test_no_file_says_what_to_do(self, keys):
        with pytest.raises(KeyUnfit, match=r"no key yet .*bridge\.key.*`hadir-bridge enrol CODE`"):
            keys.current()

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
    def test_a_file_open_to_others_is_named_and_not_used(self, current, keys, tmp_path, mode):
        (tmp_path / CURRENT).chmod(mode)
        with pytest.raises(KeyUnfit, match=r"bridge\.key is open to other users; chmod 600"):
            keys.current()

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"# only a comment\n",
            b"ab" * 31,
            b"AB" * 32,
            b"zz" * 32,
            b"ab" * 32 + b"\n" + b"ab" * 32,
            b"\xff" * 64,
            b"ab" * 32 + b"\n" * 2_000,
        ],
    )
    def test_what_is_no_key_is_named_and_not_shown(self, current, keys, tmp_path, content):
        (tmp_path / CURRENT).write_bytes(content)
        with pytest.raises(KeyUnfit, match="is no key of a bridge; put back") as caught:
            keys.current()
        assert "abab" not in str(caught.value)

    @pytest.mark.parametrize("made", ["", "# made by hand\n", "# made 2026-99-99T00:00:00Z\n"])
    def test_a_key_of_unknown_age_signs_too(self, current, keys, tmp_path, made):
        (tmp_path / CURRENT).write_text(made + "ab" * 32 + "\n")
        assert keys.current().made_at is None

    def test_a_folder_in_its_place_is_named(self, keys, tmp_path):
        (tmp_path / CURRENT).mkdir()
        with pytest.raises(KeyUnfit, match=r"bridge\.key cannot be read \(Is a directory\)"):
            keys.current()

    def test_has_another_mark_as_soon_as_another_signs(self, keys, tmp_path):
        marks = [keys.mark()]
        for name in (ENROLLING, ROTATING):
            successor = keys.prepare(name, AT)
            assert keys.mark() == marks[-1]
            keys.promote(name, successor)
            marks.append(keys.mark())
        (tmp_path / CURRENT).chmod(0o640)
        marks.append(keys.mark())  # what made it unfit may have been mended, too
        assert marks[0] is None
        assert len(set(marks)) == 4

    def test_one_that_waits_is_kept_and_not_made_twice(self, keys):
        assert keys.prepare(ENROLLING, AT) == keys.prepare(ENROLLING, AT + 9)

    def test_two_that_prepare_at_once_get_the_same(self, keys, tmp_path, monkeypatch):
        """The other one comes between the look and the making."""
        link = os.link

        def slower(source, target):
            monkeypatch.setattr(os, "link", link)
            KeyFiles(tmp_path)._write(tmp_path / ROTATING, AT)
            link(source, target)

        monkeypatch.setattr(os, "link", slower)
        key = keys.prepare(ROTATING, AT)
        assert key == keys.waiting(ROTATING)
        assert [one.name for one in tmp_path.iterdir()] == [ROTATING]

    def test_a_full_disk_leaves_no_half_key(self, keys, tmp_path, monkeypatch):
        def full(handle):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(KeyUnfit, match=r"cannot be made \(No space left on device\)"):
            keys.prepare(ENROLLING, AT)
        assert list(tmp_path.iterdir()) == []

    def test_what_a_kill_left_of_the_making_is_cleared_away(self, keys, tmp_path):
        (tmp_path / f"{ENROLLING}.0123abcd").write_text("# half a ke")
        keys.prepare(ENROLLING, AT)
        assert [one.name for one in tmp_path.iterdir()] == [ENROLLING]

    def test_promoting_twice_is_harmless_and_a_stranger_is_not_promoted(self, keys, current):
        successor = keys.prepare(ROTATING, AT)
        keys.promote(ROTATING, successor)
        keys.promote(ROTATING, successor)  # as the daemon and the command do
        with pytest.raises(KeyUnfit, match="is not the key that was shown"):
            keys.promote(ROTATING, current)
        assert keys.current() == successor


class Registrar:
    """The centre's part: what it knows stays known, whatever became of its answers."""

    def __init__(self) -> None:
        self.office = "4.01.01"
        self.codes = {CODE: ""}
        """Code to the key id it was used for."""
        self.valid: set[str] = set()
        self.retired: set[str] = set()
        self.lost = 0
        """How many answers get lost from here on."""
        self.refuses_new: CentreRefused | None = None

    def enrol(self, enrolment, key):
        if self.codes.get(enrolment.code) not in ("", key.id):
            raise CentreRefused(403, "no such code")
        assert enrolment.public_key == key.public
        self.codes[enrolment.code] = key.id
        self.retired |= self.valid
        self.valid = {key.id}
        self._answer()
        return wire.Enrolled(3, self.office, "pc", AT)

    def rotate(self, key, successor):
        self._known(key)
        if self.refuses_new:
            raise self.refuses_new
        self.valid = {successor.id}
        self.retired.add(key.id)
        self._answer()
        return wire.Rotated(successor.id, AT)

    def probe(self, key=None):
        self._known(key)

    def _known(self, key):
        if key.id in self.retired:
            raise KeyRefused("replaced", "retired")
        if key.id not in self.valid:
            raise KeyRefused("who?", "unknown-key")

    def _answer(self):
        if self.lost:
            self.lost -= 1
            raise CentreUnreachable("hangs up")


@pytest.fixture
def registrar():
    return Registrar()


@pytest.fixture
def enrol(registrar, keys):
    def enrol(code=CODE, **how):
        options = {"office": "4.01.01", "now": AT, "bridge_version": "0.1.0"} | how
        return enrolment.enrol(registrar, keys, code, **options)

    return enrol


class TestEnrol:
    def test_a_bridge_has_the_key_the_centre_knows(self, enrol, registrar, keys):
        key, enrolled = enrol()
        assert keys.current() == key
        assert registrar.valid == {key.id}
        assert (enrolled.bridge, keys.waiting(ENROLLING)) == (3, None)

    def test_a_lost_answer_is_mended_by_the_same_code(self, enrol, registrar, keys):
        registrar.lost = 2
        for _ in range(2):
            with pytest.raises(CentreUnreachable):
                enrol()
            with pytest.raises(KeyUnfit, match="no key yet"):
                keys.current()
        key, _ = enrol()
        assert registrar.valid == {key.id} == {keys.current().id}

    def test_a_wrong_code_can_be_typed_again(self, enrol, registrar, keys):
        with pytest.raises(CentreRefused, match="no such code"):
            enrol("KODE-123")
        key, _ = enrol()
        assert registrar.valid == {key.id}

    def test_a_key_that_is_there_is_not_given_up_by_mistake(self, enrol, registrar, current, keys):
        with pytest.raises(KeyInUse, match=f"has the key {current.id} already.*--again"):
            enrol()
        assert registrar.codes == {CODE: ""}
        key, _ = enrol(again=True)
        assert keys.current() == key != current

    def test_a_rotation_that_hangs_is_forgotten_by_it(self, enrol, current, keys):
        keys.prepare(ROTATING, AT)
        enrol(again=True)
        assert keys.waiting(ROTATING) is None

    def test_a_code_of_another_office_is_named(self, enrol, registrar, keys):
        registrar.office = "7.02.03"
        with pytest.raises(OfficeDiffers, match=r"office 7\.02\.03 and the configuration says 4\."):
            enrol()
        assert {keys.current().id} == registrar.valid


class TestRotate:
    @pytest.fixture(autouse=True)
    def known(self, registrar, current):
        registrar.valid = {current.id}

    def test_only_the_new_key_counts(self, registrar, keys, current):
        key = enrolment.rotate(registrar, keys, now=AT)
        assert registrar.valid == {key.id} == {keys.current().id}
        assert registrar.retired == {current.id}

    def test_a_lost_answer_is_mended_by_trying_again(self, registrar, keys, current):
        registrar.lost = 1
        with pytest.raises(CentreUnreachable):
            enrolment.rotate(registrar, keys, now=AT)
        assert keys.current() == current
        key = enrolment.rotate(registrar, keys, now=AT + 60)
        assert registrar.valid == {key.id} == {keys.current().id}

    def test_a_new_key_the_centre_will_not_have_is_not_shown_again(self, registrar, keys, current):
        registrar.refuses_new = CentreRefused(422, "known already")
        with pytest.raises(CentreRefused):
            enrolment.rotate(registrar, keys, now=AT)
        assert (keys.current(), keys.waiting(ROTATING)) == (current, None)

    def test_a_key_that_another_replaced_is_told_so(self, registrar, keys, current):
        registrar.retired, registrar.valid = {current.id}, {"f" * 32}
        with pytest.raises(KeyRefused, match="replaced"):
            enrolment.rotate(registrar, keys, now=AT)
        assert keys.current() == current

    def test_a_revoked_bridge_is_told_so(self, registrar, keys, current):
        registrar.valid = set()
        with pytest.raises(KeyRefused, match="who"):
            enrolment.rotate(registrar, keys, now=AT)
        assert keys.current() == current


KILLED = """
import os, signal, sys
from pathlib import Path
from bridge.keys import ENROLLING, KeyFiles

calls = 0
def kill(event, arguments):
    global calls
    if event in ("open", "os.link", "os.remove", "os.rename"):
        calls += 1
        if calls == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

keys = KeyFiles(Path(sys.argv[1]))
sys.addaudithook(kill)
key = keys.prepare(ENROLLING, 1_800_000_000)
print(key.id, flush=True)
keys.promote(ENROLLING, key)
"""


def test_a_kill_at_any_step_leaves_the_key_that_was_shown_or_none(tmp_path):
    """Killed before its n-th touch of the disk, for every n until it comes to its end."""
    ended = []
    for step in range(1, 30):
        folder = tmp_path / str(step)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(step)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        shown, keys = done.stdout.strip(), KeyFiles(folder)
        left = keys.waiting(CURRENT) or keys.waiting(ENROLLING)
        assert not shown or (left and left.id == shown)
        again = left or keys.prepare(ENROLLING, AT)
        if keys.waiting(ENROLLING):
            keys.promote(ENROLLING, again)
        assert keys.current() == again
        ended.append(done.returncode)
        if done.returncode == 0:
            break
    assert ended == [-signal.SIGKILL] * (len(ended) - 1) + [0]
    assert len(ended) > 6
