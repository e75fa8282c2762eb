"""One person's story stands on the same facts as everybody's recap."""

from datetime import date, timedelta
from typing import Any

import pytest

from ingest.calendar import Category
from ingest.days import explain
from ingest.errors import NotKnown
from ingest.rules import Status
from ingest.store.calendar import add_free_day

TUESDAY = date(2026, 3, 3)


def test_an_absence_is_told_with_its_proof(scene: Any) -> None:
    person = scene.person("Ani", "12")
    scene.terminal("T1")
    scene.terminal("T2")
    scene.evaluate()
    told = scene.explain(person)
    assert told.status is Status.ABSENT
    assert told.story == (
        "Ani (NIP 19860926 201505 1 001), Selasa, 3 Maret 2026",
        "Kantor: Dinas Contoh (4.01.01), skema 5 hari kerja",
        "Kalender: hari kerja 07.30-16.00",
        "Rekaman presensi: tidak ada",
        "Kelengkapan data mesin:",
        "  - pintu-T1 (T1): lengkap",
        "  - pintu-T2 (T2): lengkap",
        "Kesimpulan: Tanpa keterangan, karena:",
        "  - hari kerja 07.30-16.00, tidak ada rekaman presensi, "
        "dan data semua mesin untuk hari ini sudah lengkap",
    )


def test_what_is_not_judged_is_told_with_the_reason(scene: Any) -> None:
    person = scene.person("Ani", "12")
    scene.terminal(read_until="10:00")
    story = "\n".join(scene.explain(person).story)
    assert "pintu-T1 (T1): belum lengkap" in story
    assert "Kesimpulan: Belum terverifikasi, karena:" in story
    assert "baru terbaca lengkap sampai 3 Maret 2026 pukul 10.00 WITA" in story
    assert "Hari ini belum pernah dicatat dalam rekap" in story


def test_a_change_is_told(scene: Any) -> None:
    person = scene.person("Ani", "12")
    terminal = scene.terminal()
    scene.evaluate()
    scene.punch(terminal, "12", "07:25", "16:03")
    lagging = "\n".join(scene.explain(person).story)
    assert "Dalam rekap masih tercatat Tanpa keterangan" in lagging
    scene.evaluate(now=scene.now + timedelta(days=1))
    story = "\n".join(scene.explain(person).story)
    assert "Berubah 5 Maret 2026 pukul 08.00 WITA: Tanpa keterangan menjadi Hadir" in story
    assert "  - pukul 07.25.00 pada mesin pintu-T1 (poll)" in story
    assert "masih tercatat" not in story


def test_a_punch_that_does_not_count_is_shown_with_why(scene: Any) -> None:
    ani = scene.person("Ani", "12")
    scene.person("Budi", "12")
    scene.punch(scene.terminal(), "12", "07:25")
    told = scene.explain(ani)
    assert [one.counted for one in told.touches] == [False]
    assert "tidak dihitung: nomor pengguna 12 pada mesin pintu-T1 dipetakan ganda" in "\n".join(
        told.story
    )


def test_a_terminal_elsewhere_is_part_of_the_story(scene: Any) -> None:
    ani = scene.person("Ani", "12")
    scene.terminal()
    scene.map("4", ani, scene.terminal("T9", office=scene.add_office("7.02"), read_until="10:00"))
    assert [one.serial for one in scene.explain(ani).terminals] == ["T1", "T9"]


def test_a_holiday_is_named(scene: Any) -> None:
    ani = scene.person("Ani", "12")
    scene.terminal()
    add_free_day(scene.connection, TUESDAY, "Hari Contoh", Category.LOCAL, office=scene.office)
    assert "Kalender: libur daerah: Hari Contoh" in scene.explain(ani).story


def test_who_serves_nowhere_is_told_so(scene: Any) -> None:
    person = scene.person("Ani", "12", until=date(2026, 3, 2))
    told = scene.explain(person)
    assert (told.status, told.office) == (Status.ENDED, None)
    assert "tidak bertugas di kantor mana pun" in told.story[1]


def test_an_unknown_nip_is_not_repeated(scene: Any) -> None:
    with pytest.raises(NotKnown, match="nobody has this NIP"):
        explain(
            scene.connection,
            "199001012015051001",
            TUESDAY,
            now=scene.now,
            settings=scene.settings,
        )
