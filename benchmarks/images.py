"""Copies of pictures, in every mode, turned, mirrored, edited: how many are found, how far their hashes lie."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes
from threatexchange.signal_type.pdq.signal import PdqSignal

from benchmarks.edits import DIHEDRAL, EDITED, MODES, jpeg, photographs
from benchmarks.report import Result, report, require_assets
from stanch.fingerprints import as_entry, as_query
from stanch.kernels.pdq import pdq
from stanch.matching import Bank, Matcher, entry_of
from stanch.media import Decoders
from stanch.values import (
    BEHAVIOUR_BASED,
    PDQ,
    BankInfo,
    ContentType,
    FilePart,
    Post,
    State,
    words_from_hex,
)

PEER = "threatexchange"
FARTHEST = 256
"""Two hashes of 256 bits are never farther apart than this; what has no hash counts as this far."""
PHOTOGRAPHS, QUICK = 20, 3
NAMED = {"CMYK.jpg": "distance_CMYK", "P.png": "distance_palette"}
"""Files of `modes/` that the peer is known to miss, each a result of its own."""

GROUPS = {"modes": MODES, "turned": DIHEDRAL, "edited": EDITED}
"""Edits of generated photographs. What is merely stored otherwise, turned or mirrored must be found; how much
editing a copy bears is reported, since strong edits change what is to be seen."""

INFO = BankInfo(
    name="originals",
    owner="benchmark",
    legal_basis="public test data",
    content_type=ContentType.INCITES,
    designation=BEHAVIOUR_BASED,
    state=State.ENABLED,
)


@dataclass(kw_only=True)
class Tally:
    """What became of the copies of some originals: ours and the peer's, by name of copy."""

    distances: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    peer_distances: dict[str, int] = field(default_factory=dict)
    peer_missed: list[str] = field(default_factory=list)

    def results(self, name: str, *, all_must_be_found: bool = True) -> Iterator[Result]:
        """Yield the share found and the worst distance."""
        count = len(self.distances)
        yield Result(
            name=f"found_{name}",
            value=1 - len(self.missed) / count,
            unit="share",
            better="higher",
            bar=1 if all_must_be_found else None,
            peer=PEER,
            peer_value=1 - len(self.peer_missed) / count,
            note=f"of {count} copies; we miss {listed(self.missed)}, the peer misses {listed(self.peer_missed)}",
        )
        worst, peer_worst = (max(all_, key=all_.__getitem__) for all_ in (self.distances, self.peer_distances))
        yield Result(
            name=f"worst_distance_{name}",
            value=self.distances[worst],
            unit="bits",
            better="lower",
            bar=PDQ.radius if all_must_be_found else None,
            peer=PEER,
            peer_value=self.peer_distances[peer_worst],
            note=f"ours: {worst}; the peer's: {peer_worst}",
        )


class Original:
    """A picture in a bank of its own, as we and as the peer keep it."""

    def __init__(self, data: bytes, decoders: Decoders) -> None:
        part = FilePart(name="original", data=data)
        self.decoders = decoders
        self.entry = entry_of(part, decoders, added=datetime(2026, 1, 1, tzinfo=UTC), confirmed_by=None)
        self.matcher = Matcher([Bank(INFO, [self.entry])], decoders=decoders)
        (self.bits,) = (f.bits for r in as_entry(part, decoders) for f in r.fingerprints if f.method == PDQ)
        self.peer = PdqSignal.hash_from_bytes(data)

    def finds(self, data: bytes) -> bool:
        """Whether a bank of only this picture finds a copy."""
        result = self.matcher.match(Post(id="copy", parts=(FilePart(name="copy", data=data),)))
        return bool(result.matches)

    def distance(self, data: bytes) -> int:
        """Return how many bits the nearest variant of a copy is from what the bank holds."""
        readings = as_query(FilePart(name="copy", data=data), self.decoders)
        rows = [f.bits for reading in readings for f in reading.fingerprints if f.method == PDQ]
        return min((bits_apart(query, self.bits) for query in rows), default=FARTHEST)

    def peer_finds(self, data: bytes) -> bool:
        """Whether the peer finds a copy, at its own threshold of distance and quality."""
        try:
            hashed = PdqSignal.hash_from_bytes(data)
        except Exception:  # noqa: BLE001 - whatever it raises, it has not found the copy
            return False
        return bool(hashed) and bool(PdqSignal.compare_hash(self.peer, hashed).match)

    def peer_distance(self, data: bytes) -> int:
        """Return how far the peer's hash of a copy lies, whatever its quality."""
        try:
            hashed, _ = pdq_from_bytes(data)
        except Exception:  # noqa: BLE001 - whatever it raises, there is no hash
            return FARTHEST
        return bits_apart(words_from_hex([hashed]), words_from_hex([self.peer]))

    def judge(self, copies: Mapping[str, bytes], tally: Tally) -> None:
        """Look for copies, and write down what became of each."""
        for name, data in copies.items():
            tally.distances[name] = self.distance(data)
            tally.peer_distances[name] = self.peer_distance(data)
            tally.missed += [] if self.finds(data) else [name]
            tally.peer_missed += [] if self.peer_finds(data) else [name]


def bits_apart(one: np.ndarray, other: np.ndarray) -> int:
    """Return the least distance between any row of one and any of the other."""
    return int(np.bitwise_count(one[:, None] ^ other[None]).sum(axis=-1).min())


def listed(names: Iterable[str]) -> str:
    """Name what copies were missed, and how often."""
    counts = Counter(name.partition(" of photograph")[0] for name in names)
    return ", ".join(f"{name} {count}x" if count > 1 else name for name, count in counts.items()) or "none"


def of_real_photograph(images: Path, decoders: Decoders) -> Iterator[Result]:
    """Look for every file of three folders with a bank of only the one original."""
    original = Original((images / "modes" / "original.jpg").read_bytes(), decoders)
    for folder in ("modes", "bridge", "dihedral"):
        files = sorted(path for path in (images / folder).iterdir() if path.suffix != ".md")
        tally = Tally()
        original.judge({path.name: path.read_bytes() for path in files}, tally)
        yield from tally.results(folder)
        for file in (name for name in NAMED if name in tally.distances):
            yield Result(
                name=NAMED[file],
                value=tally.distances[file],
                unit="bits",
                better="lower",
                bar=PDQ.radius,
                peer=PEER,
                peer_value=tally.peer_distances[file],
                note=f"{folder}/{file}",
            )
    yield unrelated(original)


def unrelated(original: Original) -> Result:
    """Count pictures of something else that the bank of one original takes for it."""
    others = [jpeg(picture) for picture in photographs(PHOTOGRAPHS)]
    nearest = min(map(original.distance, others))
    return Result(
        name="unrelated_found",
        value=sum(map(original.finds, others)),
        unit="violations",
        better="lower",
        bar=0,
        peer=PEER,
        peer_value=sum(map(original.peer_finds, others)),
        note=f"of {len(others)} generated photographs; the nearest is {nearest} bits away",
    )


def of_generated_photographs(count: int, decoders: Decoders) -> Iterator[Result]:
    """Look for every edit of each photograph with a bank of only that one."""
    tallies = {name: Tally() for name in GROUPS}
    for number, picture in enumerate(photographs(count), start=1):
        original = Original(jpeg(picture), decoders)
        for name, edits in GROUPS.items():
            copies = {f"{edit} of photograph {number}": make(picture) for edit, make in edits.items()}
            original.judge(copies, tallies[name])
    for name, tally in tallies.items():
        yield from tally.results(f"generated_{name}", all_must_be_found=name != "edited")


def published(images: Path, decoders: Decoders) -> Result:
    """Hold hashes against those that the authors of PDQ published, of pictures as a plain program sees them."""
    distances, peer_distances = {}, {}
    with (images / "hashes" / "PDQMD5TestData.csv").open(encoding="utf-8") as stream:
        rows = {Path(row["FilePath"]).name: row["Hash"] for row in csv.DictReader(stream)}
    for path in (images / name for name in ("c.png", "small.jpg", "wee.jpg", *bridge_files(images))):
        data, expected = path.read_bytes(), words_from_hex([rows[path.name]])
        raw = decoders.image(data).raw
        assert raw is not None
        distances[path.name] = bits_apart(pdq(raw.luma).bits[None], expected)
        peer_distances[path.name] = bits_apart(words_from_hex([pdq_from_bytes(data)[0]]), expected)
    return Result(
        name="worst_distance_published",
        value=max(distances.values()),
        unit="bits",
        better="lower",
        bar=10,
        peer=PEER,
        peer_value=max(peer_distances.values()),
        note=", ".join(f"{name} {distance}" for name, distance in distances.items() if distance) or "all equal",
    )


def bridge_files(images: Path) -> list[str]:
    """Return the files of `bridge/`, as paths from the folder of images."""
    return [f"bridge/{path.name}" for path in sorted((images / "bridge").glob("*.jpg"))]


def measure(*, quick: bool) -> Iterator[Result]:
    """Measure the real photograph, generated ones, and the published hashes."""
    images = require_assets() / "images"
    with Decoders() as decoders:
        yield from of_real_photograph(images, decoders)
        yield from of_generated_photographs(QUICK if quick else PHOTOGRAPHS, decoders)
        yield published(images, decoders)


if __name__ == "__main__":
    report("images", measure, packages=["numpy", "numba", "pillow", "threatexchange", "pdqhash"])
