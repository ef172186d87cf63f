"""Images are found again: whatever the file, the edit, or the list that they come from."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from stanch.errors import TooPlainError, UnreadableMediaError
from stanch.fingerprints.image import as_entry, as_query
from stanch.fingerprints.reading import Reading
from stanch.kernels.pdq import luma_of, pdq
from stanch.media import Decoders
from stanch.values import AS_IS, PDQ, PDQ_RAW, Medium, Method, words_from_hex
from tests.media.edits import EDITS, Edit
from tests.media.pictures import bordered, encoded, photograph

VECTORS = json.loads((Path(__file__).parent / "pdqhash_vectors.json").read_text())["vectors"]
SEEDS = range(4)


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders() as pool:
        yield pool


def apart(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def nearest(reading: Reading, bits: NDArray[np.uint64], method: Method = PDQ) -> tuple[int, str]:
    """Return how near any feature of a query comes, and in which variant; what a plain search would find."""
    distances = [
        (apart(feature, bits), fingerprint.variant)
        for fingerprint in reading.fingerprints
        if fingerprint.method is method
        for feature in fingerprint.bits
    ]
    return min(distances, default=(257, ""))


def entry_bits(data: bytes, decoders: Decoders) -> NDArray[np.uint64]:
    (fingerprint,) = as_entry(data, decoders, "entry").fingerprints
    (bits,) = fingerprint.bits
    return np.asarray(bits)


# What others have hashed.


@pytest.mark.parametrize("folder", ["modes", "bridge", "dihedral"])
def test_every_form_of_a_photograph_finds_the_one_original(decoders: Decoders, assets: Path, folder: str) -> None:
    images = assets / "images"
    original = entry_bits((images / "modes" / "original.jpg").read_bytes(), decoders)
    files = [path for path in sorted((images / folder).iterdir()) if path.suffix != ".md"]
    assert len(files) >= 3
    for path in files:
        reading = as_query(path.read_bytes(), decoders)
        assert nearest(reading, original)[0] <= PDQ.radius, path.name
        assert not reading.not_scanned


@pytest.mark.parametrize("seed", SEEDS)
def test_other_photographs_do_not(decoders: Decoders, assets: Path, seed: int) -> None:
    original = entry_bits((assets / "images" / "modes" / "original.jpg").read_bytes(), decoders)
    assert nearest(as_query(encoded(photograph(seed)), decoders), original)[0] > 60


def test_published_hashes_are_ours(decoders: Decoders, assets: Path) -> None:
    rows = (assets / "images" / "hashes" / "PDQMD5TestData.csv").read_text().splitlines()
    compared = 0
    for row in csv.DictReader(rows):
        name = Path(row["FilePath"]).name
        path = next((assets / "images").rglob("aaa-orig.jpg" if name == "b.jpg" else name), None)
        if path is not None and len(row["Hash"]) == 64:
            raw = decoders.image(path.read_bytes()).raw
            assert raw is not None
            assert apart(pdq(raw.luma).bits, words_from_hex([row["Hash"]])[0]) <= 10, name
            compared += 1
    assert compared >= 15


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['seed']}")
def test_pixels_hash_as_they_do_with_pdqhash(vector: dict[str, object]) -> None:
    seed, width, height = (int(str(vector[name])) for name in ("seed", "width", "height"))
    result = pdq(luma_of(photograph(seed, width, height)))
    assert result.quality >= 50
    assert abs(result.quality - int(str(vector["quality"]))) <= 1
    assert apart(result.bits, words_from_hex([str(vector["pdq"])])[0]) <= 2


@pytest.mark.parametrize("vector", VECTORS[:5], ids=lambda vector: f"{vector['seed']}")
def test_a_hash_from_a_list_is_found_turned_and_as_it_is(decoders: Decoders, vector: dict[str, object]) -> None:
    seed, width, height = (int(str(vector[name])) for name in ("seed", "width", "height"))
    listed = words_from_hex([str(vector["pdq"])])[0]
    picture = photograph(seed, width, height)
    assert nearest(as_query(encoded(picture), decoders), listed, PDQ_RAW) <= (2, AS_IS)
    turned = np.ascontiguousarray(np.rot90(picture))
    distance, variant = nearest(as_query(encoded(turned), decoders), listed, PDQ_RAW)
    assert distance <= PDQ_RAW.radius
    assert variant == "rotated-90"


def test_a_list_made_from_palette_numbers_is_found_by_the_raw_pixels(decoders: Decoders) -> None:
    palette = Image.fromarray(photograph(3)).convert("P")
    listed = pdq(np.asarray(palette)).bits
    reading = as_query(encoded(palette), decoders)
    assert nearest(reading, listed, PDQ_RAW)[0] == 0
    assert nearest(reading, listed, PDQ)[0] > PDQ.radius


# Edits of generated photographs.


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edited_photograph_is_found(decoders: Decoders, edit: Edit) -> None:
    for seed in SEEDS:
        picture = photograph(seed)
        bits = entry_bits(encoded(picture), decoders)
        assert nearest(as_query(edit(picture), decoders), bits)[0] <= PDQ.radius, seed


@pytest.mark.parametrize("name", ["letterbox", "white frame", "grey pillars"])
def test_a_banked_photograph_with_borders_is_found_without_them(decoders: Decoders, name: str) -> None:
    for seed in SEEDS:
        bits = entry_bits(EDITS[name](photograph(seed)), decoders)
        assert nearest(as_query(encoded(photograph(seed)), decoders), bits)[0] <= PDQ.radius, seed


def test_a_transparent_picture_is_found_where_it_was_banked_on_black(decoders: Decoders) -> None:
    picture = photograph(4)
    hole = np.full(picture.shape[:2], 255, np.uint8)
    hole[60:180, 80:240] = 0
    image = Image.fromarray(picture)
    image.putalpha(Image.fromarray(hole))
    flat = picture.copy()
    flat[60:180, 80:240] = 0
    bits = entry_bits(encoded(flat), decoders)
    distance, variant = nearest(as_query(encoded(image), decoders), bits)
    assert distance <= 2
    assert variant == "on-black"


def test_the_variant_says_what_had_to_be_done(decoders: Decoders) -> None:
    picture = photograph(2)
    turned = bordered(np.ascontiguousarray(np.rot90(picture)), top=60, bottom=60)
    variant = nearest(as_query(encoded(turned), decoders), entry_bits(encoded(picture), decoders))[1]
    assert variant == "borders-removed, rotated-90"


# What a reading holds.


def test_an_entry_is_one_fingerprint_and_a_query_has_one_for_each_variant(decoders: Decoders) -> None:
    data = encoded(bordered(photograph(1), top=40))
    entry, query = as_entry(data, decoders, "a"), as_query(data, decoders)
    assert entry.medium is query.medium is Medium.IMAGE
    assert [fingerprint.method for fingerprint in entry.fingerprints] == [PDQ]
    assert entry.fingerprints[0].variant == AS_IS
    variants = [(fingerprint.method.id, fingerprint.variant) for fingerprint in query.fingerprints]
    assert len(variants) == len(set(variants)) == 24
    assert ("pdq/1", "borders-removed, mirrored") in variants
    assert ("pdq/1", "rotated-270") in variants
    assert ("pdq-raw/1", "mirrored-rotated-90") in variants


def test_an_animation_has_a_feature_for_each_frame(decoders: Decoders) -> None:
    frames = [Image.fromarray(photograph(seed)) for seed in (0, 1, 1, 2)]
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    (entry,) = as_entry(data, decoders, "a").fingerprints
    query = as_query(data, decoders).fingerprints[0]
    for fingerprint in (entry, query):
        assert fingerprint.at.tolist() == fingerprint.start.tolist() == [0, 1, 3]
        assert fingerprint.end.tolist() == [1, 3, 4]
        assert fingerprint.extent == 4


def test_frames_of_an_entry_that_are_nearly_the_same_are_one_feature(decoders: Decoders) -> None:
    frames = [photograph(seed).copy() for seed in (0, 0, 1)]
    frames[1][:2] = 128
    images = [Image.fromarray(frame) for frame in frames]
    data = encoded(images[0], "TIFF", save_all=True, append_images=images[1:])
    (entry,) = as_entry(data, decoders, "a").fingerprints
    assert entry.start.tolist() == [0, 2]
    assert entry.end.tolist() == [2, 3]
    assert len(as_query(data, decoders).fingerprints[0]) == 3


def test_a_plain_picture_cannot_be_banked(decoders: Decoders) -> None:
    plain = encoded(np.full((100, 100, 3), 200, np.uint8))
    with pytest.raises(TooPlainError) as raised:
        as_entry(plain, decoders, "wall.png")
    assert raised.value.fields == {"name": "wall.png", "quality": 0, "floor": 50}


def test_a_plain_picture_is_looked_at_and_a_remark_says_that_it_cannot_be_compared(decoders: Decoders) -> None:
    reading = as_query(encoded(np.full((100, 100, 3), 200, np.uint8)), decoders)
    assert not reading.fingerprints
    assert not reading.not_scanned
    assert reading.remarks == ("too plain to compare (quality 0, 50 needed)",)


def test_plain_frames_are_left_out_and_counted(decoders: Decoders) -> None:
    plain = Image.new("RGB", (320, 240), (9, 9, 9))
    data = encoded(plain, "TIFF", save_all=True, append_images=[Image.fromarray(photograph(1))])
    reading = as_query(data, decoders)
    assert reading.remarks == ("1 of 2 frames are too plain to compare (quality 0, 50 needed)",)
    assert reading.fingerprints[0].start.tolist() == [1]


def test_what_cannot_be_decoded_is_never_clean(decoders: Decoders) -> None:
    data = encoded(photograph(1))[:-500]
    reading = as_query(data, decoders)
    assert not reading.fingerprints
    assert [reason.code for reason in reading.not_scanned] == ["unreadable-media"]
    assert "cannot be read" in reading.not_scanned[0].reason
    with pytest.raises(UnreadableMediaError):
        as_entry(data, decoders, "a")


def test_remarks_on_decoding_reach_the_reading(decoders: Decoders) -> None:
    reading = as_query(encoded(photograph(1), icc_profile=b"junk"), decoders)
    assert any("colour profile" in remark for remark in reading.remarks)


def test_a_file_finds_itself_bit_by_bit(decoders: Decoders) -> None:
    data = encoded(photograph(5), "JPEG")
    assert nearest(as_query(data, decoders), entry_bits(data, decoders)) == (0, AS_IS)
