"""Many pictures over threads: the same hashes, in order, and no more pictures held than are needed."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from stanch.errors import InvalidValueError, ShapeMismatchError
from stanch.kernels.pdq import luma_of, pdq
from stanch.kernels.pdq_many import pdq_many
from tests.media.pictures import photograph

LUMAS = [luma_of(photograph(seed, 90 + 10 * seed, 80)) for seed in range(12)]

LARGE = np.tile(LUMAS[0], (26, 2110 // 90))[:2080, :2070]
"""Large enough to be handed over by itself."""


@pytest.mark.parametrize("threads", [None, 1, 2, 5])
def test_each_picture_has_its_own_hash_in_order(threads: int | None) -> None:
    results = list(pdq_many(LUMAS, threads=threads))
    assert len(results) == len(LUMAS)
    for luma, result in zip(LUMAS, results, strict=True):
        expected = pdq(luma)
        assert np.array_equal(result.bits, expected.bits)
        assert result.quality == expected.quality


def test_of_many_pictures_few_are_taken_before_they_are_needed() -> None:
    taken = 0

    def endless() -> Iterator[NDArray[np.uint8]]:
        nonlocal taken
        while True:
            taken += 1
            yield LARGE

    results = pdq_many(endless(), threads=2)
    for _ in range(5):
        next(results)
    assert taken <= 5 + 2 * 3


def test_small_pictures_are_handed_over_together_and_none_is_lost() -> None:
    many = [LUMAS[number % len(LUMAS)] for number in range(1000)]
    results = list(pdq_many(many, threads=2))
    assert len(results) == 1000
    for number, result in enumerate(results):
        assert np.array_equal(result.bits, results[number % len(LUMAS)].bits)


@pytest.mark.parametrize("threads", [1, 3])
def test_what_is_no_picture_is_refused_in_its_turn(threads: int) -> None:
    results = pdq_many([LUMAS[0], LUMAS[1], np.zeros((4, 4, 3), np.uint8), LUMAS[2]], threads=threads)
    assert np.array_equal(next(results).bits, pdq(LUMAS[0]).bits)
    assert np.array_equal(next(results).bits, pdq(LUMAS[1]).bits)
    with pytest.raises(ShapeMismatchError):
        next(results)


def test_no_thread_outlives_the_pictures() -> None:
    results = pdq_many(LUMAS, threads=2)
    next(results)
    assert any(thread.name.startswith("stanch-pdq") for thread in threading.enumerate())
    del results
    assert not any(thread.name.startswith("stanch-pdq") for thread in threading.enumerate())


def test_no_pictures_have_no_hashes() -> None:
    assert list(pdq_many([], threads=2)) == []


def test_less_than_one_thread_is_refused_at_once() -> None:
    with pytest.raises(InvalidValueError, match="threads"):
        pdq_many(LUMAS, threads=0)
