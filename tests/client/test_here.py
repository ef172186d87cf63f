"""What is made of a text on the source's side says nothing that the text can be read from letter by letter."""

import pytest

from stanch.client import fingerprint_here
from stanch.fingerprints.text import as_query, short_hashes
from stanch.language import normalise
from stanch.media import Decoders
from stanch.values import TEXT_EXACT, TEXT_GRAM, TextPart
from tests.matching.writing import ALPHABETS, writing

MIXED = "mixed directions"


@pytest.mark.parametrize("script", [*ALPHABETS, MIXED])
def test_short_grams_stay_here(script: str) -> None:
    """Whoever hashes every three letters of a script has a table in which each of them is found."""
    some = ("latin", "arabic", "thaana", "han") if script == MIXED else (script,)
    text = " ".join(writing(number, 30, one) for number, one in enumerate(some))
    part = fingerprint_here(TextPart(name="t", text=text), decoders=Decoders())
    assert {one.method for one in part.fingerprints} == {TEXT_EXACT.id, TEXT_GRAM.id}
    shorts = short_hashes(normalise(text).symbols).tolist()
    kept = as_query(text).shorts
    assert kept is not None
    assert kept.tolist() == shorts
    sent = {one.bits[place : place + 16] for one in part.fingerprints for place in range(0, len(one.bits), 16)}
    assert len(sent) > len(shorts) / 2
    assert not sent & {f"{word:016x}" for word in shorts}
