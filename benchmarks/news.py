"""A day of Arabic news, none of it propaganda, against the banks of the demo: nothing may be held or reviewed."""

import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterator

from benchmarks.report import ROOT, Result, report, require_assets
from stanch.demo import build
from stanch.matching import Bank, Matcher
from stanch.policies import judge
from stanch.values import Level, LinkPart, Post, TextPart

ARCHIVE = "text/SaudiNewsNet-2015-07-23.zip"


def articles() -> Iterator[Post]:
    """Yield each article as a post: its title and text, and the link it stands at."""
    with zipfile.ZipFile(require_assets() / ARCHIVE) as archive:
        records = json.loads(archive.read(archive.namelist()[0]))
    for record in records:
        text = TextPart(name="text", text=f"{record['title']}\n\n{record['content']}")
        yield Post(id=record["url"], parts=(text, LinkPart(name="link", link=record["url"])))


def measure(*, quick: bool) -> Iterator[Result]:  # noqa: ARG001 - all of it takes seconds
    """Scan every article and count what comes of it."""
    posts = list(articles())
    folder = ROOT / "demo"
    build(folder)
    levels: Counter[Level] = Counter()
    kinds: Counter[str] = Counter()
    matched, not_scanned = 0, 0
    with Matcher(Bank.open(path) for path in sorted((folder / "banks").glob("*.bank"))) as matcher:
        matcher.match(posts[0])  # compiles and loads what is compiled and loaded once
        began = time.perf_counter()
        for post in posts:
            result = matcher.match(post)
            levels[judge(result).level] += 1
            kinds.update(str(match.kind) for match in result.matches)
            matched += bool(result.matches)
            not_scanned += bool(result.not_scanned)
        seconds = time.perf_counter() - began
    of_all = f"of {len(posts):,} articles"
    held = levels[Level.HOLD] + levels[Level.BLOCK]
    found = ", ".join(f"{kind}: {count}" for kind, count in kinds.items()) or "no match of any kind"
    for name, count in (("held", held), ("sent_to_review", levels[Level.REVIEW]), ("not_scanned", not_scanned)):
        yield Result(name=name, value=count, unit="violations", better="lower", bar=0, note=of_all)
    yield Result(name="matched", value=matched, unit="articles", better="lower", note=f"{of_all}; {found}")
    yield Result(name="speed", value=len(posts) / seconds, unit="articles/s", better="higher", note="one process")


if __name__ == "__main__":
    report("news", measure, packages=["numpy", "numba"])
