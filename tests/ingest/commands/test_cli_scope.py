"""Whoever has one office neither sees nor changes what is another's, by no command."""

import json

import pytest
from hostile import HEADERS, HOSTILE
from two_offices import ADMIN, AUDITOR, NAMES, OPERATOR, READER, SECRETS, kept

from ingest.errors import StoreUnavailable

TRIES = [
    pytest.param(command, one, id=f"{command} {n}")
    for command, tries in HOSTILE.items()
    for n, one in enumerate(tries, 1)
]


def ask(run, who, command, words, code=0):
    """Run a command as somebody; a file is written where the call names its kind last."""
    words = [word.format(**NAMES) for word in words]
    if words and words[-1] in HEADERS:
        *options, row, kind = words
        words = [*options, run.file("rows.csv", f"{HEADERS[kind]}\n{row}\n")]
    return run(*command.split(), *words, code=code, env={"SUDO_USER": who})


def told(result, words=()):
    """Return what of B was told, but for what whoever asks wrote into a file."""
    typed = words[0].format(**NAMES) if words and words[-1] in HEADERS else ""
    return [one for one in SECRETS if one in result.output and one not in typed]


@pytest.mark.parametrize(("command", "one"), TRIES)
def test_an_operator_of_a_is_told_nothing_of_b_and_changes_nothing(two_offices, command, one):
    before = kept(two_offices.url)
    result = ask(two_offices, OPERATOR, command, one.words, code=1 if one.refused else 0)
    assert told(result, one.words) == []
    assert kept(two_offices.url) == before
    if one.office:
        assert "sees no other" in result.stderr
        return
    admin = ask(two_offices, ADMIN, command, one.words)  # it is nothing but the office
    assert one.refused or told(admin) or NAMES["serial"] in admin.output


def test_it_is_so_on_whichever_database_and_the_log_tells_of_each_refusal(two_offices_on_both):
    """An admin's control is asked for on SQLite: here nothing changes, so one store serves all."""
    run = two_offices_on_both
    before, asked = kept(run.url), []
    for command, tries in HOSTILE.items():
        for one in tries:
            code = 1 if one.refused else 0
            result = ask(run, OPERATOR, command, one.words, code=code)
            assert told(result, one.words) == [], command
            if "your user" in result.stderr and one.words[-1:] and one.words[-1] not in HEADERS:
                asked.append(command)
    assert kept(run.url) == before
    lines = ask_json(run, ADMIN, "audit", "list", "--limit", "9999")
    told_of = [one for one in lines if one["what"] == "users.refused"]
    assert [one["details"]["asked"] for one in told_of] == asked
    assert {one["actor"] for one in told_of} == {OPERATOR}
    assert ask(run, ADMIN, "audit", ["verify"]).exit_code == 0


def ask_json(run, who, *words):
    return json.loads(run(*words, "--json", env={"SUDO_USER": who}).stdout)


class TestLines:
    """What is read of people leaves one line, with who, of whom and of how many."""

    @pytest.mark.parametrize(
        ("words", "what", "subject", "details"),
        [
            (
                ("report", "daily", "--office", "B", "--date", "2026-03-09"),
                "report.daily", "office B", {"people": 3, "day": "2026-03-09"},
            ),
            (
                ("days", "explain", NAMES["nip"], "2026-03-09"),
                "days.explain", f"nip {NAMES['nip']}", {"people": 1, "day": "2026-03-09"},
            ),
            (
                ("people", "list", "--office", "A"),
                "people.list", "office A", {"people": 3, "on": "2026-03-10"},
            ),
            (("people", "export"), "people.export", "every office", {"people": 6}),
            (
                ("punches", "list", "--office", "B", "--from", "2026-03-09"),
                "punches.list", "office B", {"people": 4, "since": "2026-03-09"},
            ),
            (
                ("punches", "export", "--nip", "19900101 201505 1 009"),
                "punches.export", f"nip {NAMES['nip']}", {"people": None},
            ),
            (
                ("discipline", "tally", "--year", "2026", "--nip", NAMES["nip"]),
                "discipline.tally", f"nip {NAMES['nip']}", {"people": 1, "year": 2026},
            ),
            (
                ("discipline", "tally", "--year", "2026", "--office", "B"),
                "discipline.tally", "office B", {"people": 1, "year": 2026},
            ),
            (
                ("adjustments", "list", "--nip", NAMES["nip"]),
                "adjustments.list", f"nip {NAMES['nip']}", {"people": 1},
            ),
            (("user-ids", "list"), "user-ids.list", "every office", {"people": 2}),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("who", [ADMIN, AUDITOR, READER])
    def test_is_written_for_whoever_reads(self, two_offices, who, words, what, subject, details):
        two_offices(*words, env={"SUDO_USER": who})
        line = ask_json(two_offices, ADMIN, "audit", "list")[-1]
        assert (line["what"], line["subject"], line["details"]) == (what, subject, details)
        assert line["actor"] == who

    def test_stands_before_anything_is_shown(self, two_offices, monkeypatch):
        """Where none can be written, nothing is shown."""

        def fail(*_args, **_more):
            raise StoreUnavailable("the database takes no writes at present")

        monkeypatch.setattr("ingest.store.audit.note", fail)
        for words in (
            ("report", "daily", "--office", "B"),
            ("punches", "export"),
            ("people", "export"),
            ("days", "explain", NAMES["nip"], "2026-03-09"),
        ):
            result = two_offices(*words, env={"SUDO_USER": ADMIN}, code=1)
            assert result.stdout == ""
            assert result.stderr == "the database takes no writes at present\n"

    def test_a_command_that_forgets_its_line_or_its_bound_fails(self, two_offices, monkeypatch):
        monkeypatch.setattr("ingest.cli.scope.tell_read", lambda *_args, **_more: None)
        with pytest.raises(RuntimeError, match='"people list" declares reads'):
            two_offices("people", "list", env={"SUDO_USER": ADMIN})
        monkeypatch.setattr("ingest.cli.scope.require_terminal", lambda *_args: None)
        before = kept(two_offices.url)
        with pytest.raises(RuntimeError, match='"coverage withdraw" declares Reach'):
            two_offices(
                "coverage", "withdraw", "--terminal", "TB77", "--from", "2026-03-02", "--until",
                "2026-03-02", "--why", "x", env={"SUDO_USER": ADMIN},
            )  # fmt: skip
        assert kept(two_offices.url) == before


class TestMoved:
    def test_a_day_is_told_to_the_office_of_that_day(self, two_offices):
        ask(two_offices, OPERATOR, "days explain", ["{moved}", "2026-03-03"])
        said = ask(two_offices, OPERATOR, "days explain", ["{moved}", "2026-02-28"], code=1).stderr
        assert said == (
            "this person does not serve in office A on 2026-02-28; your user sees no other office\n"
        )

    def test_nobody_learns_whom_the_store_knows(self, two_offices):
        """A NIP of B, and one of nobody: the same sentence."""
        known = ask(two_offices, OPERATOR, "days explain", ["{nip}", "2026-03-03"], code=1)
        other = ask(two_offices, OPERATOR, "days explain", ["{new}", "2026-03-03"], code=1)
        assert known.output == other.output


def test_no_nip_stands_in_a_refusal_or_a_log(two_offices):
    result = two_offices(
        "--verbose", "days", "explain", NAMES["nip"], "2026-03-03", code=1,
        env={"SUDO_USER": OPERATOR},
    )  # fmt: skip
    sentence = result.stderr.splitlines()[-1]
    assert NAMES["nip"] not in sentence
    assert NAMES["nip"] not in "".join(
        line for line in result.stderr.splitlines() if line.startswith("{")
    )
