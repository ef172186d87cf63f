"""Addresses of this room for programs, below `/api/v1/`."""

from django.urls import path

from stanch_server.accounts.rules import by_method
from stanch_server.banks import api

urlpatterns = [
    path("banks", api.list_banks, name="banks"),
    path("banks/<uuid:bank_id>", api.show_bank, name="bank"),
    path("banks/<uuid:bank_id>/entries", by_method(GET=api.list_entries, POST=api.add_entry), name="entries"),
    path(
        "banks/<uuid:bank_id>/entries/<uuid:entry_id>",
        by_method(GET=api.show_entry, DELETE=api.remove_entry),
        name="entry",
    ),
]
