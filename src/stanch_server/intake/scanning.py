"""From contents to an outcome: what the banks of a source know of them, and what its policies make of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final
from uuid import UUID

from stanch.fingerprints import as_query
from stanch.policies import judge
from stanch.values import TEXT_GRAM, Level, Medium, NotScanned, PartResult, PostResult
from stanch_server.banks.live import follower
from stanch_server.intake.contents import Content, as_part, as_readings
from stanch_server.intake.found import Found, found_in
from stanch_server.intake.models import ItemPart
from stanch_server.intake.policies import policies_of

MEDIA: Final = {ItemPart.Form.TEXT.value: Medium.TEXT, ItemPart.Form.LINK.value: Medium.LINK}
FAILED: Final = NotScanned(code="decoder-unavailable", reason="its scan failed again and again")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanned:
    """What came of a scan.

    Parameters
    ----------
    media : by name of part, what it turned out to be.
    change : the number of the last change of the banks that was known.
    seen : grams that its texts share with entries outside of what matched, each with what stands around it.
    evasion : that of the part that evades most, in per cent, rounded up.
    """

    level: Level
    found: Found
    media: dict[str, str]
    change: int
    seen: tuple[tuple[int, int], ...] = ()
    evasion: int = 0

    @property
    def kinds(self) -> str:
        """Each medium once, in order."""
        return " ".join(sorted(set(self.media.values())))


def scan(contents: Iterable[Content], *, source: UUID, now: datetime) -> Scanned:
    """Look contents up in the banks that a source may use, by everything that is committed, and judge them."""
    live = follower()
    looked = [_looked(one, source, now) for one in contents]
    results = tuple(result for result, _ in looked)
    result = PostResult(post="", parts=results)
    outcome = judge(result, policies_of(source, change=live.number))
    return Scanned(
        level=outcome.level,
        found=found_in(result, outcome),
        media={part.name: part.medium.value for part in results},
        change=live.number,
        seen=tuple(pair for _, seen in looked for pair in seen),
        evasion=ceil(100 * result.evasion),
    )


def unscanned(parts: Mapping[str, str]) -> Scanned:
    """Return what comes of parts that could not be scanned: a person looks.

    Parameters
    ----------
    parts : by name, the form of each (`ItemPart.Form`).
    """
    results = tuple(
        PartResult(name=name, medium=MEDIA.get(form, Medium.FILE), not_scanned=(FAILED,))
        for name, form in parts.items()
    )
    result = PostResult(post="", parts=results)
    outcome = judge(result)
    return Scanned(level=outcome.level, found=found_in(result, outcome), media={}, change=0)


def _looked(content: Content, source: UUID, now: datetime) -> tuple[PartResult, list[tuple[int, int]]]:
    """Return what was found in one part, and what its texts share with entries beside that."""
    live = follower()
    made_there = content.form == ItemPart.Form.FINGERPRINTS
    readings = list(as_readings(content) if made_there else as_query(as_part(content), live.decoders))
    result = live.match_readings(content.name, readings, now=now, source=source)
    if not any(one.method == TEXT_GRAM for reading in readings for one in reading.fingerprints):
        return result, []
    seen = live.sightings(readings, result, now=now, source=source)
    return result, [pair for one in seen for pair in zip(one.grams.tolist(), one.printings.tolist(), strict=True)]
