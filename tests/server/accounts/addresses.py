"""Addresses for programs, as later rooms will have them."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from stanch_server.accounts.models import Source
from stanch_server.accounts.rules import KeyRequest, by_method, key_rule


def _source(name: str) -> UUID | None:
    return Source.objects.filter(name__startswith="Harbour").values_list("id", flat=True).first() if name else None


@key_rule(capability="items.submit", methods=("POST",))
def submit(request: KeyRequest) -> HttpResponse:
    return JsonResponse({"source": str(request.caller.source)}, status=201)


@key_rule(capability="items.read")
def listing(_request: KeyRequest) -> HttpResponse:
    return HttpResponse()


@key_rule(capability="items.read", source_from="source_id")
def one(_request: KeyRequest, source_id: UUID) -> HttpResponse:
    return HttpResponse(str(source_id))


@key_rule(capability="items.read", source_from=_source)
def by_name(_request: KeyRequest, name: str) -> HttpResponse:
    if name == "deeper":
        raise Http404
    if name == "darker":
        raise PermissionDenied
    return HttpResponse(name)


def forgotten(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("everybody reads this")


urlpatterns = [
    path("items", by_method(GET=listing, POST=submit)),
    path("sources/<uuid:source_id>", one),
    path("named/<str:name>", by_name),
    path("forgotten", forgotten),
    path("", include("stanch_server.project.urls")),
]
