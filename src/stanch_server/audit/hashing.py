"""What is hashed, byte by byte. Frozen: another form of it would be another version of the domain strings.

All parts have a fixed length or are escaped, so that no two inputs run together into the same bytes.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from stanch.errors import InvalidValueError

COMMITMENT_DOMAIN = b"stanch-audit-commitment/1\0"
CHAIN_DOMAIN = b"stanch-audit-chain/1\0"
HEAD_DOMAIN = b"stanch-audit-head/1\0"
GENESIS = hashlib.sha256(CHAIN_DOMAIN).hexdigest()  # what record 1 is chained to
_WRITTEN = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def canonical(value: object) -> str:
    """Return JSON with sorted keys, no spaces, and characters as they are: one text for one value.

    Raises
    ------
    InvalidValueError
        For what JSON cannot hold exactly: other types, NaN, infinities, lone surrogates.
    """
    try:
        text = _WRITTEN(value)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(what="audit detail", problem="is not plain JSON") from error
    return text


def payload_bytes(*, actor: str, action: str, subject: str, source: str | None, detail: str) -> bytes:
    """Return the bytes of a payload: a canonical JSON object, in which `detail` stands as the text that it is."""
    before, after = (
        canonical({"action": action, "actor": actor}),
        canonical({"source": source, "subject": subject}),
    )
    return f'{before[:-1]},"detail":{detail},{after[1:]}'.encode()


def commitment(salt: str, payload: bytes) -> str:
    """Return SHA-256(domain, salt, payload) in hexadecimal. The random salt keeps guesses from being tried."""
    return hashlib.sha256(COMMITMENT_DOMAIN + bytes.fromhex(salt) + payload).hexdigest()


def link(previous: str, *, number: int, opaque_id: str, at: datetime, commitment: str) -> str:
    """Return the chain at a record: SHA-256(domain, chain before, number, id, time, commitment), in hexadecimal.

    Number and time take 8 bytes, the most significant first; time is in microseconds since 1970, UTC.

    Raises
    ------
    ValueError, OverflowError
        If a part is not of its fixed length, as only parts can be that were altered.
    """
    if (len(previous), len(opaque_id), len(commitment)) != (64, 32, 64):
        raise ValueError
    parts = [
        CHAIN_DOMAIN,
        bytes.fromhex(previous),
        number.to_bytes(8, "big"),
        bytes.fromhex(opaque_id),
        microseconds(at).to_bytes(8, "big", signed=True),
        bytes.fromhex(commitment),
    ]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def head_bytes(*, number: int, chain: str, at: datetime) -> bytes:
    """Return the bytes that are signed for a head."""
    moment = microseconds(at).to_bytes(8, "big", signed=True)
    return HEAD_DOMAIN + number.to_bytes(8, "big") + bytes.fromhex(chain) + moment


def microseconds(at: datetime) -> int:
    """Return microseconds since 1970, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)
