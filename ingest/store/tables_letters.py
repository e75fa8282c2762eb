"""The tables of letters. They belong to `tables.metadata` like all others."""
