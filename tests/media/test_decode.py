"""What is sent of an image: each look of each frame once, the raw pixels beside it, and never too much."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from stanch.errors import InvalidValueError, MediaTooLargeError, UnreadableMediaError, UnsupportedMediumError
from stanch.kernels.pdq import luma_of
from stanch.media import BORDERS_REMOVED, ON_BLACK, Decoders, Limits
from stanch.values import AS_IS
from tests.media.malformed import sound_files
from tests.media.pictures import bordered, encoded, photograph

PHOTOGRAPHS = [photograph(seed, 80, 60) for seed in range(5)]
STILL = PHOTOGRAPHS[0]


def animated(order: list[int], form: str = "PNG", **options: object) -> bytes:
    first, *others = (Image.fromarray(PHOTOGRAPHS[index]) for index in order)
    return encoded(first, form, save_all=True, append_images=others, duration=40, **options)


def frames(data: bytes, decoders: Decoders) -> list[tuple[int, int]]:
    return [(picture.start, picture.end) for picture in decoders.image(data).canonical]


@pytest.mark.parametrize(
    ("form", "options"), [("PNG", {}), ("GIF", {}), ("WEBP", {"lossless": True}), ("TIFF", {}), ("AVIF", {})]
)
def test_every_frame_is_seen(decoders: Decoders, form: str, options: dict[str, object]) -> None:
    image = decoders.image(animated([0, 1, 2], form, **options))
    assert image.frames == 3
    assert [(picture.start, picture.end) for picture in image.pictures] == [(0, 1), (1, 2), (2, 3)]
    for picture, photo in zip(image.pictures, PHOTOGRAPHS, strict=False):
        assert np.abs(picture.luma.astype(int) - luma_of(photo)).mean() < 10


def test_a_look_is_sent_once(decoders: Decoders) -> None:
    assert frames(animated([0, 1, 1, 1, 2, 0], "TIFF"), decoders) == [(0, 1), (1, 4), (4, 5)]


def test_of_many_frames_some_are_looked_at_evenly_and_a_remark_says_so() -> None:
    data = animated([0, 1, 2, 3, 4, 1, 0, 3, 2, 4], "TIFF")
    with Decoders(limits=Limits(frames=4)) as few:
        assert frames(data, few) == [(0, 1), (2, 3), (5, 6), (7, 8)]
        assert few.image(data).remarks == ("4 of 10 frames were looked at",)
        assert few.image(data).frames == 10
    with Decoders(limits=Limits(pixels=80 * 60 * 2)) as small:
        assert small.image(data).remarks == ("2 of 10 frames were looked at",)


def test_as_many_frames_as_the_limits_allow_fit_in_an_answer() -> None:
    """Each of them on white and on black, with borders and without."""
    shown = np.zeros((8, 8, 4), np.uint8)
    shown[2:6, 2:6] = 255
    frames = []
    for number in range(1000):
        shown[3, 3, :3], shown[4, 4, :3] = number % 256, number // 256
        frames.append(Image.fromarray(shown.copy()))
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with Decoders(limits=Limits(frames=1000)) as many:
        assert len(many.image(data).canonical) == 1000
    with pytest.raises(InvalidValueError):
        Limits(frames=1001)


def test_of_a_photograph_with_a_thumbnail_behind_it_only_the_photograph_is_seen(decoders: Decoders) -> None:
    first, second = (Image.fromarray(photo) for photo in PHOTOGRAPHS[:2])
    image = decoders.image(encoded(first, "MPO", save_all=True, append_images=[second]))
    assert image.frames == len(image.pictures) == 1


def test_borders_are_removed_in_a_variant_of_their_own(decoders: Decoders) -> None:
    image = decoders.image(encoded(bordered(STILL, top=20, bottom=20)))
    as_is, removed = image.pictures
    assert (as_is.variant, as_is.luma.shape) == (AS_IS, (100, 80))
    assert removed.variant == BORDERS_REMOVED
    assert np.array_equal(removed.luma, luma_of(STILL))
    assert image.canonical == (removed,)
    assert image.of_variant(AS_IS) == (as_is,)


def test_without_borders_the_picture_as_it_is_is_the_canonical_one(decoders: Decoders) -> None:
    image = decoders.image(encoded(STILL))
    assert image.canonical == image.pictures
    assert image.pictures[0].variant == AS_IS


def test_a_transparent_margin_is_a_border_on_both_grounds(decoders: Decoders) -> None:
    rgba = Image.fromarray(bordered(STILL, left=30, right=30))
    opacity = np.zeros((60, 140), np.uint8)
    opacity[:, 30:110] = 255
    rgba.putalpha(Image.fromarray(opacity))
    image = decoders.image(encoded(rgba))
    variants = [picture.variant for picture in image.pictures]
    assert variants == [AS_IS, BORDERS_REMOVED, ON_BLACK, f"{ON_BLACK}, {BORDERS_REMOVED}"]
    for variant in (BORDERS_REMOVED, f"{ON_BLACK}, {BORDERS_REMOVED}"):
        (picture,) = image.of_variant(variant)
        assert np.array_equal(picture.luma, luma_of(STILL))


def test_frames_without_a_variant_stand_in_it_as_they_are(decoders: Decoders) -> None:
    plain, framed = bordered(STILL, right=20, level=90), bordered(PHOTOGRAPHS[1], right=20)
    plain[:, 80:] = PHOTOGRAPHS[2][:, :20]
    first, second = (Image.fromarray(frame) for frame in (plain, framed))
    image = decoders.image(encoded(first, "TIFF", save_all=True, append_images=[second]))
    assert [(picture.start, picture.variant) for picture in image.canonical] == [(0, AS_IS), (1, BORDERS_REMOVED)]


@pytest.mark.parametrize("mode", ["RGB", "L", "LA", "P", "1", "RGBA", "CMYK"])
def test_raw_pixels_are_as_a_program_sees_them_that_normalises_nothing(decoders: Decoders, mode: str) -> None:
    image = Image.fromarray(STILL).convert(mode)
    pixels = np.asarray(image).astype(np.uint8)
    expected = pixels if pixels.ndim == 2 else pixels[:, :, 0] if mode == "LA" else luma_of(pixels[:, :, :3])
    decoded = decoders.image(encoded(image, "TIFF"))
    assert decoded.raw is not None
    assert np.array_equal(decoded.raw.luma, expected)
    assert decoded.raw_differs is (mode in {"P", "1", "CMYK"})


def test_raw_pixels_of_sixteen_bits_are_clipped_as_there(decoders: Decoders) -> None:
    wide = luma_of(STILL).astype(np.uint16) * 2
    decoded = decoders.image(encoded(Image.fromarray(wide)))
    assert decoded.raw is not None
    assert np.array_equal(decoded.raw.luma, np.minimum(wide, 255))


def test_where_such_a_program_fails_there_are_no_raw_pixels(decoders: Decoders) -> None:
    decoded = decoders.image(encoded(Image.fromarray(luma_of(STILL).astype(np.float32)), "TIFF"))
    assert decoded.raw is None
    assert not decoded.raw_differs


def test_raw_pixels_lie_as_they_lie_in_the_file(decoders: Decoders) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = decoders.image(encoded(STILL, exif=exif))
    assert decoded.raw_differs
    assert decoded.raw is not None
    assert np.array_equal(decoded.raw.luma, luma_of(STILL))


@pytest.mark.parametrize("name", sound_files())
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_an_image_that_is_cut_short_is_never_seen_as_whole(decoders: Decoders, name: str, share: float) -> None:
    data = sound_files()[name]
    with pytest.raises(UnreadableMediaError):
        decoders.image(data[: int(len(data) * share)])


def test_an_animation_that_lacks_frames_is_never_seen_as_whole(decoders: Decoders) -> None:
    data = animated([0, 1, 2])
    promise = b"acTL" + struct.pack(">II", 5, 0)
    at = data.index(b"acTL")
    data = data[:at] + promise + struct.pack(">I", zlib.crc32(promise)) + data[at + 16 :]
    with pytest.raises(UnreadableMediaError):
        decoders.image(data)


@pytest.mark.parametrize(
    ("limits", "unit", "actual"),
    [
        (Limits(pixels=4_799), "pixels", 4_800),
        (Limits(side=79), "pixels along a side", 80),
        (Limits(output=4_799), "bytes decoded", 4_800),
        (Limits(input=100), "bytes", len(encoded(STILL))),
    ],
)
def test_what_is_larger_than_a_limit_is_refused_with_both_numbers(limits: Limits, unit: str, actual: int) -> None:
    with Decoders(limits=limits) as strict, pytest.raises(MediaTooLargeError) as raised:
        strict.image(encoded(STILL))
    assert raised.value.fields["unit"] == unit
    assert raised.value.fields["actual"] == actual


def test_what_is_as_large_as_the_limits_is_decoded() -> None:
    limits = Limits(pixels=4_800, side=80, output=4_800, input=len(encoded(STILL)))
    with Decoders(limits=limits) as strict:
        assert strict.image(encoded(STILL)).width == 80


def test_what_takes_more_memory_than_allowed_is_not_scanned_and_the_next_item_is() -> None:
    with Decoders(limits=Limits(memory=400 << 20), workers=1) as small:
        large = encoded(Image.new("RGB", (9_000, 9_000)), "PNG", compress_level=1)
        with pytest.raises(UnreadableMediaError, match="400 MiB"):
            small.image(large)
        assert small.image(encoded(STILL)).width == 80


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "HEIC image"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100), "MP4 video"),
        (b"ID3\4\0\0\0\0\0\0" + bytes(100), "MP3 sound"),
    ],
)
def test_media_that_are_not_read_are_named(decoders: Decoders, data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedMediumError, match=name):
        decoders.image(data)


@pytest.mark.parametrize("data", [b"", b"just a text", bytes(50), "نص".encode()])
def test_what_is_no_image_is_refused(decoders: Decoders, data: bytes) -> None:
    with pytest.raises(UnreadableMediaError):
        decoders.image(data)
