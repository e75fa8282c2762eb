"""What makes the store provable, thought through apart from any database.

    bodies      a body as it travelled, opened: its runs, columns and entries
    rows        what the store must hold of a body, row by row
    spans       the runs of a chain laid side by side: gaps, forks
    keys        whose key it was, and on what grounds
    merkle      the tree over a day's batches
    statements  the exact bytes of what the centre states of a batch and of a day
    report      faults and counts

`ingest.store.ledger` brings the rows of a store here; `ingest.ledger_verify` is the same once more,
written apart, for whoever has only a file.
"""
