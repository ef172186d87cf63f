"""From a service's answer to what a scan here would have said."""

import re
from collections.abc import Iterable
from typing import Final

from stanch.cli.outgoing import Outgoing
from stanch.client import ItemAnswer, MatchAnswer, NotScannedAnswer, PartAnswer, Problem, ServiceError
from stanch.values import (
    AlignedSpans,
    FilePart,
    HashPart,
    Kind,
    Level,
    LinkPart,
    Match,
    Medium,
    NotScanned,
    Outcome,
    Part,
    PartResult,
    PostResult,
    Reason,
    Span,
)

CONTINUED: Final = re.compile(r" \(\d+\)$")
"""What the client adds to the name of a part that it sends as several."""

STILL_PENDING: Final = NotScannedAnswer(code="pending", reason="the service has not scanned it yet; ask again")


def judged(sent: Outgoing, answer: ItemAnswer) -> tuple[PostResult, Outcome]:
    """Return what was found in a post, and what follows, as the service says.

    Raises
    ------
    ServiceError
        If the service says what this version does not know.
    """
    try:
        return _judged(sent, answer)
    except (ValueError, KeyError) as error:
        title = "It answered what this version does not know; upgrade Stanch"
        raise ServiceError(problem=Problem(status=200, title=title, detail=str(error))) from error


def _judged(sent: Outgoing, answer: ItemAnswer) -> tuple[PostResult, Outcome]:
    matches = [_match(match) for match in answer.matches]
    found = [(_shown(match.part, sent), value) for match, value in zip(answer.matches, matches, strict=True)]
    not_scanned = (*answer.not_scanned, *([STILL_PENDING] if answer.outcome is None else []))
    missed = [(_shown(why.part, sent), NotScanned(code=why.code, reason=why.reason)) for why in not_scanned]
    noted = [_remark(remark, sent) for remark in answer.remarks]
    told = _told(sent, answer)
    parts = tuple(
        PartResult(
            name=name,
            medium=_medium(name, sent.source.parts, found),
            matches=tuple(match for part, match in found if part == name),
            not_scanned=tuple(why for part, why in missed if part == name),
            symbols=told[name].symbols if name in told else 0,
            unmatched=told[name].unmatched if name in told else 0,
            remarks=tuple(remark for part, remark in noted if part == name),
            evasion=told[name].evasion if name in told else 0.0,
            undone=told[name].undone if name in told else (),
        )
        for name in _names(sent.source.parts, (part for part, _ in (*found, *missed, *noted)))
    )
    return PostResult(post=sent.source.id, parts=parts), _outcome(sent, answer, matches)


def _told(sent: Outgoing, answer: ItemAnswer) -> dict[str, PartAnswer]:
    """Return what the service says of each part, by its name here; of one sent as several, of its text."""
    ordered = sorted(answer.parts, key=lambda part: part.symbols)
    return {_shown(part.name, sent): part for part in ordered}


def _outcome(sent: Outgoing, answer: ItemAnswer, matches: list[Match]) -> Outcome:
    levels = {str(level): level for level in Level}
    reasons = tuple(
        Reason(
            level=levels[reason.level],
            code=reason.code,
            text=reason.text,
            part=_shown(reason.part, sent),
            match=matches[reason.match] if reason.match is not None and reason.match < len(matches) else None,
        )
        for reason in answer.reasons
    )
    level = levels[answer.outcome or str(Level.REVIEW)]
    return Outcome(post=sent.source.id, level=level, reasons=reasons)


def _match(match: MatchAnswer) -> Match:
    return Match(
        bank=match.bank,
        entry=match.entry,
        method=match.method,
        medium=Medium(match.medium),
        kind=Kind(match.kind),
        confirmed=match.confirmed,
        counted_only=match.shadow,
        known_good=match.known_good,
        distance=match.distance,
        query_cover=match.query_cover,
        bank_cover=match.bank_cover,
        variant=match.variant,
        spans=tuple(
            AlignedSpans(
                query=Span(start=pair.query[0], end=pair.query[1]),
                bank=Span(start=pair.bank[0], end=pair.bank[1]),
                slope=pair.slope,
            )
            for pair in match.spans
        ),
    )


def _shown(part: str, sent: Outgoing) -> str:
    """Return the name that a part has here; what concerns the whole post goes with its first part."""
    if not part:
        return sent.source.parts[0].name
    return sent.names.get(part) or sent.names.get(CONTINUED.sub("", part), part)


def _remark(remark: str, sent: Outgoing) -> tuple[str, str]:
    """Take a remark apart: the service begins it with the name of its part."""
    for name in sorted(sent.names, key=len, reverse=True):
        if remark.startswith(f"{name}: "):
            return _shown(name, sent), remark.removeprefix(f"{name}: ")
    return _shown("", sent), remark


def _names(parts: Iterable[Part], more: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys([*(part.name for part in parts), *more])


def _medium(name: str, parts: Iterable[Part], found: list[tuple[str, Match]]) -> Medium:
    """Return what a part turned out to be, by its matches; else by how it came."""
    for part, match in found:
        if part == name and match.medium is not Medium.FILE:
            return match.medium
    for each in parts:
        if each.name == name:
            return _came_as(each)
    return Medium.FILE


def _came_as(part: Part) -> Medium:
    if isinstance(part, HashPart):
        return part.method.medium
    if isinstance(part, FilePart):
        return Medium.FILE
    return Medium.LINK if isinstance(part, LinkPart) else Medium.TEXT
