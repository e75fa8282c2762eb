"""Whose touch is it: from a user id on a terminal to people. Pure."""

from collections import defaultdict

from ingest.store.facts import Facts, TerminalFact
from ingest.store.touches import TerminalName


class Owners:
    """Which people a user id stands for on one day; None among them is nobody we judge.

    More than one is a contradiction that only a person can solve. A mapping of a terminal does not
    outrank one of its office: quietly preferring either would take a touch away from somebody.
    """

    def __init__(self, facts: Facts) -> None:
        self._owners: defaultdict[tuple[int | str | None, str], set[int | None]] = defaultdict(set)
        scopes: defaultdict[int, set[int | str | None]] = defaultdict(set)
        for one in facts.mappings:
            scope = one.office if one.terminal_id is None else one.terminal_id
            self._owners[scope, one.user_id].add(one.person_id)
            if one.person_id is not None:
                scopes[one.person_id].add(scope)
        self._scopes = dict(scopes)
        self._terminals = list(facts.terminals.values())

    def of(
        self, terminal: TerminalName, user_id: str, own_id: int | None = None
    ) -> set[int | None]:
        """Return all owners; `own_id` is the person whose NIP the user id is."""
        found: set[int | None] = set() if own_id is None else {own_id}
        for scope in (terminal.id, terminal.office):
            found |= self._owners.get((scope, user_id), set())
        return found

    def terminals_of(self, person_id: int) -> list[TerminalFact]:
        """Return the terminals on which a person is known by a mapping."""
        scopes = self._scopes.get(person_id, set())
        return [one for one in self._terminals if one.id in scopes or one.office in scopes]
