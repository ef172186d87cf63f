"""Keeping what was learnt in a file, and finding it again."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from stanch.errors import FormatError, InvalidValueError
from stanch.formats import GramRecord, read_background_file, write_background_file
from stanch.matching.background_learning import KEY_BYTES, BackgroundLearner, Sighting, Stated


def new_learner() -> BackgroundLearner:
    """Return a learner that has seen nothing, under a key of its own."""
    return BackgroundLearner(key=secrets.token_bytes(KEY_BYTES))


def save_learner(path: Path, learner: BackgroundLearner) -> None:
    """Write all that a learner knows, replacing the file in one step; the errors are those of the format."""
    write_background_file(path, key=learner.key, grams=_records(learner))


def load_learner(path: Path) -> BackgroundLearner:
    """Read what `save_learner` wrote; the errors are those of the format."""
    key, records = read_background_file(path)
    try:
        return BackgroundLearner(
            key=key,
            seen={
                int(each.gram, 16): [
                    Sighting(at=at, publisher=publisher, printing=printing)
                    for at, publisher, printing in each.seen
                ]
                for each in records
            },
            stated={
                int(each.gram, 16): Stated(by=each.stated_by, at=each.stated_at)
                for each in records
                if each.stated_at is not None
            },
            refused=[int(each.gram, 16) for each in records if each.refused],
        )
    except InvalidValueError as error:
        raise FormatError(path=path, line=1, problem=str(error)) from error


def _records(learner: BackgroundLearner) -> Iterator[GramRecord]:
    seen, stated, refused = learner.seen, learner.stated, learner.refused
    for gram in sorted({*seen, *stated, *refused}):
        said = stated.get(gram)
        yield GramRecord(
            gram=f"{gram:012x}",
            seen=tuple((one.at, one.publisher, one.printing) for one in seen.get(gram, ())),
            stated_by=said.by if said else "",
            stated_at=said.at if said else None,
            refused=gram in refused,
        )
