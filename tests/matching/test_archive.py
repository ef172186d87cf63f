"""Entries in files answer as entries in memory do."""

from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from stanch.errors import EntryExistsError, InvalidValueError, UnknownBankError, UnknownEntryError
from stanch.matching import Archive, ArchiveSegment, Bank, Matcher, Place, merge_archives, write_archive
from stanch.values import PDQ, TEXT_GRAM, Entry, Fingerprint, HashPart, PartResult, Post, Span
from tests.matching.archives import (
    ASKED,
    BANKS,
    DECODERS,
    KNOWN,
    NAMES,
    NONE,
    NOON,
    SCRIPTS,
    entry,
    info,
    matcher,
    plain,
    results,
    written,
)

HELD = [
    *(("known", entry(key, f"known {key}", confirmed=place % 2 == 0)) for place, key in enumerate(KNOWN)),
    *(("shadow", entry(key, f"shadow {key}", hours=1)) for key in ("arabic", "near", "link")),
    *(("good", entry(key, f"good {key}")) for key in ("version", "latin", "far")),
]
CHOICES = [(0, None), (2, None), (0, frozenset({"known"})), (0, frozenset({"shadow", "good"})), (2, frozenset())]


def ids(*entries: Entry) -> list[UUID]:
    return [UUID(each.id) for each in entries]


@cache
def expected(hours: int = 0, banks: frozenset[str] | None = None) -> tuple[PartResult, ...]:
    """Return what a matcher without an archive finds."""
    return results(plain(HELD), hours=hours, banks=banks)


@pytest.mark.parametrize("cut", [0, 1, 9, len(HELD)])
@pytest.mark.parametrize(("hours", "banks"), CHOICES)
def test_an_archive_answers_as_a_matcher_that_holds_its_entries(
    tmp_path: Path, cut: int, hours: int, banks: frozenset[str] | None
) -> None:
    segments = [
        written(tmp_path / f"{place}.segment", some) for place, some in enumerate((HELD[:cut], HELD[cut:]))
    ]
    above = matcher([(segment, NONE) for segment in segments])
    assert results(above, hours=hours, banks=banks) == expected(hours, banks)


@pytest.mark.parametrize("key", KNOWN)
def test_a_method_may_be_used_by_some_of_the_banks_alone(tmp_path: Path, key: str) -> None:
    """Each column has its own list of banks, which is shorter than that of the segment."""
    for bank in BANKS:
        held = [(bank, entry(key, "x")), *((other, entry("raw", other)) for other in BANKS if other != bank)]
        above = matcher([(written(tmp_path / f"{bank}.segment", held), NONE)])
        for asked in BANKS:
            found = above.match_part(KNOWN[key], now=NOON, banks={asked}).matches
            assert (held[0][1].id in {match.entry for match in found}) == (asked == bank)


def test_everything_that_is_archived_is_found(tmp_path: Path) -> None:
    """Held to what is known of the entries, not to a matcher: both could be wrong in one way."""
    above = matcher([(written(tmp_path / "a.segment", HELD), NONE)])
    post = above.match(Post(id="p", parts=tuple(ASKED[: len(KNOWN)])), now=NOON)
    for key, part in zip(KNOWN, post.parts, strict=True):
        own = entry(key, f"known {key}")
        (match,) = [match for match in part.matches if match.entry == own.id and match.variant == "as-is"]
        assert (match.bank, match.counted_only, match.known_good) == ("known", False, False)
        assert match.confirmed == (list(KNOWN).index(key) % 2 == 0)
    shadow = [match for match in post.parts[0].matches if match.bank == "shadow"]
    assert [match.counted_only for match in shadow] == [True]


def test_a_place_says_where_an_entry_stands(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a.segment", HELD[:5]), written(tmp_path / "b.segment", HELD[5:])
    dead = second.find(ids(HELD[7][1])).astype(np.uint32)
    archive = Archive([(first, NONE), (second, dead)])
    assert len(archive) == len(HELD) - 1
    for number, (bank, held) in enumerate(HELD):
        place = archive.place(held.id)
        if number == 7:
            assert place is None
            continue
        assert place == Place(
            segment=int(number >= 5),
            ordinal=int((first, second)[number >= 5].find(ids(held))[0]),
            bank=BANKS[bank],
            confirmed=held.confirmed_by is not None,
            expires=None if held.expires is None else held.expires.replace(microsecond=0),
        )
    for unknown in (entry("link", "never").id, "link", "", HELD[0][1].id.upper(), HELD[0][1].id.replace("-", "")):
        assert archive.place(unknown) is None


def test_ids_are_found_whatever_they_share(tmp_path: Path) -> None:
    """Half of these have one upper half, and the others one lower half; neighbours of each are not here."""
    numbers = [(7 << 64) + low for low in range(0, 60, 2)] + [(high << 64) + 5 for high in range(0, 60, 2)]
    held = [("known", entry("link", number)) for number in range(len(numbers))]
    held = [
        (bank, Entry(id=str(UUID(int=number)), fingerprints=each.fingerprints, added=NOON))
        for number, (bank, each) in zip(numbers, held, strict=True)
    ]
    segment = written(tmp_path / "a.segment", held)
    asked = [UUID(int=number + step) for number in numbers for step in (-1, 0, 1) if number + step >= 0]
    expected = [sorted(numbers).index(id_.int) if id_.int in numbers else -1 for id_ in asked]
    assert segment.find(asked).tolist() == expected
    assert [segment.ordinal(id_.int) for id_ in asked] == expected
    assert segment.find([]).tolist() == []


def test_nothing_is_found_in_an_archive_of_nothing(tmp_path: Path) -> None:
    segment = written(tmp_path / "a.segment", [])
    assert (segment.entries, segment.banks, segment.find(ids(HELD[0][1])).tolist()) == (0, (), [-1])
    assert segment.ordinal(7) == -1
    assert results(matcher([(segment, NONE)])) == results(plain([]))


def test_what_is_removed_from_an_archive_is_gone_and_may_come_back(tmp_path: Path) -> None:
    above = matcher([(written(tmp_path / "a.segment", HELD), NONE)])
    bank, gone = HELD[0]
    above.remove(bank, gone.id)
    without = results(plain(HELD[1:]))
    assert results(above) == without
    with pytest.raises(UnknownEntryError):
        above.remove(bank, gone.id)
    above.add(bank, gone)
    assert results(above) == expected()
    above.remove(bank, gone.id)
    assert results(above) == without


def test_a_replaced_entry_is_what_it_is_now(tmp_path: Path) -> None:
    above = matcher([(written(tmp_path / "a.segment", HELD), NONE)])
    changed = entry("picture", "known link", confirmed=True)
    above.replace("known", changed)
    assert above._catalogue.texts(0) == plain(HELD)._catalogue.texts(0)
    above.replace("known", entry("md5", "known latin"))
    assert above._catalogue.texts(0) == plain(HELD)._catalogue.texts(0) - 1
    above.replace("known", entry("latin", "known latin", confirmed=HELD[7][1].confirmed_by is not None))
    left = [(bank, each) for bank, each in HELD if each.id != changed.id]
    assert results(above) == results(plain([*left, ("known", changed)]))


def test_all_or_none_are_added_or_removed(tmp_path: Path) -> None:
    above = matcher([(written(tmp_path / "a.segment", HELD), NONE)])
    fresh = entry("link", "fresh")
    with pytest.raises(EntryExistsError):
        above.add("known", fresh, HELD[0][1])
    with pytest.raises(UnknownEntryError, match=fresh.id):
        above.remove("known", HELD[0][1].id, fresh.id)
    with pytest.raises(UnknownEntryError):
        above.remove("shadow", HELD[0][1].id)  # held, but by another bank
    assert results(above) == expected()


def test_how_common_a_passage_is_counts_archived_texts(tmp_path: Path) -> None:
    """A passage that five texts of a bank share says nothing; once three of them are gone it is evidence again."""
    held = [("known", entry("latin", number)) for number in range(2)]
    held += [("known", entry("version", number)) for number in range(2, 8)]
    segment = written(tmp_path / "a.segment", held)
    for dead in range(len(held) + 1):
        gone = segment.find(ids(*(each for _, each in held[:dead]))).astype(np.uint32)
        above = matcher([(segment, gone)])
        assert results(above) == results(plain(held[dead:]))
        assert above._catalogue.texts(0) == len(held) - dead


@pytest.mark.parametrize("key", ["refrain", "litany", *SCRIPTS])
def test_every_gram_of_a_text_comes_back(tmp_path: Path, key: str) -> None:
    """Also those that are not indexed, since they repeat others of their entry."""
    held = [("known", entry(name, name)) for name in ("refrain", "litany", "short", "link", *SCRIPTS)]
    segment = written(tmp_path / "a.segment", held)
    each = next(one for _, one in held if one.id == entry(key, key).id)
    (ordinal,) = segment.find(ids(each)).tolist()
    expected = next(one for one in each.fingerprints if one.method == TEXT_GRAM)
    assert segment.grams is not None
    actual = segment.grams.grams(ordinal)
    for name in ("bits", "at", "start", "end", "extent"):
        np.testing.assert_array_equal(getattr(actual, name), getattr(expected, name), err_msg=name)
    assert segment.grams.sealed is not None
    assert segment.grams.features / 2 < len(segment.grams.sealed) < segment.grams.features


def test_each_of_many_features_is_found_where_it_stands(tmp_path: Path) -> None:
    """Frames of something that moves: half seconds are kept as they are, and merged as they are."""
    random = np.random.default_rng(2021784)
    bits = random.integers(0, 1 << 64, (2, 5, 4), dtype=np.uint64)
    held = [
        ("known", Entry(id=str(UUID(int=number + 1)), fingerprints=(frames(bits[number]),), added=NOON))
        for number in range(2)
    ]
    segments = [written(tmp_path / str(place), [each]) for place, each in enumerate(held)]
    merge_archives(tmp_path / "merged", [(segment, NONE) for segment in segments])
    above = matcher([(ArchiveSegment.open(tmp_path / "merged"), NONE)])
    for number, frame in product(range(2), range(5)):
        part = HashPart(name="h", method=PDQ, value=bits[number, frame].astype(">u8").tobytes().hex())
        (match,) = above.match_part(part, now=NOON).matches
        assert match.entry == held[number][1].id
        assert [pair.bank for pair in match.spans] == [Span(start=frame / 2, end=frame / 2 + 0.25)]


def frames(bits: NDArray[np.uint64]) -> Fingerprint:
    at = np.arange(len(bits)) / 2
    return Fingerprint.of(PDQ, bits, at=at, start=at, end=at + 0.25, extent=2.75)


def test_an_archive_is_put_below_banks_that_hold_nothing_once(tmp_path: Path) -> None:
    archive = Archive([(written(tmp_path / "a.segment", HELD), NONE)])
    stocked = plain(HELD[:1])
    with pytest.raises(InvalidValueError, match="hold nothing yet"):
        stocked.attach(archive, NAMES)
    above = matcher()
    with pytest.raises(InvalidValueError, match="hold nothing yet"):
        above.attach(archive, NAMES)


def test_every_bank_of_an_archive_needs_a_name_of_its_own(tmp_path: Path) -> None:
    archive = Archive([(written(tmp_path / "a.segment", HELD), NONE)])
    above = Matcher([Bank(info(name)) for name in ("known", "good")], decoders=DECODERS)
    with pytest.raises(UnknownBankError, match="shadow"):
        above.attach(archive, NAMES)
    with pytest.raises(UnknownBankError, match=str(BANKS["shadow"])):
        above.attach(archive, {BANKS[name]: name for name in ("known", "good")})
    with pytest.raises(InvalidValueError, match="one name"):
        above.attach(archive, {**NAMES, BANKS["shadow"]: "good"})
    above.add_bank(Bank(info("shadow")))
    above.attach(archive, NAMES)
    assert results(above) == expected()


@pytest.mark.parametrize("wrong", ["link", "x" * 32, HELD[0][1].id.upper(), HELD[0][1].id.replace("-", "")])
def test_an_id_that_is_no_uuid_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InvalidValueError, match=wrong):
        write_archive(tmp_path / "a", [(BANKS["known"], Entry(id=wrong, fingerprints=(), added=NOON))])
    assert list(tmp_path.iterdir()) == []


def test_an_id_stands_in_an_archive_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=HELD[0][1].id):
        write_archive(tmp_path / "a", [(BANKS["known"], HELD[0][1]), (BANKS["good"], HELD[0][1])])


def test_what_no_segment_has_cannot_be_dead_in_it(tmp_path: Path) -> None:
    segment = written(tmp_path / "a.segment", HELD)
    with pytest.raises(InvalidValueError, match=r"a\.segment"):
        Archive([(segment, np.array([len(HELD)], np.uint32))])


def test_an_entry_without_features_takes_up_room_but_finds_nothing(tmp_path: Path) -> None:
    empty = Entry(id=str(UUID(int=1)), fingerprints=(Fingerprint.of(TEXT_GRAM, np.empty((0, 1))),), added=NOON)
    segment = written(tmp_path / "a.segment", [("known", empty)])
    assert results(matcher([(segment, NONE)])) == results(plain([("known", empty)]))
    assert segment.grams is not None
    assert len(segment.grams.grams(0)) == 0


def test_an_entry_expires_to_the_second(tmp_path: Path) -> None:
    held = [("known", entry("link", 0, hours=1))]
    above = matcher([(written(tmp_path / "a.segment", held), NONE)])
    part = KNOWN["link"]
    end = NOON + timedelta(hours=1)
    assert above.match_part(part, now=end - timedelta(seconds=1)).matches != ()
    assert above.match_part(part, now=end).matches == ()
