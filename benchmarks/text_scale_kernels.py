# mypy: disable-error-code="no-any-return, return-value, assignment"
"""Words strung together and grams thinned for a million documents, compiled: for `text_scale_documents`."""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Places = NDArray[np.int64]
Words = NDArray[np.uint64]


@compiled
def drawn(state: Words) -> np.uint64:
    """Return the next random word: SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
    Generators", OOPSLA 2014).
    """
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed = state[0]
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return np.uint64(mixed ^ mixed >> np.uint64(31))


@compiled
def below(state: Words, bound: np.int64) -> np.int64:
    """Return a random number from 0 to bound - 1."""
    return np.int64((drawn(state) >> np.uint64(32)) * np.uint64(bound) >> np.uint64(32))


@compiled
def strung(
    seeds: Words, language: Places, bounds: Places, group: Places, members: Places, last: NDArray[np.bool_],
    token: Places, begins: Places, codes: NDArray[np.uint32], leap: np.int64, least: int, most: int,
    out: NDArray[np.uint32], ends: Places,
) -> int:  # fmt: skip
    """String words together, document by document; see `text_scale_documents.Chains`.

    Parameters
    ----------
    seeds : uint64 array, shape (documents,).
    language : int64 array, shape (documents,), which of them each is in.
    bounds : where the tokens of each language begin, and where the last ends.
    group : of each token, which pair of words it ends.
    members : the tokens, pair by pair, behind where each pair begins: `members[group]` to `members[group + 1]` are
        places in `members` itself.
    last : whether a token ends a sentence.
    token, begins, codes : which word each token is, where a word begins among the code points, and these.
    leap : of 1,000 words, how many are followed by any.
    least, most : characters that a document has, but for what its last word has more.
    out, ends : to be written to: code points, and where each document ends.

    Returns
    -------
    int, how many code points were written.
    """
    state = np.zeros(1, np.uint64)
    at = 0
    for document in range(len(seeds)):
        state[0] = seeds[document]
        first, size = bounds[language[document]], bounds[language[document] + 1] - bounds[language[document]]
        wanted = at + least + below(state, np.int64(most - least + 1))
        place = first + below(state, size)
        while at < wanted:
            word = token[place]
            for code in range(begins[word], begins[word + 1]):
                out[at] = codes[code]
                at += 1
            if last[place] or below(state, np.int64(1000)) < leap:
                place = first + below(state, size)
            else:
                low = members[group[place]]
                place = members[low + below(state, members[group[place] + 1] - low)] + 1
        ends[document] = at
    return at


@compiled
def thinned(hashes: Words, begin: Places, end: Places, window: int, kept: Places, counts: Places) -> int:
    """Write the places of the hashes that winnowing keeps, stretch by stretch, as `fingerprints.text.winnow` does.

    Parameters
    ----------
    begin, end : where each stretch begins and ends; shorter ones keep one hash of all that they have.
    kept, counts : to be written to: the places, and how many are of each stretch.

    Returns
    -------
    int, how many are kept.
    """
    found = 0
    for stretch in range(len(begin)):
        before, least, place = found, np.int64(-1), begin[stretch]
        width = min(np.int64(window), end[stretch] - begin[stretch])
        for place in range(begin[stretch] + width - 1, end[stretch]):
            if least < place - width + 1:
                least = place - width + 1
                for other in range(least + 1, place + 1):
                    if hashes[other] <= hashes[least]:
                        least = other
            elif hashes[place] <= hashes[least]:
                least = place
            if width and (found == before or kept[found - 1] != least):
                kept[found] = least
                found += 1
        counts[stretch] = found - before
    return found
