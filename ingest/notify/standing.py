"""What somebody who looks after the centre has to know of notices, read from the store.

Each fact has a key: an alert goes out when a key is new, not at each round, and once more after a
restart.
"""

from collections import Counter

from sqlalchemy import Connection

from ingest.store import contacts, dispatch_rows, storms


def facts(connection: Connection) -> dict[str, str]:
    """Return what needs a person now, by key. No name, NIP or number is in it."""
    found: dict[str, str] = {}
    storm = storms.find_held(connection)
    if storm is not None:
        found[f"storm {storm.number}"] = (
            f"{storm.warnings} warnings of {storm.people} people are held: a mass absence is a "
            "fault of the data until proven otherwise; see hadir-ingest notices storm list"
        )
    for number in dispatch_rows.numbers_in(connection, "unknown"):
        found[f"unknown {number}"] = (
            f"message {number} may have been sent, and nobody knows; ask the gateway, then run "
            f"hadir-ingest notices settle {number}"
        )
    for channel, failure in dispatch_rows.account_faults(connection):
        found[f"channel {channel}"] = f"nothing is sent by {channel}: {failure}"
    for office, count in sorted(wrong_by_office(connection).items()):
        found[f"wrong {office} {count}"] = (
            f"{count} addresses of office {office} reach nobody; see hadir-ingest contacts wrong "
            f"--office {office}"
        )
    return found


def wrong_by_office(connection: Connection) -> Counter[str]:
    """Return how many addresses in use reach nobody, by the office of whose they are."""
    return Counter(dict(contacts.count_wrong(connection)))
