"""The tables of notices. They belong to `tables.metadata` like all others."""
