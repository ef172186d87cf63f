"""Writing a row by a statement that is built once: for the few rows that every request writes.

Django builds the statement of each insert anew, which takes longer than the database needs to run it.
"""

from functools import cache
from typing import Any, NamedTuple

from django.db import connections, router
from django.db.models import AutoField, Field, Model
from django.db.models.sql import InsertQuery
from django.db.models.sql.compiler import SQLInsertCompiler


class _Statement(NamedTuple):
    """An insert in the words of one database, the fields that fill it, and those that it gives back."""

    words: str
    fields: tuple["Field[Any, Any]", ...]
    returning: tuple["Field[Any, Any]", ...]


def insert(row: Model) -> None:
    """Write a new row, as `row.save(force_insert=True)` does for a model without parents and without signals."""
    using = router.db_for_write(type(row))
    connection = connections[using]
    statement = _statement(type(row), using, connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in statement.fields]
    with connection.cursor() as cursor:
        cursor.execute(statement.words, values)
        if statement.returning:
            for field, value in zip(statement.returning, cursor.fetchone(), strict=True):
                setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, using  # noqa: SLF001 - documented by Django


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
