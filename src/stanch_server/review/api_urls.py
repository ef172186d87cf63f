"""Addresses of this room for programs, below `/api/v1/`."""

from django.urls import path

from stanch_server.review import api

urlpatterns = [
    path("decisions", api.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>", api.decision, name="decision"),
]
