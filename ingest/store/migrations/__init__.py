"""The way from any older store to the tables of today, one revision after another.

Run by `ingest.store.database.migrate`. There is no way back: a copy taken before is the way back.
"""
