"""Arabic is complete: every string of this room is translated, and what is compiled is what is written."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import stanch_server.intake

ROOM = Path(stanch_server.intake.__file__).parent
ARABIC = ROOM / "locale" / "ar" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+>")


def marked() -> Iterator[str]:
    """Yield every string that the room marks for translation, in code and in templates."""
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                assert isinstance(node.args[0], ast.Constant), path
                yield str(node.args[0].value)
    for path in ROOM.rglob("*.html"):
        template = path.read_text(encoding="utf-8")
        yield from re.findall(r'{% translate "([^"]+)" %}', template)
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", template, re.DOTALL):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", block)


def written() -> dict[str, str]:
    """Return the catalogue as translators wrote it, one line a string."""
    catalogue = (ARABIC / "django.po").read_text(encoding="utf-8")
    return dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', catalogue, re.MULTILINE))


def test_every_string_is_translated_and_none_is_left_over() -> None:
    catalogue = written()
    assert catalogue.keys() == set(marked())
    assert all(re.search(r"[\u0600-\u06ff]", translated) for translated in catalogue.values())


def test_placeholders_and_marks_survive_translation() -> None:
    for original, translated in written().items():
        assert sorted(PLACEHOLDER.findall(original)) == sorted(PLACEHOLDER.findall(translated))


def test_what_is_compiled_is_what_is_written() -> None:
    with (ARABIC / "django.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    assert {original: compiled.gettext(original) for original in written()} == written()
