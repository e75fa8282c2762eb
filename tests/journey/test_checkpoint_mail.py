"""The whole service sends its checkpoints by itself, from its own schedule, by real mail."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from journey_parts import Centre, wait_until
from ledgered import Centre as Told
from ledgered import add_office, touches
from postbox import Mailbox, listening

from ingest.ledger.checkpoints import read_page
from ingest.seal import Seal, new, save
from ingest.store import seals
from ingest.store.database import migrate, open_engine, writing


class Sending(Centre):
    """`hadir-ingest serve` with a seal and ways for its pages."""

    def __init__(self, folder: Path, box: Mailbox) -> None:
        super().__init__(folder)
        self._box = box

    def write_config(self) -> None:
        super().write_config()
        with self.config.open("a", encoding="utf-8") as file:
            file.write(
                f'seal_file = "{self.folder}/seal.key"\n[ingest.checkpoints]\n'
                f'folder = "{self.folder}/out"\nsmtp = "127.0.0.1:{self._box.port}"\n'
                'smtp_security = "none"\nmail_from = "hadir@pusat.go.id"\n'
                'mail_to = ["inspektorat@kab.go.id"]\ncontacts_file = "kepala.csv"\n'
            )


@pytest.fixture
def seal(tmp_path: Path) -> Seal:
    made = new()
    save(made, tmp_path / "seal.key")
    (tmp_path / "out").mkdir()
    (tmp_path / "kepala.csv").write_text("office,email\nA,kepala@a.go.id\n")
    return made


@pytest.fixture
def centre(tmp_path: Path, seal: Seal) -> Iterator[tuple[Sending, Mailbox]]:
    """A centre with a day under its root, and a mail server that refuses one address."""
    engine = open_engine(f"sqlite:///{tmp_path / 'centre.db'}")
    migrate(engine)
    told = Told(engine)
    (bridge,) = add_office(engine, "A", "S1", "a")
    told.bring(bridge, *touches(1, 2, 3))
    told.close_days()
    with writing(engine) as connection:
        seals.register(connection, seal, before=None, lost=False, now=told.now)
    engine.dispose()
    box = Mailbox(refused={"kepala@a.go.id": "451 come back later"})
    with listening(box), Sending(tmp_path, box) as found:
        yield found, box


def test_the_schedule_of_the_service_sends_pages_and_keeps_what_was_refused(
    centre: tuple[Sending, Mailbox], seal: Seal, tmp_path: Path
) -> None:
    served, box = centre
    wait_until("the mail has come", lambda: box.mails)
    wait_until("it is told what was refused", lambda: _waiting(served))
    (mail,) = box.mails
    assert mail["To"] == "inspektorat@kab.go.id"
    (page,) = (tmp_path / "out").iterdir()
    assert read_page(_text(mail)) == read_page(page.read_text())
    assert read_page(page.read_text()).public == seal.public
    (left,) = _waiting(served)
    assert (left["way"], left["tries"]) == ("mail:kepala@a.go.id", 1)
    assert "come back later" in left["fault"]
    assert "1 checkpoints did not come where they have to go" in served.log.read_text()
    assert served.run("ledger", "verify", "--checkpoint", str(page)).startswith("proved: ")
    assert served.stop() == 0


def _waiting(served: Sending) -> list[dict[str, object]]:
    """Return what was tried and did not come there."""
    told: list[dict[str, object]] = json.loads(
        served.run("ledger", "checkpoints", "--waiting", "--json")
    )
    return [one for one in told if one["tries"]]


def _text(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())
