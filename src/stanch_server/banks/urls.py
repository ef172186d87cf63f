"""Addresses of this room's pages."""

from django.urls import path

from stanch_server.accounts.rules import by_method
from stanch_server.banks.views import bank, entries, listing, making

app_name = "banks"
urlpatterns = [
    path("banks/", listing.banks, name="banks"),
    path("banks/register/", listing.register, name="register"),
    path("banks/new/", by_method(GET=making.new, POST=making.make), name="new"),
    path("banks/<uuid:bank_id>/", bank.bank, name="bank"),
    path("banks/<uuid:bank_id>/state/", by_method(GET=bank.ask_state, POST=bank.set_state), name="state"),
    path("banks/<uuid:bank_id>/threshold/", bank.threshold, name="threshold"),
    path("banks/<uuid:bank_id>/add/", entries.add, name="add"),
    path(
        "banks/<uuid:bank_id>/entries/<uuid:entry_id>/",
        by_method(GET=entries.entry, POST=entries.change),
        name="entry",
    ),
]
