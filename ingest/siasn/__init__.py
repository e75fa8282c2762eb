"""The national personnel system: people and units in, approved sanctions out, nothing else. Pure
but for `tokens`, `client`, `pulling` and `pushing`.

    settings   the table `[ingest.siasn]`; hosts from `data/hosts.toml`
    tokens     the two tokens each request carries, and when they are fetched anew
    client     one question and its answer: tries, time, size
    answers    what an answer says, whatever it looks like
    columns    the fields that are kept, from `data/columns.toml`
    words      days and names as the system writes them
    pulling    reads people and units into the staging tables, goes on where it was cut off
    changes    what the staged rows would change here, with a digest
    proposing  one staged person beside what the store knows of him
    applying   does what was shown, and only that
    sanctions  the body of a sanction that was decided here
    pushing    sends it once at most

It has no endpoint for attendance: recaps go out as files (`ingest.reports`).
"""
