"""Webhooks of a source: whom it has arranged to be told, and what could not be delivered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from stanch_server.accounts import access as accounts
from stanch_server.accounts import clock
from stanch_server.accounts.models import Source
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.intake.models import Webhook
from stanch_server.intake.webhooks import access, operations, words
from stanch_server.intake.webhooks.access import source_of_webhook
from stanch_server.intake.webhooks.errors import AddressError, TooManyWebhooksError
from stanch_server.intake.webhooks.forms import WebhookForm
from stanch_server.intake.webhooks.letters import letters_of

READ, MANAGE = "webhooks.read", "webhooks.manage"
PAGE = "intake:source-webhooks"
changing = rule(capability=MANAGE, source_from=source_of_webhook, methods=("POST",), fresh=True)


@rule(capability=READ, source_from=Scope.ANYWHERE)
def sources(request: PersonRequest) -> HttpResponse:
    """Lead to the sources whose webhooks one may see; to the only one at once."""
    found = list(accounts.sources_with(request.caller, READ))
    if len(found) == 1:
        return redirect(PAGE, source_id=found[0].id)
    shown = [(source, access.webhooks_of(request.caller, source.id).count()) for source in found]
    return render(request, "intake/webhooks_sources.html", {"sources": shown})


@rule(capability=READ, source_from="source_id")
def webhooks(request: PersonRequest, source_id: UUID) -> HttpResponse:
    """List a source's webhooks."""
    return _list(request, source_id, WebhookForm())


@rule(capability=MANAGE, source_from="source_id", methods=("POST",), fresh=True)
def add(request: PersonRequest, source_id: UUID) -> HttpResponse:
    """Add a webhook and show its secret once."""
    source = accounts.get_source(request.caller, source_id, MANAGE)
    form = WebhookForm(request.POST)
    if form.is_valid():
        url, now = form.cleaned_data["url"], clock.now()
        try:
            made = operations.add_webhook(source=source, url=url, acting_user=request.caller.actor, at=now)
        except AddressError as error:
            refused = words.problem(error.problem.value)
            form.add_error("url", _("This address cannot be used: %(problem)s.") % {"problem": refused})
        except TooManyWebhooksError:
            form.add_error(None, _("A source has at most ten webhooks. Remove one first."))
        else:
            return _secret(request, *made, rotated=False)
    return _list(request, source_id, form, status=422)


@changing
def rotate(request: PersonRequest, webhook_id: UUID) -> HttpResponse:
    """Give a webhook a new secret and show it once."""
    webhook = access.get_webhook(request.caller, webhook_id)
    secret = operations.rotate_secret(webhook=webhook, acting_user=request.caller.actor, at=clock.now())
    return _secret(request, webhook, secret, rotated=True)


@changing
def remove(request: PersonRequest, webhook_id: UUID) -> HttpResponse:
    """Send nothing more to a webhook."""
    webhook = access.get_webhook(request.caller, webhook_id)
    operations.remove_webhook(webhook=webhook, acting_user=request.caller.actor, at=clock.now())
    return redirect(PAGE, source_id=webhook.source_id)


@changing
def enable(request: PersonRequest, webhook_id: UUID) -> HttpResponse:
    """Send to a disabled webhook again."""
    webhook = access.get_webhook(request.caller, webhook_id)
    operations.enable_webhook(webhook=webhook, acting_user=request.caller.actor, at=clock.now())
    return redirect(PAGE, source_id=webhook.source_id)


@changing
def test(request: PersonRequest, webhook_id: UUID) -> HttpResponse:
    """Send a test message."""
    webhook = access.get_webhook(request.caller, webhook_id)
    operations.send_test(webhook=webhook, acting_user=request.caller.actor, at=clock.now())
    return redirect(PAGE, source_id=webhook.source_id)


def _list(request: PersonRequest, source_id: UUID, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    source, now = accounts.get_source(request.caller, source_id, READ), clock.now()
    shown = {
        "source": source,
        "webhooks": [_shown(one, now) for one in access.webhooks_of(request.caller, source_id)],
        "letters": len(letters_of(request.caller, source_id)),
        "form": form,
        "may_manage": may_manage(request, source),
        "several": accounts.sources_with(request.caller, READ).count() > 1,
    }
    return render(request, "intake/webhooks.html", shown, status=status)


def _shown(webhook: Webhook, now: datetime) -> dict[str, Any]:
    """Return what the page says of a webhook; what follows a `?` may be a secret of the receiver's."""
    address, asked, _query = webhook.url.partition("?")
    rotating = webhook.old_until is not None and now < webhook.old_until
    return {
        "row": webhook,
        "address": f"{address}?…" if asked else address,
        "both_sign_until": webhook.old_until if rotating else None,
        "waiting": webhook.test_sent is not None and webhook.tested is None,
        "problem": words.problem(webhook.test_problem),
    }


def may_manage(request: PersonRequest, source: Source) -> bool:
    """Whether a person may change a source's webhooks."""
    return MANAGE in (accounts.capabilities_of(request.caller, source.id) or ())


def _secret(request: HttpRequest, webhook: Webhook, secret: str, *, rotated: bool) -> HttpResponse:
    shown = {"webhook": webhook, "secret": secret, "rotated": rotated}
    return render(request, "intake/webhooks_secret.html", shown)
