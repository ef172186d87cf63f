"""A process that stores, erases, finishes and rotates until it is killed, and says what was acknowledged."""

import sys
from pathlib import Path
from random import Random

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings

from stanch_server.vault.operations import erase, finish_erasure, rotate_master_key
from stanch_server.vault.values import BlobId
from tests.server.vault.cast import ALICE, NOW, kept, noise


def say(*words: object) -> None:
    """Print a line; it arrives whole or not at all."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def content(seed: int) -> bytes:
    """Return what was stored under a seed: from nothing to four chunks."""
    return noise(Random(seed).choice([0, 1, 900, 65_536, 65_537, 200_000]), seed)


def step(random: Random, mine: list[BlobId]) -> None:
    """Do one thing."""
    deed = random.choices(["store", "erase", "rotate"], [6, 4, 1])[0]
    if deed == "store" or not mine:
        seed = random.getrandbits(40)
        mine.append(blob := kept(content(seed)))
        say("stored", blob, seed)
    elif deed == "erase":
        blob = mine.pop(random.randrange(len(mine)))
        say("erasing", blob)
        erase(blob=blob, acting_user=ALICE, reason="decided", now=NOW)
        say("erased", blob)
        finish_erasure(blob=blob, now=NOW)
    else:
        rotate_master_key(acting_user=ALICE, batch=3, now=NOW)


def main() -> None:
    """Go on and on."""
    base, seed = Path(sys.argv[1]), int(sys.argv[2])
    settings.VAULT_FOLDER = base / "vault"
    settings.VAULT_KEYS = base / "keys"
    settings.VAULT_ERASURES = base / "apart" / "erasures.list"
    random, mine = Random(seed), list[BlobId]()
    say("ready")
    while True:
        step(random, mine)


if __name__ == "__main__":
    main()
