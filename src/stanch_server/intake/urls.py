"""Addresses of this room's pages."""

from django.urls import path

from stanch_server.accounts.rules import by_method
from stanch_server.intake.views import letters, policies, webhooks

app_name = "intake"
urlpatterns = [
    path("policies/", policies.policies, name="policies"),
    path("sources/<uuid:source_id>/policies/", policies.source_policies, name="source-policies"),
    path("sources/<uuid:source_id>/policies/<uuid:bank_id>/", policies.record, name="policy"),
    path("webhooks/", webhooks.sources, name="webhooks"),
    path(
        "webhooks/sources/<uuid:source_id>/",
        by_method(GET=webhooks.webhooks, POST=webhooks.add),
        name="source-webhooks",
    ),
    path(
        "webhooks/sources/<uuid:source_id>/letters/",
        by_method(GET=letters.letters, POST=letters.replay_all),
        name="letters",
    ),
    path("webhooks/letters/<int:letter_id>/", letters.settle, name="letter"),
    path("webhooks/<uuid:webhook_id>/rotate/", webhooks.rotate, name="rotate-webhook"),
    path("webhooks/<uuid:webhook_id>/remove/", webhooks.remove, name="remove-webhook"),
    path("webhooks/<uuid:webhook_id>/enable/", webhooks.enable, name="enable-webhook"),
    path("webhooks/<uuid:webhook_id>/test/", webhooks.test, name="test-webhook"),
]
