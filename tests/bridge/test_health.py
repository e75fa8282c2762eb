"""Which loops are alive."""

from bridge.health import Health


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_loop_that_is_silent_for_longer_than_it_said_hangs():
    clock = Clock()
    health = Health(clock)
    health.beat("terminal front", 60)
    health.beat("forwarder", 10)
    clock.now += 10
    assert health.watchdog_ok()
    clock.now += 1
    assert health.late() == ["forwarder"]
    assert not health.watchdog_ok()
    health.beat("forwarder", 10)
    assert health.watchdog_ok()


def test_a_loop_that_ended_as_asked_hangs_no_longer():
    clock = Clock()
    health = Health(clock)
    health.beat("forwarder", 10)
    health.ended("forwarder")
    clock.now += 1_000
    assert health.watchdog_ok()


def test_says_how_we_are_in_one_line():
    clock = Clock()
    health = Health(clock)
    assert health.line(3) == "3 waiting for the centre"
    health.beat("forwarder", 10)
    health.fault("terminal front", "does not answer")
    clock.now += 11
    assert health.line(0) == (
        "0 waiting for the centre; forwarder hangs; terminal front: does not answer"
    )
    health.fault("terminal front", "")
    health.beat("forwarder", 10)
    assert health.line(0) == "0 waiting for the centre"
