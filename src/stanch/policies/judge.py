"""From what was found to an outcome: the default table, and what an operator recorded.

No outcome is adverse but `block`, and `block` needs three things at once: content identical to an entry, that a
named person confirmed it, and a recorded policy of the operator for that bank.
"""

from dataclasses import replace

from stanch.errors import PrivateAudienceError
from stanch.policies.known_good import known_good_cover
from stanch.policies.policy import DEFAULT, BankPolicy, Policies
from stanch.values import FILE_MD5, Kind, Level, Match, Medium, NotScanned, Outcome, PartResult, PostResult, Reason

ARTICLE = 200
"""So many symbols of text that do not match, beside an image that does, make an article that shows it."""

AS_WELL = 0.5
"""A known-good entry that covers the greater part of what matches covers it as well."""

ALL = 0.95
"""The ends of an aligned span are known to a gram only; so much of it is all of it."""

REVIEW_ONLY = {Medium.IMAGE, Medium.LINK}
"""Media whose copies are never held: images by chance alike, hosts that many share."""


def judge(result: PostResult, policies: Policies | None = None) -> Outcome:
    """Return the outcome of a post: that of its most severe part, with every reason.

    Parameters
    ----------
    result : what a matcher found.
    policies : what the operator recorded, by name of bank; without it the defaults hold.
    """
    policies = policies or {}
    text = sum(part.unmatched for part in result.parts)
    reasons = [_beside_article(reason, text) for part in result.parts for reason in _reasons(part, policies)]
    reasons.sort(key=_shown_later)
    level = reasons[0].level if reasons else Level.ALLOW
    return Outcome(post=result.post, level=level, reasons=tuple(reasons))


def _shown_later(reason: Reason) -> tuple[int, bool]:
    """Order reasons: the most severe first, and what speaks for a post after what speaks against it."""
    return -reason.level, reason.code == "known-good"


def _reasons(part: PartResult, policies: Policies) -> list[Reason]:
    known_good = [match for match in part.matches if match.known_good and not match.counted_only]
    reasons = [_of_not_scanned(why, part.name) for why in part.not_scanned]
    for match in part.matches:
        reason = _of_match(match, policies.get(match.bank, DEFAULT), part.name)
        reasons.append(_relieved(reason, match, known_good))
    return reasons


def _of_not_scanned(why: NotScanned, part: str) -> Reason:
    """Have a person look, unless it is private: then nobody does."""
    level = Level.ALLOW if why.code == PrivateAudienceError.code else Level.REVIEW
    return Reason(level=level, code="not-scanned", text=f"not scanned: {why.reason}", part=part)


def _of_match(match: Match, policy: BankPolicy, part: str) -> Reason:
    """Return what the default table says of one match, within what the operator recorded."""
    level, code, text = _without_effect(match) or _default(match, policy)
    if level > policy.at_most:
        found = text.partition(":")[0]  # what comes after the colon is what now does not follow
        level, text = policy.at_most, f"{found}; this bank's policy allows {policy.at_most} at most"
    return Reason(level=level, code=code, text=text, part=part, match=match)


def _without_effect(match: Match) -> tuple[Level, str, str] | None:
    if match.counted_only:
        return Level.ALLOW, "shadow", f"{match.kind}, in a bank in shadow: counted, nothing else"
    if match.known_good:
        return Level.ALLOW, "known-good", "known to be good"
    return None


def _default(match: Match, policy: BankPolicy) -> tuple[Level, str, str]:
    if match.kind is Kind.IDENTICAL:
        return _of_identical(match, policy)
    if match.kind is Kind.COPY and match.medium in REVIEW_ONLY:
        return Level.REVIEW, "copy", "alike, not identical: a person looks at it"
    if match.kind is Kind.COPY:
        return Level.HOLD, "copy", "most of it is the entry: it waits for a person"
    if match.kind is Kind.COPY_WITH_ADDITIONS:
        return (
            Level.REVIEW,
            "copy-with-additions",
            "the entry stands inside something longer: a person looks at it",
        )
    return Level.ALLOW, "quotes", "quotes a passage, as reports do"


def _of_identical(match: Match, policy: BankPolicy) -> tuple[Level, str, str]:
    if match.method == FILE_MD5.id:
        return Level.HOLD, "identical", "equal by MD5 alone, which can be forged: it waits for a person"
    if not match.confirmed:
        return Level.HOLD, "identical", "identical to what nobody here confirmed: it waits for a person"
    if not policy.block_identical:
        return Level.HOLD, "identical", "a person confirmed this very content; no policy to block it is recorded"
    return (
        Level.BLOCK,
        "identical-confirmed",
        "a person confirmed this very content, and the bank's policy blocks it",
    )


def _relieved(reason: Reason, match: Match, known_good: list[Match]) -> Reason:
    """Lower a reason where known-good content accounts for the same span as well or better."""
    if match.kind is Kind.IDENTICAL or reason.level is Level.ALLOW:
        return reason
    cover = known_good_cover(match, known_good)
    if cover < AS_WELL:
        return reason
    level = Level.ALLOW if cover >= ALL else min(reason.level, Level.REVIEW)
    follows = "" if level is Level.ALLOW else ": a person looks at it"
    text = f"{match.kind}, but known-good content covers {cover:.0%} of it{follows}"
    return replace(reason, level=level, code="known-good-covers", text=text)


def _beside_article(reason: Reason, unmatched: int) -> Reason:
    """An article that shows a banked poster is no copy of it: a person looks."""
    match = reason.match
    if match is None or match.medium is not Medium.IMAGE or unmatched < ARTICLE or reason.level <= Level.REVIEW:
        return reason
    text = f"{match.kind}, but beside {unmatched} symbols of text that do not match: a person looks at it"
    return replace(reason, level=Level.REVIEW, code="image-in-article", text=text)
