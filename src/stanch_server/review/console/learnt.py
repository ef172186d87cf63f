"""An entry's text with the passages that were learnt to be a formula, once somebody has revealed it."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from stanch.values import TEXT_GRAM
from stanch_server.banks.models import Entry
from stanch_server.banks.records import value_of
from stanch_server.review.console.highlight import Passage
from stanch_server.review.console.revealed import ShownText, text_of_entry, with_passages


def learnt_text(data: bytes, entry: Entry, grams: Collection[int]) -> ShownText:
    """Return the text of an entry with the stretches marked that lie in these grams, numbered in their order.

    Parameters
    ----------
    data : the entry's content, as it is kept.
    """
    passages = joined(stretches(entry, grams))
    return with_passages(
        text_of_entry(data), passages, {one.match: f"{one.match}. {_('learnt')}" for one in passages}
    )


def stretches(entry: Entry, grams: Collection[int]) -> list[tuple[float, float]]:
    """Return where in an entry's text these grams stand, half-open, in code points."""
    prints = [one for one in value_of(entry).fingerprints if one.method == TEXT_GRAM]
    return [
        (start, end)
        for one in prints
        for gram, start, end in zip(one.bits[:, 0].tolist(), one.start.tolist(), one.end.tolist(), strict=True)
        if gram in grams
    ]


def joined(found: Iterable[tuple[float, float]]) -> list[Passage]:
    """Return stretches as passages: those that touch or overlap are one."""
    ends: list[tuple[float, float]] = []
    for start, end in sorted(found):
        if ends and start <= ends[-1][1]:
            start, end = ends[-1][0], max(end, ends.pop()[1])  # noqa: PLW2901 - the longer stretch replaces both
        ends.append((start, end))
    return [Passage(start=start, end=end, match=number) for number, (start, end) in enumerate(ends, start=1)]
