"""What people are told and what letters say, in Indonesian. No warning is called a sanction."""

from collections.abc import Sequence
from datetime import date

from ingest.discipline.cases.state import CaseState
from ingest.discipline.cases.values import Appointment, Letter, Step
from ingest.discipline.findings import days_text
from ingest.discipline.values import Clock
from ingest.indonesian import clock_text, day_text

NOT_A_SANCTION = "Pemberitahuan ini merupakan peringatan dini dan bukan hukuman disiplin."
STEP_TEXT = {
    Step.REPRIMAND: "surat teguran pembinaan kepada atasan",
    Step.OFFICE_LETTER: "surat pembinaan kepada perangkat daerah",
    Step.SUPERIOR_PROPOSAL: "usul pemeriksaan atasan",
    Step.SUMMONS: "surat panggilan I",
    Step.SECOND_SUMMONS: "surat panggilan II",
    Step.DECISION: "pencatatan keputusan pejabat yang berwenang",
    Step.SALARY_STOP: "usul penghentian pembayaran gaji",
    Step.SALARY_RESUME: "usul pengaktifan kembali pembayaran gaji",
    Step.WITHDRAWAL: "penarikan perkara",
    Step.CLOSURE: "penutupan perkara",
}


def counted(days: Sequence[date]) -> str:
    return f"{len(days)} hari kerja tanpa keterangan ({days_text(tuple(days))})"


def span(clock: Clock) -> str:
    return f"{clock.days} {clock.counts}"


def warning(days: Sequence[date], clock: Clock) -> str:
    return (
        f"Berdasarkan data presensi, Saudara tercatat {counted(days)}. Mohon menyampaikan "
        f"klarifikasi kepada atasan langsung dalam {span(clock)} sejak peringatan ini diterima. "
        f"Apabila data tersebut tidak sesuai, silakan ajukan koreksi disertai bukti. "
        f"{NOT_A_SANCTION}"
    )


def knowledge(nip: str, days: Sequence[date]) -> str:
    return (
        f"Pegawai dengan NIP {nip} tercatat {counted(days)} dan telah diperingatkan. Mohon "
        f"memastikan sebabnya. {NOT_A_SANCTION}"
    )


def succession(nip: str, days: Sequence[date], opened_on: date, clock: Clock) -> str:
    return (
        f"Pegawai dengan NIP {nip}, yang kini menjadi tanggung jawab Saudara, tercatat "
        f"{counted(days)}; perkaranya dibuka pada {day_text(opened_on)}. Mohon memastikan sebabnya "
        f"dan menyampaikan klarifikasi dalam {span(clock)} sejak pemberitahuan ini diterima. "
        f"{NOT_A_SANCTION}"
    )


def restated(days: Sequence[date], gone: Sequence[date]) -> str:
    return (
        f"Ralat: {days_text(tuple(gone))} tidak lagi dihitung dalam perkara ini. Yang tersisa: "
        f"{counted(days)}."
    )


def withdrawn(state: CaseState, why: str) -> str:
    told = (
        f"Perkara yang dibuka pada {day_text(state.opened_on)} ditarik: {why} Segala peringatan, "
        "surat dan usul di dalamnya tidak berlaku lagi."
    )
    if state.of(Step.DECISION):
        told += (
            " Keputusan pejabat yang berwenang tidak berubah karenanya; mohon ditinjau kembali "
            "oleh pejabat yang menetapkannya."
        )
    return told


def closed(state: CaseState, why: str) -> str:
    return f"Perkara yang dibuka pada {day_text(state.opened_on)} ditutup. {why}"


def issued(letter: Letter | None, text: str) -> str:
    if letter is None:
        return text
    return f"Surat nomor {letter.number} tanggal {day_text(letter.dated)}. {text}"


def reprimand(nip: str, days: Sequence[date], clock: Clock) -> str:
    return (
        f"Sampai {span(clock)} sejak peringatan, belum ada klarifikasi atas {counted(days)} dari "
        f"pegawai dengan NIP {nip}. Mohon Saudara selaku atasan melakukan pembinaan dan "
        "menindaklanjutinya. Surat ini bukan hukuman disiplin."
    )


def office_letter(nip: str, days: Sequence[date], clock: Clock) -> str:
    return (
        f"Pegawai dengan NIP {nip} tercatat {counted(days)} tanpa klarifikasi. Mohon melakukan "
        f"pembinaan dan melaporkan tindak lanjutnya dalam {span(clock)}."
    )


def summons(nip: str, days: Sequence[date], one: Appointment) -> str:
    at = "" if one.at is None else f" pukul {clock_text(one.at)} {one.zone}".rstrip()
    return (
        f"RAHASIA. Pegawai dengan NIP {nip} dipanggil untuk diperiksa oleh {one.examiner} pada "
        f"{day_text(one.on)}{at} di {one.place} mengenai {counted(days)}."
    )


def resume(why: str, elsewhere: str | None = None) -> str:
    """`elsewhere` is the office to which the stop was proposed, where that is another one."""
    text = f"Usul mengaktifkan kembali pembayaran gaji, diputuskan KPA: {why}"
    if elsewhere is None:
        return text
    return f"{text} Penghentiannya diusulkan kepada kantor {elsewhere}."
