"""What is kept of an answer, and what never is."""

import json
from datetime import date

import pytest
from fake_siasn import person
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.denied import is_denied
from ingest.errors import ConfigError
from ingest.siasn import columns
from ingest.siasn.answers import read_rows
from ingest.siasn.words import full_name, has_left, kind_of, read_day, write_day

SHIPPED = columns.load()
NIP = "198609262015051001"
DENIED = (
    "nik", "noNIK", "nomorNpwp", "bpjs", "agama", "agamaId", "alamat", "statusPerkawinan",
    "jenisKawinId", "jumlahAnak", "jumlahIstriSuami", "karis_karsu", "akteKelahiran", "tempatLahir",
    "noTaspen", "noSeriKarpeg", "jenisIdDokumenId", "nomorIdDocument", "NO. KTP", "Nama Ibu",
    "kodePos", "gajiPokok", "tglSuratKeteranganDokter", "jenisKelamin", "foto",
)  # fmt: skip


@pytest.mark.parametrize("name", DENIED)
def test_is_denied(name):
    assert is_denied(name)


@pytest.mark.parametrize(
    "name",
    ["nipBaru", "nama", "unorId", "golRuangAkhir", "tmtJabatan", "teknikNama", "unitKerja",
     "jabatanNama", "klinik", "UNIT KERJA", "tanggalAkhir", "kedudukanPnsNama", "Bangkok"],
)  # fmt: skip
def test_is_not_denied(name):
    assert not is_denied(name)


def test_no_field_that_ships_is_denied():
    assert not [one for table in SHIPPED.values() for spellings in table.values()
                for one in spellings if is_denied(one)]  # fmt: skip


def test_keeps_what_is_named_and_nothing_else():
    kept = columns.keep(SHIPPED, "data-utama", person(NIP))
    assert kept["nip"] == NIP
    assert kept["unit"] == "UNOR-A1"
    assert set(kept) <= set(SHIPPED["data-utama"])
    text = json.dumps(kept)
    for secret in ("Islam", "6403012609860001", "Rahasia", "Menikah", "123456789012345",
                   "0001234567890", "Tenggarong", "081234567890"):  # fmt: skip
        assert secret not in text


def test_takes_both_spellings_of_the_end_of_a_sanction():
    for name in ("akhirHukumanTanggal", "akhirHukumTanggal"):
        kept = columns.keep(SHIPPED, "rw-hukdis", {name: "31-12-2026"})
        assert kept == {"until": "31-12-2026"}


def test_a_number_of_a_card_within_another_field_is_dropped():
    row = person(NIP, nama="SATU 6403012609860001", jabatanNama="NPWP 123456789012345")
    kept = columns.keep(SHIPPED, "data-utama", row)
    assert not {"name", "post"} & set(kept)


_NAMES = st.one_of(
    st.sampled_from([*DENIED, *(one for table in SHIPPED.values() for spellings in table.values()
                                for one in spellings)]),
    st.text(max_size=12),
)  # fmt: skip
_SECRET = st.just("ZZRAHASIAZZ")
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.sampled_from(columns.KINDS),
    st.dictionaries(_NAMES, _JSON, max_size=12),
    st.dictionaries(st.sampled_from(DENIED), _SECRET | st.lists(_SECRET), min_size=1),
)  # fmt: skip
def test_no_denied_field_is_ever_kept_wherever_it_stands(kind, row, denied):
    spellings = [one for names in SHIPPED[kind].values() for one in names]
    nested = {name: dict(denied) for name in spellings}
    for told in (row | denied, row | nested, {"data": denied} | denied):
        kept = columns.keep(SHIPPED, kind, told)
        assert set(kept) <= set(SHIPPED[kind])
        assert "ZZRAHASIAZZ" not in json.dumps(kept)
        assert all(isinstance(one, str) and len(one) <= columns.MOST for one in kept.values())


@pytest.mark.parametrize("row", [None, 3, "x", [], [{"nik": "1"}]])
def test_nothing_is_kept_of_what_is_no_row(row):
    assert columns.keep(SHIPPED, "data-utama", row) == {}


def test_an_own_file_may_name_another_spelling_but_nothing_denied(tmp_path):
    text = (columns.resources.files("ingest.siasn") / "data" / "columns.toml").read_text()
    own = tmp_path / "kolom.toml"
    own.write_text(text.replace('"nama"', '"namaLengkap"'))
    assert columns.load(own)["data-utama"]["name"] == ("namaLengkap",)
    own.write_text(text.replace('"nama"', '"nik"').replace("rank = [", "pangkat = ["))
    with pytest.raises(ConfigError) as told:
        columns.load(own)
    rank, name, unknown = (one.removeprefix(f"{own}: ") for one in told.value.faults)
    assert rank == "data-utama.rank: the field is missing"
    assert name == 'data-utama.name: "nik" is never kept, whoever asks for it'
    assert unknown.startswith("data-utama.pangkat: no field of ours")


@pytest.mark.parametrize("text", ["x = ", "[data-utama]\nnip = 3", ""])
def test_an_own_file_that_is_none_is_named(tmp_path, text):
    own = tmp_path / "kolom.toml"
    own.write_text(text)
    with pytest.raises(ConfigError, match=r"kolom\.toml"):
        columns.load(own)
    with pytest.raises(ConfigError, match="cannot be read"):
        columns.load(tmp_path / "tiada.toml")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31-01-2026", date(2026, 1, 31)),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01-31T00:00:00.000Z", date(2026, 1, 31)),
        ("1/2/2026", date(2026, 2, 1)),
        ("31-02-2026", None),
        ("00-00-0000", None),
        ("01-01-1900", None),
        ("", None),
        (None, None),
        ("kemarin", None),
    ],
)
def test_reads_both_forms_of_days(text, day):
    assert read_day(text) == day


def test_writes_days_as_bodies_have_them():
    assert write_day(date(2026, 1, 5)) == "05-01-2026"


def test_reads_names_kinds_and_standings():
    assert (
        full_name({"name": "ANI", "title_before": "Dr.", "title_after": "S.E."}) == "Dr. ANI, S.E."
    )
    assert full_name({"title_after": "S.E."}) == ""
    assert kind_of({"kind": "CPNS"}) == "CPNS"
    assert kind_of({"kind": "PNS", "kind_name": "PNS Daerah"}) == "PNS"
    assert kind_of({"kind_name": "PPPK Paruh Waktu"}) == "PPPK-PW"
    assert kind_of({"kind_name": "honorer", "kind": "?"}) is None
    assert has_left({"standing": "Pensiun BUP"})
    assert not has_left({"standing": "Aktif"})


def test_rows_are_a_list_one_or_none():
    assert read_rows(None) == read_rows("") == read_rows([]) == read_rows({}) == []
    assert read_rows({"a": 1}) == [{"a": 1}]
