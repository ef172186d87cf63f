"""Colour profiles made by hand (ICC.1:2004-10): three primaries and a curve."""

import struct
from collections.abc import Sequence

Primaries = Sequence[tuple[float, float, float]]

SRGB: Primaries = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""Red, green and blue of IEC 61966-2-1 as seen under D50, in XYZ."""
DISPLAY_P3: Primaries = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""Those of the displays of many phones."""
D50 = (0.96420, 1.0, 0.82491)


def profile(primaries: Primaries, curve: bytes) -> bytes:
    """Return a profile for a display with these primaries, the same curve for each."""
    tags = {b"wtpt": _xyz(D50)}
    for letter, primary in zip(b"rgb", primaries, strict=True):
        tags[bytes([letter]) + b"XYZ"] = _xyz(primary)
        tags[bytes([letter]) + b"TRC"] = curve + bytes(-len(curve) % 4)
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", at + len(body), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp").ljust(44, b"\0") + _numbers(D50)
    return header.ljust(128, b"\0") + table + body


def sampled_curve(count: int = 1024) -> bytes:
    """Return the curve of sRGB as a table, as profiles of printers' and cameras' makers have it."""
    steps = [number / (count - 1) for number in range(count)]
    linear = [step / 12.92 if step <= 0.04045 else ((step + 0.055) / 1.055) ** 2.4 for step in steps]
    return b"curv" + bytes(4) + struct.pack(f">I{count}H", count, *(round(value * 65535) for value in linear))


def gamma_curve(gamma: float) -> bytes:
    """Return a curve that is one power."""
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def parametric_curve() -> bytes:
    """Return the curve of sRGB as its formula."""
    values = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    return b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _numbers(values)


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(values)


def _numbers(values: Sequence[float]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
