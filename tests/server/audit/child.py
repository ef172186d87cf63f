"""A process for the tests that makes others, by forking before it has any connection: a start costs milliseconds.

Each line that it reads makes one process: `sequence 3` numbers in threes for ever, `write 40` records so many.
Each line that it writes begins with the process that it is from; the first one is `ready`, the last one `done`.
"""

import os
import signal
import sys

import django

if __name__ == "__main__":
    django.setup()

from stanch_server.audit import sequencer
from tests.server.audit.conftest import NOW, write


def say(word: str) -> None:
    """Print a line at once, in one piece."""
    os.write(1, f"{os.getpid()} {word}\n".encode())


def act(mode: str, count: int) -> None:
    """Do what a line asks for."""
    say("ready")
    while mode == "sequence":
        sequencer.sequence(now=NOW, limit=count)
    for number in range(count):
        say(write(number))  # told after it is committed
    say("done")


def main() -> None:
    """Make a process for each line; the system sees each of them out."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        mode, count = line.split()
        if not os.fork():
            act(mode, int(count))
            os._exit(0)


if __name__ == "__main__":
    main()
