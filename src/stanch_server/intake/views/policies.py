"""Policies: what a source's operator records for a bank, and in plain sentences what it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stanch.values import Level
from stanch_server.accounts import access as accounts
from stanch_server.accounts import clock
from stanch_server.accounts.models import Source
from stanch_server.accounts.rules import PersonRequest, Scope, rule
from stanch_server.banks import access as banks
from stanch_server.banks.models import Bank
from stanch_server.intake import access, operations
from stanch_server.intake.models import Item, Policy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Said: TypeAlias = "str | _StrPromise"

BLOCKS: Final = _(
    "Content identical to what a person confirmed in this bank is blocked at once; whoever published it is told "
    "why, and may object. Other identical content and copies of texts are held until a person decides, for a "
    "bounded time; the rest comes up for review at most."
)
EFFECTS: Final[Mapping[int, Said]] = {
    Level.ALLOW: _("Matches are recorded; nothing else follows from them."),
    Level.REVIEW: _("Nothing is held: what matches stays visible and comes up for review at most."),
    Level.HOLD: _(
        "Identical content and copies of texts are held until a person decides, for a bounded time. "
        "The rest comes up for review at most. Nothing is blocked."
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPolicy:
    """A bank and what is recorded for it; `policy` is None where the default holds."""

    bank: Bank
    policy: Policy | None
    effect: Said
    recorded_by: str


class PolicyForm(forms.Form):
    """How far matches of a bank may go, and why."""

    at_most = forms.TypedChoiceField(
        label=_("At most"),
        choices=Item.Level.choices,
        coerce=int,
        initial=Level.BLOCK,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=_("The most severe outcome that a match in this bank may have."),
    )
    block_identical = forms.BooleanField(
        label=_("Block what is identical to confirmed content"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        help_text=_("Without this, nothing is ever blocked: identical content is held instead."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "dir": "auto"}),
        help_text=_("Why this is right for this source and this bank. It is kept under your name."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a policy that contradicts itself."""
        chosen = super().clean() or self.cleaned_data
        if chosen.get("block_identical") and chosen.get("at_most", Level.BLOCK) != Level.BLOCK:
            problem = _("To block, “at most” must be “block”.")
            self.add_error("at_most", ValidationError(problem))
        return chosen


@rule(capability="policies.read", source_from=Scope.ANYWHERE)
def policies(request: PersonRequest) -> HttpResponse:
    """List the sources whose policies the person may see; of one alone, go there."""
    sources = list(accounts.sources_with(request.caller, "policies.read"))
    if len(sources) == 1:
        return redirect("intake:source-policies", sources[0].id)
    return render(request, "intake/policies.html", {"sources": sources})


@rule(capability="policies.read", source_from="source_id")
def source_policies(request: PersonRequest, source_id: UUID) -> HttpResponse:
    """Show, for each bank that a source is matched against, what is recorded and what it does."""
    source = accounts.get_source(request.caller, source_id, "policies.read")
    may_write = "policies.write" in (accounts.capabilities_of(request.caller, source.id) or ())
    recorded = {row.bank_id: row for row in access.policies_for(request.caller, source.id)}
    names = banks.names_of({row.recorded_by for row in recorded.values()}, managing=may_write)
    rows = [_shown(bank, recorded.get(bank.id), names) for bank in _banks(source).order_by("name")]
    shown = {"source": source, "rows": rows, "may_write": may_write, "done": "done" in request.GET}
    return render(request, "intake/source_policies.html", shown)


# Fresh from the first look on: who has to prove themselves only on sending loses what they wrote.
@rule(capability="policies.write", source_from="source_id", methods=("GET", "POST"), fresh=True)
def record(request: PersonRequest, source_id: UUID, bank_id: UUID) -> HttpResponse:
    """Record a policy, with its reason."""
    source = accounts.get_source(request.caller, source_id, "policies.write")
    bank = _banks(source).filter(id=bank_id).first()
    if bank is None:
        raise Http404
    standing = access.policies_for(request.caller, source.id).filter(bank=bank).first()
    form = PolicyForm(request.POST or None, initial=_initial(standing))
    if request.method == "POST" and form.is_valid():
        _record(request, source, bank, form.cleaned_data)
        return redirect(f"{reverse('intake:source-policies', args=[source.id])}?done")
    shown = {"source": source, "bank": bank, "form": form, "effects": _effects(), "standing": standing}
    return render(request, "intake/policy.html", shown, status=422 if form.errors else 200)


def effect_of(*, block_identical: bool, at_most: int) -> Said:
    """Return in plain words what follows from a policy; without one, from the default."""
    if block_identical and at_most == Level.BLOCK:
        return BLOCKS
    return EFFECTS[min(at_most, Level.HOLD)]


def _shown(bank: Bank, policy: Policy | None, names: Mapping[str, str]) -> ShownPolicy:
    blocks = policy is not None and policy.block_identical
    at_most = Level.BLOCK if policy is None else policy.at_most
    return ShownPolicy(
        bank=bank,
        policy=policy,
        effect=effect_of(block_identical=blocks, at_most=at_most),
        recorded_by=names[policy.recorded_by] if policy else "",
    )


def _banks(source: Source) -> QuerySet[Bank]:
    """Return the banks of known content that a source is matched against; good content has no such effect."""
    return Bank.objects.filter(Q(source=source) | Q(source=None), purpose=Bank.Purpose.KNOWN)


def _effects() -> list[tuple[str, Said]]:
    """Return each choice with what it does, as the form explains them."""
    levels = [(str(Item.Level(level).label), said) for level, said in EFFECTS.items()]
    return [*levels, (str(Item.Level.BLOCK.label), BLOCKS)]


def _initial(standing: Policy | None) -> dict[str, object]:
    if standing is None:
        return {}
    return {"at_most": standing.at_most, "block_identical": standing.block_identical}


def _record(request: PersonRequest, source: Source, bank: Bank, chosen: Mapping[str, Any]) -> None:
    operations.set_policy(
        source=source,
        bank=bank,
        block_identical=chosen["block_identical"],
        at_most=Level(chosen["at_most"]),
        reason=chosen["reason"],
        acting_user=request.caller.actor,
        at=clock.now(),
    )
