"""From nothing to a service that commands can work on: configuration, Django, the tables, the keys."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import typer
from filelock import FileLock

from stanch.errors import InvalidValueError, MissingExtraError
from stanch_server.project.configuration import FILE_VARIABLE, read_configuration
from stanch_server.project.errors import DatabaseError, NoServiceError

SETTINGS = "stanch_server.project.settings"
MIGRATING = 5_701_946
"""The number of PostgreSQL's advisory lock that is held while tables are made; any fixed one will do."""


def load(config: Path | None = None, *, existing: bool = False) -> Path | None:
    """Load Django with the service's settings.

    Returns
    -------
    The data folder, if it was not there before; it is now.

    Parameters
    ----------
    config : the configuration file; by default the one that `read_configuration` finds.
    existing : whether the data folder has to be there already; otherwise it is made.

    Raises
    ------
    MissingExtraError
        If the packages of the service are not installed.
    NoServiceError
        If nothing is there and something should be.
    ConfigurationError
        If the configuration cannot be read.
    """
    if config is not None:
        os.environ[FILE_VARIABLE] = str(config.resolve())
    data = read_configuration().data
    new = not data.is_dir()
    if existing and new:
        raise NoServiceError(data=data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        import django  # noqa: PLC0415 - an extra, which other commands do without

        django.setup()
    except ModuleNotFoundError as error:
        raise MissingExtraError(missing=error.name, extra="server") from error
    return data if new else None


@contextmanager
def loaded(config: Path | None = None, *, existing: bool = False, quiet: bool = True) -> Iterator[None]:
    """Load the service, with its tables up to date, and tell in one line what its database says no to.

    A service that was not there is made, and where is said: whoever stands in another folder than they think has a
    second one, and would look in vain for what is in the first.

    Parameters
    ----------
    config, existing : as for `load`.
    quiet : whether only trouble is logged, as befits a command that says itself what it did.
    """
    new = load(config, existing=existing)
    if quiet:
        logging.getLogger("stanch_server").setLevel(logging.WARNING)
    from django.core.exceptions import ValidationError  # noqa: PLC0415 - see above
    from django.db import Error, connections  # noqa: PLC0415 - see above

    try:
        migrate()
        if new is not None:
            typer.echo(f"This is a new service: its data is in {new}.", err=True)
        yield
    except Error as error:
        told = (str(error).strip().splitlines() or [type(error).__qualname__])[0]
        raise DatabaseError(problem=told.rstrip(".")) from error
    except ValidationError as error:
        raise InvalidValueError(what="value", problem=" ".join(error.messages).rstrip(".")) from error
    finally:
        connections.close_all()


def migrate() -> bool:
    """Make or change the tables if they are not as this version has them. Return whether anything was done.

    Of several processes that start at once one does it, and the others wait: on one machine by a lock file in the
    data folder, on PostgreSQL by a lock in the database too.
    """
    from django.conf import settings  # noqa: PLC0415 - Django may not be installed when this file is read
    from django.core.management import call_command  # noqa: PLC0415 - ditto

    if not unapplied():
        return False
    with FileLock(settings.DATA_FOLDER / ".migrating"), ExitStack() as locks:
        _lock_in_database(locks)
        if not unapplied():
            return False
        call_command("migrate", verbosity=0, interactive=False)
    return True


def unapplied() -> bool:
    """Whether the tables differ from what this version needs. It only reads."""
    from django.db import connection  # noqa: PLC0415 - Django may not be installed when this file is read
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - ditto

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _lock_in_database(locks: ExitStack) -> None:
    from django.db import connection  # noqa: PLC0415 - Django may not be installed when this file is read

    if connection.vendor != "postgresql":
        return
    holder = connection.copy()  # a session of its own: the lock lasts as long as it does
    locks.callback(holder.close)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
