"""The body of a sanction as BKN takes it, made of a decision that was approved here. Pure.

Of the decision come its number, its day and its level. What BKN names by its own ids (which
sanction, for which reason) a person looks up there and gives: nothing of it is guessed. The papers
are not sent along; they are handed in on BKN's own pages.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ingest.discipline.cases import CaseState, Decree, Phase, Step
from ingest.errors import Refused
from ingest.siasn.words import write_day

LEVELS = {"ringan": "R", "sedang": "S", "berat": "B"}
MOST_ID = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What BKN wants to know besides, by its own ids."""

    sanction: str
    reason: str
    standing: str
    regulation: str
    """The number of the regulation it is under, such as "94 Tahun 2021"."""
    first: date
    last: date | None
    years: int
    months: int


def decision_of(state: CaseState) -> tuple[int, Decree]:
    """Return the approved decision of a case, by the event that prepared it. Raises Refused."""
    if state.phase is Phase.WITHDRAWN:
        raise Refused("this case was withdrawn; there is nothing to tell BKN")
    done = state.of(Step.DECISION)
    if not done or done[-1].proposal.decree is None:
        raise Refused(
            "no decision of this case was recorded and approved; see hadir-ingest cases record "
            "decision, and cases approve"
        )
    decree = done[-1].proposal.decree
    if decree.level not in LEVELS:
        raise Refused(f'the decision says "{decree.level}": there is no sanction to tell BKN')
    return done[-1].number, decree


def make_body(decree: Decree, person: Mapping[str, str], details: Details) -> bytes:
    """Return the body for `/hukdis/save`, byte for byte as it goes out. Raises Refused."""
    missing = [name for name, one in (("id", "pns_id"), ("rank", "rank_id")) if not person.get(one)]
    if missing:
        raise Refused(
            f"BKN's {' and '.join(missing)} of this person is not known; pull the person first: "
            "hadir-ingest siasn pull --nip"
        )
    if details.last is not None and details.last < details.first:
        raise Refused(f"the sanction ends on {details.last}, before it begins on {details.first}")
    told = {
        "id": "",
        "pnsOrangId": person["pns_id"],
        "golonganId": person["rank_id"],
        "golonganLama": "",
        "jenisHukumanId": details.sanction,
        "jenisTingkatHukumanId": LEVELS[decree.level],
        "alasanHukumanDisiplinId": details.reason,
        "kedudukanHukumId": details.standing,
        "hukumanTanggal": write_day(details.first),
        "akhirHukumanTanggal": write_day(details.last) if details.last else "",
        "masaTahun": str(details.years),
        "masaBulan": str(details.months),
        "nomorPp": details.regulation,
        "skNomor": decree.number,
        "skTanggal": write_day(decree.set_on),
        "skPembatalanNomor": "",
        "skPembatalanTanggal": "",
        "hukdisYangDiberhentikanId": "",
        "keterangan": "",
        "path": [],
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode()
