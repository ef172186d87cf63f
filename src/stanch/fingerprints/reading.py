"""What reading one content gives: its fingerprints, and what could not be read."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stanch.values import Fingerprint, Medium, NotScanned


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The fingerprints of one content.

    Parameters
    ----------
    medium : what it turned out to be.
    fingerprints : for an entry one for each method; for a query one for each method and variant.
    not_scanned : what could not be looked at, in whole or in part.
    remarks : what a person should know and no rule acts on.
    symbols : how many symbols of normalised text it holds; 0 for other media.
    evasion : how much of how a text is written had to be undone, for each letter; 0 to 1, and 0 for other media.
    undone : what that was, most first: names of `stanch.language.Evasion`. None of both acts on anything.
    shorts : uint64 array, hashes of all short grams of a text that came in, in order; None where they are not
        known. They are no fingerprint, and go to nobody: three letters are guessed at once, and so all the text.
    """

    medium: Medium
    fingerprints: tuple[Fingerprint, ...] = ()
    not_scanned: tuple[NotScanned, ...] = ()
    remarks: tuple[str, ...] = ()
    symbols: int = 0
    evasion: float = 0.0
    undone: tuple[str, ...] = ()
    shorts: NDArray[np.uint64] | None = field(default=None, compare=False, repr=False)
