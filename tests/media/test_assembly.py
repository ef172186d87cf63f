"""An answer that contradicts itself is no image, whoever gave it."""

import msgspec
import numpy as np
import pytest

from stanch.errors import DecoderCrashedError, MediaTooLargeError, UnreadableMediaError, UnsupportedMediumError
from stanch.media import wire
from stanch.media.assembly import assemble, hashed, refusal
from stanch.values import AS_IS, Medium

VIEW = wire.View(plane=0, left=0, top=0, right=4, bottom=3, start=0, end=1, variant=AS_IS)
ANSWER = wire.Decoded(
    token=1, format="PNG", frames=2, planes=[wire.Plane(width=4, height=3)], views=[VIEW], raw=0, remarks=[]
)
BODY = bytearray(range(12))


def changed(**fields: object) -> wire.Decoded:
    return msgspec.structs.replace(ANSWER, **fields)


def viewed(**fields: object) -> wire.Decoded:
    return changed(views=[msgspec.structs.replace(VIEW, **fields)])


def test_a_sound_answer_is_an_image() -> None:
    image = assemble(viewed(left=1, bottom=2), BODY)
    assert image.pictures[0].luma.tolist() == [[1, 2, 3], [5, 6, 7]]
    assert image.raw is not None
    assert image.raw.luma.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert not image.raw_differs
    assert image.frames == 2


def test_pictures_cannot_be_written_to() -> None:
    luma = assemble(ANSWER, BODY).pictures[0].luma
    assert not luma.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        luma[0, 0] = np.uint8(1)


@pytest.mark.parametrize(
    "answer",
    [
        changed(planes=[]),
        changed(planes=[wire.Plane(width=4, height=4)]),
        changed(planes=[wire.Plane(width=4, height=2)]),
        changed(planes=[wire.Plane(width=1 << 31, height=1 << 31)]),
        changed(views=[]),
        viewed(plane=1),
        viewed(right=5),
        viewed(bottom=4),
        viewed(left=4),
        viewed(top=3),
        viewed(start=1, end=1),
        viewed(end=3),
        viewed(variant="inside out"),
        viewed(variant="borders-removed"),
        changed(raw=1),
        changed(remarks=["\x1b[2J"]),
        changed(format="PNG\n"),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(answer: wire.Decoded) -> None:
    with pytest.raises(DecoderCrashedError, match="contradicts itself"):
        assemble(answer, BODY)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("unreadable-media", UnreadableMediaError),
        ("unsupported-medium", UnsupportedMediumError),
        ("media-too-large", MediaTooLargeError),
        ("decoder-timeout", DecoderCrashedError),
        ("invalid-value", DecoderCrashedError),
        ("", DecoderCrashedError),
    ],
)
def test_a_refusal_is_one_of_the_errors_that_a_worker_may_name(code: str, error: type[Exception]) -> None:
    refused = wire.Refused(token=1, code=code, problem="odd", unit="pixels", actual=9, limit=8)
    assert type(refusal(refused, Medium.IMAGE)) is error


def test_what_a_file_makes_a_decoder_say_cannot_steer_a_terminal() -> None:
    refused = wire.Refused(token=1, code="unreadable-media", problem="\x1b]0;title\x07\u202enot\nhere")
    assert str(refusal(refused, Medium.IMAGE)).isprintable()


def test_answers_of_another_form_are_not_read() -> None:
    for nonsense in (b"", b"\xc1", msgspec.msgpack.encode({"type": "Decoded"}), msgspec.msgpack.encode([1, 2])):
        with pytest.raises(msgspec.MsgspecError):
            wire.answer(nonsense)


HASHED = wire.Hashed(
    token=1,
    format="PNG",
    frames=2,
    width=4,
    height=3,
    qualities=[100, 60],
    looks=[wire.Look(hash=0, start=0, end=1, variant=AS_IS)],
    raw=1,
    remarks=[],
)
COEFFICIENTS = np.arange(512, dtype="<i8").reshape(2, 16, 16)


def with_hashes(**fields: object) -> wire.Hashed:
    return msgspec.structs.replace(HASHED, **fields)


def with_look(**fields: object) -> wire.Hashed:
    return with_hashes(looks=[msgspec.structs.replace(HASHED.looks[0], **fields)])


def test_a_sound_answer_of_hashes_is_an_image() -> None:
    image = hashed(HASHED, bytearray(COEFFICIENTS.tobytes()))
    (picture,) = image.canonical
    assert np.array_equal(picture.hashed.coefficients, COEFFICIENTS[0])
    assert np.array_equal(picture.hashed.bits, [2**64 - 1, 2**64 - 1, 0, 0])
    assert picture.hashed.quality == 100
    assert image.raw is not None
    assert image.raw.hashed.quality == 60
    assert image.raw_differs
    assert (image.width, image.height, image.frames) == (4, 3, 2)


@pytest.mark.parametrize(
    "answer",
    [
        with_hashes(qualities=[]),
        with_hashes(qualities=[100]),
        with_hashes(qualities=[100] * 3),
        with_hashes(looks=[]),
        with_look(hash=2),
        with_look(start=1, end=1),
        with_look(end=3),
        with_look(variant="inside out"),
        with_look(variant="borders-removed"),
        with_hashes(raw=2),
        with_hashes(remarks=["\x1b[2J"]),
        with_hashes(format="PNG\n"),
    ],
)
def test_an_answer_of_hashes_that_contradicts_itself_is_refused(answer: wire.Hashed) -> None:
    with pytest.raises(DecoderCrashedError, match="contradicts itself"):
        hashed(answer, bytearray(COEFFICIENTS.tobytes()))


def test_a_quality_above_100_is_not_read() -> None:
    with pytest.raises(msgspec.MsgspecError):
        wire.answer(wire.head(with_hashes(qualities=[101, 1]))[wire.PREFIX.size :])
