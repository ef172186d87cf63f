"""What some bytes are, by what they begin with and never by a file's name."""

import codecs
import re
from dataclasses import dataclass

from stanch.values import Medium

READ_IMAGES = ("JPEG", "PNG", "GIF", "WebP", "BMP", "TIFF", "AVIF", "JPEG 2000", "ICO")
"""The image formats that the decoders read; others are known by name only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sniffed:
    """What some bytes are.

    Parameters
    ----------
    medium : `Medium.FILE` where nothing is known but that there are bytes.
    format : the name of the format, such as `JPEG`; of a text its encoding, such as `utf-8`; or empty.
    """

    medium: Medium
    format: str = ""

    @property
    def name(self) -> str:
        """The format and the medium, for a sentence."""
        return f"{self.format} {self.medium}".strip()


_HEADS: tuple[tuple[Medium, str, re.Pattern[bytes]], ...] = tuple(
    (medium, name, re.compile(pattern, re.DOTALL))
    for medium, name, pattern in (
        (Medium.IMAGE, "JPEG", rb"\xff\xd8\xff"),
        (Medium.IMAGE, "PNG", rb"\x89PNG\r\n\x1a\n"),
        (Medium.IMAGE, "GIF", rb"GIF8[79]a"),
        (Medium.IMAGE, "WebP", rb"RIFF.{4}WEBP"),
        # Two letters are too little to go by: a text may begin with them. The size of the second header tells.
        (Medium.IMAGE, "BMP", rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
        (Medium.IMAGE, "TIFF", rb"II[*+]\0|MM\0[*+]"),
        (Medium.IMAGE, "JPEG 2000", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
        (Medium.IMAGE, "JPEG XL", rb"\0\0\0\x0cJXL \r\n\x87\n|\xff\x0a"),
        (Medium.IMAGE, "ICO", rb"\0\0\x01\0[\x01-\xff]\0.{3}\0"),
        (Medium.IMAGE, "PSD", rb"8BPS\0[\x01\x02]"),
        (Medium.IMAGE, "AVIF", rb"\0\0..ftyp(?:avi[fs]|mi[fa][1f].{4}(?:.{4}){0,8}?avif)"),
        (Medium.IMAGE, "HEIC", rb"\0\0..ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1)"),
        (Medium.SOUND, "M4A", rb"\0\0..ftypM4[AB] "),
        (Medium.VIDEO, "MP4", rb"\0\0..ftyp|[\0-\x08]...(?:moov|mdat)"),
        (Medium.VIDEO, "WebM", rb"\x1aE\xdf\xa3.{0,64}webm"),
        (Medium.VIDEO, "Matroska", rb"\x1aE\xdf\xa3"),
        (Medium.VIDEO, "AVI", rb"RIFF.{4}AVI "),
        (Medium.VIDEO, "Flash", rb"FLV\x01"),
        (Medium.VIDEO, "Windows Media", rb"0&\xb2u\x8ef\xcf\x11"),
        (Medium.VIDEO, "MPEG", rb"\0\0\x01[\xb3\xba]"),
        (Medium.VIDEO, "MPEG transport stream", rb"(?:G.{187}){4}G"),
        (Medium.VIDEO, "Ogg", rb"OggS.{24,60}\x80theora"),
        (Medium.SOUND, "Ogg", rb"OggS"),
        (Medium.SOUND, "FLAC", rb"fLaC"),
        (Medium.SOUND, "WAV", rb"RIFF.{4}WAVE"),
        (Medium.SOUND, "AIFF", rb"FORM.{4}AIF[FC]"),
        (Medium.SOUND, "AMR", rb"#!AMR"),
        # Only Layer III, and no bit rate or sample rate that the standard forbids.
        (Medium.SOUND, "MP3", rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]"),
        (Medium.SOUND, "AAC", rb"\xff[\xf0\xf1\xf8\xf9][\x40-\xbf]"),
    )
)

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; those of UTF-32 begin with those of UTF-16, so they come first."""

_SAMPLE = 1 << 16
_BINARY = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
"""What a text does not hold: control characters, and what stands for bytes that could not be decoded."""
_BINARY_SHARE = 0.2


def sniff(data: bytes) -> Sniffed:
    """Return what some bytes are.

    A text with a few bytes that are not valid in its encoding is still a text. A text without a byte order mark is
    known as one only in UTF-8.
    """
    head = data[:4096]
    for medium, name, pattern in _HEADS:
        if pattern.match(head):
            return Sniffed(medium=medium, format=name)
    encoding = _encoding(data)
    return Sniffed(medium=Medium.TEXT, format=encoding) if encoding else Sniffed(medium=Medium.FILE)


def _encoding(data: bytes) -> str:
    """Return the encoding of a text, or nothing if it is no text."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not data or (b"\0" in data and not marked.startswith(("utf-16", "utf-32"))):
        return ""
    text = data[:_SAMPLE].decode(marked or "utf-8", errors="replace")
    strange = len(_BINARY.findall(text))
    few = strange < len(text) and strange <= max(1, len(text) * _BINARY_SHARE)
    return (marked or "utf-8") if few else ""
