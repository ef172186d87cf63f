"""The default table, line by line, and what an operator may record."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.errors import InvalidValueError
from stanch.policies import BankPolicy, Policies, judge
from stanch.values import (
    AlignedSpans,
    Kind,
    Level,
    Match,
    Medium,
    NotScanned,
    PartResult,
    PostResult,
    Span,
)

BLOCKING = {"known": BankPolicy(block_identical=True, recorded_by="Ada", recorded_on=date(2026, 1, 1), reason="r")}
WHOLE = (AlignedSpans(query=Span(start=0, end=300), bank=Span(start=0, end=300)),)
METHOD_OF = {
    Medium.TEXT: "text-gram/1",
    Medium.IMAGE: "pdq/1",
    Medium.LINK: "link/1",
    Medium.FILE: "file-sha256/1",
}


def match(kind: Kind, medium: Medium = Medium.TEXT, **changes: object) -> Match:
    values: dict[str, object] = {
        "bank": "known",
        "entry": "e",
        "method": METHOD_OF[medium],
        "medium": medium,
        "kind": kind,
        "confirmed": True,
        "distance": 4 if medium in {Medium.IMAGE, Medium.LINK} and kind is Kind.COPY else None,
        "query_cover": 1.0 if medium is Medium.TEXT else None,
        "spans": WHOLE,
        **changes,
    }
    return Match(**values)  # type: ignore[arg-type]


def part(
    *matches: Match, medium: Medium = Medium.TEXT, symbols: int = 0, unmatched: int | None = None, name: str = "p"
) -> PartResult:
    outside = symbols if unmatched is None else unmatched
    return PartResult(name=name, medium=medium, matches=matches, symbols=symbols, unmatched=outside)


def level(*parts: PartResult, policies: Policies | None = None) -> Level:
    return judge(PostResult(post="post", parts=parts), policies).level


def test_nothing_found_is_allowed() -> None:
    assert level(part(symbols=500)) is Level.ALLOW


@pytest.mark.parametrize(
    ("kind", "medium", "confirmed", "expected"),
    [
        (Kind.IDENTICAL, Medium.FILE, True, Level.BLOCK),
        (Kind.IDENTICAL, Medium.TEXT, True, Level.BLOCK),
        (Kind.IDENTICAL, Medium.FILE, False, Level.HOLD),
        (Kind.COPY, Medium.TEXT, True, Level.HOLD),
        (Kind.COPY, Medium.TEXT, False, Level.HOLD),
        (Kind.COPY, Medium.IMAGE, True, Level.REVIEW),
        (Kind.COPY, Medium.LINK, True, Level.REVIEW),
        (Kind.COPY_WITH_ADDITIONS, Medium.TEXT, True, Level.REVIEW),
        (Kind.QUOTES, Medium.TEXT, True, Level.ALLOW),
    ],
)
def test_the_default_table(kind: Kind, medium: Medium, confirmed: bool, expected: Level) -> None:  # noqa: FBT001
    found = part(match(kind, medium, confirmed=confirmed), medium=medium)
    assert level(found, policies=BLOCKING) is expected


def test_nothing_is_blocked_without_a_recorded_policy() -> None:
    identical = part(match(Kind.IDENTICAL, Medium.FILE), medium=Medium.FILE)
    assert level(identical) is Level.HOLD
    assert level(identical, policies={"another": BLOCKING["known"]}) is Level.HOLD


def test_md5_alone_never_leads_further_than_hold() -> None:
    forged = part(match(Kind.IDENTICAL, Medium.FILE, method="file-md5/1"), medium=Medium.FILE)
    assert level(forged, policies=BLOCKING) is Level.HOLD


def test_a_shadow_bank_has_no_effect_and_is_counted() -> None:
    outcome = judge(PostResult(post="post", parts=(part(match(Kind.IDENTICAL, counted_only=True)),)), BLOCKING)
    assert outcome.level is Level.ALLOW
    assert [reason.code for reason in outcome.reasons] == ["shadow"]


def test_what_was_not_scanned_is_reviewed_and_hides_no_match() -> None:
    unread = PartResult(name="a", medium=Medium.IMAGE, not_scanned=(NotScanned(code="x", reason="broken"),))
    assert level(unread) is Level.REVIEW
    assert level(unread, part(match(Kind.COPY), name="b")) is Level.HOLD


def test_nobody_looks_at_what_is_private() -> None:
    why = NotScanned(code="private-audience", reason="private")
    assert level(PartResult(name="a", medium=Medium.FILE, not_scanned=(why,))) is Level.ALLOW


def test_a_post_takes_the_outcome_of_its_most_severe_part() -> None:
    quote, copy = part(match(Kind.QUOTES), name="a"), part(match(Kind.COPY), name="b")
    assert level(quote, copy) is level(copy, quote) is Level.HOLD


class TestAnArticleThatShowsAPicture:
    @pytest.mark.parametrize("kind", [Kind.IDENTICAL, Kind.COPY])
    def test_is_reviewed_whatever_the_kind(self, kind: Kind) -> None:
        shown = part(match(kind, Medium.IMAGE), medium=Medium.IMAGE)
        assert level(shown, part(symbols=200, name="text"), policies=BLOCKING) is Level.REVIEW

    def test_needs_two_hundred_symbols(self) -> None:
        shown = part(match(Kind.IDENTICAL, Medium.IMAGE), medium=Medium.IMAGE)
        assert level(shown, part(symbols=199, name="text"), policies=BLOCKING) is Level.BLOCK

    def test_counts_only_text_that_does_not_match(self) -> None:
        shown = part(match(Kind.IDENTICAL, Medium.IMAGE), medium=Medium.IMAGE)
        copied = part(match(Kind.COPY, query_cover=0.9), symbols=1000, unmatched=100, name="text")
        quoting = part(match(Kind.QUOTES, query_cover=0.1), symbols=1000, unmatched=900, name="text")
        assert level(shown, copied, policies=BLOCKING) is Level.BLOCK
        assert level(shown, quoting, policies=BLOCKING) is Level.REVIEW

    def test_holds_for_an_image_that_came_as_a_hash(self) -> None:
        shown = part(match(Kind.IDENTICAL, Medium.IMAGE, method="file-sha256/1"), medium=Medium.FILE)
        assert level(shown, part(symbols=200, name="text"), policies=BLOCKING) is Level.REVIEW

    def test_does_not_lift_the_text_itself(self) -> None:
        shown = part(match(Kind.IDENTICAL, Medium.IMAGE), medium=Medium.IMAGE)
        copied = part(match(Kind.COPY), name="text", symbols=100)
        assert level(shown, copied, part(symbols=300, name="more")) is Level.HOLD


def good(start: float, end: float) -> Match:
    span = AlignedSpans(query=Span(start=start, end=end), bank=Span(start=0, end=end - start))
    return match(Kind.COPY, known_good=True, bank="good", spans=(span,))


class TestKnownGoodContent:
    def test_that_covers_all_of_a_match_allows_it(self) -> None:
        assert level(part(match(Kind.COPY), good(0, 300))) is Level.ALLOW
        assert level(part(match(Kind.COPY), good(0, 200), good(150, 300))) is Level.ALLOW

    def test_that_covers_most_of_it_leaves_it_to_a_person(self) -> None:
        assert level(part(match(Kind.COPY), good(0, 200))) is Level.REVIEW

    def test_that_covers_little_of_it_changes_nothing(self) -> None:
        """A statement that quotes a verse is a statement still."""
        assert level(part(match(Kind.COPY), good(0, 100))) is Level.HOLD

    def test_a_reason_never_says_what_then_does_not_follow(self) -> None:
        shown = part(match(Kind.IDENTICAL, Medium.IMAGE), medium=Medium.IMAGE)
        article = part(symbols=200, name="text")
        verse = part(match(Kind.COPY), good(0, 300))
        milder = {"known": BankPolicy(at_most=Level.REVIEW)}
        for parts, policies in (
            ((shown, article), BLOCKING),
            ((verse,), None),
            ((part(match(Kind.COPY)),), milder),
        ):
            (reason, *_) = judge(PostResult(post="post", parts=parts), policies).reasons
            assert "waits" not in reason.text, reason
            assert "blocks" not in reason.text, reason

    def test_never_lifts_identical_content(self) -> None:
        assert level(part(match(Kind.IDENTICAL), good(0, 300)), policies=BLOCKING) is Level.BLOCK

    def test_never_makes_anything_more_severe(self) -> None:
        assert level(part(match(Kind.QUOTES), good(0, 200))) is Level.ALLOW

    def test_lifts_a_picture_only_if_it_is_as_near(self) -> None:
        near = match(Kind.COPY, Medium.IMAGE, known_good=True, distance=4)
        far = match(Kind.COPY, Medium.IMAGE, known_good=True, distance=5)
        bad = match(Kind.COPY, Medium.IMAGE, distance=4)
        assert level(part(bad, near, medium=Medium.IMAGE)) is Level.ALLOW
        assert level(part(bad, far, medium=Medium.IMAGE)) is Level.REVIEW

    def test_lifts_only_the_link_that_it_is(self) -> None:
        """Whoever adds a harmless link beside a banked one gains nothing."""
        bad = match(Kind.COPY, Medium.LINK, variant="link at character 0", distance=1)
        here = match(Kind.COPY, Medium.LINK, known_good=True, variant="link at character 0", distance=0)
        elsewhere = replace(here, variant="link at character 80")
        assert level(part(bad, here)) is Level.ALLOW
        assert level(part(bad, elsewhere)) is Level.REVIEW

    def test_lifts_only_the_frames_that_it_covers(self) -> None:
        def frames(start: int, end: int) -> tuple[AlignedSpans, ...]:
            return (AlignedSpans(query=Span(start=start, end=end), bank=Span(start=0, end=1)),)

        bad = match(Kind.COPY, Medium.IMAGE, spans=frames(1, 2), distance=4)
        stock = match(Kind.COPY, Medium.IMAGE, known_good=True, spans=frames(0, 1), distance=0)
        assert level(part(bad, stock, medium=Medium.IMAGE)) is Level.REVIEW
        assert level(part(bad, replace(stock, spans=frames(0, 2)), medium=Medium.IMAGE)) is Level.ALLOW

    def test_in_shadow_has_no_effect_either(self) -> None:
        in_shadow = replace(good(0, 300), counted_only=True)
        assert level(part(match(Kind.COPY), in_shadow)) is Level.HOLD

    def test_that_a_post_is_identical_to_covers_all_of_it(self) -> None:
        same_file = match(Kind.IDENTICAL, Medium.FILE, known_good=True)
        assert level(part(match(Kind.COPY), same_file)) is Level.ALLOW

    def test_of_one_medium_says_nothing_of_another(self) -> None:
        link = match(Kind.COPY, Medium.LINK, known_good=True, distance=0)
        assert level(part(match(Kind.COPY, Medium.IMAGE), link, medium=Medium.IMAGE)) is Level.REVIEW


class TestARecordedPolicy:
    def test_may_be_milder(self) -> None:
        mild = {"known": BankPolicy(at_most=Level.REVIEW)}
        assert level(part(match(Kind.IDENTICAL)), policies=mild) is Level.REVIEW

    @pytest.mark.parametrize("missing", ["recorded_by", "recorded_on", "reason"])
    def test_to_block_names_who_when_and_why(self, missing: str) -> None:
        values: dict[str, object] = {"recorded_by": "Ada", "recorded_on": date(2026, 1, 1), "reason": "r"}
        del values[missing]
        with pytest.raises(InvalidValueError, match="recorded"):
            BankPolicy(block_identical=True, **values)  # type: ignore[arg-type]


matches = st.builds(
    match,
    st.sampled_from(Kind),
    st.sampled_from([Medium.TEXT, Medium.IMAGE, Medium.LINK, Medium.FILE]),
    confirmed=st.booleans(),
    counted_only=st.booleans(),
    known_good=st.booleans(),
    bank=st.sampled_from(["known", "other"]),
    method=st.sampled_from(["file-sha256/1", "file-md5/1", "text-gram/1"]),
)


@given(found=st.lists(st.lists(matches, max_size=4), max_size=3), symbols=st.integers(0, 400))
def test_only_identical_confirmed_and_recorded_is_ever_adverse(found: list[list[Match]], symbols: int) -> None:
    parts = [part(*each, symbols=symbols, name=str(number)) for number, each in enumerate(found)]
    outcome = judge(PostResult(post="p", parts=tuple(parts)), BLOCKING)
    for reason in outcome.reasons:
        if reason.level is Level.BLOCK:
            assert reason.match is not None
            assert reason.match.kind is Kind.IDENTICAL
            assert reason.match.confirmed
            assert reason.match.bank == "known"
            assert reason.match.method != "file-md5/1"
            assert not reason.match.counted_only
            assert not reason.match.known_good
    assert outcome.level == max((reason.level for reason in outcome.reasons), default=Level.ALLOW)
