"""How a command ends."""

from enum import IntEnum

from stanch.values import PostResult


class Exit(IntEnum):
    """The exit codes, as `stanch --help` tells them."""

    NOTHING = 0
    """Nothing matched, or only in shadow."""
    FAILED = 1
    """The command could not do its work; the error says why."""
    WRONG_USE = 2
    """The command was called wrongly."""
    MATCHED = 3
    """Something matched."""
    NOT_SCANNED = 4
    """Something was not scanned; this goes before a match, `--json` tells both."""
    DAMAGED = 5
    """The audit log is not as it was recorded."""


def exit_of(results: list[PostResult]) -> Exit:
    """Return the exit code of what was found."""
    if any(result.not_scanned for result in results):
        return Exit.NOT_SCANNED
    counts = (not (match.counted_only or match.known_good) for result in results for match in result.matches)
    return Exit.MATCHED if any(counts) else Exit.NOTHING
