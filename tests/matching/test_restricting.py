"""Looking into some of the banks: the others might as well not be there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.fingerprints import Reading, as_entry, as_query
from stanch.matching import Bank, Matcher
from stanch.media import Decoders
from stanch.values import (
    BEHAVIOUR_BASED,
    FILE_MD5,
    PDQ,
    Audience,
    BankInfo,
    ContentType,
    Entry,
    HashPart,
    LinkPart,
    Part,
    Post,
    Purpose,
    State,
    TextPart,
)
from tests.matching.writing import changed, writing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DECODERS = Decoders()  # nothing here is decoded, so that no process is started
TEXT = writing(1, 120, "arabic")
LONG = TEXT + " " + writing(2, 200, "arabic")

KNOWN: dict[str, Part] = {
    "text": TextPart(name="t", text=TEXT),
    "copy": TextPart(name="t", text=changed(TEXT, 0.1, seed=5)),
    "latin": TextPart(name="t", text=writing(4, 90)),
    "link": LinkPart(name="l", link="https://lantern.example/channel/grey"),
    "host": LinkPart(name="l", link="https://lantern.example/"),
    "md5": HashPart(name="h", method=FILE_MD5, value="0123456789abcdef" * 2),
    "image": HashPart(name="h", method=PDQ, value="f0" * 32),
    "near-image": HashPart(name="h", method=PDQ, value="f1" + "f0" * 31),
}
QUERIES: list[Part] = [
    *KNOWN.values(),
    TextPart(name="mixed", text=f"{LONG} https://lantern.example/channel/grey/7 {writing(4, 90)}"),
]


def bank(
    name: str, chosen: list[str], *, purpose: Purpose = Purpose.KNOWN, expires: datetime | None = None
) -> Bank:
    known = purpose is Purpose.KNOWN
    info = BankInfo(
        name=name,
        owner="us",
        legal_basis="terms",
        purpose=purpose,
        content_type=ContentType.INCITES if known else None,
        designation=BEHAVIOUR_BASED if known else None,
        reason=None if known else "an archive",
        state=State.ENABLED,
    )
    return Bank(info, [_entry(key, expires) for key in chosen])


def _entry(key: str, expires: datetime | None) -> Entry:
    readings = as_entry(KNOWN[key], DECODERS)
    prints = tuple(found for reading in readings for found in reading.fingerprints)
    return Entry(id=key, fingerprints=prints, added=NOON, expires=expires)


contents = st.lists(st.sampled_from(sorted(KNOWN)), unique=True, max_size=4)
PURPOSES = (Purpose.KNOWN, Purpose.KNOWN_GOOD, Purpose.KNOWN)


@given(
    held=st.tuples(contents, contents, contents), chosen=st.sets(st.integers(0, 2)), query=st.sampled_from(QUERIES)
)
def test_a_search_of_some_banks_finds_what_a_matcher_of_only_these_finds(
    held: tuple[list[str], ...], chosen: set[int], query: Part
) -> None:
    """Matches, their covers, and how much of a text is unmatched: nothing shows what another bank holds."""
    banks = [bank(f"b{place}", each, purpose=PURPOSES[place]) for place, each in enumerate(held)]
    everywhere = Matcher(banks, decoders=DECODERS)
    only = Matcher([banks[place] for place in sorted(chosen)], decoders=DECODERS)
    names = frozenset(f"b{place}" for place in chosen)
    assert everywhere.match_part(query, now=NOON, banks=names) == only.match_part(query, now=NOON)


def test_without_a_choice_all_banks_are_searched() -> None:
    both = Matcher([bank("mine", ["text"]), bank("theirs", ["text"])], decoders=DECODERS)
    post = Post(id="p", audience=Audience.PUBLIC, parts=(KNOWN["text"], KNOWN["link"]))
    assert {match.bank for match in both.match(post, now=NOON).matches} == {"mine", "theirs"}
    assert {match.bank for match in both.match(post, now=NOON, banks={"mine"}).matches} == {"mine"}
    assert both.match(post, now=NOON, banks=()).matches == ()


def test_what_only_a_hidden_bank_knows_counts_as_unmatched() -> None:
    both = Matcher([bank("mine", ["link"]), bank("theirs", ["text"])], decoders=DECODERS)
    readings: tuple[Reading, ...] = as_query(KNOWN["text"], DECODERS)
    seen = both.match_readings("t", readings, now=NOON)
    hidden = both.match_readings("t", readings, now=NOON, banks={"mine"})
    assert (seen.unmatched, hidden.unmatched) == (0, hidden.symbols)


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_an_entry_is_found_until_it_expires_whatever_its_method(key: str) -> None:
    where = Matcher([bank("b", [key], expires=NOON)], decoders=DECODERS)
    before = where.match_part(KNOWN[key], now=NOON - timedelta(seconds=1), banks={"b"})
    assert [match.entry for match in before.matches] == [key]
    assert where.match_part(KNOWN[key], now=NOON, banks={"b"}).matches == ()
