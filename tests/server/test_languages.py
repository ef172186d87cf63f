"""Arabic is complete and alike in all rooms, and what is compiled is what is written."""

import ast
import gettext
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import stanch_server

ROOMS = {
    path.parents[2].name: path.parents[2] for path in Path(stanch_server.__file__).parent.glob("*/locale/ar/*")
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+>")

in_each_room = pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)


def marked(room: Path) -> Iterator[str]:
    """Yield every string that a room marks for translation, in code and in templates."""
    for path in room.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                assert isinstance(node.args[0], ast.Constant), path
                yield str(node.args[0].value)
    for path in room.rglob("*.html"):
        template = path.read_text(encoding="utf-8")
        yield from re.findall(r'{% translate "([^"]+)" %}', template)
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", template, re.DOTALL):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", block)


def catalogue_of(room: Path) -> Path:
    return room / "locale" / "ar" / "LC_MESSAGES" / "django.po"


def written(room: Path) -> dict[str, str]:
    """Return the catalogue as translators wrote it, one line a string."""
    return dict(
        re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', catalogue_of(room).read_text(encoding="utf-8"), re.MULTILINE)
    )


@in_each_room
def test_every_string_is_translated_and_none_is_left_over(room: Path) -> None:
    catalogue = written(room)
    assert catalogue.keys() == set(marked(room))
    assert all(re.search(r"[\u0600-\u06ff]", translated) for translated in catalogue.values())


@in_each_room
def test_placeholders_and_marks_survive_translation(room: Path) -> None:
    for original, translated in written(room).items():
        assert sorted(PLACEHOLDER.findall(original)) == sorted(PLACEHOLDER.findall(translated))


@in_each_room
def test_what_is_compiled_is_what_is_written(room: Path) -> None:
    with catalogue_of(room).with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    assert {original: compiled.gettext(original) for original in written(room)} == written(room)


def test_rooms_translate_what_they_share_alike() -> None:
    """Django shows the words of one of them, and nobody would see which."""
    found = defaultdict(set)
    for room in ROOMS.values():
        for original, translated in written(room).items():
            found[original].add(translated)
    assert [translations for translations in found.values() if len(translations) > 1] == []
    assert {"accounts", "banks", "intake", "review", "project"} <= ROOMS.keys()
