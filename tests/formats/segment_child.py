"""What a process of its own does with segment files: write until it is killed, or map what another has mapped."""

import resource
import sys
from pathlib import Path

import numpy as np

from stanch.errors import CannotWriteError
from stanch.formats import open_segment, write_segment
from tests.formats.segments import content, mapped


def say(*words: object) -> None:
    """Print a line; it arrives whole or not at all."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def write(path: Path, number: int) -> None:
    """Replace one file again and again, and say after each time which it is now."""
    say("ready")
    while True:
        number += 1
        write_segment(path, content(number), about=b"%d" % number)
        say(number)


def write_limited(path: Path, limit: int) -> None:
    """Write the file again where none may have more than `limit` bytes, and say what became of it."""
    columns = open_segment(path).columns
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        write_segment(path, columns)
    except CannotWriteError as error:
        say(error)


def share(path: Path, _: int) -> None:
    """Read every byte of a file that another process has mapped, and say how much of it is this one's own."""
    segment = open_segment(path)
    sums = [int(column.sum(dtype=np.uint64)) for column in segment.columns.values()]
    found = mapped(path)
    say(found["Rss"], found["Pss"], found["Private_Clean"] + found["Private_Dirty"], *sums)


if __name__ == "__main__":
    {"write": write, "write-limited": write_limited, "share": share}[sys.argv[1]](
        Path(sys.argv[2]), int(sys.argv[3])
    )
