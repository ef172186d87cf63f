"""What others make of the same documents and edits, each as its users run it; a match of any kind counts.

datasketch and rensa estimate how many shingles of five characters two texts share (MinHash, 128 permutations),
look for candidates by bands and take those of an estimate of .45 and more. TLSH and raw text are compared by the
rules of threatexchange. These two compare with every stored text in turn; here, to save time, with the one that a
text was made from, which can only flatter their recall.
"""

import importlib
import importlib.metadata
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.report import Result
from benchmarks.text_documents import Document

PERMUTATIONS, SHINGLE, SEED = 128, 5, 1
CANDIDATE, ALIKE = 0.5, 0.45
BANDS = 32
"""Of four rows each: half of the pairs that share 40 % of their shingles become candidates, nearly all that share
half of them (1 - (1 - s^4)^32)."""


class Peer(Protocol):
    """A way to find texts."""

    name: str
    version: str

    def bank(self, texts: Mapping[str, str]) -> None:
        """Take texts in by name."""

    def finds(self, text: str, own: str) -> bool:
        """Whether the text of a name is found by another text."""

    def finds_any(self, text: str) -> bool | None:
        """Whether any text is found; None where it cannot be tried."""


def shingles(text: str) -> set[bytes]:
    """Return the stretches of five characters of a text."""
    return {text[place : place + SHINGLE].encode() for place in range(max(1, len(text) - SHINGLE + 1))}


class Datasketch:
    """MinHash and MinHashLSH of datasketch."""

    name = "datasketch"

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - a module without types
        self._module = module
        self.version = str(module.__version__)
        self._stored: dict[str, Any] = {}
        self._index = module.MinHashLSH(threshold=CANDIDATE, num_perm=PERMUTATIONS)

    def bank(self, texts: Mapping[str, str]) -> None:
        """Take texts in by name."""
        for name, text in texts.items():
            self._stored[name] = self._sketch(text)
            self._index.insert(name, self._stored[name])

    def finds(self, text: str, own: str) -> bool:
        """Whether the text of a name is among the candidates and alike."""
        sketch = self._sketch(text)
        return own in self._index.query(sketch) and sketch.jaccard(self._stored[own]) >= ALIKE

    def finds_any(self, text: str) -> bool:
        """Whether any candidate is alike."""
        sketch = self._sketch(text)
        return any(sketch.jaccard(self._stored[name]) >= ALIKE for name in self._index.query(sketch))

    def _sketch(self, text: str) -> Any:  # noqa: ANN401 - a type of theirs
        sketch = self._module.MinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update_batch(list(shingles(text)))
        return sketch


class Rensa:
    """RMinHash and RMinHashLSH of rensa."""

    name = "rensa"

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - a module without types
        self._module = module
        self.version = _version("rensa")
        self._stored: list[Any] = []
        self._names: dict[str, int] = {}
        self._index = module.RMinHashLSH(CANDIDATE, PERMUTATIONS, BANDS)

    def bank(self, texts: Mapping[str, str]) -> None:
        """Take texts in by name."""
        for name, text in texts.items():
            self._names[name] = len(self._stored)
            self._stored.append(self._sketch(text))
            self._index.insert(self._names[name], self._stored[-1])

    def finds(self, text: str, own: str) -> bool:
        """Whether the text of a name is among the candidates and alike."""
        sketch, place = self._sketch(text), self._names[own]
        return place in self._index.query(sketch) and sketch.jaccard(self._stored[place]) >= ALIKE

    def finds_any(self, text: str) -> bool:
        """Whether any candidate is alike."""
        sketch = self._sketch(text)
        return any(sketch.jaccard(self._stored[place]) >= ALIKE for place in self._index.query(sketch))

    def _sketch(self, text: str) -> Any:  # noqa: ANN401 - a type of theirs
        sketch = self._module.RMinHash(PERMUTATIONS, SEED)
        sketch.update(list(shingles(text)))
        return sketch


class Tlsh:
    """TextTLSHSignal of threatexchange; texts too short or too uniform have no hash."""

    name = "TLSH"

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - a module without types
        self._signal = module.TextTLSHSignal
        self.version = _version("py-tlsh")
        self._stored: dict[str, str] = {}

    def bank(self, texts: Mapping[str, str]) -> None:
        """Take texts in by name."""
        self._stored |= {name: self._signal.hash_from_str(text) for name, text in texts.items()}

    def finds(self, text: str, own: str) -> bool:
        """Whether the hash of the text of a name is near."""
        return self._near(self._signal.hash_from_str(text), self._stored[own])

    def finds_any(self, text: str) -> bool:
        """Whether any hash is near."""
        digest = self._signal.hash_from_str(text)
        return any(self._near(digest, other) for other in self._stored.values())

    def _near(self, digest: str, other: str) -> bool:
        return bool(digest and other and self._signal.compare_hash(digest, other).match)


class RawText:
    """RawTextSignal of threatexchange: at most 5 % of the characters may differ. It refuses all but ASCII."""

    name = "raw text"

    def __init__(self, module: Any) -> None:  # noqa: ANN401 - a module without types
        self._signal = module.RawTextSignal
        self.version = _version("threatexchange")
        self._stored: dict[str, str] = {}

    def bank(self, texts: Mapping[str, str]) -> None:
        """Take texts in by name."""
        self._stored |= texts

    def finds(self, text: str, own: str) -> bool:
        """Whether the text of a name is near; False for what is refused."""
        try:
            return bool(self._signal.matches_str(self._stored[own], text).match)
        except UnicodeEncodeError:
            return False

    def finds_any(self, text: str) -> None:
        """Return None: the articles are not in ASCII."""


PEERS: dict[str, tuple[str, Callable[[Any], Peer]]] = {
    "datasketch": ("datasketch", Datasketch),
    "rensa": ("rensa", Rensa),
    "TLSH": ("threatexchange.extensions.tlsh.text_tlsh", Tlsh),
    "raw text": ("threatexchange.signal_type.raw_text", RawText),
}


def peers() -> tuple[list[Peer], list[str]]:
    """Return the peers that are installed, with nothing banked, and the names of those that are not."""
    found: list[Peer] = []
    missing: list[str] = []
    for name, (module, make) in PEERS.items():
        try:
            found.append(make(importlib.import_module(module)))
        except ImportError:
            missing.append(name)
    return found, missing


def _version(package: str) -> str:
    return importlib.metadata.version(package)


@dataclass(kw_only=True, slots=True)
class Beside:
    """The peers, and the names of the documents that they hold."""

    found: list[Peer]
    missing: list[str]
    chosen: frozenset[str]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Beside":
        """Bank documents with every peer."""
        texts = {each.name: each.text for each in documents}
        found, missing = peers()
        for peer in found:
            peer.bank(texts)
        return cls(found=found, missing=missing, chosen=frozenset(texts))

    def recall(self, name: str, texts: Sequence[tuple[str, str]], ours: Mapping[str, bool]) -> list[Result]:
        """Look for edited documents with every peer.

        Parameters
        ----------
        name : of the row.
        texts : the name of each document and its edited text; those that the peers do not hold are left out.
        ours : whether each document was found by us, as any kind of match.
        """
        tried = [(own, text) for own, text in texts if own in self.chosen]
        share = sum(ours[own] for own, _ in tried) / max(1, len(tried))
        return [
            *(self._row(peer, name, tried, share) for peer in self.found),
            *(absent(f"{name}-beside-{_hyphened(missing)}", missing) for missing in self.missing),
        ]

    def _row(self, peer: Peer, name: str, tried: Sequence[tuple[str, str]], ours: float) -> Result:
        began = time.process_time()
        theirs = sum(peer.finds(text, own) for own, text in tried) / max(1, len(tried))
        seconds = time.process_time() - began
        refused = sum(not text.isascii() for _, text in tried) if isinstance(peer, RawText) else 0
        return Result(
            name=f"{name}-beside-{_hyphened(peer.name)}",
            value=ours,
            unit="share",
            better="higher",
            peer=f"{peer.name} {peer.version}",
            peer_value=theirs,
            note=f"any match, the same {len(tried)} documents; {len(tried) / max(seconds, 1e-6):,.0f} texts/s"
            + (f"; it refuses what is not ASCII: {refused} of the texts" if refused else ""),
        )


def benign_beside(asked: Mapping[str, str], banked: Mapping[str, str], ours: float) -> list[Result]:
    """Look for articles that are no reprint with every peer: the share that matches anything."""
    rows = []
    found, missing = peers()
    for peer in found:
        peer.bank(banked)
        matched = [peer.finds_any(text) for text in asked.values()]
        theirs = None if None in matched else sum(map(bool, matched)) / len(matched)
        rows.append(
            Result(
                name=f"benign-match-beside-{_hyphened(peer.name)}",
                value=ours,
                unit="share",
                better="lower",
                peer=f"{peer.name} {peer.version}",
                peer_value=theirs,
                note="NOT MEASURED: it refuses all but ASCII" if theirs is None else "the same articles",
            )
        )
    return rows + [absent(f"benign-match-beside-{_hyphened(name)}", name) for name in missing]


def absent(row: str, peer: str) -> Result:
    """Say that a peer was not measured."""
    return Result(
        name=row,
        value=None,
        unit="share",
        better="higher",
        note=f"NOT MEASURED: {peer} is not installed in this environment",
    )


def best(rows: Sequence[Result]) -> tuple[str, float] | None:
    """Return the peer that reached most, and what; None if none was measured."""
    measured = [(row.peer_value, row.peer) for row in rows if row.peer_value is not None and row.peer is not None]
    return (max(measured)[1], max(measured)[0]) if measured else None


def _hyphened(name: str) -> str:
    return name.lower().replace(" ", "-")
