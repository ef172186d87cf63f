"""An indexer that folds at once, again and again, until it is killed: `python -m … FOLDER TAIL`."""

import sys
import threading
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

from stanch_server.banks import folding, indexer


def main() -> None:
    """Go on and on."""
    indexer.TAIL = int(sys.argv[2])
    indexer.LEASE_SECONDS = 0.0  # whoever was killed does not keep the next one waiting
    folding.ENTRIES = 20
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    indexer.run_forever(folder=Path(sys.argv[1]), holder="child", stop=threading.Event(), pause=0.01)


if __name__ == "__main__":
    main()
