"""The terminal that is handed out is the terminal, whole."""

import inspect

from bridge.opener import HeldTerminal
from drivers.base import Terminal


def test_every_question_reaches_the_terminal_itself():
    """What is not passed on would be answered by the base class: "not supported"."""
    asked = {
        name
        for name, _ in inspect.getmembers(Terminal, inspect.isfunction)
        if not name.startswith("_")
    }
    assert asked - set(vars(HeldTerminal)) == set()
