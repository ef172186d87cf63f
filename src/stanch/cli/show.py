"""How outcomes look: a table for people, JSON Lines for programs."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stanch.fingerprints import Reading
from stanch.values import (
    TEXT_GRAM,
    TEXT_SIMHASH,
    AlignedSpans,
    Level,
    Match,
    Outcome,
    PartResult,
    PostResult,
    Reason,
    TextPart,
)

BY_PASSAGE = {TEXT_GRAM.id, TEXT_SIMHASH.id}
"""The methods whose matches say where in a text they are."""

COLOURS = {Level.ALLOW: "green", Level.REVIEW: "yellow", Level.HOLD: "dark_orange", Level.BLOCK: "red"}


def safe(text: str, *, most: int = 200) -> Text:
    """Return foreign text as plain text: no markup, no control characters, no switching of direction."""
    shown = "".join(char if unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for char in text)
    return Text(shown if len(shown) <= most else shown[: most - 1] + "…")


def outcome_table(title: str) -> Table:
    """Return an empty table of outcomes."""
    table = Table(title=title, title_justify="left", caption="cover: of the post, of the entry")
    for heading in ("post", "outcome", "kind", "bank: entry", "cover"):
        table.add_column(heading, overflow="fold")
    table.add_column("reason", overflow="fold", ratio=1)
    return table


def add_outcome(table: Table, result: PostResult, outcome: Outcome, *, below: str = "") -> None:
    """Add a post as one row, by the reason that decided; `below` is a folder that its name is shown without."""
    reason = outcome.reasons[0] if outcome.reasons else None
    match = reason.match if reason else None
    table.add_row(
        safe(result.post.removeprefix(below)),
        Text(str(outcome.level), style=COLOURS[outcome.level]),
        match.kind.value if match else "",
        safe(f"{match.bank}: {match.entry}") if match else Text(),
        how_close(match) if match else "",
        safe(reason.text, most=300) if reason else Text("nothing matched"),
    )


def how_close(match: Match) -> str:
    """Say how close a match is: both coverages, or a distance and what had to be done for it."""
    if match.query_cover is not None and match.bank_cover is not None:
        return f"{match.query_cover:.0%}, {match.bank_cover:.0%}"
    unit = "bits" if match.method.startswith("pdq") else "steps below"
    changed = "" if match.variant == "as-is" else f", {match.variant}"
    return f"{match.distance} {unit}{changed}"


UNDONE = {
    "moved": "characters moved by formatting",
    "deleted": "characters deleted by others",
    "hidden": "invisible characters",
    "marks": "heaps of marks",
    "mixed": "homoglyphs",
    "fancy": "fancy letters",
    "split": "letters set apart",
    "leet": "digits and signs for letters",
}
"""What each kind of evasion is called; `stanch.language.Evasion` explains them."""


def remarks_on(part: PartResult | Reading) -> list[str]:
    """Return what a person should know of a part and no rule acts on, how it is written among it."""
    if not part.evasion:
        return [*part.remarks]
    what = ", ".join(UNDONE.get(name, name) for name in part.undone)
    much = f"{max(part.evasion, 0.01):.0%} of its letters"
    return [*part.remarks, f"written so that machines misread it: {much}{what and f' ({what})'}"]


def summary(outcomes: Iterable[Outcome]) -> str:
    """Count outcomes in a sentence."""
    counts = Counter(outcome.level for outcome in outcomes)
    listed = ", ".join(f"{counts[level]} {level}" for level in reversed(Level))
    return f"{counts.total()} posts: {listed}"


def passages(result: PostResult, texts: dict[str, TextPart]) -> Iterable[tuple[Match, AlignedSpans, str]]:
    """Yield each aligned span of a text with the words of the post that lie in it."""
    for part in result.parts:
        for match in part.matches:
            if match.method in BY_PASSAGE and part.name in texts:
                for pair in match.spans:
                    words = texts[part.name].text[int(pair.query.start) : int(pair.query.end)]
                    yield match, pair, words


def as_json(result: PostResult, outcome: Outcome) -> str:
    """Return a post's outcome and everything that was found, as one line of JSON."""
    return to_json(
        {
            "post": result.post,
            "outcome": str(outcome.level),
            "reasons": [_reason(reason) for reason in outcome.reasons],
            "parts": [
                {
                    "name": part.name,
                    "medium": part.medium,
                    "symbols": part.symbols,
                    "matches": [match_json(match) for match in part.matches],
                    "not_scanned": [{"code": why.code, "reason": why.reason} for why in part.not_scanned],
                    "remarks": list(part.remarks),
                    "evasion": round(part.evasion, 4),
                    "undone": list(part.undone),
                }
                for part in result.parts
            ],
        }
    )


def to_json(record: Any) -> str:  # noqa: ANN401 - any JSON-able value
    """Return a record as one line of JSON; half characters, which names of files may hold, are replaced."""
    return (
        json.dumps(msgspec.to_builtins(record), ensure_ascii=False, separators=(",", ":"))
        .encode("utf-8", "replace")
        .decode()
    )


def match_json(match: Match) -> dict[str, Any]:
    """Return a match as JSON values."""
    return {
        "bank": match.bank,
        "entry": match.entry,
        "method": match.method,
        "medium": match.medium,
        "kind": match.kind,
        "confirmed": match.confirmed,
        "shadow": match.counted_only,
        "known_good": match.known_good,
        "distance": match.distance,
        "query_cover": _rounded(match.query_cover),
        "bank_cover": _rounded(match.bank_cover),
        "variant": match.variant,
        "spans": [
            {
                "query": [pair.query.start, pair.query.end],
                "bank": [pair.bank.start, pair.bank.end],
                "slope": pair.slope,
            }
            for pair in match.spans
        ],
    }


def errors() -> Console:
    """Return the console for what is not the answer: progress, warnings, errors."""
    return Console(stderr=True)


def _reason(reason: Reason) -> dict[str, Any]:
    match = reason.match
    return {
        "level": str(reason.level),
        "code": reason.code,
        "text": reason.text,
        "part": reason.part,
        "bank": match.bank if match else None,
        "entry": match.entry if match else None,
    }


def _rounded(cover: float | None) -> float | None:
    return None if cover is None else round(cover, 4)
