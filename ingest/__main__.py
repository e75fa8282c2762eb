"""`python -m ingest` is `hadir-ingest`."""

from ingest.cli import cli

if __name__ == "__main__":
    cli(prog_name="hadir-ingest")
