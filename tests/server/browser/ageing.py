"""Make a session older than it is, in a process of its own: `python -m … KEY`.

What was proved lately then lies an hour back, as after a long look at one page.
"""

import sys

import django

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402 - Django has to be set up first

from stanch_server.accounts import sessions  # noqa: E402 - ditto

HOUR = 3600


def age(key: str) -> None:
    """Take what a session proved an hour back."""
    session = SessionStore(key)
    session[sessions.PROVED] -= HOUR
    session.save()


if __name__ == "__main__":
    age(sys.argv[1])
