"""Every URL of the service. Each view carries a rule (`accounts.rules`)."""

from django.urls import URLPattern, URLResolver, include, path

from stanch_server.project import views

programs: list[URLPattern | URLResolver] = [
    path("", include("stanch_server.endpoints.urls")),
    path("", include("stanch_server.banks.api_urls")),
    path("", include("stanch_server.intake.api_urls")),
    path("", include("stanch_server.review.api_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics_page, name="metrics"),
    path("api/v1/", include((programs, "api"))),
    path("", include("stanch_server.review.console_urls")),
    path("", include("stanch_server.review.urls")),
    path("", include("stanch_server.intake.urls")),
    path("", include("stanch_server.banks.urls")),
    path("", include("stanch_server.accounts.urls")),
]
