"""The bodies by which a bridge makes its key known and changes it: `/v2/enrol` and `/v2/rotate`."""

from ingest.wire import checks
from ingest.wire.forms import VERSION, Enrolled, Enrolment, Rotated, Rotation

KEY_BYTES = 32
SIGNATURE_BYTES = 64
MAX_CODE = 100


def encode_enrolment(enrolment: Enrolment) -> bytes:
    """Return the body of an enrolment."""
    return checks.dump(
        {
            "version": VERSION,
            "code": enrolment.code,
            "public_key": enrolment.public_key.hex(),
            "bridge_version": enrolment.bridge_version,
        }
    )


def decode_enrolment(body: bytes) -> Enrolment:
    """Read the body of an enrolment. Raises WireError."""
    found = checks.load(body)
    return Enrolment(
        code=checks.word(found.get("code"), "code", MAX_CODE),
        public_key=checks.exact_bytes(found.get("public_key"), "public_key", KEY_BYTES),
        bridge_version=checks.text(found.get("bridge_version"), "bridge_version", 40),
    )


def encode_enrolled(enrolled: Enrolled) -> bytes:
    """Return the answer to an enrolment."""
    return checks.dump(
        {
            "version": VERSION,
            "bridge": enrolled.bridge,
            "office": enrolled.office,
            "name": enrolled.name,
            "now": enrolled.now,
        }
    )


def decode_enrolled(body: bytes) -> Enrolled:
    """Read the answer to an enrolment. Raises WireError."""
    found = checks.load(body)
    return Enrolled(
        bridge=checks.number(found.get("bridge"), "bridge"),
        office=checks.word(found.get("office"), "office", 32),
        name=checks.word(found.get("name"), "name", 200),
        now=checks.number(found.get("now"), "now"),
    )


def encode_rotation(rotation: Rotation) -> bytes:
    """Return the body that names a new key."""
    return checks.dump(
        {
            "version": VERSION,
            "public_key": rotation.public_key.hex(),
            "proof": rotation.proof.hex(),
        }
    )


def decode_rotation(body: bytes) -> Rotation:
    """Read the body that names a new key. Raises WireError."""
    found = checks.load(body)
    return Rotation(
        public_key=checks.exact_bytes(found.get("public_key"), "public_key", KEY_BYTES),
        proof=checks.exact_bytes(found.get("proof"), "proof", SIGNATURE_BYTES),
    )


def encode_rotated(rotated: Rotated) -> bytes:
    """Return the answer to a new key."""
    return checks.dump({"version": VERSION, "key_id": rotated.key_id, "now": rotated.now})


def decode_rotated(body: bytes) -> Rotated:
    """Read the answer to a new key. Raises WireError."""
    found = checks.load(body)
    return Rotated(
        key_id=checks.identity(found.get("key_id"), "key_id"),
        now=checks.number(found.get("now"), "now"),
    )
