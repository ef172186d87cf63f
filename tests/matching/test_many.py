"""Many parts at once: the same as one by one, by one look into each index."""

from collections import Counter
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.fingerprints import Queries, as_entry, as_queries, as_query
from stanch.matching import Bank, Matcher
from stanch.matching.catalogue import Catalogue
from stanch.media import Decoders
from stanch.values import (
    BEHAVIOUR_BASED,
    FILE_MD5,
    FILE_SHA256,
    LINK,
    PDQ,
    PDQ_RAW,
    BankInfo,
    ContentType,
    Entry,
    FilePart,
    HashPart,
    LinkPart,
    Match,
    Method,
    NotScanned,
    Part,
    PartResult,
    Post,
    State,
    TextPart,
)
from tests.matching.writing import changed, writing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DECODERS = Decoders()  # nothing here is decoded, so that no process is started
SCRIPTS = ("arabic", "persian", "urdu", "han", "devanagari", "ethiopic", "thaana", "latin")
WORKS = {script: writing(1, 60, script) for script in SCRIPTS}
PICTURE = int("5a" * 32, 16)
MD5, SHA256 = "0123456789abcdef" * 2, "fedcba98" * 8


def picture(away: int, method: Method = PDQ) -> HashPart:
    """Return a hash that lies so many bits from the picture that is banked most often."""
    return HashPart(name=f"{method.id} {away}", method=method, value=f"{PICTURE ^ ((1 << away) - 1):064x}")


KNOWN: dict[str, Part] = {
    **{script: TextPart(name=script, text=text) for script, text in WORKS.items()},
    "short": TextPart(name="short", text="السلام عليكم"),
    "link": LinkPart(name="link", link="https://lantern.example/channel/grey"),
    "host": LinkPart(name="host", link="https://lantern.example/"),
    "md5": HashPart(name="md5", method=FILE_MD5, value=MD5),
    "sha256": HashPart(name="sha256", method=FILE_SHA256, value=SHA256),
    "picture": picture(0),
    "near": picture(5),
    "raw": picture(9, PDQ_RAW),
}
QUERIES: list[Part] = [
    *KNOWN.values(),
    *(TextPart(name=f"changed {script}", text=changed(text, 0.2, seed=3)) for script, text in WORKS.items()),
    *(TextPart(name=f"unknown {script}", text=writing(2, 30, script)) for script in SCRIPTS),
    *(picture(away, method) for away, method in product((1, 31, 32, 36, 37, 128), (PDQ, PDQ_RAW))),
    TextPart(
        name="links", text=f"{WORKS['arabic']} https://lantern.example/channel/grey/7 or lantern[.]example/x"
    ),
    TextPart(
        name="tags", text="<a href='https://lantern.example/channel/grey'>اقرأ</a> and lantern.example/channel"
    ),
    TextPart(
        name="escapes",
        text="lantern&#46;example/channel/grey/1 lantern&#46;example/channel/grey/2/3 &#1587;&#1604;&#1575;",
    ),
    TextPart(name="nothing", text=" \u200f"),
    LinkPart(name="deeper", link="https://lantern.example/channel/grey/a/b?c=1"),
    LinkPart(name="elsewhere", link="https://harbour.example/"),
    LinkPart(name="no link", link="not a link"),
    FilePart(name="file", data=WORKS["persian"].encode()),
    FilePart(name="empty", data=b""),
    HashPart(name="capitals", method=FILE_MD5, value=MD5.upper()),
    HashPart(name="too short", method=PDQ, value="5a" * 31),
    HashPart(name="no digits", method=PDQ, value="٥" * 64),
    HashPart(name="spaces", method=FILE_MD5, value=" " * 32),
    HashPart(name="not by itself", method=LINK, value="5a" * 8),
]
UNREADABLE = ("no link", "too short", "no digits", "spaces", "not by itself")


def bank(name: str, keys: list[str], radius: int | None = None) -> Bank:
    info = BankInfo(
        name=name,
        owner="us",
        legal_basis="terms",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
        state=State.ENABLED,
        radius={} if radius is None else {PDQ.id: radius},
    )
    return Bank(info, [_entry(key) for key in keys])


def _entry(key: str) -> Entry:
    prints = [found for reading in as_entry(KNOWN[key], DECODERS) for found in reading.fingerprints]
    return Entry(id=key, fingerprints=tuple(prints), added=NOON)


MATCHER = Matcher(
    [
        bank("all", list(KNOWN)),
        bank("narrow", ["picture", "near", "arabic", "link"], radius=4),
        bank("pictures", ["picture", "raw", "md5"]),
    ],
    decoders=DECODERS,
)
BANKS = st.none() | st.sets(st.sampled_from(["all", "narrow", "pictures"]))


def one_by_one(parts: list[Part], banks: set[str] | None) -> tuple[PartResult, ...]:
    return tuple(MATCHER.match_part(part, now=NOON, banks=banks) for part in parts)


@given(parts=st.lists(st.sampled_from(QUERIES), max_size=12), banks=BANKS)
@example(parts=QUERIES, banks=None)
@example(parts=QUERIES[::-1], banks={"narrow", "pictures"})
@example(parts=[picture(1)] * 3, banks=None)
def test_many_parts_find_what_they_find_one_by_one(parts: list[Part], banks: set[str] | None) -> None:
    found = MATCHER.match(Post(id="p", parts=tuple(parts)), now=NOON, banks=banks)
    assert found.parts == one_by_one(parts, banks)
    assert [part.name for part in found.parts] == [part.name for part in parts]


@given(parts=st.lists(st.sampled_from(QUERIES), max_size=6), banks=BANKS)
def test_readings_that_were_made_elsewhere_find_the_same_together(
    parts: list[Part], banks: set[str] | None
) -> None:
    readings = {place: as_query(part, DECODERS) for place, part in enumerate(parts)}
    queries = Queries(names=[part.name for part in parts], readings=readings)
    assert MATCHER.match_many(queries, now=NOON, banks=banks) == one_by_one(parts, banks)


def _entries(matches: tuple[Match, ...]) -> list[tuple[str, str, int | None]]:
    return [(match.bank, match.entry, match.distance) for match in matches]


def test_each_part_has_its_own_matches_and_reasons() -> None:
    """Held to what is known of the queries, not to another way of asking: both could be wrong in one way."""
    results = {one.name: one for one in MATCHER.match(Post(id="p", parts=tuple(QUERIES)), now=NOON).parts}
    assert {
        key for key, part in KNOWN.items() if not any(match.entry == key for match in results[part.name].matches)
    } == set()
    assert _entries(results["deeper"].matches) == [("all", "link", 3), ("narrow", "link", 3), ("all", "host", 5)]
    assert _entries(results["capitals"].matches) == [("all", "md5", None), ("pictures", "md5", None)]
    assert {entry: away for where, entry, away in _entries(results["pdq/1 31"].matches) if where == "all"} == {
        "raw": 22,
        "near": 26,
        "picture": 31,
    }
    assert not results["pdq/1 128"].matches
    for script in SCRIPTS:
        assert {match.entry for match in results[f"changed {script}"].matches} == {script}
        assert not results[f"unknown {script}"].matches
    assert {name for name, one in results.items() if one.not_scanned} == set(UNREADABLE)


def test_a_hash_that_is_none_says_what_was_expected() -> None:
    parts = tuple(part for part in QUERIES if part.name in {"too short", "not by itself"})
    short, other = MATCHER.match(Post(id="p", parts=parts), now=NOON).parts
    assert short.not_scanned == (
        NotScanned(code="invalid-value", reason=f"too short: {'5a' * 31!r} is not 64 hexadecimal digits."),
    )
    known = "file-sha256/1, file-md5/1, pdq/1, pdq-raw/1"
    problem = f"link/1 has no bare hashes; give one of {known}"
    assert other.not_scanned == (NotScanned(code="invalid-value", reason=f"not by itself: {problem}."),)


def test_an_index_is_asked_once_for_all_hashes_and_links(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()
    search = Catalogue.search

    def counted(self: Catalogue, method: Method, *bits: object, **how: object) -> object:
        asked[method.id] += 1
        return search(self, method, *bits, **how)  # type: ignore[arg-type] # as they came

    monkeypatch.setattr(Catalogue, "search", counted)
    parts = [picture(away % 40, (PDQ, PDQ_RAW)[away % 2]) for away in range(300)]
    more: list[Part] = [KNOWN["md5"], KNOWN["link"], KNOWN["host"], QUERIES[-4]]
    MATCHER.match(Post(id="p", parts=(*parts, *more)), now=NOON)
    assert asked == {"pdq/1": 1, "pdq-raw/1": 1, "file-md5/1": 1, "link/1": 1}


def test_bare_hashes_of_a_kind_are_read_into_one_array() -> None:
    queries = as_queries([picture(0), KNOWN["link"], picture(1, PDQ_RAW), KNOWN["md5"]], DECODERS)
    assert list(queries.readings) == [1]
    pictures, files = queries.hashes
    assert (pictures.methods, list(pictures.places)) == ((PDQ, PDQ_RAW), [0, 2])
    assert [row.tobytes() for row in pictures.bits.astype(">u8")] == [
        (PICTURE ^ away).to_bytes(32, "big") for away in (0, 1)
    ]
    assert (files.methods, list(files.places), files.bits.shape) == ((FILE_MD5,), [3], (1, 2))
