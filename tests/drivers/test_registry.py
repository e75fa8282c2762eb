from importlib.metadata import EntryPoint

import pytest

from drivers import registry
from drivers.base import Receiver, Terminal
from drivers.errors import NotSupported
from drivers.registry import UnknownDriver


def outside(value: str) -> list[EntryPoint]:
    return [EntryPoint("mine", value, registry.GROUP), EntryPoint("usb", value, registry.GROUP)]


@pytest.mark.parametrize("name", registry.BUILT_IN)
def test_every_driver_in_the_table_is_there(name):
    found = registry.terminal_class(name)
    assert issubclass(found, Terminal)
    assert found.Options.__dataclass_params__.frozen
    assert name in registry.names()


@pytest.mark.parametrize("name", registry.RECEIVERS)
def test_every_receiver_in_the_table_is_there(name):
    found = registry.receiver_class(name)
    assert found is not None
    assert issubclass(found, Receiver)
    assert found.Options.__dataclass_params__.frozen
    assert name in registry.names()
    with pytest.raises(NotSupported, match="call us and cannot be asked"):
        registry.terminal_class(name)


def test_what_we_ask_is_no_receiver():
    assert registry.receiver_class("usb") is None


@pytest.mark.parametrize("name", registry.IMPORTERS)
def test_every_importer_in_the_table_is_there(name):
    assert callable(registry.importer(name))


def test_a_near_miss_is_named():
    with pytest.raises(UnknownDriver, match='unknown driver "pyzkk", did you mean "pyzk"'):
        registry.terminal_class("pyzkk")
    with pytest.raises(UnknownDriver, match='unknown driver "abacus", known: zk, pyzk, '):
        registry.terminal_class("abacus")
    with pytest.raises(UnknownDriver, match='unknown importer "zk", known: usb'):
        registry.importer("zk")


def test_a_driver_outside_the_house_is_found_but_replaces_none_of_ours(monkeypatch):
    value = "drivers.usb.terminal:UsbFolder"
    monkeypatch.setattr(registry, "entry_points", lambda group: outside(value))
    assert registry.names()[-1] == "mine"
    assert registry.names().count("usb") == 1
    assert registry.terminal_class("mine").__name__ == "UsbFolder"
    monkeypatch.setattr(registry, "entry_points", lambda group: outside("drivers.base:Log"))
    assert registry.terminal_class("usb").__name__ == "UsbFolder"


def test_what_is_no_terminal_is_no_driver(monkeypatch):
    monkeypatch.setattr(registry, "entry_points", lambda group: outside("drivers.base:Log"))
    with pytest.raises(UnknownDriver, match="mine is not a driver"):
        registry.terminal_class("mine")
