"""Whether a text may hold a link, compiled; `stanch.fingerprints.links.promise` is the plain form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Bytes = NDArray[np.uint8]

LAST = 0x10FFFF


@compiled
def last_state(codes: NDArray[np.uint32], sorts: Bytes, moves: Bytes) -> int:
    """Return the state in which a text leaves the machine.

    Parameters
    ----------
    codes : uint32 array, shape (n,), code points.
    sorts, moves : of `Machine`.
    """
    state = 0
    for place in range(len(codes)):
        state = moves[state, sorts[np.int64(min(np.int64(codes[place]), LAST))]]
    return state
