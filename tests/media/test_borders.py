"""Borders of one colour go; what belongs to the picture stays."""

import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from stanch.kernels.pdq import luma_of
from stanch.media import borders
from stanch.media.borders import SHARE, TOLERANCE, Box, without_borders
from tests.media.pictures import bordered, encoded, photograph


def recompressed(luma: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(encoded(luma, "JPEG", quality=quality))))


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("quality", [30, 60, 95])
@pytest.mark.parametrize(
    "sides", [(40, 0, 40, 0), (0, 60, 0, 60), (30, 30, 30, 30), (0, 0, 80, 0), (25, 50, 75, 10)]
)
def test_a_border_goes_whatever_its_colour_and_compression(
    sides: tuple[int, int, int, int], quality: int, level: int
) -> None:
    top, right, bottom, left = sides
    picture = bordered(photograph(2), top=top, right=right, bottom=bottom, left=left, level=level)
    box = without_borders(recompressed(luma_of(picture), quality))
    exact = Box(left, top, left + 320, top + 240)
    assert max(abs(one - other) for one, other in zip(box, exact, strict=True)) <= 8


def test_a_letterbox_inside_a_frame_goes_with_it() -> None:
    letterboxed = bordered(photograph(4), top=30, bottom=30)
    framed = bordered(letterboxed, top=20, right=20, bottom=20, left=20, level=255)
    assert without_borders(luma_of(framed)) == Box(20, 50, 340, 290)


@pytest.mark.parametrize("seed", range(12))
def test_a_photograph_keeps_its_edges(seed: int) -> None:
    assert without_borders(luma_of(photograph(seed))) == Box(0, 0, 320, 240)


def test_a_soft_wall_at_a_side_is_no_border() -> None:
    """This one's left side stays within the tolerance over ten columns."""
    luma = luma_of(photograph(19, 640, 480))
    near = np.abs(luma[:, :10].astype(int) - int(np.median(luma[:, 0]))) <= TOLERANCE
    assert near.mean(axis=0).min() >= SHARE
    assert without_borders(luma) == Box(0, 0, 640, 480)


def test_specks_do_not_keep_a_border() -> None:
    luma = luma_of(bordered(photograph(2), top=60, bottom=60)).copy()
    luma[3::7, 100] = 200
    assert without_borders(luma) == Box(0, 60, 320, 300)


def test_a_sky_that_slowly_changes_is_no_border() -> None:
    sky = np.repeat(np.linspace(200, 120, 600), 400).reshape(600, 400).astype(np.uint8)
    assert without_borders(sky) == Box(0, 0, 400, 600)


def test_a_small_thing_on_a_wide_ground_keeps_its_ground() -> None:
    poster = bordered(photograph(5, 60, 60), top=170, right=170, bottom=170, left=170, level=255)
    assert without_borders(luma_of(poster)) == Box(0, 0, 400, 400)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2), (64, 64)])
def test_a_plain_picture_is_left_whole(shape: tuple[int, int]) -> None:
    height, width = shape
    assert without_borders(np.full(shape, 9, np.uint8)) == Box(0, 0, width, height)


def test_a_thread_of_a_border_is_not_worth_cutting() -> None:
    assert without_borders(luma_of(bordered(photograph(6), top=2, left=3))) == Box(0, 0, 323, 242)


def plainly(rows: NDArray[np.uint8]) -> int:
    """Return how many rows are a border, looked at one by one."""
    colour, uneven = int(np.median(rows[0])), 0
    for number, row in enumerate(rows):
        distance = np.abs(row.astype(int) - colour)
        if (distance > TOLERANCE).mean() > 1 - SHARE:
            return borders._if_even(number, uneven, len(rows))
        uneven += bool(np.minimum(distance, TOLERANCE).mean() > borders._UNEVEN)
    return 0


@given(
    height=st.integers(1, 260),
    width=st.integers(1, 9),
    border=st.integers(0, 260),
    noise=st.sampled_from([1, 4, 6, 20]),
    seed=st.integers(0, 99),
)
@example(height=200, width=5, border=130, noise=5, seed=0)
@example(height=65, width=4, border=64, noise=1, seed=0)
@settings(max_examples=200)
def test_rows_looked_at_together_are_judged_as_one_by_one(
    height: int, width: int, border: int, noise: int, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    rows = draw.integers(0, 256, (height, width)).astype(np.uint8)
    rows[:border] = 100 + draw.integers(0, noise, rows[:border].shape)
    for view in (rows, np.asfortranarray(rows), rows[::-1]):
        assert borders._border(view) == plainly(view)
