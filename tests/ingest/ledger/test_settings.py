"""Where checkpoints go is checked as a whole, each fault with its key."""

from pathlib import Path

import pytest

from ingest.checkpointing import MailServer, Ways
from ingest.config import load
from ingest.errors import ConfigError

HEAD = '[ingest]\ntimezone = "Asia/Makassar"\nseal_file = "seal.key"\n[ingest.checkpoints]\n'
MAIL = 'smtp = "mail.example.go.id:587"\nmail_from = "hadir@example.go.id"\n'


def loaded(folder: Path, text: str) -> Ways | None:
    file = folder / "ingest.toml"
    file.write_text(text)
    return load(file).checkpoints


def test_nothing_is_sent_unless_a_folder_or_a_server_is_named(tmp_path: Path) -> None:
    assert loaded(tmp_path, HEAD) is None
    assert loaded(tmp_path, '[ingest]\ntimezone = "UTC"\n') is None


def test_ways_are_usable_as_they_are(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("rahasia\n")
    secret.chmod(0o600)
    (tmp_path / "kepala.csv").write_text("office,email\nA,kepala@a.go.id\n")
    ways = loaded(
        tmp_path,
        HEAD + MAIL + 'folder = "/srv/periksa"\nsmtp_user = "hadir"\nevery_days = 1\n'
        'smtp_password_file = "password"\nmail_to = ["i@x.id"]\ncontacts_file = "kepala.csv"\n',
    )
    assert ways is not None
    assert ways.server == MailServer(
        "mail.example.go.id", 587, "starttls", "hadir", secret, "hadir@example.go.id"
    )
    assert ways.server.password() == "rahasia"
    assert ways.of("A") == ["folder:/srv/periksa", "mail:i@x.id", "mail:kepala@a.go.id"]
    assert ways.of("B") == ["folder:/srv/periksa", "mail:i@x.id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("every_day = 3", 'checkpoints.every_day: unknown key, did you mean "every_days"?'),
        ("every_days = 0", "checkpoints.every_days: 0 is too small"),
        ('smtp_security = "ssl"', 'smtp_security: expected "starttls", "tls" or "none"'),
        ('folder = "periksa"', "checkpoints.folder: 'periksa' must be a whole path"),
        ('smtp = "mail"\nmail_from = "a@b.id"\nmail_to = ["a@b.id"]', "checkpoints.smtp: 'mail'"),
        ('smtp = "m:25"\nmail_to = ["a@b.id"]', "checkpoints.mail_from: missing"),
        (MAIL, "checkpoints: nobody gets the mail"),
        (MAIL + 'mail_to = ["nobody"]', "checkpoints.mail_to: 'nobody' is no mail address"),
        (MAIL + 'mail_to = ["a@b.id"]\nsmtp_user = "x"', "go together"),
        (
            MAIL + 'mail_to = ["a@b.id"]\nsmtp_user = "x"\nsmtp_password_file = "none"',
            "checkpoints.smtp_password_file: ",
        ),
        (
            MAIL + 'mail_to = ["a@b.id"]\nsmtp_user = "x"\nsmtp_password_file = "ingest.toml"\n'
            'smtp_security = "none"',
            "a password is not sent in clear text",
        ),
    ],
)
def test_each_fault_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, HEAD + text)
    assert said in "\n".join(caught.value.faults)


def test_pages_need_a_seal(tmp_path: Path) -> None:
    text = (HEAD + 'folder = "/srv/periksa"\n').replace('seal_file = "seal.key"\n', "")
    with pytest.raises(ConfigError, match="name its seal by seal_file"):
        loaded(tmp_path, text)
