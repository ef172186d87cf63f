"""People and their roles, for those who manage them."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from stanch_server.accounts import access, clock, operations
from stanch_server.accounts.errors import LastAdminError, NameTakenError
from stanch_server.accounts.forms import PersonForm, RoleForm
from stanch_server.accounts.models import Person
from stanch_server.accounts.rules import PersonRequest, Scope, rule

managing = rule(capability="people.manage", source_from=Scope.EVERYWHERE)
changing = rule(capability="people.manage", source_from=Scope.EVERYWHERE, methods=("POST",), fresh=True)
LIST = "accounts:people"


@managing
def people(request: PersonRequest) -> HttpResponse:
    """List everybody with their roles."""
    return _people(request, PersonForm())


@changing
def add(request: PersonRequest) -> HttpResponse:
    """Add a person and show the link that lets them in."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _people(request, form, status=422)
    try:
        person = operations.create_person(**form.cleaned_data, acting_user=request.caller.actor, now=clock.now())
    except NameTakenError:
        form.add_error("sign_in_name", _("Somebody signs in under this name already."))
    except ValidationError as error:
        form.add_error("sign_in_name", error)
    else:
        return _show_link(request, person)
    return _people(request, form, status=422)


@changing
def new_link(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Make a sign-in link for a person and show it once."""
    return _show_link(request, access.get_person(request.caller, person_id))


@changing
def reset(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Remove a second factor that is lost."""
    person = access.get_person(request.caller, person_id)
    operations.remove_authenticator(person, acting_user=request.caller.actor, now=clock.now())
    return redirect(LIST)


@changing
def activity(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Shut a person out, or let them in again."""
    person = access.get_person(request.caller, person_id)
    try:
        operations.set_active(
            person, active="active" in request.POST, acting_user=request.caller.actor, now=clock.now()
        )
    except LastAdminError:
        return _people(request, PersonForm(), problem=_last_admin())
    return redirect(LIST)


@changing
def role(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Grant or take back a role."""
    person = access.get_person(request.caller, person_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _people(request, PersonForm(), problem=_("There is no such role or source."))
    change = operations.revoke_role if "revoke" in request.POST else operations.grant_role
    chosen = form.cleaned_data
    try:
        change(person, chosen["role"], chosen["source"], acting_user=request.caller.actor, now=clock.now())
    except LastAdminError:
        return _people(request, PersonForm(), problem=_last_admin())
    return redirect(LIST)


def _people(request: PersonRequest, form: PersonForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    shown = {
        "people": access.list_people(request.caller),
        "form": form,
        "roles": RoleForm(auto_id=False),
        "problem": problem,
    }
    return render(request, "accounts/people.html", shown, status=409 if problem else status)


def _show_link(request: PersonRequest, person: Person) -> HttpResponse:
    token = operations.create_sign_in_link(person, acting_user=request.caller.actor, now=clock.now())
    address = request.build_absolute_uri(reverse("accounts:link", args=[token]))
    return render(request, "accounts/new_link.html", {"person": person, "address": address})


def _last_admin() -> str:
    return _("Nobody else could manage people then: make somebody else an admin of all sources first.")
