"""The rules one case is kept by: those of the day it opened, for as long as it lives."""

from dataclasses import dataclass
from datetime import date

from ingest.discipline.cases.values import Gate
from ingest.discipline.shelf import Shelf
from ingest.discipline.values import Alarm, CaseTable, Clock, Limit, LimitId, Regulation, Service


@dataclass(frozen=True, slots=True)
class Rules:
    """A service rule that keeps cases, with what it names, and the regulation of the person."""

    service: Service
    case: CaseTable
    alarm: Alarm
    clarification: Clock
    office: Clock
    regulation: Regulation | None
    """None: his kind has no regulation, so there is no examination and no proposal by it."""

    @property
    def gate(self) -> Gate:
        return Gate(self.case.approvers, self.case.own_approval)

    def limit(self, name: LimitId) -> Limit | None:
        """Return a limit of the examination, None where the regulation knows none."""
        limits = self.regulation.limits if self.regulation is not None else ()
        return next((one for one in limits if one.id == name), None)

    def name(self, row: Alarm | Clock | Limit) -> str:
        """Return how a row is named in facts: document and row."""
        owner = self.regulation if isinstance(row, Limit) else self.service
        return f"{owner.id if owner is not None else '-'}/{row.id}"


def case_rules(shelf: Shelf, *, kind: str, on: date) -> Rules | None:
    """Return the rules for a kind of people on a day; None where nobody keeps their cases."""
    for service in shelf.services(kind, on, on):
        if service.case is not None:
            return _rules(service, service.case, shelf.regulations(kind, on, on))
    return None


def _rules(service: Service, case: CaseTable, laws: tuple[Regulation, ...]) -> Rules:
    alarms = {one.id: one for one in service.alarms}
    clocks = {one.id: one for one in service.clocks}
    return Rules(
        service,
        case,
        alarms[case.alarm],
        clocks[case.clarification_clock],
        clocks[case.office_clock],
        laws[-1] if laws else None,
    )
