"""Entries that one text is compared with are read and weighed together, and answer as one by one."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from stanch.fingerprints import as_entry
from stanch.matching import Matcher, passages, unfolded
from stanch.matching.archive import LIVE
from stanch.values import Entry, Kind, Match, TextPart
from tests.matching.archives import DECODERS, NONE, NOON, SCRIPTS, matcher, written
from tests.matching.writing import changed, writing

LIVING = 2
"""So many of the entries are not in the archive."""


def made(script: str, seed: int, words: int) -> str:
    """Return a text in a script, or in two of both directions."""
    if script == "mixed":
        return f"{writing(seed, words // 2, 'arabic')} {writing(seed, words // 2)}"
    return writing(seed, words, script)


def entries(texts: Sequence[str]) -> list[tuple[str, Entry]]:
    held = []
    for number, text in enumerate(texts):
        (reading,) = as_entry(TextPart(name="t", text=text), DECODERS)
        one = Entry(
            id=str(UUID(int=number)),
            fingerprints=reading.fingerprints,
            added=NOON,
            expires=NOON + timedelta(hours=1) if number == 3 else None,
        )
        held.append(("shadow" if number in {4, 5} else "known", one))
    return held


def found(where: Matcher, text: str, *, hours: int) -> Sequence[Match]:
    part = TextPart(name="t", text=text)
    return where.match_part(part, now=NOON + timedelta(hours=hours)).matches


@pytest.mark.parametrize("script", [*SCRIPTS, "mixed"])
def test_they_answer_as_one_by_one(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of a text, texts that share a passage with it, a long one, one that expires."""
    text, passage = made(script, 1, 60), made(script, 2, 20)
    texts = [text, *(changed(text, 0.05, seed) for seed in range(5))]
    texts += [f"{made(script, seed, 30)} {passage} {made(script, seed + 40, 30)}" for seed in range(3, 8)]
    texts += [f"{made(script, 60, 400)} {text}", changed(text, 0.1, 9), f"{passage} {made(script, 61, 30)}"]
    held = entries(texts)
    segment = written(tmp_path / "a.segment", held[:-LIVING])
    asked = [f"{changed(text, 0.1, 77)} {passage}", changed(text, 0.3, 8), made(script, 90, 60)]
    monkeypatch.setattr(unfolded, "SMALL", 200)
    told = []
    for several in (passages.SEVERAL, 1 << 40):
        monkeypatch.setattr(passages, "SEVERAL", several)
        where = matcher([(segment, NONE)])
        for bank, each in held[-LIVING:]:
            where.add(bank, each)
        where._catalogue._grams._small = -1  # as of a large bank
        answers = [found(where, each, hours=hours) for hours in (0, 2) for each in asked * 2]
        told.append((answers, dict(sorted(where._catalogue._weighed.items())), where))
    (together, weighed, _), (alone, expected, where) = told
    assert together == alone
    assert Kind.COPY in {match.kind for match in together[0]}
    assert weighed.keys() <= expected.keys()  # of some it may be shown that they say nothing
    assert min(weighed) < LIVE <= max(weighed)
    assert len(weighed) > LIVING + 2
    assert any(len(where._unfolded.of(number)[1]) > unfolded.SMALL for number in weighed)
    for number, known in weighed.items():
        for column, other in zip(known, expected[number], strict=True):
            assert np.array_equal(column, other)
