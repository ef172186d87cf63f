"""Every URL of the service. Each view carries a rule (`accounts.rules`)."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("stanch_server.accounts.urls")),
]
