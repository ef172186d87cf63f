"""The peer for normalised text: what ICU offers, NFKC with case folding and the skeleton of UTS #39, by ctypes."""

import ctypes
import ctypes.util
import re
from collections.abc import Callable
from typing import Any

_ROOM = 20
"""Code units that one character may become; a buffer that is still too small is an error."""


def skeleton() -> tuple[str, Callable[[str], str]] | None:
    """Return the name of the peer and its function, or None where ICU is not installed."""
    found = ctypes.util.find_library("icui18n"), ctypes.util.find_library("icuuc")
    if not all(found):
        return None
    i18n, common = (ctypes.CDLL(str(name)) for name in found)
    version = next(iter(re.findall(r"\d+", str(found[0])[len("libicui18n") :])), "")
    return f"ICU {version}: NFKC, case folding, UTS 39 skeleton", _function(i18n, common, f"_{version}")


def _function(i18n: ctypes.CDLL, common: ctypes.CDLL, suffix: str) -> Callable[[str], str]:
    status = ctypes.c_int(0)
    instance = getattr(common, f"unorm2_getNFKCCasefoldInstance{suffix}")
    opening = getattr(i18n, f"uspoof_open{suffix}")
    instance.restype = opening.restype = ctypes.c_void_p
    folder = ctypes.c_void_p(instance(ctypes.byref(status)))
    checker = ctypes.c_void_p(opening(ctypes.byref(status)))
    normalise = getattr(common, f"unorm2_normalize{suffix}")
    spoof = getattr(i18n, f"uspoof_getSkeleton{suffix}")

    def apply(text: str) -> str:
        folded = _called(text, lambda *rest: normalise(folder, *rest))
        return _called(folded, lambda *rest: spoof(checker, 0, *rest))

    return apply


def _called(text: str, function: Callable[..., Any]) -> str:
    data = text.encode("utf-16-le")
    source = (ctypes.c_uint16 * (len(data) // 2)).from_buffer_copy(data)
    room = _ROOM * len(source) + 64
    out, status = (ctypes.c_uint16 * room)(), ctypes.c_int(0)
    length = function(source, len(source), out, room, ctypes.byref(status))
    if status.value > 0:
        raise RuntimeError(f"ICU says {status.value}")
    return bytes(out)[: 2 * length].decode("utf-16-le")
