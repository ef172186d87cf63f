"""A JPEG's luma is decoded alone where that is what is hashed, and nowhere else."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from stanch.kernels.pdq import luma_of, pdq
from stanch.media import Decoders, Limits, decode
from stanch.media.colour import IGNORED_PROFILE
from stanch.media.luma import is_luma_alone
from stanch.media.planes import loaded, pixels
from tests.media.pictures import encoded, photograph
from tests.media.profiles import DISPLAY_P3, SRGB, gamma_curve, parametric_curve, profile, sampled_curve

STILL = photograph(3, 160, 120)
PLAIN = profile(SRGB, sampled_curve())
LINEAR = profile(SRGB, gamma_curve(1.0))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def jpeg(picture: object = STILL, **options: object) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(np.asarray(picture))
    return encoded(image, "JPEG", **{"quality": 85, **options})


def apart(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def with_marker(data: bytes, marker: bytes) -> bytes:
    """Put a marker in place of the one of JFIF."""
    assert data[2:4] == b"\xff\xe0"
    return data[:2] + marker + data[4 + int.from_bytes(data[4:6], "big") :]


def adobe(transform: int) -> bytes:
    """Return the marker by which Adobe's programs say what the planes are."""
    return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform])


def lettered(data: bytes) -> bytes:
    """Number the planes by the letters R, G and B, in the frame's header and in the scan's."""
    data = with_marker(data, b"")
    for header, step, first in ((b"\xff\xc0", 3, 10), (b"\xff\xda", 2, 5)):
        at = data.index(header) + first
        for number, letter in enumerate(b"RGB"):
            assert data[at + number * step] == number + 1
            data = data[: at + number * step] + bytes([letter]) + data[at + number * step + 1 :]
    return data


@pytest.mark.parametrize(
    ("data", "alone"),
    [
        (jpeg(), True),
        (jpeg(subsampling=0), True),
        (jpeg(progressive=True), True),
        (jpeg(luma_of(STILL)), True),
        (with_marker(jpeg(), b""), True),
        (with_marker(jpeg(), adobe(1)), True),
        (jpeg(icc_profile=PLAIN), True),
        (with_marker(jpeg(), adobe(0)), False),
        (lettered(jpeg()), False),
        (jpeg(keep_rgb=True), False),
        (jpeg(Image.fromarray(STILL).convert("CMYK")), False),
        (jpeg(icc_profile=LINEAR), False),
        (jpeg(icc_profile=b"junk"), False),
        (jpeg(luma_of(STILL), icc_profile=PLAIN), False),
        (encoded(STILL), False),
        (encoded(STILL, "TIFF", compression="jpeg"), False),
    ],
)
def test_only_a_jpeg_of_luma_and_differences_in_srgb_is_decoded_alone(data: bytes, *, alone: bool) -> None:
    assert is_luma_alone(opened(data)) is alone


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"quality": 30}, {"icc_profile": PLAIN}])
def test_the_hash_is_within_two_bits_of_that_of_the_colours(
    decoders: Decoders, seed: int, options: dict[str, object]
) -> None:
    data = jpeg(photograph(seed), **options)
    colours = np.asarray(opened(data).convert("L"))
    image = decoders.image(data)
    assert not image.raw_differs
    luma = image.pictures[0].luma
    assert np.abs(luma.astype(int) - colours).mean() < 0.6
    assert apart(pdq(luma).bits, pdq(colours).bits) <= 2


@pytest.mark.parametrize("name", ["modes/original.jpg", "small.jpg", "wee.jpg", "bridge/bridge-mods/aaa-orig.jpg"])
def test_so_it_is_for_photographs_that_cameras_took(decoders: Decoders, assets: Path, name: str) -> None:
    path = assets / "images" / name
    if not path.exists():
        path = next((assets / "images").rglob(Path(name).name))
    data = path.read_bytes()
    colours = np.asarray(opened(data).convert("RGB").convert("L"))
    raw = decoders.hashes(data).raw
    assert raw is not None
    assert apart(raw.hashed.bits, pdq(colours).bits) <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_in_exif_holds_and_raw_pixels_lie_as_in_the_file(
    decoders: Decoders, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = jpeg(exif=exif)
    image, lying = decoders.image(data), decoders.image(jpeg()).pictures[0].luma
    expected = {
        1: lying, 2: lying[:, ::-1], 3: lying[::-1, ::-1], 4: lying[::-1], 5: lying.T,
        6: np.rot90(lying, -1), 7: np.rot90(lying.T, 2), 8: np.rot90(lying),
    }[orientation]  # fmt: skip
    assert np.array_equal(image.pictures[0].luma, expected)
    assert image.raw is not None
    assert np.array_equal(image.raw.luma, lying)
    assert image.raw_differs is (orientation != 1)


def test_a_profile_that_is_not_srgb_still_moves_the_luma(decoders: Decoders) -> None:
    image = decoders.image(jpeg(icc_profile=LINEAR))
    assert image.raw is not None
    assert image.raw_differs
    assert image.pictures[0].luma.mean() > image.raw.luma.mean() + 10


def test_an_unreadable_profile_is_still_remarked_on(decoders: Decoders) -> None:
    assert decoders.hashes(jpeg(icc_profile=b"junk")).remarks == (IGNORED_PROFILE,)


@pytest.mark.parametrize(
    ("stated", "plainly"),
    [
        (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), True),
        (profile(SRGB, sampled_curve()), True),
        (profile(SRGB, sampled_curve(4096)), True),
        (profile(SRGB, parametric_curve()), True),
        (profile(SRGB, gamma_curve(2.2)), False),
        (profile(SRGB, gamma_curve(1.8)), False),
        (profile(DISPLAY_P3, parametric_curve()), False),
        (profile((SRGB[1], SRGB[0], SRGB[2]), parametric_curve()), False),
        (ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), False),
        (profile(SRGB, sampled_curve()) + bytes(1 << 16), False),
    ],
)
def test_a_profile_is_plainly_srgb_if_it_moves_no_colour(stated: bytes, *, plainly: bool) -> None:
    assert is_luma_alone(opened(jpeg(icc_profile=stated))) is plainly


@pytest.mark.parametrize(
    "data", [jpeg(), jpeg(luma_of(STILL)), jpeg(progressive=True), encoded(luma_of(STILL), "WEBP", lossless=True)]
)
def test_what_is_decoded_into_an_array_is_what_pillow_decodes(data: bytes) -> None:
    with opened(data).convert("L") if data[:4] == b"RIFF" else opened(data) as ours, opened(data) as theirs:
        for image in (ours, theirs):
            image.draft("L", None)
        array = pixels(ours) if data[:4] == b"RIFF" else loaded(ours)  # type: ignore[arg-type]
        assert np.array_equal(array, np.asarray(theirs.convert("L")))


def test_the_pixels_of_a_jpeg_are_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[str] = []
    convert = Image.Image.convert

    def noting(image: Image.Image, mode: str, *rest: object) -> Image.Image:
        converted.append(mode)
        return convert(image, mode, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "convert", noting)
    answer, planes = decode.image(jpeg(), Limits(), 1)
    assert not converted
    assert len(planes) == len(answer.planes) == 1
    assert answer.raw == 0
