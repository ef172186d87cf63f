"""Files that are not what they should be: cut short, damaged, and (from `bombs`) made to exhaust."""

from collections.abc import Callable, Iterator

from PIL import Image

from tests.media.bombs import bombs
from tests.media.pictures import encoded, numbers, photograph

Damage = Callable[[bytes, int], bytes]

FORMS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 85},
    "PNG": {},
    "GIF": {},
    "WEBP": {"quality": 80},
    "BMP": {},
    "TIFF": {"compression": "tiff_lzw"},
    "AVIF": {"quality": 60, "speed": 10},
    "JPEG2000": {},
    "ICO": {"sizes": [(64, 64)]},
}
ANIMATED = ("GIF", "PNG", "WEBP")


def malformed(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield all bombs and so many damaged files, each with what was done to it; the same ones for a seed."""
    yield from bombs()
    sound = sound_files()
    names, damages = list(sound), (_cut, _flipped, _garbled, _spliced, _resized)
    for index in range(count):
        name, damage = names[index % len(names)], damages[index // len(names) % len(damages)]
        yield f"{index}: {name}{damage.__name__}", damage(sound[name], seed + index)


def sound_files() -> dict[str, bytes]:
    """Return a small file of each format that is read."""
    files = {form: encoded(photograph(7, 96, 64), form, **options) for form, options in FORMS.items()}
    first, *others = (Image.fromarray(photograph(seed, 64, 48)) for seed in range(3))
    for form in ANIMATED:
        files[f"animated {form}"] = encoded(first, form, save_all=True, append_images=others)
    return files


def _cut(data: bytes, seed: int) -> bytes:
    return data[: next(numbers(seed)) % len(data)]


def _flipped(data: bytes, seed: int) -> bytes:
    """Flip one to eight bits."""
    draw, damaged = numbers(seed), bytearray(data)
    for _ in range(1 + next(draw) % 8):
        damaged[next(draw) % len(damaged)] ^= 1 << next(draw) % 8
    return bytes(damaged)


def _garbled(data: bytes, seed: int) -> bytes:
    """Overwrite a stretch near the beginning, where formats keep what they are."""
    draw, damaged = numbers(seed), bytearray(data)
    start = 8 + next(draw) % 200
    for at in range(start, min(start + 1 + next(draw) % 16, len(damaged))):
        damaged[at] = next(draw) % 256
    return bytes(damaged)


def _spliced(data: bytes, seed: int) -> bytes:
    """Leave out a stretch, or repeat one."""
    draw = numbers(seed)
    start, length = next(draw) % len(data), next(draw) % 100
    stretch = data[start : start + length]
    return data[:start] + stretch * (next(draw) % 2 * 2) + data[start + length :]


def _resized(data: bytes, seed: int) -> bytes:
    """Put an enormous number where a size may be."""
    draw, damaged = numbers(seed), bytearray(data)
    at = 4 + next(draw) % min(300, len(data) - 8)
    damaged[at : at + 4] = b"\xff\xff\xff\x7f" if next(draw) % 2 else b"\xff\xff\x00\x00"
    return bytes(damaged)
