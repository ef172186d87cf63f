"""What a person is shown of an image: small, upright, in its colours, and written anew out of plain pixels."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from stanch.errors import DecoderCrashedError, MediaTooLargeError, UnreadableMediaError, UnsupportedMediumError
from stanch.media import Decoders, Limits, Preview, wire
from stanch.media.assembly import previews
from stanch.media.previews import BLUR, BLURRED_SIDE, SHARP_SIDE
from tests.media.pictures import encoded, photograph

FORMS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000")
FULL = wire.Plane(width=2, height=1)
ANSWER = wire.Previewed(token=1, sharp=FULL, blurred=wire.Plane(width=1, height=1))


def pixels(preview: Preview) -> NDArray[np.uint8]:
    """Return what a viewer makes of the file."""
    with Image.open(io.BytesIO(preview.png())) as opened:
        assert opened.format == "PNG"
        assert opened.info == {}
        return np.asarray(opened.convert("RGB"))


@pytest.mark.parametrize("form", FORMS)
def test_each_format_is_shown_small_and_in_its_colours(decoders: Decoders, form: str) -> None:
    seen = decoders.previews(encoded(photograph(3, 640, 480), form))
    expected = Image.fromarray(photograph(3, 640, 480)).resize((480, 360), Image.Resampling.LANCZOS)
    shown = pixels(seen.sharp)
    assert shown.shape == (360, SHARP_SIDE, 3)
    assert np.abs(shown.astype(int) - np.asarray(expected).astype(int)).mean() < 12
    assert pixels(seen.blurred).shape == (120, BLURRED_SIDE, 3)


def test_nothing_is_recognised_in_the_blurred_picture(decoders: Decoders) -> None:
    """Letters, faces and emblems are a tenth of a picture and less: of such a pattern next to nothing is left."""
    board = ((np.indices((480, 480)) // 48).sum(axis=0) % 2 * 255).astype(np.uint8)
    seen = decoders.previews(encoded(Image.fromarray(board)))
    inside = pixels(seen.blurred)[30:-30, 30:-30]
    assert int(pixels(seen.sharp).max()) - int(pixels(seen.sharp).min()) == 255
    assert int(inside.max()) - int(inside.min()) <= 10
    assert BLUR >= 12


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (160, 160), (481, 479)])
def test_any_shape_is_shown_and_none_enlarged(decoders: Decoders, size: tuple[int, int]) -> None:
    seen = decoders.previews(encoded(Image.new("RGB", size, (200, 30, 40))))
    for preview, side in ((seen.sharp, SHARP_SIDE), (seen.blurred, BLURRED_SIDE)):
        height, width, _ = pixels(preview).shape
        assert 1 <= width <= min(side, size[0])
        assert 1 <= height <= min(side, size[1])
        assert pixels(preview)[0, 0].tolist() == [200, 30, 40]


def test_it_stands_upright_and_on_white(decoders: Decoders) -> None:
    turned = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decoders.previews(encoded(turned, "JPEG", exif=exif)).sharp.height == 40
    clear = encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)))
    assert set(pixels(decoders.previews(clear).sharp).ravel().tolist()) == {255}


def test_nothing_of_the_file_comes_along(decoders: Decoders) -> None:
    exif = Image.Exif()
    exif[0x010E] = "the-hidden-words"
    data = encoded(photograph(4, 60, 40), "JPEG", exif=exif, comment=b"the-hidden-words")
    assert b"the-hidden-words" in data
    seen = decoders.previews(data)
    assert b"hidden" not in seen.sharp.png() + seen.blurred.png()


def test_what_cannot_be_shown_says_why(decoders: Decoders) -> None:
    whole = encoded(photograph(5, 60, 40))
    with pytest.raises(UnreadableMediaError):
        decoders.previews(whole[: len(whole) // 2])
    with pytest.raises(UnreadableMediaError):
        decoders.previews(b"<script>alert(1)</script>")
    with pytest.raises(UnsupportedMediumError):
        decoders.previews(b"fLaC\0\0\0\x22" + bytes(60))
    assert decoders.image(whole).width == decoders.previews(whole).sharp.width == 60  # by the same workers


def test_limits_hold_here_too() -> None:
    with (
        Decoders(workers=1, limits=Limits(pixels=1000)) as decoders,
        pytest.raises(MediaTooLargeError),
    ):
        decoders.previews(encoded(photograph(5, 60, 40)))


@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_the_file_holds_exactly_the_pixels(width: int, height: int, data: st.DataObject) -> None:
    drawn = data.draw(st.binary(min_size=width * height * 3, max_size=width * height * 3))
    shown = pixels(Preview(width=width, height=height, pixels=drawn))
    assert shown.shape == (height, width, 3)
    assert shown.tobytes() == drawn


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (ANSWER, 8),
        (ANSWER, 10),
        (wire.Previewed(token=1, sharp=wire.Plane(width=481, height=1), blurred=FULL), 481 * 3 + 6),
        (wire.Previewed(token=1, sharp=FULL, blurred=wire.Plane(width=161, height=1)), 161 * 3 + 6),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(answer: wire.Previewed, size: int) -> None:
    assert previews(ANSWER, bytearray(range(9))).blurred.pixels == b"\6\7\x08"
    with pytest.raises(DecoderCrashedError):
        previews(answer, bytearray(size))
