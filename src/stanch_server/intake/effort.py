"""How much work a content is, estimated before any is done: who waits for an answer must not wait long.

Measured against the time that a thousand characters of plain prose take, 0.3 ms: a link takes as long as 400
characters, a feature that is compared with every one of a bank (PDQ) as 1,000 where a bank holds 20,000 of them, a
picture as 20,000. Authors decide what is in a post, and some of them mean to hold the service up.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from stanch.media import sniff
from stanch.values import METHODS, Medium
from stanch_server.intake.contents import HASH_NAMES, Content
from stanch_server.intake.models import ItemPart

LINK: Final = 400
COMPARED: Final = 1_000
PICTURE: Final = 20_000

_LINKS = re.compile(rb"\.[^\s.]|://|(?i:dot) ?[\])}]|\xef\xbc\x8e|\xe3\x80\x82|\xef\xbd\xa1")
"""What a link is found by: a dot or a sign that stands for one, or the end of a scheme."""


class _Fingerprint(msgspec.Struct):
    method: str
    bits: str
    extent: float = 0.0


class _Fingerprints(msgspec.Struct):
    fingerprints: list[_Fingerprint]


class _Hash(msgspec.Struct):
    method: str


def effort_of(contents: Iterable[Content]) -> int:
    """Return how much work contents are, in characters of plain prose that would take as long."""
    return sum(map(_effort, contents))


def _effort(one: Content) -> int:
    match one.form:
        case ItemPart.Form.FILE:
            return _of_file(one.data)
        case ItemPart.Form.HASH:
            method = msgspec.json.decode(one.data, type=_Hash).method
            return effort_of_hash(HASH_NAMES.get(method.lower(), method))
        case ItemPart.Form.FINGERPRINTS:
            sent = msgspec.json.decode(one.data, type=_Fingerprints)
            return sum(_of_fingerprint(found) for found in sent.fingerprints)
        case ItemPart.Form.LINK:
            return LINK + len(one.data)
        case _:
            return _of_text(one.data)


def effort_of_hash(method: str) -> int:
    """Return how much work it is to look up a hash of this method, as `effort_of` does."""
    return _of_features(method, 1)


def _of_text(data: bytes) -> int:
    return len(data) + LINK * len(_LINKS.findall(data))


def _of_file(data: bytes) -> int:
    if sniff(data).medium is Medium.TEXT:
        return _of_text(data)
    return PICTURE + len(data) // 10


def _of_fingerprint(found: _Fingerprint) -> int:
    """Return the work of one fingerprint; passages of a text are laid out over its whole extent."""
    return _of_features(found.method, features_in(found.method, found.bits)) + int(found.extent)


def _of_features(method: str, features: int) -> int:
    known = METHODS.get(method)
    return features * (COMPARED if known is not None and known.radius else 1)


def features_in(method: str, bits: str) -> int:
    """Return how many features hexadecimal digits are; 0 for a method that is not known."""
    known = METHODS.get(method)
    return 0 if known is None else len(bits) * 4 // known.bits
