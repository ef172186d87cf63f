"""The room as Django knows it."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only list of audit records."""

    name = "stanch_server.audit"
    label = "audit"
