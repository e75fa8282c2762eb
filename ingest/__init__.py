"""The centre: takes punches from bridges, knows people and days, and judges only what is complete.

This file imports nothing, so that `import ingest.wire` in an office loads no database.
"""
