"""Fingerprints made on the source's side, so that content need not leave it."""

from pathlib import Path

import msgspec

from stanch.client.answers import NotScannedAnswer
from stanch.client.posts import FingerprintedPart, SentFingerprint
from stanch.fingerprints import Reading, as_query
from stanch.formats import record_of
from stanch.media import Decoders
from stanch.values import FilePart, Fingerprint, Medium, Part


def fingerprint_here(content: Part | Path, *, decoders: Decoders | None = None) -> FingerprintedPart:
    """Return the fingerprints of a file or of any other part, made here, ready to go into a `NewPost`.

    Parameters
    ----------
    content : a path, or a part from `stanch.values`.
    decoders : the worker processes that open media; without them some are started and ended for this call, which
        costs about a second. Give yours if there is more than one file.

    Raises
    ------
    OSError
        If the file cannot be opened. What can be opened and not understood is in `not_scanned`.
    """
    part = FilePart(name=content.name, path=content) if isinstance(content, Path) else content
    if decoders is not None:
        return _fingerprinted(part, as_query(part, decoders))
    with Decoders() as own:
        return _fingerprinted(part, as_query(part, own))


def _fingerprinted(part: Part, readings: tuple[Reading, ...]) -> FingerprintedPart:
    evading = max(readings, key=lambda reading: reading.evasion, default=None)
    reasons = (why for reading in readings for why in reading.not_scanned)
    return FingerprintedPart(
        name=part.name,
        medium=readings[-1].medium if readings else Medium.FILE,
        symbols=sum(reading.symbols for reading in readings),
        fingerprints=tuple(_sent(found) for reading in readings for found in reading.fingerprints),
        not_scanned=tuple(NotScannedAnswer(code=why.code, reason=why.reason, part=part.name) for why in reasons),
        remarks=tuple(remark for reading in readings for remark in reading.remarks),
        evasion=evading.evasion if evading else 0.0,
        undone=evading.undone if evading else (),
    )


def _sent(fingerprint: Fingerprint) -> SentFingerprint:
    return SentFingerprint(**msgspec.structs.asdict(record_of(fingerprint)), variant=fingerprint.variant)
