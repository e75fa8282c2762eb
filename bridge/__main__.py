"""`python -m bridge` is the command `hadir-bridge`."""

from bridge.cli import cli

if __name__ == "__main__":
    cli(prog_name="hadir-bridge")
