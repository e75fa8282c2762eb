"""The words between bridge and centre: what a body holds, how it is written, signed and chained.

Every body is a JSON object with a `version`. Punches travel in columns, one list a field, which is
a third of the size and time of one object a punch. Standard library only, and no I/O, so that an
office loads no more than this. Decoding trusts nothing.
"""

from ingest.wire.answers import decode_receipt, encode_receipt
from ingest.wire.batches import (
    DecodedBatch,
    bad_columns,
    decode_batch,
    encode_batch,
    punch_columns,
)
from ingest.wire.beats import (
    decode_heartbeat,
    decode_heartbeat_reply,
    encode_heartbeat,
    encode_heartbeat_reply,
)
from ingest.wire.chain import BAD, PUNCH, bad_entries, extend, genesis, punch_entries
from ingest.wire.forms import (
    MAX_MOMENT,
    MAX_RAW,
    MAX_ROWS,
    MAX_STATEMENTS,
    MAX_ZONE_S,
    SOURCES,
    VERSION,
    BadRecord,
    Batch,
    Coverage,
    Enrolled,
    Enrolment,
    Heartbeat,
    HeartbeatReply,
    Punch,
    Receipt,
    Rotated,
    Rotation,
    Run,
    TerminalHealth,
    WireError,
    bad_record_id,
    punch_id,
    row_name,
)
from ingest.wire.keys import (
    decode_enrolled,
    decode_enrolment,
    decode_rotated,
    decode_rotation,
    encode_enrolled,
    encode_enrolment,
    encode_rotated,
    encode_rotation,
)
from ingest.wire.signing import (
    CLOCK_WINDOW_S,
    KEY_HEADER,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    TIME_HEADER,
    Signed,
    key_id,
    read_signed,
    rotation_message,
    signed_message,
)

__all__ = [
    "BAD", "CLOCK_WINDOW_S", "KEY_HEADER", "MAX_MOMENT", "MAX_RAW", "MAX_ROWS", "MAX_STATEMENTS",
    "MAX_ZONE_S", "NONCE_HEADER", "PUNCH", "SIGNATURE_HEADER", "SOURCES", "TIME_HEADER", "VERSION",
    "BadRecord", "Batch", "Coverage", "DecodedBatch", "Enrolled", "Enrolment", "Heartbeat",
    "HeartbeatReply", "Punch", "Receipt", "Rotated", "Rotation", "Run", "Signed", "TerminalHealth",
    "WireError", "bad_columns", "bad_entries", "bad_record_id", "decode_batch", "decode_enrolled",
    "decode_enrolment", "decode_heartbeat", "decode_heartbeat_reply", "decode_receipt",
    "decode_rotated", "decode_rotation", "encode_batch", "encode_enrolled", "encode_enrolment",
    "encode_heartbeat", "encode_heartbeat_reply", "encode_receipt", "encode_rotated",
    "encode_rotation", "extend", "genesis", "key_id", "punch_columns", "punch_entries", "punch_id",
    "read_signed", "rotation_message", "row_name", "signed_message",
]  # fmt: skip
