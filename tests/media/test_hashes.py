"""Hashes made in a worker are those of the planes that it would send: nothing but the way differs."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from stanch.errors import UnreadableMediaError
from stanch.kernels.pdq import pdq
from stanch.media import DecodedImage, Decoders, HashedImage, HashedPicture, Picture
from tests.media.edits import EDITS, Edit
from tests.media.malformed import sound_files
from tests.media.pictures import bordered, encoded, photograph


def agree(hashed: HashedPicture, picture: Picture) -> None:
    expected = pdq(picture.luma)
    assert np.array_equal(hashed.hashed.coefficients, expected.coefficients)
    assert np.array_equal(hashed.hashed.bits, expected.bits)
    assert hashed.hashed.quality == expected.quality
    assert (hashed.start, hashed.end, hashed.variant) == (picture.start, picture.end, picture.variant)


def alike(hashes: HashedImage, planes: DecodedImage) -> None:
    for one, other in zip(hashes.pictures, planes.pictures, strict=True):
        agree(one, other)
    assert (hashes.raw is None) is (planes.raw is None)
    if hashes.raw is not None and planes.raw is not None:
        agree(hashes.raw, planes.raw)
    for field in ("raw_differs", "width", "height", "format", "frames", "remarks"):
        assert getattr(hashes, field) == getattr(planes, field), field


@pytest.mark.parametrize("data", sound_files().values(), ids=sound_files())
def test_of_every_format(decoders: Decoders, data: bytes) -> None:
    alike(decoders.hashes(data), decoders.image(data))


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_of_every_edit(decoders: Decoders, edit: Edit) -> None:
    data = edit(photograph(1))
    alike(decoders.hashes(data), decoders.image(data))


def test_of_frames_with_borders_and_through_which_something_shows(decoders: Decoders) -> None:
    frames = []
    for seed, margin in ((1, 30), (2, 0), (1, 30)):
        frame = Image.fromarray(bordered(photograph(seed, 80 + 60 - 2 * margin, 60), left=margin, right=margin))
        frame.putalpha(Image.fromarray(np.tile(np.linspace(20, 255, 140).astype(np.uint8), (60, 1))))
        frames.append(frame)
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    hashes = decoders.hashes(data)
    assert {"as-is", "on-black"} < {picture.variant for picture in hashes.pictures}
    assert len(hashes.canonical) == 2
    alike(hashes, decoders.image(data))


def test_where_raw_and_shown_do_not_differ_they_are_one_hash(decoders: Decoders) -> None:
    hashes = decoders.hashes(encoded(photograph(1), "JPEG"))
    assert hashes.raw is not None
    assert hashes.raw.hashed is hashes.pictures[0].hashed


def test_what_cannot_be_read_is_refused_as_it_is_for_planes(decoders: Decoders) -> None:
    with pytest.raises(UnreadableMediaError):
        decoders.hashes(encoded(photograph(1), "JPEG")[:-300])


def test_a_worker_does_not_load_numba_however_much_it_hashes() -> None:
    """Its memory is limited, and it does not live long enough for that to pay."""

    program = (
        "import sys; from stanch.kernels import pdq; pdq._CHOICE._repaid = 0\n"
        "from stanch.media import Limits, decode\n"
        "decode.prepare(Limits()); decode.hashes(sys.stdin.buffer.read(), Limits(), 1)\n"
        "sys.exit('numba' in sys.modules)"
    )
    data = encoded(photograph(1), "JPEG")
    assert subprocess.run([sys.executable, "-c", program], input=data, check=False).returncode == 0
