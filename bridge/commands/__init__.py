"""The commands of `hadir-bridge` that are more than a few lines, one module each.

A module is imported when its command is called, or its help is shown: `bridge.cli` knows only its
name. What it needs beyond click it imports in the command itself.
"""
