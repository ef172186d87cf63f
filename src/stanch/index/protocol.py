"""What every index is."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stanch.index.rows import Hits, Rows


class FeatureIndex(Protocol):
    """Stored features, live: added, removed and searched in any order.

    `stanch.plugins.contracts` holds the tests that every index must pass.
    """

    def __len__(self) -> int:
        """Return how many features are stored."""
        ...

    def add(self, rows: Rows) -> None:
        """Store features; they are found from now on."""
        ...

    def remove(self, entries: Iterable[int]) -> int:
        """Forget all features of these entries, and return how many they were."""
        ...

    def search(
        self,
        queries: NDArray[np.uint64],
        *,
        radius: Mapping[int, int],
        limit: int | None = None,
        now: int = 0,
    ) -> Hits:
        """Return every stored feature of the banks named in `radius` that is near a query."""
        ...
