"""A worker process for the tests: `deliver` what there is, or `hang` in the first delivery."""

import sys
import time

import django

if __name__ == "__main__":
    django.setup()

from stanch_server.outbox import handlers
from stanch_server.outbox.handlers import Delivery
from stanch_server.outbox.worker import run_once
from tests.server.outbox.conftest import NOW


def say(delivery: Delivery) -> None:
    """Print which row it is; what is printed was delivered."""
    sys.stdout.write(f"{delivery.id}\n")
    sys.stdout.flush()


def hang(delivery: Delivery) -> None:
    """Print which row it is, and never come back."""
    say(delivery)
    time.sleep(600)


def main() -> None:
    """Deliver until nothing is left."""
    mode, name = sys.argv[1:]
    handlers._registered.clear()
    handlers.register("letters", {"deliver": say, "hang": hang}[mode], max_attempts=3)
    while run_once(worker=name, now=NOW, limit=5):
        pass


if __name__ == "__main__":
    main()
