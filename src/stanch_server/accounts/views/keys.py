"""API keys of a source."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from stanch_server.accounts import access, clock, operations
from stanch_server.accounts.forms import KeyForm
from stanch_server.accounts.models import ApiKey
from stanch_server.accounts.rules import PersonRequest, rule


def source_of_key(key_id: UUID) -> UUID | None:
    """Return the source of a key."""
    return ApiKey.objects.filter(id=key_id).values_list("source_id", flat=True).first()


@rule(capability="keys.manage", source_from="source_id")
def keys(request: PersonRequest, source_id: UUID) -> HttpResponse:
    """List a source's keys."""
    return _keys(request, source_id, KeyForm())


@rule(capability="keys.manage", source_from="source_id", methods=("POST",), fresh=True)
def add(request: PersonRequest, source_id: UUID) -> HttpResponse:
    """Make a key and show it once."""
    source = access.get_source(request.caller, source_id, "keys.manage")
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _keys(request, source_id, form, status=422)
    now = clock.now()
    key, secret = operations.create_api_key(
        source=source,
        name=form.cleaned_data["name"],
        capabilities=form.cleaned_data["capabilities"],
        expires_at=now + timedelta(days=form.cleaned_data["days"]),
        acting_user=request.caller.actor,
        now=now,
    )
    return render(request, "accounts/new_key.html", {"key": key, "secret": secret, "source": source})


@rule(capability="keys.manage", source_from=source_of_key, methods=("POST",))
def revoke(request: PersonRequest, key_id: UUID) -> HttpResponse:
    """End a key. No proof is asked for once more: a key that leaked must end at once."""
    key = access.get_key(request.caller, key_id)
    operations.revoke_api_key(key, acting_user=request.caller.actor, now=clock.now())
    return redirect("accounts:keys", source_id=key.source_id)


def _keys(request: PersonRequest, source_id: UUID, form: KeyForm, *, status: int = 200) -> HttpResponse:
    shown = {
        "source": access.get_source(request.caller, source_id, "keys.manage"),
        "keys": access.list_keys(request.caller, source_id),
        "form": form,
        "now": clock.now(),
    }
    return render(request, "accounts/keys.html", shown, status=status)
