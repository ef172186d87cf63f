"""Addresses of this room, below `/api/v1/`."""

from django.urls import path

from stanch_server.endpoints.views import openapi

urlpatterns = [path("openapi.json", openapi, name="openapi")]
