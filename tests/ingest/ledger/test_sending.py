"""Checkpoints leave the centre, each once, and again until they came where they have to go."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from ledgered import ZONE, touches
from postbox import Mailbox, listening

from ingest import mail
from ingest.checkpointing import ContactsFault, MailServer, Ways, read_contacts
from ingest.days import Settings
from ingest.jobs.checkpoints import NotDelivered, checkpoints, file_name, put
from ingest.jobs.roots import roots
from ingest.jobs.work import Work
from ingest.ledger.checkpoints import read_page
from ingest.mail import MailFault
from ingest.seal import Seal, SealError, new, save
from ingest.store import seals
from ingest.store.database import reading, writing
from ingest.store.ledger_copies import Copy, find

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def box(authority: trustme.CA) -> Iterator[Mailbox]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with listening(Mailbox(tls=context)) as found:
        yield found


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def server(box: Mailbox, **other: Any) -> MailServer:
    found: dict[str, Any] = {
        "host": "127.0.0.1", "port": box.port, "security": "starttls", "user": "",
        "password_file": None, "sender": "hadir@pusat.go.id",
    }  # fmt: skip
    return MailServer(**(found | other))


@pytest.fixture
def own(tmp_path: Path) -> tuple[Seal, Path]:
    seal, file = new(), tmp_path / "seal.key"
    save(seal, file)
    return seal, file


@pytest.fixture
def told_with_seal(told: Any, own: tuple[Seal, Path]) -> Iterator[Any]:
    with writing(told.engine) as connection:
        seals.register(connection, own[0], before=None, lost=False, now=told.now)
    yield told
    told.tamper(*(f"DELETE FROM {name}" for name in ("checkpoint_copies", "checkpoints", "seals")))


@pytest.fixture
def work(told_with_seal: Any, own: tuple[Seal, Path], tmp_path: Path, box: Mailbox) -> Work:
    (tmp_path / "out").mkdir()
    (tmp_path / "kepala.csv").write_text("office,email\nA,kepala@a.go.id\nB,kepala@b.go.id\n")
    ways = Ways(
        7, tmp_path / "out", server(box), ("inspektorat@kab.go.id",), tmp_path / "kepala.csv"
    )
    told = told_with_seal
    return Work(
        told.engine, Settings(ZONE), lambda: told.now, 3, timedelta(minutes=30), ways=ways,
        seal_file=own[1],
    )  # fmt: skip


def copies(work: Work, **wanted: Any) -> list[Copy]:
    with reading(work.engine) as connection:
        return find(connection, **wanted)


def run(work: Work, trusting: ssl.SSLContext) -> None:
    checkpoints(work, send=lambda to, one: mail.send(to, one, context=trusting))


def test_a_page_goes_to_the_folder_the_head_and_who_gets_all(
    work: Work, box: Mailbox, trusting: ssl.SSLContext, tmp_path: Path
) -> None:
    run(work, trusting)
    run(work, trusting)
    page = (tmp_path / "out" / "titik-periksa-A-2026-03-03.txt").read_text()
    assert read_page(page).checkpoint.office == "A"
    assert [one["To"] for one in box.mails] == ["inspektorat@kab.go.id", "kepala@a.go.id"]
    assert box.secured == [True, True]
    for one in box.mails:
        assert one["Subject"] == "Titik periksa presensi A s.d. 3 Maret 2026"
        (attached,) = one.iter_attachments()
        assert attached.get_filename() == "titik-periksa-A-2026-03-03.txt"
        assert attached.get_content().replace("\r\n", "\n").rstrip("\n") == page.rstrip("\n")
        body = one.get_body()
        assert body is not None
        assert read_page(body.get_content()) == read_page(page)
    assert [one.tries for one in copies(work)] == [1, 1, 1]
    assert copies(work, waiting=True) == []


def test_the_next_page_comes_when_it_is_due(
    work: Work, told: Any, box: Mailbox, trusting: ssl.SSLContext
) -> None:
    run(work, trusting)
    told.bring(told.a, *touches(20))
    for days, mails in ((6, 2), (1, 4)):
        told.now += timedelta(days=days)
        roots(work)
        run(work, trusting)
        assert len(box.mails) == mails
    with reading(work.engine) as connection:
        pages = {one.day: read_page(one.page).checkpoint for one in find(connection)}
    first, second = sorted(pages)
    assert pages[second].previous == (first.isoformat(), pages[first].root)


def test_what_fails_is_told_kept_and_tried_again_later(
    work: Work, told: Any, box: Mailbox, trusting: ssl.SSLContext, tmp_path: Path
) -> None:
    (tmp_path / "out").rmdir()
    box.refused["kepala@a.go.id"] = "550 no such mailbox"
    with pytest.raises(NotDelivered, match="2 checkpoints did not come where they have to go"):
        run(work, trusting)
    faults = {one.way.partition(":")[2]: one.fault for one in copies(work, waiting=True)}
    assert "is not there; is the share mounted?" in str(faults[str(tmp_path / "out")])
    assert "refuses the address" in str(faults["kepala@a.go.id"])
    assert "no such mailbox" in str(faults["kepala@a.go.id"])
    (tmp_path / "out").mkdir()
    box.refused.clear()
    told.now += timedelta(minutes=30)
    with pytest.raises(NotDelivered):  # not yet due
        run(work, trusting)
    assert len(box.mails) == 1
    told.now += timedelta(minutes=30)
    run(work, trusting)
    assert len(box.mails) == 2
    assert [one.tries for one in copies(work)] == [2, 1, 2]


def test_waits_grow_to_a_day(work: Work, told: Any, box: Mailbox, trusting: ssl.SSLContext) -> None:
    box.busy = True
    tries = []
    for _ in range(60):
        with pytest.raises(NotDelivered):
            run(work, trusting)
        tries.append(max(one.tries for one in copies(work)))
        told.now += timedelta(hours=1)
    assert tries[:8] == [1, 2, 2, 3, 3, 3, 3, 4]
    assert tries[-1] == 7


def test_a_page_that_stands_there_is_not_overwritten(tmp_path: Path) -> None:
    path = put(tmp_path, "4.01/..", "2026-03-03", "one")
    assert path.name == "titik-periksa-4.01_..-2026-03-03.txt"
    assert put(tmp_path, "4.01/..", "2026-03-03", "one") == path
    with pytest.raises(Exception, match="is there already and holds another page"):
        put(tmp_path, "4.01/..", "2026-03-03", "two")
    assert path.read_text() == "one"
    assert file_name("a b", "d") == "titik-periksa-a_b-d.txt"


def test_without_a_seal_nothing_is_sent(
    work: Work, box: Mailbox, trusting: ssl.SSLContext, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    save(new(), other)
    for file in (None, tmp_path / "none", other):
        with pytest.raises(SealError):
            run(replace(work, seal_file=file), trusting)
    assert copies(work) == box.mails == []
    run(replace(work, ways=None, seal_file=None), trusting)


@one_database
def test_a_contact_that_is_none_holds_the_pages_up_in_words(
    work: Work, trusting: ssl.SSLContext, tmp_path: Path
) -> None:
    contacts = tmp_path / "kepala.csv"
    for text, said in (
        ("office;email\n", "expected the columns office and email"),
        ("office,email\nA,nobody\n", "line 2: 'nobody' is no mail address"),
        ("office,email\nA,a@b\r\nBcc: x@y.id\n", "is no mail address"),
    ):
        contacts.write_bytes(text.encode())
        with pytest.raises(ContactsFault, match=said):
            run(work, trusting)
    assert copies(work) == []
    contacts.write_bytes("\ufeffoffice,email\nA,a@b.id\nA, c@d.id\n".encode())
    assert read_contacts(contacts) == {"A": ["a@b.id", "c@d.id"]}


class TestMail:
    """What the mail server says is told in one sentence; a password only travels within TLS."""

    def letter(self, to: MailServer) -> Any:
        from datetime import UTC, datetime

        now = datetime(2026, 3, 3, tzinfo=UTC)
        return mail.message(to, "a@b.id", subject="S", page="x\n", file="f.txt", now=now)

    def test_a_password_is_asked_for(
        self, box: Mailbox, trusting: ssl.SSLContext, tmp_path: Path
    ) -> None:
        box.password = "rahasia"
        secret = tmp_path / "password"
        to = server(box, user="hadir", password_file=secret)
        secret.write_text("rahasia\n")
        mail.send(to, self.letter(to), context=trusting)
        secret.write_text("salah")
        with pytest.raises(MailFault, match="refuses the user hadir or the password") as caught:
            mail.send(to, self.letter(to), context=trusting)
        assert "salah" not in str(caught.value)
        assert (len(box.mails), box.secured) == (1, [True])

    def test_a_stranger_is_not_told_anything(self, box: Mailbox) -> None:
        to = server(box)
        with pytest.raises(MailFault, match="cannot be spoken to"):
            mail.send(to, self.letter(to))  # its certificate is of no authority we know
        assert box.mails == []

    def test_a_server_without_tls_is_refused_unless_that_was_wanted(self) -> None:
        with listening(Mailbox()) as plain:
            with pytest.raises(MailFault, match="cannot be spoken to"):
                mail.send(server(plain), self.letter(server(plain)))
            to = server(plain, security="none")
            mail.send(to, self.letter(to))
            assert len(plain.mails) == 1

    def test_a_server_that_is_busy_or_not_there(
        self, box: Mailbox, trusting: ssl.SSLContext
    ) -> None:
        box.busy = True
        with pytest.raises(MailFault, match="answers 421: busy"):
            mail.send(server(box), self.letter(server(box)), context=trusting)
        gone = server(box, port=1)
        with pytest.raises(MailFault, match=r"127\.0\.0\.1:1 cannot be spoken to"):
            mail.send(gone, self.letter(gone), context=trusting)
