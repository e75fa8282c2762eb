"""What the store knows of notices, as readings. Channels are those of the configuration, so labels
have an end; no label holds an address or a name."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Connection

from ingest.store import contacts, dispatch_rows, storms

_WAITING = ("waiting", "held", "sending", "unknown")


def of_notices(connection: Connection) -> Iterator[Metric]:
    """Yield how many messages wait, are held or are unknown, and what became of the others."""
    counts = dispatch_rows.counts(connection)
    for state in _WAITING:
        known = GaugeMetricFamily(f"hadir_centre_notices_{state}", _TOLD[state], labels=["channel"])
        for (channel, found), count in sorted(counts.items()):
            if found == state and not channel.startswith("-"):
                known.add_metric([channel], count)
        yield known
    sent = GaugeMetricFamily(
        "hadir_centre_notices_sent",
        "Messages by channel and what became of them; accepted is not delivered.",
        labels=["channel", "outcome"],
    )
    for (channel, state), count in sorted(counts.items()):
        if state not in _WAITING and not channel.startswith("-"):
            sent.add_metric([channel, state], count)
    yield sent
    paper = GaugeMetricFamily(
        "hadir_centre_notices_paper", "Notices that no channel reaches and nobody was told of yet."
    )
    paper.add_metric([], dispatch_rows.untold_paper(connection))
    yield paper
    storm = GaugeMetricFamily(
        "hadir_centre_notices_storm", "1 while a mass of warnings waits for a person."
    )
    storm.add_metric([], int(storms.find_held(connection) is not None))
    yield storm
    wrong = GaugeMetricFamily(
        "hadir_centre_contacts_wrong", "Addresses that reach nobody, by office.", labels=["office"]
    )
    for office, count in contacts.count_wrong(connection):
        wrong.add_metric([office], count)
    yield wrong


_TOLD = {
    "waiting": "Messages that wait for their time or for their channel.",
    "held": "Messages held until a person has looked at a mass of warnings.",
    "sending": "Messages that are being sent, or were cut off.",
    "unknown": "Messages of which nobody knows whether they went out: a person settles them.",
}
