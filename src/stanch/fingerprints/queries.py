"""Many parts, read to be looked up together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.parts import as_query, looked_for
from stanch.fingerprints.reading import Reading
from stanch.media import Decoders
from stanch.values import HashPart, Method, Part, words_from_bytes


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class BareHashes:
    """Hashes that are parts by themselves, as one array: most find nothing, and need be no values of their own.

    Parameters
    ----------
    methods : under which each of them is looked for; all of one medium.
    places : which part each of them is.
    bits : uint64 array, shape (len(places), words).
    """

    methods: tuple[Method, ...]
    places: Sequence[int]
    bits: NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Queries:
    """Parts that were read for all that could match.

    Parameters
    ----------
    names : of the parts, in their order.
    readings : by place, those of every part that is not among the hashes.
    hashes : the bare hashes, each in one of these.
    """

    names: Sequence[str]
    readings: Mapping[int, Sequence[Reading]]
    hashes: Sequence[BareHashes] = field(default=())


def as_queries(parts: Iterable[Part], decoders: Decoders) -> Queries:
    """Read parts as `as_query` does each of them, all bare hashes of a kind at once."""
    names: list[str] = []
    readings: dict[int, Sequence[Reading]] = {}
    hashes: dict[str, tuple[tuple[Method, ...], list[int], list[str]]] = {}
    for place, part in enumerate(parts):
        names.append(part.name)
        if isinstance(part, HashPart) and (methods := looked_for(part)):
            _, places, digits = hashes.setdefault(methods[0].id, (methods, [], []))
            places.append(place)
            digits.append(part.value)
        else:
            readings[place] = as_query(part, decoders)
    return Queries(names=names, readings=readings, hashes=[_bare(*some) for some in hashes.values()])


def _bare(methods: tuple[Method, ...], places: Sequence[int], digits: Sequence[str]) -> BareHashes:
    bits = words_from_bytes(bytes.fromhex("".join(digits))).reshape(len(places), -1)
    return BareHashes(methods=methods, places=places, bits=bits)
