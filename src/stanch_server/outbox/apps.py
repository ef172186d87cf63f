"""The room as Django knows it."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class OutboxConfig(AppConfig):
    """Find every room's `handlers` module when the rooms are ready; it registers what it handles."""

    name = "stanch_server.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Import the modules of our own rooms. One that fails to import fails the start."""
        for app in apps.get_app_configs():
            ours = app.name.startswith("stanch_server.") and app.module is not None
            if ours and module_has_submodule(app.module, "handlers"):
                import_module(f"{app.name}.handlers")
