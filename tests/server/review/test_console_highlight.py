"""What is shown of a text is the text: cut where passages begin and end, with marks for what cannot be seen."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch_server.review.console.highlight import Passage, Piece, highlight, shortened
from stanch_server.review.console.revealed import defanged
from stanch_server.review.console.signs import is_sign

LTR, RTL = "\u202d", "\u202e"
TEXTS = (
    "Burn the lantern",
    "أَشْعِلُوا القَنَادِيلَ",  # Arabic with vowel marks
    "می‌خواهیم فانوس را روشن کنیم",  # Persian, with its joiner
    "ہم چراغ جلائیں گے",  # Urdu
    "点亮灰色的灯笼",
    "लालटेन जलाओ क्षत्रिय",
    "ፋኖሱን አብሩ",
    "ފާނޫސް ދިއްލާ",
    "say فانوس and 灯笼 or लालटेन",
    "👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏽❤️",
    f"safe{RTL}gnp.exe\u202c\u2066x\u2069\u200f",
    "a\u200bb\ufeffc\u00add\x00e\r\nf\u2028g\U000e0001",
    "\u0301\u0301 begins with marks",
)
PLACES = st.one_of(st.integers(-5, 60), st.floats(-5, 60, allow_nan=False))
PASSAGES = st.builds(Passage, start=PLACES, end=PLACES, match=st.integers(1, 4))
WRITING = st.one_of(
    st.sampled_from(TEXTS), st.text(max_size=60), st.text("a\u0301\u200d\U0001f3fdنِ\u202e", max_size=30)
)


def joined(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


@given(WRITING, st.lists(PASSAGES, max_size=6))
@example("", [Passage(start=0, end=3, match=1)])
@example("abc", [Passage(start=1, end=1, match=1)])
def test_joined_the_pieces_are_the_text(text: str, passages: list[Passage]) -> None:
    pieces = highlight(text, passages)
    assert joined(pieces) == text
    assert all(piece.text for piece in pieces)


@given(WRITING, st.lists(PASSAGES, max_size=6))
def test_what_a_passage_covers_is_marked_with_it(text: str, passages: list[Passage]) -> None:
    pieces, place = highlight(text, passages), 0
    for piece in pieces:
        for offset in range(place, place + len(piece.text)):
            covering = {one.match for one in passages if one.start <= offset < one.end}
            assert covering <= set(piece.matches)
        place += len(piece.text)


@given(st.sampled_from(TEXTS), st.lists(PASSAGES, max_size=6))
def test_no_mark_or_emoji_is_torn_from_what_it_belongs_to(text: str, passages: list[Passage]) -> None:
    before = None
    for piece in highlight(text, passages):
        if before is not None and before.matches != piece.matches:
            assert unicodedata.category(piece.text[0]) not in {"Mn", "Mc", "Me"}
            assert piece.text[0] != "\u200d"
            assert before.text[-1] != "\u200d"
        before = piece


@given(WRITING, st.lists(PASSAGES, max_size=6))
def test_each_passage_begins_once(text: str, passages: list[Passage]) -> None:
    pieces = highlight(text, passages)
    for match in {one for piece in pieces for one in piece.matches}:
        begun = [piece for piece in pieces if match in piece.begins]
        assert 1 <= len(begun) <= sum(one.match == match for one in passages)
        assert next(piece for piece in pieces if match in piece.matches) == begun[0]


def test_overlapping_passages_are_told_apart() -> None:
    pieces = highlight("abcdefgh", [Passage(start=1, end=5, match=1), Passage(start=3, end=7, match=2)])
    assert [(piece.text, piece.matches, piece.begins) for piece in pieces] == [
        ("a", (), ()),
        ("bc", (1,), (1,)),
        ("de", (1, 2), (2,)),
        ("fg", (2,), ()),
        ("h", (), ()),
    ]


def test_a_passage_ends_where_an_accent_does() -> None:
    assert highlight("cafe\u0301s", [Passage(start=0, end=4, match=1)])[0].text == "cafe\u0301"
    family = "👨‍👩‍👧"
    assert highlight(f"x{family}y", [Passage(start=2, end=3, match=1)])[1].text == family


@given(WRITING)
def test_what_cannot_be_seen_is_a_mark_and_all_else_is_itself(text: str) -> None:
    for piece in highlight(text, []):
        assert bool(piece.sign) == is_sign(piece.text[0])
        assert piece.sign.isprintable()
        if not piece.sign:
            assert not any(map(is_sign, piece.text))


@pytest.mark.parametrize(
    ("letter", "sign"), [(RTL, "RLO"), ("\u2066", "LRI"), ("\x00", "U+0000"), ("\U000e0041", "U+E0041")]
)
def test_marks_have_the_names_of_the_standard(letter: str, sign: str) -> None:
    assert [piece.sign for piece in highlight(f"a{letter}b", [])] == ["", sign, ""]


@pytest.mark.parametrize("letter", ["\u200c", "\u200d", "\n", "\t", "\ufe0f"])
def test_joiners_and_lines_stay_what_they_are(letter: str) -> None:
    assert [piece.sign for piece in highlight(f"a{letter}b", [])] == [""]


@given(st.text(st.sampled_from("aب\u202e"), max_size=400), st.lists(PASSAGES, max_size=3))
def test_shortening_leaves_out_only_what_matches_nothing_and_says_how_much(
    text: str, passages: list[Passage]
) -> None:
    pieces = highlight(text, passages)
    short = shortened(pieces, longest=100, kept=20)
    shown = [piece for piece in short if isinstance(piece, Piece)]
    left_out = [count for count in short if isinstance(count, int)]
    assert len(joined(shown)) + sum(left_out) == len(text)
    assert all(count > 20 for count in left_out)
    assert [piece for piece in shown if piece.matches] == [piece for piece in pieces if piece.matches]
    assert left_out == [] or len(text) > 100


def test_the_ends_of_what_is_left_out_stay() -> None:
    text = "".join(chr(0x4E00 + place) for place in range(1000))
    first, left_out, last = shortened(highlight(text, []), longest=100, kept=20)
    assert isinstance(first, Piece)
    assert isinstance(last, Piece)
    assert (first.text, left_out, last.text) == (text[:20], 960, text[-20:])


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://lantern.example/a.b?c=d.e", "hxxps://lantern[.]example/a.b?c=d.e"),
        ("HTTP://User@lantern.example:80", "HxxP://User@lantern[.]example:80"),
        ("lantern.example/x", "lantern[.]example/x"),
        ("ftp://a.b.c", "ftp://a[.]b[.]c"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", ""),
    ],
)
def test_an_address_is_none_any_more(address: str, shown: str) -> None:
    assert defanged(address) == shown
