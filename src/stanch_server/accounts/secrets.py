"""Secrets that are shown once: how they are made, and what of them is kept.

Each holds 256 random bits, so that one plain SHA-256 keeps it: nobody can go through all of them, and slow hashing
would only slow down the callers. What people choose themselves (passphrases) is hashed slowly instead.
"""

import hashlib
import re
import secrets
from typing import Final

KEY_MARK: Final = "stanch"  # lets scanners for leaked secrets recognise a key
PREFIX_LENGTH: Final = 8
KEY: Final = re.compile(rf"{KEY_MARK}_([0-9a-f]{{{PREFIX_LENGTH}}})_([A-Za-z0-9_-]{{43}})")


def digest(secret: str) -> str:
    """Return what is kept of a secret: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token() -> str:
    """Return 256 random bits as 43 characters that stand in an address."""
    return secrets.token_urlsafe(32)


def new_key(prefix: str = "") -> tuple[str, str]:
    """Return a new key's prefix, which is shown in lists, and the whole key."""
    prefix = prefix or secrets.token_hex(PREFIX_LENGTH // 2)
    return prefix, f"{KEY_MARK}_{prefix}_{new_token()}"


def read_bearer(header: str) -> tuple[str, str] | None:
    """Return prefix and key of an `Authorization` header, or None if it holds no key of ours."""
    scheme, _, value = header.partition(" ")
    found = KEY.fullmatch(value.strip()) if scheme.lower() == "bearer" else None
    return (found[1], found[0]) if found else None
