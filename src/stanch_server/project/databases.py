"""The database, as Django takes it: SQLite with nothing to set up, or PostgreSQL."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from stanch.errors import InvalidValueError

# What is acknowledged is on the disk: FULL waits for it at each commit. Writers ask for the lock at once
# (IMMEDIATE) and wait for their turn, so that none fails halfway through because another was quicker. What is
# deleted is overwritten (secure_delete): the key of erased content must not stay in a free corner of the file.
SQLITE_START = (
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
)
SQLITE_PATIENCE = 20


def database(address: str, folder: Path) -> dict[str, Any]:
    """Return Django's entry for a database.

    Parameters
    ----------
    address : `postgresql://user:password@host:port/name`, or empty for SQLite.
    folder : where SQLite's file stands.

    Raises
    ------
    InvalidValueError
        If the address is of something else.
    """
    if not address:
        return {
            "ENGINE": "stanch_server.sqlite",
            "NAME": folder / "stanch.sqlite3",
            "CONN_MAX_AGE": None,  # each thread keeps its own: opening one costs as much as a request
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": SQLITE_START,
                "timeout": SQLITE_PATIENCE,
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise InvalidValueError(what="database", problem="give postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
