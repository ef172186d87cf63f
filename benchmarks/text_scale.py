"""Text at a million documents: queries a second, how soon each is answered, bytes a document takes.

The bank holds what `text_scale_documents` makes. 90 % of the documents lie in one archive segment, 9 % in a
second, and 1 % were added since, as in a service. Every second query is a copy of a document of the bank,
each second of these with one in ten of its words replaced; the others are benign, of sentences that the bank was
not made from. Each is one post, and goes the whole way: `Matcher.match`.
"""

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from benchmarks.archived import ids_for, sizes
from benchmarks.index_speed import loaded
from benchmarks.report import Result, report, require_assets
from benchmarks.text_scale_documents import SEED, Chains, Read, chains, read
from stanch.index import NEVER, Rows
from stanch.matching import Archive, ArchiveSegment, Bank, Matcher
from stanch.matching.archive_layout import MEDIA, Contents, GramPrints, Prints, WordPrints
from stanch.matching.archive_writing import order_of_ids
from stanch.matching.entries import entry_of
from stanch.media import Decoders
from stanch.values import (
    BEHAVIOUR_BASED,
    TEXT_EXACT,
    BankInfo,
    ContentType,
    Kind,
    Medium,
    Post,
    State,
    TextPart,
)

BANK = UUID(int=0x57A2C5)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
REPLACED = 0.1
PEER = "TLSH, linear scan"
PEER_RATE = 0.4
"""Queries a second at a million digests, from 69 a second measured at 6,273."""

ROUNDS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """How many documents lie in each segment, how many are added since, and how many queries a round has."""

    segments: tuple[int, ...]
    added: int
    asked: int

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return sum(self.segments) + self.added


FULL = Scale(segments=(900_000, 90_000), added=10_000, asked=2_000)
QUICK = Scale(segments=(18_000, 1_800), added=200, asked=800)


def measure_scale(*, quick: bool) -> Iterator[Result]:
    """Measure the three bars of text at a million documents."""
    scale = QUICK if quick else FULL
    bank, held_out = chains(require_assets())
    with tempfile.TemporaryDirectory(prefix="stanch-bench-") as folder:
        began = time.process_time()
        paths = list(written(Path(folder), bank, scale))
        made = time.process_time() - began
        segments = [ArchiveSegment.open(path) for path in paths]
        yield bytes_result(segments, made)
        with matcher(segments, bank, scale) as above:
            posts, copied = queries(bank, held_out, scale)
            yield from speed_results(above, posts, copied, scale, frequencies(segments[0]))


def written(folder: Path, bank: Chains, scale: Scale) -> Iterator[Path]:
    """Write the archive segments."""
    first = 0
    for place, count in enumerate(scale.segments):
        path = folder / f"{place}.segment"
        write(path, list(read(bank, first, first + count)), seed=SEED + place)
        first += count
        yield path


def write(path: Path, lots: list[Read], seed: int) -> None:
    """Write documents as an archive segment, as a service does when it merges segments."""
    count = sum(len(lot.counts) for lot in lots)
    ids = ids_for(count, seed)
    ids = ids[order_of_ids(ids)]

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(lot, name) for lot in lots])

    entries, nothing = np.arange(count), np.zeros(count)
    symbols, characters, digests, counts = (
        column(name) for name in ("symbols", "characters", "digests", "counts")
    )
    same = {"bank": np.broadcast_to(0, count), "expires": np.broadcast_to(NEVER, count)}
    exact = Prints(
        method=TEXT_EXACT,
        entries=entries,
        counts=np.broadcast_to(1, count),
        extent=symbols,
        at=nothing,
        start=nothing,
        end=characters,
        rows=Rows(bits=digests, entry=entries, at=nothing, **same),
    )
    names = ("bits", "at", "start", "end", "kept")
    grams = GramPrints(entries=entries, counts=counts, extent=symbols, **{name: column(name) for name in names})
    held = column("word_counts")
    having = np.flatnonzero(held)
    words = WordPrints(entries=having, counts=held[having], bits=column("words"))
    lots.clear()
    medium = np.broadcast_to(MEDIA.index(Medium.TEXT), count)
    confirmed = np.broadcast_to(1, count)
    prints = (exact, grams, words)
    Contents(banks=(BANK,), ids=ids, medium=medium, confirmed=confirmed, prints=prints, **same).write(path)


def matcher(segments: list[ArchiveSegment], bank: Chains, scale: Scale) -> Matcher:
    """Return a matcher above these segments, to which the last documents are added."""
    info = BankInfo(
        name="known",
        owner="benchmark",
        legal_basis="public test data",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
        state=State.ENABLED,
    )
    decoders = Decoders()
    made = Matcher([Bank(info)], decoders=decoders)
    made.attach(Archive([(segment, np.empty(0, np.uint32)) for segment in segments]), {BANK: "known"})
    numbers = np.arange(sum(scale.segments), scale.documents)
    parts = [TextPart(name="t", text=text) for text in bank.texts(numbers)]
    made.add(
        "known",
        *[
            entry_of(part, decoders, added=NOW, confirmed_by="a", name=str(UUID(int=int(number))))
            for number, part in zip(numbers, parts, strict=True)
        ],
    )
    return made


def queries(bank: Chains, held_out: Chains, scale: Scale) -> tuple[list[Post], NDArray[np.bool_]]:
    """Return posts, and which of them are copies."""
    chosen = random.Random(SEED)
    half = scale.asked // 2
    copies = bank.texts(np.array(sorted(chosen.sample(range(scale.documents), half))))
    copies = [_changed(text, chosen) if place % 2 else text for place, text in enumerate(copies)]
    benign = held_out.texts(np.arange(half))
    texts = [(text, True) for text in copies] + [(text, False) for text in benign]
    chosen.shuffle(texts)
    posts = [Post(id=str(place), parts=(TextPart(name="t", text=text),)) for place, (text, _) in enumerate(texts)]
    return posts, np.array([copied for _, copied in texts])


def _changed(text: str, chosen: random.Random) -> str:
    """Put other words of the text in the place of some; in scripts without spaces other characters."""
    pieces = text.split(" ") if text.count(" ") > len(text) / 20 else list(text)
    unlike = chosen.sample(range(len(pieces)), round(REPLACED * len(pieces)))
    for place in unlike:
        pieces[place] = chosen.choice(pieces)
    return (" " if text.count(" ") > len(text) / 20 else "").join(pieces)


def frequencies(segment: ArchiveSegment) -> str:
    """Say in how many documents grams stand."""
    assert segment.grams is not None
    assert segment.grams.sealed is not None
    grams = segment.grams.sealed.words(0, segment.grams.features)[segment.grams.sealed.kept, 0]
    grams.sort()
    counts = np.diff(np.flatnonzero(np.concatenate([[True], grams[1:] != grams[:-1], [True]])))
    middle = np.sort(counts)[::-1]
    at_half = middle[np.searchsorted(np.cumsum(middle), len(grams) / 2)]
    return (
        f"a gram of the larger segment stands in {np.median(counts):g} documents in the median of all different "
        f"grams, in {at_half} in that of all stored, in up to {counts.max():,}"
    )


def bytes_result(segments: list[ArchiveSegment], made: float) -> Result:
    """Say how many bytes of disk a document takes."""
    documents = sum(segment.entries for segment in segments)
    total = sum(segment.file.path.stat().st_size for segment in segments)
    columns: dict[str, float] = {}
    for segment in segments:
        for name, size in sizes(segment).items():
            columns[name] = columns.get(name, 0) + size / documents
    most = sorted(columns.items(), key=lambda pair: -pair[1])
    assert segments[0].grams is not None
    return Result(
        name="text-1m-bytes",
        value=total / documents,
        unit="bytes/document",
        better="lower",
        bar=1_200,
        note=f"{documents:,} documents in {len(segments)} files, all of them; "
        + ", ".join(f"{name} {size:.1f}" for name, size in most if size >= 0.5)
        + f"; {segments[0].grams.features / segments[0].entries:.1f} grams each; made in {made:.0f} s of CPU",
    )


def speed_results(
    above: Matcher, posts: list[Post], copied: NDArray[np.bool_], scale: Scale, said: str
) -> Iterator[Result]:
    """Ask all queries one by one, several rounds."""
    took = np.empty((ROUNDS + 1, 2, len(posts)))
    found = np.zeros(len(posts), np.bool_)
    for each in took:
        for place, post in enumerate(posts):
            cpu, wall = time.thread_time(), time.perf_counter()
            (part,) = above.match(post, now=NOW).parts
            each[:, place] = time.thread_time() - cpu, time.perf_counter() - wall
            found[place] = any(match.kind in (Kind.IDENTICAL, Kind.COPY) for match in part.matches)
    (first, _), (cpu, wall) = took[0], np.median(took[1:], axis=0)
    kinds = ", ".join(
        f"{name} {1 / cpu[chosen].mean():,.0f} a second, {found[chosen].mean():.4f} found as copies"
        for name, chosen in (("copies", copied), ("benign", ~copied))
    )
    yield Result(
        name="text-1m-per-s",
        value=float(1 / cpu.mean()),
        unit="queries/s of CPU",
        better="higher",
        bar=2_000,
        peer=PEER,
        peer_value=PEER_RATE,
        note=f"{scale.documents:,} documents, {len(posts):,} queries one by one on one thread, "
        f"median of {ROUNDS}; "
        f"{kinds}; by the clock {1 / wall.mean():,.0f}; {said}; {loaded()}; the peer from its rate at 6,273",
    )
    p50, p99 = (np.percentile(wall, share) * 1e3 for share in (50, 99))
    yield Result(
        name="text-1m-p99-ms",
        value=float(p99),
        unit="ms by the clock",
        better="lower",
        bar=10,
        note=f"half take {p50:.2f}; of CPU {np.percentile(cpu, 99) * 1e3:.2f}, at most {cpu.max() * 1e3:.1f}; "
        f"when first asked, before it is known how common grams of entries are, {1 / first.mean():,.0f} a second "
        f"of CPU, half in {np.median(first) * 1e3:.2f}, 99 of 100 in {np.percentile(first, 99) * 1e3:.1f}",
    )


if __name__ == "__main__":
    report("text_scale", measure_scale, packages=["numpy", "numba"])
