"""What an operator of office A may try in order to see or change what is office B's.

Every command that an operator may run stands here, with calls that an admin could make: refused to
the operator, or answered without a word about B. `{...}` are the names of `Scene.names`.
"""

from importlib import resources
from typing import NamedTuple

WHY = ("--why", "uji coba")


class Try(NamedTuple):
    """`refused`: the operator is told no; else they are shown what is A's, and that alone.

    `office`: an admin could not do it now either, so the refusal itself has to be the office's.
    """

    words: tuple[str, ...]
    refused: bool = True
    office: bool = False


def no(*words: str) -> Try:
    return Try(words)


def by_office(*words: str) -> Try:
    return Try(words, office=True)


def narrowed(*words: str) -> Try:
    return Try(words, refused=False)


_DAYS = ("--from", "2026-03-02", "--until", "2026-03-09")
_WFA = ("--kind", "wfa", "--from", "2026-03-16", "--name", "x", "--letter", "y")
_ALL_DAYS = ("--from", "2026-03-01", "--until", "2026-03-31")
_FILE = ("--file", __file__)
_RULES = str(resources.files("ingest.discipline").joinpath("data", "layanan-bkpsdm-kukar.toml"))
_PLH = ("--how", "plh", "--from", "2026-03-12", "--letter", "x")
_EXCUSE = ("--type", "CT", "--approver", "Kadis", "--letter", "1")
_ON_ITS_WAY = ("--on", "2026-03-10", "--how", "x")
_LETTERS = ("1", "2")  # of B: to a person of B, and to A, where it may be read
HOSTILE: dict[str, tuple[Try, ...]] = {
    "adjustments add-touch": (
        no("--nip", "{nip}", "--at", "2026-03-09 07:25", *WHY),
        no("--nip", "{moved}", "--at", "2026-02-27 07:25", *WHY),
    ),
    "adjustments list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "adjustments void": (
        no("--terminal", "{serial}", "--user-id", "9", "--time", "2026-03-09 07:12", *WHY),
    ),
    "adjustments withdraw": (no("1", *WHY),),
    "bridges keys": (no("2"),),
    "bridges list": (narrowed(), no("--office", "B")),
    "calendar add": (no("2026-09-28", "libur"), no("2026-09-28", "libur", "--office", "B")),
    "calendar remove": (no("2026-09-29", "--office", "B", "--yes"), no("2026-08-17", "--yes")),
    "calendar special add": (
        no(
            "--nip",
            "{nip}",
            *_WFA,
        ),
        no(
            "--office",
            "B",
            *_WFA,
        ),
    ),
    "calendar special list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "calendar special remove": (no("1", "--yes"),),
    "cases accept": (by_office("1", "2", *WHY),),
    "cases approve": (by_office("1", "2", *WHY),),
    "cases clarify": (by_office("1", "--from", "office", "--text", "x"),),
    "cases explain": (no("1"),),
    "cases list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "cases paper": (by_office("1", "ab", "--to", "/dev/null"),),
    "cases propose": (by_office("1", "reprimand", *WHY),),
    "cases record action": (
        by_office(
            "1", "--what", "summons-issued", "--on", "2026-03-09", "--text", "x", *_FILE, *WHY
        ),
    ),
    "cases record decision": (
        by_office(
            "1",
            "--decree",
            "1",
            "--set-on",
            "2026-03-09",
            "--officer",
            "x",
            "--level",
            "ringan",
            "--text",
            "x",
            *_FILE,
            *WHY,
        ),
    ),
    "cases record examination": (by_office("1", "--on", "2026-03-09", *_FILE, *WHY),),
    "cases record hand-over": (by_office("1", "--how", "handed", "--on", "2026-03-09", *WHY),),
    "cases record missed": (by_office("1", "--event", "2", *_FILE, *WHY),),
    "cases record summons": (
        by_office(
            "1", "--on", "2026-03-30", "--at", "09:00", "--place", "x", "--examiner", "x", *WHY
        ),
        by_office(
            "1",
            "--on",
            "2026-03-30",
            "--at",
            "09:00",
            "--place",
            "x",
            "--examiner-nip",
            "{nip}",
            *WHY,
        ),
    ),
    "cases record told": (
        by_office(
            "1",
            "--event",
            "1",
            "--to",
            "{nip}",
            "--what",
            "accepted",
            "--on",
            "2026-03-10",
            "--how",
            "x",
        ),
    ),
    "cases reject": (by_office("1", "2", *WHY),),
    "cases show": (no("1"),),
    "cases withdraw": (by_office("1", *WHY),),
    "contacts import": (
        no("{nip},,0812-3456-7890", "contacts"),
        no(",B,0812-3456-7890", "contacts"),
    ),
    "contacts list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "contacts refuse": (
        no("--nip", "{nip}", "--kind", "phone", *WHY),
        no("--office", "B", "--kind", "phone", *WHY),
    ),
    "contacts set": (
        no("--nip", "{nip}", "--phone", "0812-3456-7890", "--source", "x"),
        no("--office", "B", "--phone", "0812-3456-7890", "--source", "x"),
    ),
    "contacts wrong": (narrowed(), narrowed("--missing"), no("--office", "B")),
    "coverage": (no("--office", "B"), no("--office", "B", "--month", "2026-03")),
    "coverage show": (
        narrowed("--month", "2026-03"),
        no("--office", "B", "--month", "2026-03"),
    ),
    "coverage withdraw": (no("--terminal", "{serial}", *_DAYS, *WHY),),
    "days evaluate": (no("--office", "B", *_DAYS),),
    "days explain": (no("{nip}", "2026-03-09"), no("{moved}", "2026-02-27")),
    "discipline tally": (
        narrowed("--year", "2026"),
        no("--year", "2026", "--nip", "{nip}"),
        no("--year", "2026", "--office", "B"),
    ),
    "excuses give": (
        no("--nip", "{nip}", *_EXCUSE, "--from", "2026-03-12", *WHY),
        no("--nip", "{moved}", *_EXCUSE, "--from", "2026-02-27", "--accept-doubts", "x", *WHY),
        no(
            "--nip",
            "{moved}",
            *_EXCUSE,
            "--from",
            "2026-02-27",
            "--until",
            "2026-03-02",
            "--accept-doubts",
            "x",
            *WHY,
        ),
    ),
    "excuses import": (no(*WHY, "{nip},2026-03-12,CT,1,x", "excuses"),),
    "excuses list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "excuses quota": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "excuses show": (no("1"),),
    "excuses withdraw": (no("1", *WHY),),
    "notices list": (narrowed(), narrowed("--paper"), no("--office", "B")),
    "notices show": (no("1"),),
    "offices list": (narrowed(),),
    "letters answered": tuple(by_office(one, "--on", "2026-03-10") for one in _LETTERS),
    "letters draft": (by_office("1", "--pdf", "/dev/null/konsep.pdf"),),
    "letters list": (narrowed(), narrowed("--waiting"), no("--office", "B")),
    "letters print": (by_office("1", "--pdf", "/dev/null/surat.pdf"),),
    "letters received": tuple(by_office(one, *_ON_ITS_WAY) for one in _LETTERS),
    "letters scan": tuple(by_office(one, *_FILE) for one in _LETTERS),
    "letters sent": tuple(by_office(one, *_ON_ITS_WAY) for one in _LETTERS),
    "letters show": (no("1"), no("1", "--json")),
    "letters verify": (no("{code}"),),
    "people breaks list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "people export": (narrowed(), no("--office", "B")),
    "people import": (
        no("{nip},Rahasia Bhakti,PNS,A,,2026-03-05", "people"),
        no("{new},Baru,PNS,B,,2026-03-05", "people"),
        no("{gone},Pindah Pergi,PNS,A,,2026-03-05", "people"),
        no("{gone},Lain Nama,PNS,A,,2026-01-01", "people"),
        no("{gone},Pindah Pergi,PNS,A,,2026-01-01,III/c", "ranks"),
    ),
    "people kinds list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "people list": (narrowed(), narrowed("--all"), no("--office", "B")),
    "people posts list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "people show": (no("{nip}"), no("{moved}", "--on", "2026-02-27")),
    "people stand-in": (
        no("--for", "{nip}", "--by-person", "{moved}", *_PLH),
        no("--office", "B", "--by-person", "{moved}", *_PLH),
        no("--office", "A", "--by-person", "{nip}", *_PLH),
    ),
    "people stand-ins end": (no("1", "--until", "2026-04-30"),),
    "people stand-ins list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "people stand-ins remove": (no("1", "--yes"),),
    "punches export": (
        narrowed(),
        narrowed("--format", "jsonl"),
        no("--nip", "{nip}"),
        no("--office", "B"),
        narrowed("--terminal", "{serial}"),
    ),
    "punches list": (narrowed(), narrowed("--bad"), no("--nip", "{nip}"), no("--office", "B")),
    "quarantine list": (narrowed(), narrowed("--terminal", "{serial}"), no("--office", "B")),
    "quarantine reopen": (no("1", *WHY),),
    "quarantine resolve": (
        no("--terminal", "{serial}", "--every", "--reject", *WHY),
        no("--record", "{record}", "--reject", *WHY),
    ),
    "quarantine resolved": (narrowed(), no("--office", "B")),
    "report coverage": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report daily": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report discipline": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report monthly": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report person": (no("--nip", "{nip}"), no("--office", "B")),
    "report terminals": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report tpp": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report trend": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report unmapped": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report unseen": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report weekdays": (no("--office", "B"), no("--branch", "B"), no("--all")),
    "report year": (no("--nip", "{nip}"),),
    "rosters cycle": (no("--nip", "{nip}", "--pattern", "P,-", *_DAYS),),
    "rosters export": (narrowed(*_ALL_DAYS), no("--office", "B", *_ALL_DAYS)),
    "rosters import": (no("{nip},2026-03-12,P", "rosters"),),
    "rosters show": (no("--office", "B", "--month", "2026-03"),),
    "rosters swap": (no("--nip", "{nip}", "--on", "2026-03-10", "--with", "{mate}", *WHY),),
    "schemes use": (
        no("--nip", "{nip}", "--scheme", "5-hari", "--from", "2026-04-01"),
        no("--office", "B", "--scheme", "5-hari", "--from", "2026-04-01"),
    ),
    "schemes uses end": (no("1", "--until", "2026-06-30"),),
    "schemes uses list": (narrowed(), no("--nip", "{nip}"), no("--office", "B")),
    "schemes uses remove": (no("1", "--yes"),),
    "simulate": (no("--from", "2026-03-02", "--rules", _RULES, "--office", "B"),),
    "terminals add": (
        no("NEW1", "--name", "baru", "--office", "B"),
        no("{stray}", "--name", "baru", "--office", "A", "--with-its-past"),
    ),
    "terminals import": (
        no("NEW2,baru,B,2026-03-01", "terminals"),
        no("{idle},lain,A,2026-03-01", "terminals"),
    ),
    "terminals list": (narrowed(), no("--office", "B")),
    "terminals set": (no("{serial}", "--name", "lain"), no("S3", "--office", "B")),
    "user-ids import": (
        no("{serial},,10,{nip},2026-03-01", "user-ids"),
        no("S1,,10,{nip},2026-03-01", "user-ids"),
    ),
    "user-ids list": (narrowed(), no("--office", "B")),
    "user-ids unmapped": (narrowed(), no("--office", "B")),
}
HEADERS = {
    "contacts": "nip,office,phone",
    "excuses": "NIP,TANGGAL,JENIS,NO. SURAT,PEJABAT",
    "people": "nip,name,kind,office,superior_nip,from",
    "ranks": "nip,name,kind,office,superior_nip,from,rank",
    "rosters": "nip,date,shift",
    "terminals": "serial,name,office,counts_from",
    "user-ids": "terminal,office,user_id,nip,from",
}
"""Of the files: a call that ends in one of these names has one row before it."""
