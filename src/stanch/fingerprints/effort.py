"""When reading texts is worth loading what is compiled for it."""

import sys

PATIENCE = 3_000
"""So many texts are read plainly before the kernels are loaded: it takes as long as loading numba does."""


class Effort:
    """How many texts this process read plainly."""

    spent = 0

    @classmethod
    def is_worth_it(cls) -> bool:
        """Whether the kernels are to be used for one text more."""
        if "numba" in sys.modules or cls.spent >= PATIENCE:
            return True
        cls.spent += 1
        return False
