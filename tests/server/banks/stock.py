"""Banks and entries for the tests of this room."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from stanch.fingerprints import text as text_fingerprints
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, State
from stanch.values import Entry as EntryValue
from stanch_server.accounts.models import Source
from stanch_server.banks import generations, operations
from stanch_server.banks.follower import Follower
from stanch_server.banks.generations import Generation
from stanch_server.banks.loading import Loaded
from stanch_server.banks.models import Bank, Entry
from tests.matching.writing import writing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALICE = "alice-id"
INFO = BankInfo(
    name="lantern",
    owner="us",
    legal_basis="Article 5",
    content_type=ContentType.INCITES,
    designation=BEHAVIOUR_BASED,
    radius={"pdq/1": 20},
)


def enabled_bank(name: str = "lantern", source: Source | None = None) -> Bank:
    bank = operations.create_bank(info=replace(INFO, name=name), source=source, acting_user=ALICE, at=NOON)
    operations.set_state(bank=bank, state=State.ENABLED, acting_user=ALICE, at=NOON)
    return bank


def value(seed: int) -> EntryValue:
    reading = text_fingerprints.as_entry(writing(seed, 60), name=str(seed))
    return EntryValue(id=f"e{seed}", fingerprints=reading.fingerprints, added=NOON)


def add(bank: Bank, *seeds: int) -> list[Entry]:
    return operations.add_entries(bank=bank, entries=[value(seed) for seed in seeds], acting_user=ALICE, at=NOON)


def remove(bank: Bank, *seeds: int) -> list[Entry]:
    names = [f"e{seed}" for seed in seeds]
    return operations.remove_entries(bank=bank, names=names, acting_user=ALICE, at=NOON, reason="a mistake")


def found(follower: Follower, seed: int, source: Source | None = None) -> list[str]:
    """Return the names of the entries that a source finds with the text of this seed, each after its bank's."""
    readings = [text_fingerprints.as_query(writing(seed, 60))]
    result = follower.match_readings("p", readings, source=source.id if source else None, now=NOON)
    names = {str(entry): name for entry, name in Entry.objects.values_list("id", "name")}
    return sorted(f"{match.bank} {names.get(match.entry)}" for match in result.matches)


def held(folder: Path) -> Generation:
    """Return the newest generation, which there has to be."""
    generation = generations.newest(folder)
    assert generation is not None
    return generation


def names_in(generation: Generation) -> list[str]:
    """Return the names of the entries that are alive in a generation; one that is so twice stands there twice."""
    names = {str(entry): name for entry, name in Entry.objects.values_list("id", "name")}
    return sorted(
        names[segment.id_of(ordinal)]
        for segment, dead in generation.segments
        for ordinal in set(range(segment.entries)) - set(dead.tolist())
    )


def names_there() -> list[str]:
    """Return the names of the entries that the database holds."""
    return sorted(Entry.objects.filter(removed=None).values_list("name", flat=True))


def in_memory(follower: Follower) -> int:
    """Return how many entries a follower holds in memory, or knows to be gone."""
    return loaded_by(follower).known.changed


def loaded_by(follower: Follower) -> Loaded:
    """Return what a follower searches now."""
    assert follower._current is not None
    return follower._current.loaded


def spoil(damage: str, path: Path, other: Path) -> None:
    """Damage a file, as a disk, a person or another program might."""
    data = path.read_bytes()
    match damage:
        case "flip":
            path.write_bytes(bytes(byte ^ 255 for byte in data[:200]) + data[200:])
        case "cut":
            path.write_bytes(data[:-100])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case _:
            path.write_bytes(other.read_bytes())
