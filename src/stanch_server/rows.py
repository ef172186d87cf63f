"""Writing and reading rows by statements that are built once: for the few that every request needs.

Django builds each statement anew, which takes longer than the database needs to run it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, BigIntegerField, CharField, Field, Model, TextField
from django.db.models.sql import InsertQuery
from django.db.models.sql.compiler import SQLInsertCompiler


class _Statement(NamedTuple):
    """An insert in the words of one database, the fields that fill it, and those that it gives back."""

    words: str
    fields: tuple["Field[Any, Any]", ...]
    returning: tuple["Field[Any, Any]", ...]


_AS_IT_IS: Final = {CharField: str, TextField: str, BigIntegerField: int}
"""Fields of which a value of this type stands in its column unchanged."""


def insert(row: Model) -> None:
    """Write a new row, as `row.save(force_insert=True)` does for a model without parents and without signals."""
    using = router.db_for_write(type(row))
    connection = connections[using]
    statement = _statement(type(row), using, connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in statement.fields]
    for field, value in zip(statement.returning, _run(connection, statement, values), strict=True):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, using  # noqa: SLF001 - documented by Django


def insert_columns(model: type[Model], columns: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever its key is
    """Write a new row without making an object of it, and return its key if the database has made it.

    Parameters
    ----------
    columns : what stands in each, by the name of its attribute; where nothing is said, null.
    """
    using = router.db_for_write(model)
    connection = connections[using]
    statement = _statement(model, using, connection.vendor)
    values = [_prepared(field, columns.get(field.attname), connection) for field in statement.fields]
    return next(iter(_run(connection, statement, values)), None)


def _run(connection: BaseDatabaseWrapper, statement: _Statement, values: Sequence[Any]) -> Sequence[Any]:
    if connection.in_atomic_block and _may_be_asked_directly(connection):  # by itself it would have to queue
        connection.validate_no_broken_transaction()
        return next(iter(_told_directly(connection, statement.words, values)), ())
    with connection.cursor() as cursor:
        cursor.execute(statement.words, values)
        return cursor.fetchone() if statement.returning else ()


def _prepared(field: "Field[Any, Any]", value: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ANN401 - of a column
    """Return a value as the database takes it: in most columns of these rows that is what it is."""
    if value is None or type(value) is _AS_IT_IS.get(type(field)):
        return value
    return field.get_db_prep_save(value, connection)


@cache
def _statement(model: type[Model], using: str, _vendor: str) -> _Statement:
    meta = model._meta  # noqa: SLF001 - documented by Django
    fields = [field for field in meta.local_concrete_fields if not isinstance(field, AutoField)]
    query = InsertQuery(model)
    query.insert_values(fields, [model()], raw=True)
    compiler = query.get_compiler(using=using)
    assert isinstance(compiler, SQLInsertCompiler)
    compiler.returning_fields = meta.db_returning_fields
    ((words, _),) = compiler.as_sql()
    return _Statement(words, tuple(fields), tuple(meta.db_returning_fields))


def fetch(words: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a look-up, as the database gives them.

    SQLite is asked past Django's cursor, which takes several times as long as a look-up of one row.

    Parameters
    ----------
    words : a statement of the default database, as Django writes it: with `%s` where a value stands.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if _may_be_asked_directly(connection):
        connection.ensure_connection()
        return _told_directly(connection, words, values)
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _may_be_asked_directly(connection: BaseDatabaseWrapper) -> bool:
    """Whether nobody would miss that a statement does not go through Django's cursor."""
    return connection.vendor == "sqlite" and not connection.queries_logged and not connection.execute_wrappers


def _told_directly(connection: BaseDatabaseWrapper, words: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.wrap_database_errors:
        rows: list[tuple[Any, ...]] = connection.connection.execute(_in_sqlite(words), values).fetchall()
    return rows


@cache
def _in_sqlite(words: str) -> str:
    return words % (("?",) * words.count("%s"))
