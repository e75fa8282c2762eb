"""The superior who knew and did nothing: a proposal, once the time the office had is over.

The time is a service rule, the duty and what follows are the regulation's: the two share nothing.
"""

from dataclasses import dataclass

from ingest.discipline.clocks import ClockState
from ingest.discipline.findings import Finding
from ingest.discipline.values import Level, Mark, Regulation


@dataclass(frozen=True, slots=True)
class SuperiorProposal:
    """What may be proposed of a superior; a person confirms or drops it."""

    basis: str
    article: str
    mark: Mark
    level: Level
    text: str


def propose(
    regulation: Regulation, finding: Finding, waited: ClockState
) -> SuperiorProposal | None:
    """Return the proposal, or None: the time is not over, or nothing was proven of the person."""
    duty = regulation.superior
    if duty is None or finding.level is None or not waited.lapsed:
        return None
    level = duty.levels[finding.level]
    return SuperiorProposal(
        basis=f"{regulation.short} {duty.article}".rstrip(),
        article=duty.article,
        mark=duty.mark_of("levels"),
        level=level,
        text=(
            f"Usul pemeriksaan atasan langsung ({regulation.short} {duty.article}): "
            f"{waited.ran_days} hari berlalu tanpa tindak lanjut atas indikasi tingkat "
            f"{finding.level}; tingkat yang dapat diusulkan: {level}. Bukan hukuman disiplin: "
            "pejabat yang berwenang memutuskan setelah pemeriksaan."
        ),
    )
