"""Fingerprints of links: the canonical form, its path prefixes and its host, hashed (`link/1`).

A feature is the first 64 bits of the SHA-256 of what it stands for. There are two sorts:

- *at*: a host and the first k segments of a path, with or without the query string and the route behind it.
  A link makes one for each k from 0 on, so that an entry is found at and below the place it names, and only at
  the borders of segments: `example.org/a` finds `example.org/a/b?x=1`, but not `example.org/ab`.
- *below*: a host and everything under its name, whatever the scheme and port. A link makes one for its host and
  for each parent of it that has a dot. An entry stores it only if it was added with `subdomains`.

Units: `start` is 0; `end` is how many steps of the link the feature covers, `extent` how many there are. A step
is a segment of the path, the query string (one step, all or nothing), or a segment of the route. A host alone
has no steps; its features and those *below* end at 0. So `extent - end` of the query's feature says how far the
link leads beyond the entry: 0 where it names exactly the same place. `at` is 0 throughout: links are not aligned.
"""

import hashlib

import numpy as np

from stanch.errors import InvalidValueError, NotALinkError
from stanch.fingerprints.links.canonical import CanonicalLink, canonical
from stanch.fingerprints.links.hosts import is_address
from stanch.fingerprints.links.search import FoundLink, find, is_link_list
from stanch.fingerprints.reading import Reading
from stanch.values import AS_IS, LINK, Fingerprint, Medium, words_from_bytes

__all__ = ["CanonicalLink", "FoundLink", "as_entry", "as_query", "canonical", "find", "is_link_list"]

DEEPEST = 256
"""How many steps from the host are looked up one by one. No entry lies deeper."""

_AT, _BELOW = b"link/1 at ", b"link/1 below "


def as_entry(link: str, *, subdomains: bool = False) -> Reading:
    """Return what a bank stores of a link: one feature.

    Parameters
    ----------
    link : as written; a host, a host and path, or these with a query string.
    subdomains : whether a bare host stands for everything below its name, too.

    Raises
    ------
    NotALinkError
        If it is none, or one of more than `DEEPEST` steps.
    InvalidValueError
        If `subdomains` is asked for anything but the bare name of a host.
    """
    place = canonical(link)
    steps = len(place.steps)
    if steps > DEEPEST:
        raise NotALinkError(
            link=str(place)[:DEEPEST], problem=f"it leads {steps} steps deep, at most {DEEPEST} do"
        )
    if subdomains:
        _check_has_subdomains(place)
        return _reading(place, [(_below(place.host), 0)])
    return _reading(place, [_places(place, place.port)[-1]])


def as_query(link: str) -> Reading:
    """Return what is looked up for a link: every place on the way to it, and every name above its host.

    An entry without a port stands for every port, so a link that names one is looked up with it and without.

    Raises
    ------
    NotALinkError
        If it is none.
    """
    return query_of(canonical(link))


def query_of(place: CanonicalLink, variant: str = AS_IS) -> Reading:
    """Return what is looked up for a link whose canonical form is known, as `as_query` does."""
    features = [feature for port in {place.port, None} for feature in _places(place, port)]
    features += [(_below(name), 0) for name in _names_above(place)]
    return _reading(place, sorted(features, key=lambda feature: (feature[1], feature[0])), variant)


def _places(place: CanonicalLink, port: int | None) -> list[tuple[bytes, int]]:
    """Return the digest of the host, and of each place on the way from there, with its steps."""
    origin = f"{place.scheme}://{place.host}" + ("" if port is None else f":{port}")
    state = hashlib.sha256(_AT + origin.encode())
    digests = [state.digest()]
    for step in place.steps[:DEEPEST]:
        state.update(step.encode())
        digests.append(state.digest())
    return [(digest[:8], steps) for steps, digest in enumerate(digests)]


def _names_above(place: CanonicalLink) -> list[str]:
    """Return the host's name and each parent of it that has a dot; of an address or a key, none."""
    if not place.names_a_host or is_address(place.host):
        return []
    labels = place.host.split(".")
    return [".".join(labels[first:]) for first in range(len(labels) - 1)]


def _below(name: str) -> bytes:
    return hashlib.sha256(_BELOW + name.encode()).digest()[:8]


def _check_has_subdomains(place: CanonicalLink) -> None:
    if place.steps or place.port is not None or not _names_above(place):
        raise InvalidValueError(what=str(place), problem="only the bare name of a host has subdomains")


def _reading(place: CanonicalLink, features: list[tuple[bytes, int]], variant: str = AS_IS) -> Reading:
    begin = np.zeros(len(features))
    fingerprint = Fingerprint(
        method=LINK,
        bits=words_from_bytes(b"".join([digest for digest, _ in features])).reshape(-1, 1),
        at=begin,
        start=begin,
        end=np.array([steps for _, steps in features], dtype=np.float64),
        quality=np.full(len(features), 100, dtype=np.uint8),
        extent=float(len(place.steps)),
        variant=variant,
    )
    return Reading(medium=Medium.LINK, fingerprints=(fingerprint,))
