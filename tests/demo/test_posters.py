"""The demo's pictures: the same each time, far from one another, and found again after an edit."""

import hashlib
import io
import itertools
import subprocess
import sys
from collections import Counter
from functools import cache
from importlib.metadata import metadata

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from stanch.demo.drawing.lettering import broken
from stanch.demo.drawing.shaping import line_mask, shape
from stanch.demo.everyday_designs import DESIGNS as EVERYDAY
from stanch.demo.image_edits import IMAGE_EDITS, REPORTED_EDITS, cropped_more, identical
from stanch.demo.poster_designs import DESIGNS, GROUP
from stanch.demo.posters import BENIGN, POSTERS, draw_benign, draw_poster
from stanch.errors import InvalidValueError
from stanch.kernels.pdq import PdqResult, dihedral, pdq
from stanch.media.borders import without_borders
from stanch.values import PDQ, ContentType

LANGUAGES = ("ar", "fa", "ur", "en", "fr", "es", "de", "tr", "ru", "zh")
NUMBERS = tuple(info.number for info in POSTERS)
APART = 80
QUALITY = 80

poster = cache(draw_poster)


def luma(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.convert("RGB").convert("L"))


@cache
def hashed(kind: str, number: int) -> PdqResult:
    return pdq(luma(poster(number) if kind == "poster" else draw_benign(number)))


def nearest(variants: NDArray[np.uint64], bits: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(variants ^ bits).sum(axis=-1).min())


def pictures() -> list[tuple[str, int]]:
    return [("poster", number) for number in NUMBERS] + [("benign", info.number) for info in BENIGN]


def seen(data: bytes) -> list[NDArray[np.uint8]]:
    """Return what a file shows: as it is, and without borders."""
    whole = luma(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    box = without_borders(whole)
    return [whole, np.ascontiguousarray(whole[box.top : box.bottom, box.left : box.right])]


def distance_after(data: bytes, number: int) -> int:
    variants = np.concatenate([dihedral(pdq(picture).coefficients) for picture in seen(data)])
    return nearest(variants, hashed("poster", number).bits)


def digest(picture: Image.Image) -> str:
    return hashlib.sha256(picture.tobytes()).hexdigest()


def test_posters_cover_all_languages_types_and_both_idioms() -> None:
    assert list(NUMBERS) == [*range(1, 25)]
    assert {info.language for info in POSTERS} == set(LANGUAGES)
    assert {info.content_type for info in POSTERS} == set(ContentType)
    assert Counter(info.idiom for info in POSTERS) == {"religious": 12, "secular": 12}
    assert len({info.slogan for info in POSTERS}) == len({info.title for info in POSTERS}) == 24


@pytest.mark.parametrize(("kind", "number"), pictures())
def test_pictures_are_colour_pictures_of_the_stated_size(kind: str, number: int) -> None:
    picture = poster(number) if kind == "poster" else draw_benign(number)
    assert picture.mode == "RGB"
    assert picture.size in {(900, 1200), (1200, 900)}


@pytest.mark.parametrize("number", [0, 25, -1])
def test_there_is_no_other_poster(number: int) -> None:
    with pytest.raises(KeyError):
        draw_poster(number)
    with pytest.raises(KeyError):
        draw_benign(number)


def test_drawing_again_gives_the_same_bytes() -> None:
    for number in NUMBERS:
        assert identical(draw_poster(number)) == identical(poster(number))


def test_another_process_draws_the_same_pixels() -> None:
    code = (
        "import hashlib; from stanch.demo.posters import draw_poster; "
        "print(*[hashlib.sha256(draw_poster(n).tobytes()).hexdigest() for n in (1, 9, 22, 23)])"
    )
    drawn = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert drawn.stdout.split() == [digest(poster(number)) for number in (1, 9, 22, 23)]


@pytest.mark.parametrize(("kind", "number"), pictures())
def test_pictures_have_enough_in_them(kind: str, number: int) -> None:
    assert hashed(kind, number).quality >= QUALITY


@pytest.mark.parametrize("number", NUMBERS)
def test_no_edge_of_a_poster_passes_for_a_border(number: int) -> None:
    height, width = luma(poster(number)).shape
    assert without_borders(luma(poster(number))) == (0, 0, width, height)


def test_pictures_are_far_from_one_another_however_turned() -> None:
    for one, other in itertools.combinations(pictures(), 2):
        variants = dihedral(hashed(*one).coefficients)
        assert nearest(variants, hashed(*other).bits) >= APART, (one, other)


@pytest.mark.parametrize("edit", IMAGE_EDITS)
def test_every_poster_is_found_after_an_edit(edit: str) -> None:
    for number in NUMBERS:
        assert distance_after(IMAGE_EDITS[edit](poster(number)), number) <= PDQ.radius, number


@pytest.mark.parametrize("edit", IMAGE_EDITS | REPORTED_EDITS)
def test_an_edit_gives_the_same_bytes_again_and_spares_the_picture(edit: str) -> None:
    apply = (IMAGE_EDITS | REPORTED_EDITS)[edit]
    picture = draw_poster(4)
    assert apply(picture) == apply(picture)
    assert digest(picture) == digest(poster(4))


def test_edits_are_what_their_names_say() -> None:
    files = {name: Image.open(io.BytesIO(edit(poster(11)))) for name, edit in IMAGE_EDITS.items()}
    assert digest(files["identical"]) == digest(poster(11))
    modes = {name: (opened.format, opened.mode) for name, opened in files.items()}
    assert modes["cmyk"] == ("JPEG", "CMYK")
    assert modes["palette"] == modes["web-palette"] == ("PNG", "P")
    assert modes["greyscale"] == ("JPEG", "L")
    sizes = {name: opened.size for name, opened in files.items()}
    assert sizes["quarter-turned"] == sizes["turned-by-exif"] == (900, 1200)
    assert sizes["resized"] == (480, 360)
    assert sizes["cropped"] == (1176, 882)
    assert sizes["letterboxed"] == (1200, 1116)
    assert ImageOps.exif_transpose(files["turned-by-exif"]).size == (1200, 900)
    colours = files["palette"].getcolors()
    assert colours is not None
    assert 32 <= len(colours) <= 64


def test_a_turned_picture_shows_clockwise_what_was_up() -> None:
    marked = Image.new("RGB", (64, 48), "black")
    marked.paste("white", (0, 0, 64, 8))
    turned = Image.open(io.BytesIO(IMAGE_EDITS["quarter-turned"](marked))).convert("L")
    assert np.asarray(turned)[:, -6:].min() > 200
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(IMAGE_EDITS["turned-by-exif"](marked)))).convert("L")
    assert np.asarray(upright)[:6].min() > 200


def test_larger_crops_cut_as_much_as_they_are_asked_to() -> None:
    assert Image.open(io.BytesIO(cropped_more(0.1)(poster(11)))).size == (960, 720)


def names(text: str, language: str) -> list[str]:
    return [glyph.name for glyph in shape(text, language).glyphs]


def test_arabic_letters_are_joined_and_stand_from_right_to_left() -> None:
    assert names("سلم", "ar") == ["uni0645.fina", "uni0644.medi", "uni0633.init"]
    assert [glyph.cluster for glyph in shape("سلم", "ar").glyphs] == [2, 1, 0]
    assert names("لا", "ar") == ["uni0627.fina.rlig", "uni0644.init.rlig"]


def test_a_joined_word_is_one_stroke_and_separate_letters_are_not() -> None:
    def gaps(text: str) -> int:
        mask, _, _ = line_mask(shape(text, "ar"), 80)
        return int((np.asarray(mask).max(axis=0) == 0).sum())

    assert gaps("سلم") == 0
    assert gaps("س\u200cل\u200cم") > 0


def test_a_zero_width_non_joiner_ends_a_letter_in_persian() -> None:
    assert names("می\u200cخواهم", "fa")[-2:] == ["uni0649.fina", "uni0645.init"]
    assert "uni0649.fina" not in names("میخواهم", "fa")


def test_a_vowel_mark_stands_over_its_letter() -> None:
    mark, letter = shape("مدّ", "ar").glyphs[:2]
    assert (mark.name, letter.name) == ("uni0651", "uni062F.fina")
    assert mark.cluster == letter.cluster == 1
    alone = shape("مد", "ar")
    assert shape("مدّ", "ar").width == alone.width


@pytest.mark.parametrize(
    ("letters", "language"),
    [
        ("پچژگکی", "fa"),
        ("ٹڈڑںےہھ", "ur"),
        ("ЁЙЩЪЫЭЮЯ", "ru"),
        ("ĞİıŞÇÖÜ", "tr"),
        ("ÉÀÇŒÑ¿¡ß", "fr"),
        ("灯火维", "zh"),
    ],
)
def test_the_fonts_hold_each_language_s_own_letters(letters: str, language: str) -> None:
    assert {glyph.cluster for glyph in shape(letters, language).glyphs} == set(range(len(letters)))


def test_turkish_tells_its_two_letters_i_apart() -> None:
    assert len(set(names("ıiIİ", "tr"))) == 4


@pytest.mark.parametrize(
    ("text", "language"),
    [("ሰላም", "en"), ("灯", "ar"), ("ދިވެހި", "ar"), ("ދިވެހި", "dv"), ("नमस्ते", "hi"), ("ሰላም", "am"), ("سلام 12", "fa"),
     ("سلام OK", "ur"), ("hello سلام", "en")],
)  # fmt: skip
def test_what_would_be_drawn_wrongly_is_refused(text: str, language: str) -> None:
    with pytest.raises(InvalidValueError):
        shape(text, language)


def test_every_poster_is_signed_and_every_line_can_be_shaped() -> None:
    for info in POSTERS:
        placard = DESIGNS[info.number].placard
        assert placard is not None
        assert (placard.words, placard.signature) == (info.slogan, GROUP[info.language])
    for design in [*DESIGNS.values(), *EVERYDAY.values()]:
        if design.placard:
            for words in filter(None, (design.placard.words, design.placard.signature)):
                assert shape(words, design.placard.language).width > 0


@pytest.mark.parametrize("package", ["fontpkg-noto-sans", "fontpkg-noto-sans-arabic", "noto-cjk-sans-otc"])
def test_the_fonts_are_under_the_open_font_licence(package: str) -> None:
    assert metadata(package)["License-Expression"] == "OFL-1.1"


def test_lettering_is_seen_on_every_poster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stanch.demo.posters._letter", lambda *_: None)
    for number in NUMBERS:
        changed = np.abs(luma(draw_poster(number)).astype(int) - luma(poster(number))) > 48
        assert 0.004 < changed.mean() < 0.2, number


def test_lines_break_at_spaces_and_han_between_characters() -> None:
    assert broken("LA NUIT EST AU GARDIEN", 3) == ["LA NUIT", "EST AU", "GARDIEN"]
    assert broken("潮汐必归", 4) == ["潮", "汐", "必", "归"]
    assert broken("潮汐必归", 2) == ["潮汐", "必归"]
    assert broken("two words", 5) == ["two", "words"]
    assert broken("as it is", 1) == ["as it is"]
