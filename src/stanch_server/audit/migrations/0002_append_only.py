"""The database itself refuses to change or delete what has been recorded.

Whoever may alter the schema can drop these triggers: they stop mistakes, and the chain shows the rest. A later
migration that makes SQLite rebuild a table has to make its triggers anew; a test sees to that.
"""

from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Number and chain are given once, together; nothing else ever changes.
ALTERED = (
    "OLD.number IS NOT NULL OR NEW.number IS NULL OR NEW.chain IS NULL OR NEW.id <> OLD.id"
    " OR NEW.opaque_id <> OLD.opaque_id OR NEW.at <> OLD.at OR NEW.commitment <> OLD.commitment"
)
TRIGGERS = {
    "audit_entry_altered": f"BEFORE UPDATE ON audit_auditentry FOR EACH ROW WHEN ({ALTERED})",
    "audit_entry_deleted": "BEFORE DELETE ON audit_auditentry FOR EACH ROW",
    "audit_entry_numbered": "BEFORE INSERT ON audit_auditentry FOR EACH ROW WHEN (NEW.number IS NOT NULL)",
    "audit_payload_altered": "BEFORE UPDATE ON audit_auditpayload FOR EACH ROW",
}
# SQLite's INSERT OR REPLACE deletes without telling the triggers above.
SQLITE_ONLY = {
    "audit_entry_replaced": (
        "BEFORE INSERT ON audit_auditentry FOR EACH ROW WHEN"
        " EXISTS (SELECT 1 FROM audit_auditentry WHERE id = NEW.id OR opaque_id = NEW.opaque_id)"
    ),
    "audit_payload_replaced": (
        "BEFORE INSERT ON audit_auditpayload FOR EACH ROW WHEN"
        " EXISTS (SELECT 1 FROM audit_auditpayload WHERE entry_id = NEW.entry_id)"
    ),
}
POSTGRESQL_ONLY = {
    "audit_entry_truncated": "BEFORE TRUNCATE ON audit_auditentry FOR EACH STATEMENT",
}
SQLITE_REFUSAL = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
POSTGRESQL_REFUSAL = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def statements(vendor: str) -> list[str]:
    """Return what makes the triggers on a database."""
    if vendor == "sqlite":
        every = {**TRIGGERS, **SQLITE_ONLY}
        return [f"CREATE TRIGGER {name} {when} {SQLITE_REFUSAL}" for name, when in every.items()]
    every = {**TRIGGERS, **POSTGRESQL_ONLY}
    made = [f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_refuse()" for name, when in every.items()]
    return [POSTGRESQL_REFUSAL, *made]


def refuse_changes(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django gives both
    """Make the triggers."""
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Make the triggers; there is no way back."""

    dependencies: ClassVar[list[Any]] = [("audit", "0001_initial")]
    operations: ClassVar[list[Any]] = [migrations.RunPython(refuse_changes)]
