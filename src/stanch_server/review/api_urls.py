"""Addresses of this room for programs, below `/api/v1/`."""

from django.urls import path

from stanch_server.review import api, api_learnt

urlpatterns = [
    path("decisions", api.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>", api.decision, name="decision"),
    path("banks/<uuid:bank_id>/learnt", api_learnt.learnt, name="learnt"),
    path("banks/<uuid:bank_id>/unlearn", api_learnt.unlearn, name="unlearn"),
]
