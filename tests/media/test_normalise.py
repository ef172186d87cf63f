"""An image is seen as a viewer shows it, whatever its file is like."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from stanch.kernels.pdq import luma_of
from stanch.media import ON_BLACK, DecodedImage, Decoders
from stanch.media.colour import IGNORED_PROFILE, narrowed
from stanch.media.normalise import UNREADABLE_EXIF
from stanch.values import AS_IS
from tests.media.pictures import encoded, photograph

PHOTOGRAPH = photograph(1, 200, 140)
LUMA = luma_of(PHOTOGRAPH)

ORIENTED: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: np.rot90,
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels, -1),
}
"""How a picture has to lie in the file for each orientation of EXIF to put it right."""


def shown(image: DecodedImage, variant: str = AS_IS) -> NDArray[np.uint8]:
    (picture,) = (picture for picture in image.pictures if picture.variant == variant)
    return picture.luma


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The mean difference of two lumas, in levels."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_luma_in_the_worker_is_luma_here(decoders: Decoders) -> None:
    image = decoders.image(encoded(PHOTOGRAPH))
    assert np.array_equal(shown(image), LUMA)
    assert (image.width, image.height, image.format, image.frames) == (200, 140, "PNG", 1)
    assert not image.remarks


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", ORIENTED)
def test_pictures_are_turned_upright(decoders: Decoders, orientation: int, form: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    lying = np.ascontiguousarray(ORIENTED[orientation](PHOTOGRAPH))
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    image = decoders.image(encoded(lying, form, exif=exif, **options))
    assert np.array_equal(shown(image), LUMA)
    assert (image.width, image.height) == (200, 140)


def test_exif_of_junk_is_ignored(decoders: Decoders) -> None:
    junk = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(range(256))
    assert apart(shown(decoders.image(encoded(PHOTOGRAPH, "JPEG", quality=95, exif=junk))), LUMA) < 2


def test_exif_that_cannot_be_read_is_remarked_on(decoders: Decoders) -> None:
    image = decoders.image(encoded(PHOTOGRAPH, exif=b"Exif\0\0XX*\0"))
    assert UNREADABLE_EXIF in image.remarks
    assert np.array_equal(shown(image), LUMA)


@pytest.mark.parametrize(
    ("mode", "form", "most"),
    [
        ("L", "PNG", 0.0),
        ("P", "PNG", 14.0),
        ("CMYK", "TIFF", 1.0),
        ("CMYK", "JPEG", 4.0),
        ("YCbCr", "TIFF", 2.0),
        ("LAB", "TIFF", 4.0),
        ("RGB", "JPEG2000", 1.0),
        ("RGB", "AVIF", 6.0),
        ("P", "GIF", 14.0),
        ("RGB", "BMP", 0.0),
        ("RGB", "ICO", 1.0),
    ],
)
def test_every_mode_looks_the_same(decoders: Decoders, mode: str, form: str, most: float) -> None:
    picture = Image.fromarray(photograph(1, 128, 128))
    converted = _lab(picture) if mode == "LAB" else picture.convert(mode)
    options = {"sizes": [(128, 128)]} if form == "ICO" else {}
    image = decoders.image(encoded(converted, form, **options))
    assert apart(shown(image), luma_of(np.asarray(picture))) <= most


def test_one_bit_is_black_and_white(decoders: Decoders) -> None:
    image = decoders.image(encoded(Image.fromarray(PHOTOGRAPH).convert("1")))
    assert set(np.unique(shown(image))) == {0, 255}


def test_sixteen_bits_are_scaled_and_not_clipped(decoders: Decoders) -> None:
    wide = LUMA.astype(np.uint16) * 257
    for form in ("PNG", "TIFF"):
        assert np.array_equal(shown(decoders.image(encoded(Image.fromarray(wide), form))), LUMA)


@pytest.mark.parametrize(
    "samples",
    [
        LUMA.astype(np.int32) * 257,
        LUMA.astype(np.float32) / 255,
        LUMA.astype(np.float32),
        np.where(LUMA < 1, np.nan, LUMA.astype(np.float32) / 255),
    ],
)
def test_samples_of_known_scale_keep_it(samples: NDArray[np.generic]) -> None:
    assert np.array_equal(narrowed(samples), LUMA)


def test_samples_of_no_known_scale_are_stretched() -> None:
    for samples in (np.array([[-1e6, 0, 1e6]]), np.array([[-(2**31), 0, 2**31 - 1]], np.int32)):
        assert narrowed(samples).tolist() == [[0, 128, 255]]
    assert not narrowed(np.full((3, 3), -1e30)).any()
    assert not narrowed(np.full((3, 3), np.inf)).any()


def test_what_is_transparent_shows_white_and_black(decoders: Decoders) -> None:
    rgba = Image.fromarray(PHOTOGRAPH)
    opacity = np.full(LUMA.shape, 255, np.uint8)
    opacity[:, :100], opacity[:, 100:150] = 0, 128
    rgba.putalpha(Image.fromarray(opacity))
    image = decoders.image(encoded(rgba))
    white, black = shown(image), shown(image, ON_BLACK)
    assert np.all(white[:, :100] == 255)
    assert np.all(black[:, :100] == 0)
    assert np.array_equal(white[:, 150:], LUMA[:, 150:])
    assert np.array_equal(black[:, 150:], LUMA[:, 150:])
    half = LUMA[:, 100:150] * (128 / 255)
    assert np.abs(black[:, 100:150] - half).max() <= 1
    assert np.abs(white[:, 100:150] - (half + 127)).max() <= 1


@pytest.mark.parametrize("mode", ["LA", "P", "RGB", "L", "PA"])
def test_transparency_is_seen_in_every_mode(decoders: Decoders, mode: str) -> None:
    pixels = np.full((40, 40, 3), 200, np.uint8)
    pixels[:20] = 60
    image, options = _with_hole(pixels, mode)
    decoded = decoders.image(encoded(image, "TIFF" if mode == "PA" else "PNG", **options))
    assert shown(decoded)[5, 5] == 255
    assert shown(decoded, ON_BLACK)[5, 5] == 0
    assert shown(decoded)[30, 5] == shown(decoded, ON_BLACK)[30, 5] == 200


def test_an_alpha_channel_that_is_opaque_changes_nothing(decoders: Decoders) -> None:
    image = decoders.image(encoded(Image.fromarray(PHOTOGRAPH).convert("RGBA")))
    assert [picture.variant for picture in image.pictures] == [AS_IS]
    assert np.array_equal(shown(image), LUMA)


def test_colours_go_through_their_profile(decoders: Decoders) -> None:
    """A profile that calls red green, and pixels that do so too, come out right."""
    swapped = np.ascontiguousarray(PHOTOGRAPH[:, :, [1, 0, 2]])
    image = decoders.image(encoded(swapped, icc_profile=_red_for_green()))
    assert not image.remarks
    assert apart(luma_of(swapped), LUMA) > 4
    assert apart(shown(image), LUMA) < 1


@pytest.mark.parametrize(
    ("mode", "profile"), [("RGB", bytes(300)), ("RGB", b"x"), ("CMYK", "sRGB"), ("L", "sRGB")]
)
def test_a_profile_that_does_not_fit_is_ignored(decoders: Decoders, mode: str, profile: bytes | str) -> None:
    data = _srgb() if profile == "sRGB" else profile
    image = decoders.image(encoded(Image.fromarray(PHOTOGRAPH).convert(mode), "TIFF", icc_profile=data))
    assert image.remarks == (IGNORED_PROFILE,)
    assert apart(shown(image), LUMA) < 1


def _lab(picture: Image.Image) -> Image.Image:
    converted = ImageCms.profileToProfile(
        picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert converted is not None
    return converted


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _red_for_green() -> bytes:
    """sRGB with the names of two of its primaries exchanged."""
    return _srgb().replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def _with_hole(pixels: NDArray[np.uint8], mode: str) -> tuple[Image.Image, dict[str, object]]:
    """Return an image in which everything of level 60 is transparent."""
    image = Image.fromarray(pixels)
    if mode == "P":
        palette = image.quantize(4)
        return palette, {"transparency": palette.getpixel((5, 5))}
    if mode in {"RGB", "L"}:
        return image.convert(mode), {"transparency": (60, 60, 60) if mode == "RGB" else 60}
    image.putalpha(Image.fromarray(np.where(pixels[:, :, 0] == 60, 0, 255).astype(np.uint8)))
    return image.convert("LA") if mode == "LA" else image.convert("PA"), {}
