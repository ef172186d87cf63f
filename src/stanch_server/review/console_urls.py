"""Addresses of the console."""

from django.urls import path

from stanch_server.review.console import audit, contents, item, items, system

app_name = "console"
urlpatterns = [
    path("", items.home, name="home"),
    path("items/", items.items, name="items"),
    path("items/counts/", items.counts, name="counts"),
    path("items/<uuid:item_id>/", item.item, name="item"),
    path("items/<uuid:item_id>/parts/<int:part>/reveal/", contents.reveal, name="reveal"),
    path("items/<uuid:item_id>/parts/<int:part>/picture/<str:token>/", contents.picture, name="picture"),
    path("items/<uuid:item_id>/parts/<int:part>/blurred/", contents.blurred, name="blurred"),
    path(
        "items/<uuid:item_id>/parts/<int:part>/blurred/<uuid:entry_id>/",
        contents.blurred_entry,
        name="blurred-entry",
    ),
    path("audit/", audit.audit, name="audit"),
    path("system/", system.system, name="system"),
]
