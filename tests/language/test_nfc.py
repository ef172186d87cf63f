"""NFC is the same on every supported Python."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.language import nfc
from stanch.language.tables import tables
from tests.language.samples import SENTENCES


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_ordinary_text_is_composed(text: str) -> None:
    assert nfc(unicodedata.normalize("NFD", text)) == unicodedata.normalize("NFC", text)


@given(st.text(st.characters(categories=["L", "M", "Zs", "Cs"])))
def test_characters_of_unicode_14_are_composed_as_by_python(text: str) -> None:
    edges = tables().stable
    known = "".join(c for c in text if np.searchsorted(edges, ord(c), side="right") % 2)
    assert nfc(known) == unicodedata.normalize("NFC", known)


def test_marks_that_came_later_are_left_alone() -> None:
    """Nag Mundari came with Unicode 15.0: a Python that knows it puts these two marks in another order."""
    later = "\U0001e4ef\U0001e4ee"
    assert nfc(later) == later
    assert nfc(f"e\u0301{later}e\u0301") == f"é{later}é"


def test_surrogates_pass() -> None:
    assert nfc("e\u0301\ud800\udc00e\u0301") == "é\ud800\udc00é"
