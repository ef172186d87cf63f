"""Whether a text may hold a link, compiled; `stanch.fingerprints.links.promise` is the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Bytes = NDArray[np.uint8]

LAST = 0x10FFFF


@compiled
def last_state(sorts: Bytes, moves: Bytes, codes: NDArray[np.uint32]) -> int:
    """Return the state in which a text leaves the machine.

    Parameters
    ----------
    sorts, moves : of `Machine`.
    codes : uint32 array, shape (n,), code points.
    """
    state = 0
    for place in range(len(codes)):
        state = moves[state, sorts[np.int64(min(np.int64(codes[place]), LAST))]]
    return state
