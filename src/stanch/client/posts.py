"""What a source sends: posts, and queries about hashes, links and short texts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from stanch.client.answers import NotScannedAnswer
from stanch.errors import InvalidValueError
from stanch.formats import FingerprintRecord
from stanch.values import AS_IS, Audience, Medium

Files = Mapping[str, bytes | Path]
"""Media of a post: their bytes, or where they stand, by name."""

LONGEST_NAME = 200
POST_FIELD = "post"
"""The name of the field that holds the post beside its files."""

UNSAFE = frozenset('"\\/&[]')
"""Characters that forms escape, or that stand in the names of other parts."""

MOST_FINGERPRINTS = 64
"""How many fingerprints the service takes for one part: what has more, a text full of links, becomes several."""

HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
"""Lone surrogates, which JSON in UTF-8 cannot carry."""


class Hash(msgspec.Struct, frozen=True, kw_only=True):
    """A hash that somebody else took: hexadecimal; `method` is `pdq`, `md5`, `sha256` or the id of a method."""

    method: str
    value: str


class SentFingerprint(FingerprintRecord, kw_only=True):
    """A fingerprint as it is sent: with the variant of the content that it was made of."""

    variant: str = AS_IS


@dataclass(frozen=True, kw_only=True, slots=True)
class FingerprintedPart:
    """A part whose content stays here: its fingerprints go to the service. `fingerprint_here` makes it.

    Parameters
    ----------
    symbols : how many symbols of normalised text it holds; 0 for other media.
    evasion, undone : how much of how a text is written had to be undone, 0 to 1, and what that was, most first.
    not_scanned : what could not be looked at here. The answer to the post says it again, and is no `allow` then.
    """

    name: str
    medium: Medium
    symbols: int = 0
    fingerprints: tuple[SentFingerprint, ...] = ()
    not_scanned: tuple[NotScannedAnswer, ...] = ()
    remarks: tuple[str, ...] = ()
    evasion: float = 0.0
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPost:
    """What one judgement is about. It needs at least one part, if only a file that is sent with it.

    Parameters
    ----------
    audience : who can see it; private messages are not scanned.
    id, account : the source's own references, at most 200 characters, opaque to the service. Send no names.
    """

    audience: Audience
    id: str = ""
    account: str = ""
    text: str = ""
    links: tuple[str, ...] = ()
    hashes: tuple[Hash, ...] = ()
    fingerprints: tuple[FingerprintedPart, ...] = field(default=(), repr=False)

    @property
    def not_scanned(self) -> tuple[NotScannedAnswer, ...]:
        """What could not be looked at when its fingerprints were made."""
        return tuple(why for part in self.fingerprints for why in part.not_scanned)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was noticed when its fingerprints were made."""
        return tuple(f"{part.name}: {remark}" for part in self.fingerprints for remark in part.remarks)


class Query(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question of `match`: a text, a link or a hash."""

    text: str | None = None
    link: str | None = None
    hash: Hash | None = None

    def __post_init__(self) -> None:
        if sum(given is not None for given in (self.text, self.link, self.hash)) != 1:
            raise InvalidValueError(what="query", problem="give one of text, link and hash")


class Names:
    """Gives parts names that a form carries unchanged and that no other part has; `text` is taken."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {"text", *taken}

    def free(self, name: str) -> str:
        """Return a name as it can be sent: what a form would lose, such as joiners and slashes, becomes `_`."""
        kept = "".join(char if char.isprintable() and char not in UNSAFE else "_" for char in name)
        plain = kept[-LONGEST_NAME:].strip(" ")
        plain = plain if plain.strip(".") else "file"
        options = (plain, *(f"{plain} ({number})" for number in range(2, len(self._taken) + 3)))
        chosen = next(option for option in options if option not in self._taken)
        self._taken.add(chosen)
        return chosen


def wire(post: NewPost, *, media: tuple[str, ...] = (), key: str | None = None) -> dict[str, Any]:
    """Return a post as the API takes it; the same post gives the same record, field by field."""
    record: dict[str, Any] = {} if key is None else {"idempotency_key": key}
    record["audience"] = str(post.audience)
    names = Names(media)
    parts = {
        "id": _whole(post.id),
        "account": _whole(post.account),
        "text": _whole(post.text),
        "links": [_whole(link) for link in post.links],
        "media": media,
        "hashes": post.hashes,
        "fingerprints": [one for part in post.fingerprints for one in _wire_parts(part, names)],
    }
    return record | {name: value for name, value in parts.items() if value}


def _wire_parts(part: FingerprintedPart, names: Names) -> Iterator[dict[str, Any]]:
    """Yield a part as one or several: the last fingerprints, those of a text itself, keep name and symbols."""
    made = part.fingerprints
    missed = [{"code": why.code[:60], "reason": why.reason[:500]} for why in part.not_scanned[:20]]
    for end in range(len(made), 0 if made else -1, -MOST_FINGERPRINTS):
        whole = end == len(made)
        yield {
            **({"not_scanned": missed} if whole and missed else {}),
            **({"evasion": part.evasion, "undone": part.undone} if whole and part.evasion else {}),
            "name": names.free(part.name),
            "medium": str(part.medium),
            "symbols": part.symbols if whole else 0,
            "fingerprints": made[max(0, end - MOST_FINGERPRINTS) : end],
        }


def _whole(text: str) -> str:
    return HALF_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)
