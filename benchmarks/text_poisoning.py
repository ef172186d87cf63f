"""A hundred newspapers quote a statement and are cleared, so that the background model could learn to overlook it.

The newspapers are fictional: sentences of SIB-200 that stand in no document, a line of the demo's benign texts
where it has any in the language, and in the midst of them a statement of the demo: whole, in passages of 200
symbols, or in fragments of 50, which are too short for a match and tile it. Each is another publisher's. Whatever
they share with the bank outside of matches goes to the learner, and the matcher uses at once what is learnt.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.report import Result
from benchmarks.text_asking import bank_of, found, say
from benchmarks.text_documents import SEED, Collection, Document, Language
from benchmarks.text_edits import edits
from stanch.demo.writings import benign
from stanch.fingerprints.text import as_query
from stanch.language import normalise
from stanch.matching import BackgroundLearner, Matcher
from stanch.values import TEXT_GRAM, Kind

NEWSPAPERS = 100
WIDTHS = {"whole": None, "passages of 200 symbols": 200, "fragments of 50": 50}
AROUND = 3
"""Sentences before and after what is quoted."""
PROBED = ("words-20", "words-30", "noise-10", "evasion-words-20", "first-40", "passage-200", "buried")
TIMES, TIMES_QUICK = 10, 2
"""How often a statement is edited in each way."""
LANGUAGES = ("ar", "fa", "ur", "zh", "hi", "am", "dv", "en", "ru", "tr")
LANGUAGES_QUICK = ("ar", "zh")
KEY = bytes(range(16))
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

Found = dict[str, Kind | None]


def poisoning(assets: Path, known: Collection, *, quick: bool) -> Iterator[Result]:
    """Measure recall before and after; each language and way of quoting with a matcher of its own."""
    written = [each for each in known.documents if each.group.startswith("demo ")]
    lost = tried = learnt = 0
    where: list[str] = []
    languages = LANGUAGES_QUICK if quick else LANGUAGES
    statements = list(_longest(written, known, languages))
    for statement in statements:
        for way, width in WIDTHS.items():
            with Matcher([bank_of(written)]) as matcher:
                before = probed(assets, matcher, statement, known, TIMES_QUICK if quick else TIMES)
                taught = _cleared(matcher, statement, known.languages[statement.language], width)
                after = probed(assets, matcher, statement, known, TIMES_QUICK if quick else TIMES)
            gone = lost_of(before, after)
            lost, tried, learnt = lost + gone, tried + sum(map(bool, before.values())), learnt + taught
            where += [f"{gone} in {statement.group.removeprefix('demo ')}, {way}"] if gone else []
            say(f"{statement.name}, {way}: {taught} grams learnt, {gone} of {len(before)} copies lost")
    yield Result(
        name="background-poisoning",
        value=lost / max(1, tried),
        unit="share",
        better="lower",
        bar=0,
        note=f"of {tried:,} edited copies of {len(statements)} statements that were found before {NEWSPAPERS} "
        f"newspapers quoted them: as no match or a lesser kind; {learnt} grams learnt"
        + "".join(f"; {one}" for one in where),
    )


def _longest(written: Sequence[Document], known: Collection, languages: Sequence[str]) -> Iterator[Document]:
    """Yield the longest statement of each language that has one, and sentences to stand around it."""
    for code in languages:
        of = [each for each in written if each.group == f"demo {code}" and known.languages[each.language].benign]
        if of:
            yield max(of, key=lambda each: len(each.text))


def _cleared(matcher: Matcher, statement: Document, language: Language, width: int | None) -> int:
    """Let newspapers be cleared one after the other; return how many grams are learnt."""
    learner = BackgroundLearner(key=KEY)
    quoted = tiles(statement.text, width)
    lines = [line for text in benign() if f"demo {text.language}" == statement.group for line in _lines(text.body)]
    for number in range(NEWSPAPERS):
        random = Random(f"{SEED} {statement.name} {number}")
        text = newspaper(quoted[number % len(quoted)], language, lines, random)
        (grams,) = (one for one in as_query(text).fingerprints if one.method == TEXT_GRAM)
        at = BEGAN + timedelta(hours=number)
        if learner.observe(matcher.sightings(grams, found(matcher, text), now=at), publisher=number, at=at):
            matcher.use_background(learner.background())
    return len(learner.learnt())


def newspaper(quoted: str, language: Language, lines: Sequence[str], random: Random) -> str:
    """Return a text of other sentences around what is quoted."""
    sentences = random.sample(language.benign, min(2 * AROUND, len(language.benign)))
    line = [random.choice(lines)] if lines else []
    return " ".join([*line, *sentences[:AROUND], f"«{quoted}»", *sentences[AROUND:]])


def tiles(text: str, width: int | None) -> list[str]:
    """Return stretches of so many symbols that together are the text; the last takes what is left over."""
    if width is None:
        return [text]
    symbols = normalise(text)
    starts = range(0, max(1, len(symbols) - width + 1), width)
    ends = [*(starts[1:]), len(symbols)]
    return [text[symbols.start[start] : symbols.end[end - 1]] for start, end in zip(starts, ends, strict=True)]


def _lines(body: str) -> list[str]:
    return [line.strip() for line in body.splitlines() if line.strip()]


def probed(assets: Path, matcher: Matcher, statement: Document, known: Collection, times: int) -> Found:
    """Return as what each of many edited copies is found."""
    ways, language = edits(assets), known.languages[statement.language]
    results: Found = {}
    for name in PROBED:
        for number in range(times):
            made = ways[name](statement, language, Random(f"{SEED} {name} {statement.name} {number}"))
            if made is not None:
                own = [match.kind for match in found(matcher, made.text) if match.entry == statement.name]
                results[f"{name} {number}"] = own[0] if own else None
    return results


def lost_of(before: Found, after: Found) -> int:
    """Return how many copies are no longer found, or as a lesser kind."""
    return sum(_rank(after[name]) < _rank(kind) for name, kind in before.items())


def _rank(kind: Kind | None) -> int:
    return -1 if kind is None else kind.rank
