"""What several pages show: names, an item's own page, a problem in the person's language."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stanch.errors import EntryExistsError, StanchError, UnknownEntryError
from stanch_server.banks.access import names_of
from stanch_server.intake.errors import GoneContentError, LockedItemError
from stanch_server.review.errors import (
    ChangedMeanwhileError,
    DecisionTakenError,
    ItemGoneError,
    ItemPendingError,
    NotRestingError,
)
from stanch_server.vault.errors import ErasedBlobError

CONFLICT: Final = 409
INVALID: Final = 422

SENTENCES: Final[Mapping[type[StanchError], str | Promise]] = {
    DecisionTakenError: _("Somebody else has decided on this already. What they decided is shown here."),
    ItemPendingError: _("This is still being scanned. Decide when its outcome is there."),
    ItemGoneError: _("This was forgotten. There is nothing left to decide on."),
    LockedItemError: _("This is locked: nothing of it is shown, handed out or changed here."),
    GoneContentError: _("The content of a chosen part is not kept any more, so it cannot be confirmed."),
    ErasedBlobError: _("The content of a chosen part is not kept any more, so it cannot be confirmed."),
    EntryExistsError: _("Somebody has just added the same content to this bank. Send this once more."),
    UnknownEntryError: _("Somebody has removed this entry already."),
    ChangedMeanwhileError: _("Something else has come to rest on this entry. Look at the list again."),
    NotRestingError: _("Something that was chosen does not rest on this entry. Look at the list again."),
}


def sentence(error: StanchError) -> str:
    """Return what an error says to a person, in their language."""
    for kind, words in SENTENCES.items():
        if isinstance(error, kind):
            return str(words)
    return str(_("This could not be done: %(problem)s")) % {"problem": str(error)}


def people(*actors: str) -> dict[str, str]:
    """Return the names of people who acted, by opaque id; colleagues know each other here."""
    return names_of([actor for actor in actors if actor], managing=True)


def to_item(item: UUID) -> HttpResponse:
    """Lead to an item's page."""
    return redirect("console:item", item_id=item)
