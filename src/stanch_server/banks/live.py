"""The one follower of this process."""

import gc
import os
import threading
from datetime import UTC, datetime
from typing import Final

from stanch.language import identify
from stanch.matching import load_kernels
from stanch.values import FILE_SHA256, PDQ, HashPart, Post, TextPart
from stanch_server.banks.follower import Follower
from stanch_server.banks.places import index_folder

FIRST_TEXT: Final = (
    "The first text of a process reads tables and compiles: https://example.org/ 7&#x2063;8 "
    "\u202edna\u202c stX\bop, \u0627\u0644\u202d\u0645\u0627\u0644\u0633\u202c (\u2067[\u05d0]\u2069) "
    "\u0397\u039d \ud55c\uae00 \u0939\u093f \u1230\u120b\u121d \ufdfa \u4e2d h\u200be\u2062re r\u0435d r\u043ed "
    "\U0001d555\U0001d556\U0001d557\U0001d558 o\u0336f\u0336t\u0336e\u0336n t-h-i-r-t-e-e-n k1ll th3m g00d"
)
"""What takes another way than most of a text: formatting, backspaces, scripts, counterfeits."""

HASHES: Final = PDQ, FILE_SHA256
"""What is looked up by other kernels than texts are; which of them depends on how large the banks are."""


class _Live:
    """Makes the follower when it is first asked for, whichever thread asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._follower: Follower | None = None
        self._inherited: Follower | None = None

    def follower(self) -> Follower:
        with self._lock:
            if self._follower is None:
                self._follower = Follower(folder=index_folder())
            return self._follower

    def close(self) -> None:
        with self._lock:
            ended, self._follower = self._follower, None
        if ended is not None:
            ended.close()

    def leave_to_parent(self) -> None:
        """Start afresh in a forked child: locks may be held by threads that are not here, pipes are the parent's.

        The parent's follower is kept, untouched: to end it here would speak to the parent's decoders.
        """
        self._lock = threading.Lock()
        self._inherited, self._follower = self._follower, None


_LIVE = _Live()
os.register_at_fork(after_in_child=_LIVE.leave_to_parent)


def follower() -> Follower:
    """Return the follower of this process, made on first use; any thread may ask it."""
    return _LIVE.follower()


def warm() -> int:
    """Load the banks and whatever else a first question would wait for; return the number of the last change.

    For the start of a process, before it says that it is ready. What is loaded then is set aside for good from
    what the collector of garbage looks through: with 100,000 entries each look would stop all threads for 0.3 s.
    """
    ready = follower()
    text = TextPart(name="text", text=FIRST_TEXT)
    identify(FIRST_TEXT)
    load_kernels()
    hashes = [HashPart(name=method.id, method=method, value="0" * (method.bits // 4)) for method in HASHES]
    ready.rehearse(Post(id="", parts=(text, *hashes)), now=datetime.now(UTC))
    gc.collect()
    gc.freeze()
    return ready.number


def close() -> None:
    """End the follower of this process and its decoders; the next question makes another."""
    _LIVE.close()
