"""Anviz terminals: the TC_B protocol over serial lines and TCP. See README.md."""
