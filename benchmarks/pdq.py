"""PDQ of JPEG files and of luma planes: how many a second, beside the peer, and how far the hashes drift."""

import io
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

from benchmarks.edits import grainy, jpeg, photographs, scaled
from benchmarks.report import Result, report, require_assets
from stanch.fingerprints.image import as_query
from stanch.kernels.jit import jit
from stanch.kernels.pdq import PdqResult, pdq
from stanch.kernels.pdq_many import pdq_many
from stanch.kernels.pdq_numba import shrink_numba
from stanch.media import Decoders, Limits, decode
from stanch.values import words_from_hex
from tests.media.pictures import encoded

PEER = "threatexchange"
LIMITS = Limits()
BEYOND_CACHES = 1 << 28
"""Bytes; no cache holds as many, so that what is read of them comes from memory."""
MOST_DRIFT = 2
"""Bits; so far may the hash of a file lie from the one that `pdqhash` makes of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large photographs are, how many of them are taken, and how often."""

    name: str
    longer: int
    shorter: int
    bar: float
    count: int
    rounds: int


SIZES = (
    Size(name="1mp", longer=1155, shorter=866, bar=4, count=12, rounds=8),
    Size(name="12mp", longer=4000, shorter=3000, bar=9, count=6, rounds=2),
)
QUICK = {"1mp": (4, 4), "12mp": (2, 1)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Seconds that an image takes: of the thread's processor time, and by the clock."""

    cpu: float
    wall: float

    def __str__(self) -> str:
        return f"{self.cpu * 1e3:.2f} ms CPU, {self.wall * 1e3:.2f} ms by the clock"


def paced(act: Callable[[bytes], object], files: Sequence[bytes], rounds: int) -> Pace:
    """Return the mean over files of the best of some rounds, on this thread."""
    act(files[0])
    best = [min(_timed(act, file) for _ in range(rounds)) for file in files]
    cpu, wall = np.mean(best, axis=0).tolist()
    return Pace(cpu=cpu, wall=wall)


def _timed(act: Callable[[bytes], object], file: bytes) -> tuple[float, float]:
    cpu, wall = time.thread_time(), time.perf_counter()
    act(file)
    return time.thread_time() - cpu, time.perf_counter() - wall


def ours(file: bytes) -> object:
    """Do to a file what a worker does: decode, look for borders, hash by numpy."""
    return decode.hashes(file, LIMITS, 0)


def against_peer(name: str, files: Sequence[bytes], size: Size, *, bar: float | None) -> Iterator[Result]:
    """Yield how many times as fast as the peer we are on one core, and the images a second of both."""
    mine, theirs = paced(ours, files, size.rounds), paced(pdq_from_bytes, files, max(1, size.rounds // 2))
    mean = sum(map(len, files)) / len(files) / 1e6
    yield Result(
        name=f"{name}-vs-peer",
        value=theirs.cpu / mine.cpu,
        unit="times the peer",
        better="higher",
        bar=bar,
        peer=PEER,
        peer_value=1,
        note=f"by the clock {theirs.wall / mine.wall:.1f}; {len(files)} files of {mean:.2f} MB",
    )
    yield Result(
        name=f"{name}-images-per-s",
        value=1 / mine.cpu,
        unit="images/s of CPU",
        better="higher",
        peer=PEER,
        peer_value=1 / theirs.cpu,
        note=f"{mine}; the peer {theirs}",
    )


def through_pool(name: str, files: Sequence[bytes], rounds: int) -> Result:
    """Measure a whole query through one confined worker: bytes in, all fingerprints out."""
    many = [file for _ in range(rounds) for file in files]
    started, _, _ = _queried(files[:1], [])
    worker, here, wall = _queried(files[:1], many)
    return Result(
        name=f"{name}-pool-images-per-s",
        value=len(many) / wall,
        unit="images/s by the clock",
        better="higher",
        note=f"as_query, one worker: {(worker - started) / len(many) * 1e3:.2f} ms CPU in it, "
        f"{here / len(many) * 1e3:.2f} ms here, an image",
    )


def _queried(first: Sequence[bytes], files: Sequence[bytes]) -> tuple[float, float, float]:
    """Return a fresh worker's processor time in all, and this process's, and the seconds, that `files` take."""
    before = _used(resource.RUSAGE_CHILDREN)
    with Decoders(workers=1) as decoders:
        for file in first:
            as_query(file, decoders)
        own, wall = _used(resource.RUSAGE_SELF), time.perf_counter()
        for file in files:
            as_query(file, decoders)
        own, wall = _used(resource.RUSAGE_SELF) - own, time.perf_counter() - wall
    return _used(resource.RUSAGE_CHILDREN) - before, own, wall


def _used(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def of_planes(size: Size, lumas: Sequence[NDArray[np.uint8]]) -> Iterator[Result]:
    """Yield the pace of the kernel alone, and of the batch over one thread and over two."""
    luma = np.ascontiguousarray(lumas[0])
    shrink, read = _best(lambda: shrink_numba(luma)), _best(lambda: _read(_words(luma)))
    memory = BEYOND_CACHES / _best(lambda: _read(_words(np.ones(BEYOND_CACHES, np.uint8))), 3) / 1e9
    yield Result(
        name=f"pdq-{size.name}-kernel-gb-per-s",
        value=luma.size / shrink / 1e9,
        unit="GB/s",
        better="higher",
        note=f"{shrink * 1e3:.3f} ms a plane; merely to read it, by one core: {luma.size / read / 1e9:.0f} GB/s, "
        f"from beyond the caches {memory:.0f}",
    )
    batch = [luma for _ in range(max(1, int(6e8 / luma.size / len(lumas)))) for luma in lumas]
    one, two = (_best(partial(_drain, batch, threads), 5) / len(batch) for threads in (1, 2))
    yield Result(
        name=f"pdq-{size.name}-many-planes-per-s",
        value=1 / two,
        unit="planes/s by the clock",
        better="higher",
        note=f"two threads; {one / two:.2f} times one thread's {1 / one:,.0f}",
    )


def _drain(lumas: Sequence[NDArray[np.uint8]], threads: int) -> None:
    for _ in pdq_many(lumas, threads=threads):
        pass


def _best(act: Callable[[], object], rounds: int = 40) -> float:
    """Return the least seconds by the clock that something takes, after a first time."""
    act()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _words(plane: NDArray[np.uint8]) -> NDArray[np.uint64]:
    return plane.reshape(-1)[: plane.size // 8 * 8].view(np.uint64)


@jit
def _read(words: NDArray[np.uint64]) -> np.uint64:
    total = np.uint64(0)
    for place in range(len(words)):
        total += words[place]
    return total


def drift(files: dict[str, bytes], name: str) -> Iterator[Result]:
    """Yield how far hashes of files lie from the peer's, and how far from those by way of the colours."""
    peers, colours = {}, {}
    for file, data in files.items():
        ours_, theirs = _raw_of(data).bits, words_from_hex([pdq_from_bytes(data)[0]])[0]
        long_way = pdq(np.asarray(Image.open(io.BytesIO(data)).convert("RGB").convert("L"))).bits
        peers[file] = (_apart(ours_, theirs), _apart(long_way, theirs))
        colours[file] = _apart(ours_, long_way)
    worst, farthest = max(peers, key=peers.__getitem__), max(colours, key=colours.__getitem__)
    near, near_by_colours = (sum(pair[way] <= MOST_DRIFT for pair in peers.values()) for way in (0, 1))
    yield Result(
        name=f"{name}-from-pdqhash",
        value=peers[worst][0],
        unit="bits",
        better="lower",
        bar=MOST_DRIFT,
        note=f"{near} of {len(files)} within {MOST_DRIFT}; {worst}; by way of the colours {near_by_colours}, "
        f"at worst {max(distance for _, distance in peers.values())}",
    )
    yield Result(
        name=f"{name}-by-luma-alone",
        value=colours[farthest],
        unit="bits",
        better="lower",
        bar=MOST_DRIFT,
        note=f"{farthest}; {sum(not distance for distance in colours.values())} of {len(files)} equal",
    )


def _raw_of(data: bytes) -> PdqResult:
    answer, body = decode.image(data, LIMITS, 0)
    assert answer.raw is not None
    plane = answer.planes[answer.raw]
    return pdq(np.frombuffer(body[answer.raw], np.uint8).reshape(plane.height, plane.width))


def _apart(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def generated_files(count: int) -> dict[str, bytes]:
    """Return generated photographs as JPEGs of several qualities, with colours at full and at half the size."""
    return {
        f"photograph {number} at {quality}, subsampling {subsampling}": encoded(
            picture, "JPEG", quality=quality, subsampling=subsampling
        )
        for number, picture in enumerate(photographs(count), start=1)
        for quality in (30, 60, 85, 95)
        for subsampling in (0, 2)
    }


def real_files(images: Path) -> dict[str, bytes]:
    """Return the real photographs that are JPEGs of three colours or of grey."""
    files = {str(path.relative_to(images)): path.read_bytes() for path in sorted(images.rglob("*.jp*g"))}
    return {name: data for name, data in files.items() if Image.open(io.BytesIO(data)).mode in {"L", "RGB"}}


def measure(*, quick: bool) -> Iterator[Result]:
    """Measure both sizes, soft and with grain, then the drift."""
    images = require_assets() / "images"
    decode.prepare(LIMITS)
    for size in SIZES:
        count, rounds = QUICK[size.name] if quick else (size.count, size.rounds)
        pictures = [scaled(picture, size.longer, size.shorter) for picture in photographs(count)]
        files, grains = (
            [jpeg(picture) for picture in pictures],
            [jpeg(grainy(picture, seed)) for seed, picture in enumerate(pictures)],
        )
        taken = Size(
            name=size.name, longer=size.longer, shorter=size.shorter, bar=size.bar, count=count, rounds=rounds
        )
        yield from against_peer(f"pdq-{size.name}", files, taken, bar=size.bar)
        yield from against_peer(f"pdq-{size.name}-grain", grains, taken, bar=None)
        yield through_pool(f"pdq-{size.name}", files, rounds)
        yield through_pool(f"pdq-{size.name}-grain", grains, rounds)
        yield from of_planes(size, [np.asarray(picture.convert("L")) for picture in pictures])
    yield from drift(generated_files(5 if quick else 40), "pdq-drift-generated")
    yield from drift(real_files(images), "pdq-drift-real")


if __name__ == "__main__":
    report("pdq", measure, packages=["numpy", "numba", "pillow", "threatexchange", "pdqhash"])
