"""PDQ: frozen bits, both forms alike, and both as published."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from stanch.errors import InvalidValueError, ShapeMismatchError
from stanch.kernels import pdq as module
from stanch.kernels.pdq import (
    DIHEDRAL,
    PdqResult,
    describe_numpy,
    dihedral,
    luma_of,
    pdq,
    pdq_numpy,
    shrink_numpy,
)
from stanch.kernels.pdq_numba import describe_numba, shrink_numba
from stanch.kernels.pdq_tables import DCT, DCT_BITS, LONGEST_SIDE, bands, mirrored_bands
from tests.kernels.published import published_pdq
from tests.media.pictures import photograph

GOLDEN = json.loads((Path(__file__).parent / "golden_pdq.json").read_text())

TURNS = {
    "as-is": lambda pixels: pixels,
    "rotated-90": lambda pixels: np.rot90(pixels, -1),
    "rotated-180": lambda pixels: np.rot90(pixels, -2),
    "rotated-270": lambda pixels: np.rot90(pixels, -3),
    "mirrored": lambda pixels: pixels[:, ::-1],
    "mirrored-rotated-90": lambda pixels: np.rot90(pixels[:, ::-1], -1),
    "mirrored-rotated-180": lambda pixels: np.rot90(pixels[:, ::-1], -2),
    "mirrored-rotated-270": lambda pixels: np.rot90(pixels[:, ::-1], -3),
}


def apart(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def hexadecimal(bits: NDArray[np.uint64]) -> str:
    return bits.astype(">u8").tobytes().hex()


def luma(seed: int, width: int, height: int) -> NDArray[np.uint8]:
    return luma_of(photograph(seed, width, height))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['width']}x{case['height']}")
def test_the_bits_of_a_picture_never_change(case: dict[str, object]) -> None:
    picture = luma(int(str(case["seed"])), int(str(case["width"])), int(str(case["height"])))
    result = pdq(picture)
    assert hexadecimal(result.bits) == case["bits"]
    assert result.quality == case["quality"]
    assert [hexadecimal(row) for row in dihedral(result.coefficients)] == case["dihedral"]
    assert int(result.coefficients.sum()) == case["sum_of_coefficients"]


sides = st.one_of(st.integers(1, 12), st.integers(1, 300))


@given(height=sides, width=sides, seed=st.integers(0, 2**32))
@example(height=1, width=1, seed=0)
@example(height=1, width=900, seed=1)
@example(height=1300, width=2, seed=2)
@example(height=64, width=64, seed=3)
@example(height=129, width=127, seed=4)
@settings(max_examples=80)
def test_the_compiled_form_equals_the_plain_one(height: int, width: int, seed: int) -> None:
    noise = np.arange(height * width, dtype=np.uint64) * np.uint64(seed * 2 + 0x9E3779B1)
    picture = (noise >> np.uint64(24)).astype(np.uint8).reshape(height, width)
    samples = shrink_numpy(picture)
    assert np.array_equal(shrink_numba(picture), samples)
    (coefficients, quality), (compiled, of_compiled) = describe_numpy(samples), describe_numba(samples)
    assert np.array_equal(compiled, coefficients)
    assert of_compiled == quality


@given(height=sides, width=sides, seed=st.integers(0, 100), turn=st.sampled_from(list(TURNS)))
@example(height=866, width=640, seed=1, turn="rotated-90")
@example(height=5, width=4, seed=1, turn="mirrored-rotated-270")
@settings(max_examples=60)
def test_a_picture_that_is_turned_as_a_view_hashes_like_one_whose_pixels_were_moved(
    height: int, width: int, seed: int, turn: str
) -> None:
    picture = luma(seed, width, height)
    view = TURNS[turn](picture)
    moved = np.ascontiguousarray(view)
    for form in (module.PLAIN, module.COMPILED):
        expected = module._hashed(moved, form)
        result = module._hashed(view, form)
        assert np.array_equal(result.coefficients, expected.coefficients)
        assert np.array_equal(result.bits, expected.bits)
        assert result.quality == expected.quality


@pytest.mark.parametrize("length", [1, 2, 63, 64, 129, 1000])
def test_weights_read_backwards_are_those_of_the_side_read_backwards(length: int) -> None:
    plain, mirrored = bands(length), mirrored_bands(length)
    for sample in range(64):
        dense, backwards = np.zeros(length, np.int64), np.zeros(length, np.int64)
        for table, into in ((plain, dense), (mirrored, backwards)):
            start, stop = table.starts[sample], table.stops[sample]
            into[start:stop] = table.weights[sample, : stop - start]
        assert np.array_equal(backwards, dense[::-1])


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("side", [1, 127, 128, 129, 4099])
def test_a_plain_picture_stays_plain_and_nothing_overflows(level: int, side: int) -> None:
    picture = np.full((side, 3), level, np.uint8)
    for samples in (shrink_numba(picture), shrink_numpy(picture)):
        assert np.all(np.abs(samples / 2.0**44 - level) < 0.01)


@pytest.mark.parametrize("length", [1, 5, 63, 64, 65, 128, 129, 1000, 4000, 65535, LONGEST_SIDE])
def test_weights_sum_to_one_and_leave_room_in_their_integers(length: int) -> None:
    table = bands(length)
    sums = table.weights.sum(axis=1, dtype=np.int64)
    assert np.all(table.weights >= 0)
    assert np.all(np.abs(sums / 2.0**22 - 1) < 1e-3)
    assert 255 * int(sums.max()) < 2**31
    assert 255 * int(sums.max()) ** 2 < 2**53
    assert np.all((table.starts >= 0) & (table.starts < table.stops) & (table.stops <= length))


@pytest.mark.parametrize(
    ("width", "height"), [(320, 240), (640, 480), (1000, 300), (64, 64), (63, 40), (41, 90), (7, 33), (129, 257)]
)
@pytest.mark.parametrize("seed", range(6))
def test_the_integers_agree_with_the_published_algorithm(seed: int, width: int, height: int) -> None:
    picture = luma(seed, width, height)
    result, (bits, quality) = pdq(picture), published_pdq(picture)
    assert quality >= 50
    assert apart(result.bits, bits) <= 2
    assert abs(result.quality - quality) <= 1


def test_no_entry_of_the_dct_lies_where_machines_could_round_differently() -> None:
    angles = np.pi / 128 * np.arange(1, 17)[:, None] * (2 * np.arange(64) + 1)
    exact = np.sqrt(2 / 64) * np.cos(angles) * 2**DCT_BITS
    assert np.all(np.abs(DCT - exact) < 0.4999)


@pytest.mark.parametrize("seed", range(8))
def test_each_dihedral_variant_is_what_its_name_says(seed: int) -> None:
    picture = luma(seed, 400, 300)
    variants = dihedral(pdq(picture).coefficients)
    assert tuple(TURNS) == DIHEDRAL
    for number, name in enumerate(DIHEDRAL):
        turned = pdq(np.ascontiguousarray(TURNS[name](picture)))
        distances = [apart(turned.bits, variant) for variant in variants]
        assert distances[number] <= 20, name  # windows of even width lie off centre
        assert min(distances[:number] + distances[number + 1 :]) >= 60, name


def test_a_plain_picture_has_no_quality_and_a_chequered_one_all_of_it() -> None:
    assert pdq(np.full((100, 100), 77, np.uint8)).quality == 0
    squares = (np.indices((256, 256)) // 16).sum(axis=0) % 2 * 255
    assert pdq(squares.astype(np.uint8)).quality == 100


def test_a_sliver_has_no_hash() -> None:
    result = pdq(np.tile(np.arange(100, dtype=np.uint8), (4, 1)))
    assert result.quality == 0
    assert not result.bits.any()
    assert not dihedral(result.coefficients).any()


@pytest.mark.parametrize(
    ("picture", "error"),
    [
        (np.zeros((4, 4, 3), np.uint8), ShapeMismatchError),
        (np.zeros((0, 4), np.uint8), InvalidValueError),
        (np.zeros((1, LONGEST_SIDE + 1), np.uint8), InvalidValueError),
        (np.zeros((8, 8), np.float32), InvalidValueError),
    ],
)
def test_what_is_no_picture_is_refused(picture: NDArray[np.uint8], error: type[Exception]) -> None:
    with pytest.raises(error):
        pdq(picture)
    with pytest.raises(error):
        pdq_numpy(picture)


def test_luma_is_what_pillow_calls_luma() -> None:
    steps = np.arange(0, 256, 5, dtype=np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(52, -1, 3)
    assert np.array_equal(luma_of(colours), np.asarray(Image.fromarray(colours).convert("L")))


def test_views_of_a_larger_picture_hash_like_copies_of_them() -> None:
    part = luma(3, 400, 300)[10:250, 7:391]
    for shrink in (shrink_numpy, shrink_numba):
        assert np.array_equal(shrink(part), shrink(part.copy()))


def test_numba_takes_over_once_it_pays_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = luma(1, 200, 100)
    choice = module._Choice(repaid=3 * picture.size)
    used: list[module.Form] = []

    def noting(pixels: int) -> module.Form:
        used.append(module._Choice.form(choice, pixels))
        return used[-1]

    monkeypatch.setattr(choice, "form", noting)
    monkeypatch.setattr(module, "_CHOICE", choice)
    results = [pdq(picture) for _ in range(5)]
    assert used == [module.PLAIN] * 3 + [module.COMPILED] * 2
    assert all(np.array_equal(results[0].coefficients, other.coefficients) for other in results)
    assert len({other.quality for other in results}) == 1


def test_a_small_scan_does_not_load_numba() -> None:
    program = (
        "import sys, numpy; from stanch.kernels.pdq import pdq; "
        "pdq(numpy.zeros((1000, 1000), 'uint8')); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_result_is_a_value() -> None:
    result = pdq(luma(1, 64, 64))
    assert isinstance(result, PdqResult)
    assert result.bits.shape == (4,)
    assert result.bits.dtype == np.uint64
