"""The tables of privacy. They belong to `tables.metadata` like all others."""
