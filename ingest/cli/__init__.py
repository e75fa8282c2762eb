"""The `hadir-ingest` command: each noun is a file, each file a line in COMMANDS."""

import logging
import os
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click

from ingest.cli.context import Centre, Group, now
from ingest.logs import to_stderr

DEFAULT_PATH = Path("/etc/hadir/ingest.toml")

COMMANDS: Mapping[str, tuple[str, str]] = {
    "adjustments": (
        "adjustments:adjustments",
        "Touches that were added, punches that must not count.",
    ),
    "audit": ("audit:audit", "Who did what; nothing can change it."),
    "backup": ("backup:backup", "Copy the whole store into a folder, while it runs."),
    "bridges": ("bridges:bridges", "The bridges that may bring punches."),
    "calendar": ("calendar:calendar", "The free days of each year."),
    "cases": ("cases:cases", "What is done about absences, by whom, on what facts."),
    "check": ("check:check", "Tell what keeps days from being judged."),
    "contacts": ("contacts:contacts", "Where people can be reached, and where not."),
    "coverage": ("coverage:coverage", "Show up to when each terminal's log is known."),
    "days": ("days:days", "What people's days came to, and why."),
    "discipline": (
        "discipline:discipline",
        "Regulations, and what absences come to under them.",
    ),
    "excuses": ("excuses:excuses", "What excuses people's days: leave, duty, sickness."),
    "jobs": ("jobs:jobs", "What the centre does by itself, and when."),
    "ledger": ("ledger:ledger", "Whether the store is what bridges signed."),
    "letters": ("letters:letters", "Numbered letters (surat), and what became of each."),
    "migrate": ("serve:migrate", "Make the tables, or bring them up to date."),
    "notices": ("notices:notices", "What people are told, by which way, and its end."),
    "offices": ("people:offices", "The offices (OPD) and their working hours."),
    "partitions": ("partitions:partitions", "The months punches lie in, on PostgreSQL."),
    "people": ("person:people", "The people, where they serve and under whom."),
    "privacy": ("privacy:privacy", "What is held on one person, and what they ask of it."),
    "punches": ("punches:punches", "The stored punches; nothing can change them."),
    "quarantine": ("quarantine:quarantine", "What is not believed until somebody decides."),
    "report": ("reports:report", "Recaps and other reports, on screen and as files."),
    "restore": ("backup:restore", "Bring a backup into an empty database and verify it."),
    "retention": ("retention:retention", "What is forgotten, and when; evidence never is."),
    "rosters": ("rosters:rosters", "Who has which shift (piket) on which day, and who is off."),
    "schemes": (
        "schemes:schemes",
        "The hours of work (jam kerja) and shifts, and who keeps which.",
    ),
    "seal": ("seal:seal", "The centre's own key, by which decisions are signed."),
    "serve": ("serve:serve", "Take punches from the bridges and judge days."),
    "siasn": ("siasn:siasn", "BKN's personnel system: read, compare, take over."),
    "simulate": (
        "simulate:simulate_rules",
        "Tell who would be warned and escalated by other rules.",
    ),
    "terminals": ("terminals:terminals", "The terminals that a day is judged by."),
    "tokens": ("tokens:tokens", "Tokens of programs that ask by HTTP."),
    "user-ids": ("terminals:user_ids", "Which person a user id of a terminal stands for."),
    "users": ("users:users", "Who may give commands here, and in which role."),
    "whoami": ("whoami:whoami", "Tell as whom you act here, and what you see."),
}
"""Each command's place and first sentence: a command is loaded when it is called, the list of all
when somebody asks for it, and that loads none."""


class Commands(Group):
    """The commands of COMMANDS."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(f"ingest.cli.{module}"), function)
        return found

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="HADIR_CONFIG",
    default=DEFAULT_PATH,
    show_default=True,
    show_envvar=True,
    help="The configuration.",
)
@click.option("--verbose", is_flag=True, help="Tell more, and show the whole chain of an error.")
@click.version_option(version("hadir"), prog_name="hadir-ingest", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, config: Path, verbose: bool) -> None:
    """Take punches from the bridges, keep them, judge days."""
    quiet = logging.INFO if context.invoked_subcommand == "serve" else logging.WARNING
    context.with_resource(to_stderr(logging.DEBUG if verbose else quiet))
    before = os.umask(0o077)  # whatever we make, a store above all, holds personal data
    context.call_on_close(lambda: os.umask(before))
    clock = context.obj or now  # tests hand in theirs
    context.obj = Centre(config, clock=clock)
