"""What bytes are is told by what they begin with, and a text from other bytes by what is in it."""

import struct

import pytest

from stanch.media import sniff
from stanch.media.sniff import READ_IMAGES
from stanch.values import Medium
from tests.media.malformed import sound_files
from tests.media.pictures import numbers

TEXTS = {
    "Arabic": "بسم الله، هذا نص للتجربة",
    "Persian": "این یک متن آزمایشی است ۱۲۳",
    "Urdu": "یہ ایک آزمائشی متن ہے",
    "Chinese": "这是一段用来测试的文字。",
    "Hindi": "यह एक परीक्षण पाठ है",
    "Amharic": "ይህ የሙከራ ጽሑፍ ነው",
    "Thaana": "މިއީ ޓެސްޓު ލިޔުމެއް",
    "mixed": "Abc \u2067مرحبا\u2069 12 \u200f(שלום)\u200e xyz",
    "begins like a bitmap": "BMW is the name of a maker of cars and motorcycles.",
    "begins like a stream": "G" + "a" * 187 + "G" + "b" * 187 + "G is for green",
    "broken lines": "one\r\ntwo\tthree\ffour\n",
}

HEADS = [
    (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Medium.VIDEO, "MP4"),
    (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Medium.VIDEO, "MP4"),
    (b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom", Medium.SOUND, "M4A"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Medium.IMAGE, "HEIC"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Medium.IMAGE, "HEIC"),
    (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafavif", Medium.IMAGE, "AVIF"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", Medium.IMAGE, "JPEG XL"),
    (b"8BPS\0\1" + bytes(30), Medium.IMAGE, "PSD"),
    (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webm", Medium.VIDEO, "WebM"),
    (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x88matroska", Medium.VIDEO, "Matroska"),
    (b"RIFF\x24\0\0\0AVI LIST", Medium.VIDEO, "AVI"),
    (b"RIFF\x24\0\0\0WAVEfmt ", Medium.SOUND, "WAV"),
    (b"OggS\0\2" + bytes(20) + b"\1\x2a\x80theora", Medium.VIDEO, "Ogg"),
    (b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead", Medium.SOUND, "Ogg"),
    (b"fLaC\0\0\0\x22", Medium.SOUND, "FLAC"),
    (b"ID3\4\0\0\0\0\0\0", Medium.SOUND, "MP3"),
    (b"\xff\xfb\x90\x64" + bytes(60), Medium.SOUND, "MP3"),
    (b"\xff\xf1\x50\x80\1\xbf\xfc", Medium.SOUND, "AAC"),
    (b"\0\0\1\xba\x44\0\4\0", Medium.VIDEO, "MPEG"),
    ((b"\x47\x40\0\x10" + bytes(184)) * 5, Medium.VIDEO, "MPEG transport stream"),
    (b"FLV\1\5\0\0\0\x09", Medium.VIDEO, "Flash"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(40), Medium.FILE, ""),
    (b"PK\3\4\x14\0\0\0\x08\0", Medium.FILE, ""),
    (b"", Medium.FILE, ""),
    (bytes(100), Medium.FILE, ""),
]


@pytest.mark.parametrize(("data", "medium", "form"), HEADS, ids=range(len(HEADS)))
def test_media_are_known_by_their_heads(data: bytes, medium: Medium, form: str) -> None:
    sniffed = sniff(data)
    assert (sniffed.medium, sniffed.format) == (medium, form)


def test_every_image_that_is_written_is_known_and_read() -> None:
    for name, data in sound_files().items():
        sniffed = sniff(data)
        assert sniffed.medium is Medium.IMAGE, name
        assert sniffed.format in READ_IMAGES, name
        assert sniffed.format.replace(" ", "").upper() == name.removeprefix("animated "), name


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_texts_of_all_scripts_are_texts(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    sniffed = sniff(data)
    assert sniffed.medium is Medium.TEXT
    assert sniffed.format == encoding
    assert data.decode(sniffed.format) == text


@pytest.mark.parametrize("order", ["utf-16-be", "utf-32-be"])
def test_the_byte_order_mark_tells_the_order(order: str) -> None:
    data = "\ufeffنص".encode(order)
    assert data.decode(sniff(data).format) == "نص"


@pytest.mark.parametrize(
    "data",
    [
        b"caf\xe9 au lait",
        "متن".encode() + b"\xff\xfe" + " طويل بما يكفي".encode(),
        "这是一段用来测试的文字。".encode()[:-1],
        b"\xff\xfe" + "abc".encode("utf-16-le") + b"\x00\xd8" + "def".encode("utf-16-le"),
    ],
)
def test_a_few_bytes_that_are_not_valid_leave_a_text_a_text(data: bytes) -> None:
    assert sniff(data).medium is Medium.TEXT


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_text(seed: int) -> None:
    draw = numbers(seed)
    noise = b"".join(struct.pack("<I", next(draw)) for _ in range(100)).replace(b"\0", b"\1")
    assert sniff(b"\x01" + noise).medium is Medium.FILE


def test_a_format_has_a_name_for_a_sentence() -> None:
    assert sniff(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").name == "HEIC image"
