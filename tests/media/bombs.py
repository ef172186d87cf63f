"""Small files that promise, or turn into, a great deal."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from tests.media.pictures import encoded, photograph

ZEROS = bytes(80_000_000)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield each with what it is."""
    picture = photograph(3, 96, 64)
    sound = bytes(64 * 65)
    packed = b"a\0\0" + zlib.compress(ZEROS)
    yield "nothing", b""
    yield "zeros", bytes(5000)
    yield "a text", "صورة ۱۲ 图片 चित्र ምስል".encode() * 20
    yield "PNG of 60000 x 60000", png(60_000, 60_000, bytes(100))
    yield "PNG of no pixels", png(0, 100, bytes(10))
    yield "PNG of a million pixels in a row", png(1_000_000, 2, bytes(100))
    yield "PNG of 18 million pixels, all zero", png(6000, 3000, bytes(3000 * 6001))
    yield "PNG whose data go on and on", png(64, 64, ZEROS)
    yield "PNG with a text of 80 MB", png(64, 64, sound, (b"zTXt", packed))
    yield "PNG with a profile of 80 MB", png(64, 64, sound, (b"iCCP", packed))
    yield "PNG that promises 2^31 - 1 frames", png(64, 64, sound, (b"acTL", struct.pack(">II", 2**31 - 1, 0)))
    yield "JPEG with a profile of junk", encoded(picture, "JPEG", icc_profile=bytes(range(256)) * 40)
    yield (
        "JPEG with EXIF of junk",
        encoded(picture, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\1\3\0" * 40),
    )
    yield "JPEG of 65500 x 65500", resized_jpeg(65_500)
    yield "JPEG of 100 scans over 6 million pixels", many_scans(2500, 100)
    yield "GIF with a screen of 65535 x 65535", gif(65_535, 65_535, 1)
    yield "GIF of 20,000 frames", gif(16, 16, 20_000)
    yield "GIF of 100 frames of 4 million pixels", gif(2000, 2000, 100)
    yield "TIFF whose pages run in a circle", tiff(64, 64, pages=1, circle=True)
    yield "TIFF of 5,000 pages", tiff(64, 64, pages=5_000)
    yield "TIFF of 50000 x 50000", tiff(50_000, 50_000)
    yield "WebP with a canvas of 16384 x 16384", webp(1 << 14)
    yield (
        "BMP of 30000 x 30000",
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 100, 0, 54, 40, 30_000, 30_000, 1, 24, *6 * [0]),
    )
    yield "PNG that begins like a GIF", b"GIF89a" + encoded(picture, "PNG")
    yield "JPEG with a tail of other things", encoded(picture, "JPEG") + b"PK\3\4" + bytes(10_000)


def png(width: int, height: int, pixels: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a grey PNG with a header, some chunks, and whatever pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in body)


def resized_jpeg(side: int) -> bytes:
    """Return a JPEG whose header promises a square of this side."""
    data = encoded(photograph(3, 96, 64), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", side, side) + data[at + 4 :]


def many_scans(side: int, scans: int) -> bytes:
    """Return a progressive JPEG whose last scan comes again and again."""
    data = encoded(np.full((side, side), 99, np.uint8), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-2] * scans + data[-2:]


def gif(width: int, height: int, frames: int) -> bytes:
    """Return a GIF of a large screen and frames of one pixel each."""
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\4\4\1\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x4c\1\0"
    return screen + frame * frames + b"\x3b"


def tiff(width: int, height: int, *, pages: int = 1, circle: bool = False) -> bytes:
    """Return a grey TIFF whose pages share a few pixels, the last one followed by nothing or by the first."""
    tags = (
        (256, width),
        (257, height),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, height),
        (279, 64 * 64),
    )
    size = 2 + 12 * len(tags) + 4
    first = 8 + 64 * 64
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    nexts = [first + size * (page + 1) for page in range(pages - 1)] + [first if circle else 0]
    directories = (struct.pack("<H", len(tags)) + entries + struct.pack("<I", after) for after in nexts)
    return struct.pack("<2sHI", b"II", 42, first) + bytes(range(256)) * 16 + b"".join(directories)


def webp(side: int) -> bytes:
    """Return an animated WebP with a large canvas and next to nothing on it."""
    canvas = b"VP8X" + struct.pack("<IB3x", 10, 2) + 2 * (side - 1).to_bytes(3, "little")
    body = b"WEBP" + canvas + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
