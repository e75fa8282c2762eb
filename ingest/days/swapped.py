"""What a day's story says of swaps of duty: with whom, who asked, who approved it and why. Pure."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from ingest.indonesian import moment_text, nip_text
from ingest.store.swaps import Swap


def swap_lines(swaps: Sequence[Swap], standing: Sequence[str | None], zone: ZoneInfo) -> list[str]:
    """Return a line for each swap of a day, and one where the roster was changed after the last.

    `standing` is what the roster says of the day now; empty where it says nothing.
    """
    if not swaps:
        return []
    lines = [f"Tukar dinas: {_line(one, zone)}" for one in swaps]
    if list(standing) != [swaps[-1].became]:
        now = _shift(standing[0]) if standing else "tidak diisi"
        lines.append(f"Sesudah tukar dinas itu jadwal hari ini diubah lagi; kini {now}")
    return lines


def _line(one: Swap, zone: ZoneInfo) -> str:
    asked = "atas permintaan sendiri" if one.asked else "atas permintaan yang bersangkutan"
    by = one.approval
    text = (
        f"bertukar dinas dengan {one.name} (NIP {nip_text(one.nip)}) {asked}, dari "
        f"{_shift(one.was)} menjadi {_shift(one.became)}; disetujui oleh {by.approver} "
        f"({by.user}), tanggal {moment_text(by.at.astimezone(zone))}; alasan: {by.why}"
    )
    return f"{text}; surat {by.letter}" if by.letter else text


def _shift(code: str | None) -> str:
    return "lepas piket" if code is None else f"piket {code}"
