"""The body of a receipt: what the centre answers to a batch."""

from dataclasses import asdict

from ingest.wire import checks
from ingest.wire.forms import MAX_ROWS, VERSION, Receipt, WireError


def encode_receipt(receipt: Receipt) -> bytes:
    """Return the answer to a batch."""
    return checks.dump({"version": VERSION, **asdict(receipt)})


def decode_receipt(body: bytes) -> Receipt:
    """Read the answer to a batch. Raises WireError."""
    found = checks.load(body)
    parked = checks.objects(found.get("parked"), "parked")
    if len(parked) > 2 * MAX_ROWS:
        raise WireError("the receipt parks more rows than a body holds")
    return Receipt(
        receipt=checks.identity(found.get("receipt"), "receipt"),
        body=checks.sha256(found.get("body"), "body"),
        accepted=checks.number(found.get("accepted"), "accepted"),
        parked={
            checks.word(name, "parked", 10): checks.text(why, "parked", 500)
            for name, why in parked.items()
        },
        new=checks.number(found.get("new", 0), "new"),
    )
