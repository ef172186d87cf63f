"""Addresses of this room for programs, below `/api/v1/`."""

from django.urls import path

from stanch_server.accounts.rules import by_method
from stanch_server.intake import api

urlpatterns = [
    path("items", api.submit, name="items"),
    path("items/batch", api.submit_batch, name="items-batch"),
    path("items/<uuid:item_id>", by_method(GET=api.item, DELETE=api.forget), name="item"),
    path("match", api.match, name="match"),
]
