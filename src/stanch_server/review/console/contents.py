"""Content, once somebody asks for it: each access is recorded before a byte of it is read.

No file is decoded here: the workers of `stanch.media` answer with pixels, out of which a small picture is written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from stanch.errors import NotScannedError, StanchError
from stanch.media import Previews
from stanch_server.accounts import clock
from stanch_server.accounts.rules import PersonRequest, rule
from stanch_server.banks import contents as bank_contents
from stanch_server.banks.live import follower
from stanch_server.intake import access
from stanch_server.intake.contents import open_content
from stanch_server.intake.errors import GoneContentError, LockedItemError
from stanch_server.intake.models import Item, ItemPart
from stanch_server.review.console.parts import BESIDE, ShownMatch, ShownPart, part_at
from stanch_server.review.console.revealed import Beside, defanged, of_entry, original, text_of, without_markup
from stanch_server.review.console.tokens import opened_by, token_for
from stanch_server.review.console.words import NOT_SCANNED, Said
from stanch_server.vault.errors import ErasedBlobError

REVEALED: Final = "revealed"
BLURRED: Final = "shown blurred"
LOCKED: Final = 423
GONE: Final = 410
UNREADABLE: Final = 422
# Should a browser ever take such an answer for a page, it runs nothing, fetches nothing and is in no site of ours.
PICTURE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'inline; filename="picture.png"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}

revealing = rule(capability="items.reveal", source_from=access.source_of_item, methods=("POST",))
looking = rule(capability="items.reveal", source_from=access.source_of_item)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One person looking at one part of an item.

    Parameters
    ----------
    row, part : the part as it is kept, and as it is shown.
    """

    request: PersonRequest
    item: Item
    row: ItemPart
    part: ShownPart
    now: datetime

    def content(self, reason: str) -> bytes:
        """Return the part's content, recorded; raises as `open_content` does."""
        return open_content(self.row, acting_user=self.request.caller.actor, reason=reason, now=self.now)

    def of_entry(self, match: ShownMatch, reason: str) -> bytes:
        """Return the content of an entry beside the part, recorded.

        Raises
        ------
        Http404
            If none is kept, or the person may not see it.
        """
        if match.entry is None or self.item.locked is not None:
            raise Http404
        actor = self.request.caller.actor
        return bank_contents.open_content(entry=match.entry, acting_user=actor, reason=reason, now=self.now)

    def match_of(self, entry: str) -> ShownMatch:
        """Return the match with an entry; raises `Http404` if this part matches none of that id."""
        for match in self.part.matches:
            if match.found.entry == entry:
                return match
        raise Http404


@revealing
def reveal(request: PersonRequest, item_id: UUID, part: int) -> HttpResponse:
    """Open a part and show it beside what it matched. To htmx only the content is sent, else a page of its own."""
    opening = _opening(request, item_id, part)
    try:
        data = opening.content(REVEALED)
        said = _said(opening, data)
    except (StanchError, Http404) as error:
        return _unshown(request, opening, error)
    return _shown(request, opening, said)


@looking
def picture(request: PersonRequest, item_id: UUID, part: int, token: str) -> HttpResponse:
    """Send the picture that has just been revealed, small and made anew."""
    opening = _opening(request, item_id, part)
    entry = opened_by(request, token, item=item_id, part=part, now=opening.now)
    if entry is None:
        raise Http404
    return _picture(opening, entry, REVEALED, lambda made: made.sharp.png())


@looking
def blurred(request: PersonRequest, item_id: UUID, part: int) -> HttpResponse:
    """Send a part's picture, blurred beyond recognition."""
    return _picture(_opening(request, item_id, part), "", BLURRED, lambda made: made.blurred.png())


@looking
def blurred_entry(request: PersonRequest, item_id: UUID, part: int, entry_id: UUID) -> HttpResponse:
    """Send the picture of an entry that a part matches, blurred beyond recognition."""
    opening = _opening(request, item_id, part)
    return _picture(opening, str(entry_id), BLURRED, lambda made: made.blurred.png())


def _opening(request: PersonRequest, item_id: UUID, position: int) -> Opening:
    item = access.get_item(request.caller, item_id, "items.reveal")
    found = part_at(item, position, request.caller)
    if found is None:
        raise Http404
    row, part = found
    return Opening(request=request, item=item, row=row, part=part, now=clock.now())


def _picture(opening: Opening, entry: str, reason: str, chosen: Callable[[Previews], bytes]) -> HttpResponse:
    """Return a picture, or an empty answer whose status says why there is none: the page says it in words."""
    if not opening.part.image:
        raise Http404
    try:
        data = opening.of_entry(opening.match_of(entry), reason) if entry else opening.content(reason)
        made = chosen(follower().decoders.previews(data))
    except StanchError as error:
        return HttpResponse(status=status_for(error), headers=PICTURE_HEADERS)
    return HttpResponse(made, content_type="image/png", headers=PICTURE_HEADERS)


def _said(opening: Opening, data: bytes) -> dict[str, Any]:
    """Return what the template shows of a part's content; a picture is opened once, to know that it can be."""
    part, form = opening.part, opening.row.form
    if part.image:
        follower().decoders.previews(data)
        return {"picture": _address(opening, ""), "beside": list(_pictures(opening))}
    if form == ItemPart.Form.LINK:
        address = data.decode(errors="surrogatepass")
        return {
            "link": original(defanged(address), []),
            "text": original(address, []),
            "beside": list(_texts(opening)),
        }
    if form == ItemPart.Form.FILE and opening.row.medium != "text":
        return {"bytes": len(data)}
    text = text_of(data, form)
    plain = without_markup(text, part.matches)
    return {"text": original(text, part.matches), "plain": plain, "beside": list(_texts(opening))}


def _texts(opening: Opening) -> Iterator[Beside]:
    for match in _best(opening):
        try:
            data = opening.of_entry(match, REVEALED)
        except (StanchError, Http404):
            yield Beside(match=match)
        else:
            yield Beside(match=match, text=of_entry(data, match) if match.found.medium != "image" else None)


def _pictures(opening: Opening) -> Iterator[Beside]:
    for match in _best(opening):
        kept = match.beside and match.found.medium == "image"
        yield Beside(match=match, picture=_address(opening, match.found.entry) if kept else "")


def _best(opening: Opening) -> list[ShownMatch]:
    """Return the best match with each entry, the best few."""
    first: dict[str, ShownMatch] = {}
    for match in opening.part.matches:
        first.setdefault(match.found.entry, match)
    return list(first.values())[:BESIDE]


def _address(opening: Opening, entry: str) -> str:
    item, part = opening.item.id, opening.part.position
    token = token_for(opening.request, item=item, part=part, entry=entry, now=opening.now)
    return reverse("console:picture", args=[item, part, token])


def _shown(request: PersonRequest, opening: Opening, said: dict[str, Any], status: int = 200) -> HttpResponse:
    page = "console/_revealed.html" if request.headers.get("HX-Request") else "console/revealed.html"
    answer = render(request, page, {"item": opening.item, "part": opening.part} | said, status=status)
    answer.headers["X-Part"] = "true"  # a refusal is shown where the content would have been
    return answer


def _unshown(request: PersonRequest, opening: Opening, error: Exception) -> HttpResponse:
    return _shown(request, opening, {"problem": sentence_for(error)}, status_for(error))


def status_for(error: Exception) -> int:
    """Return the status of an answer without the content that was asked for."""
    if isinstance(error, LockedItemError):
        return LOCKED
    return UNREADABLE if isinstance(error, NotScannedError) else GONE


def sentence_for(error: Exception) -> Said:
    """Return why content is not shown, to the person who asked for it."""
    if isinstance(error, LockedItemError):
        return _("This item is locked: nothing of it is shown.")
    if isinstance(error, GoneContentError | ErasedBlobError | Http404):
        return _("Nothing of this is kept any more.")
    code = error.code if isinstance(error, StanchError) else ""
    return NOT_SCANNED.get(code) or _(
        "This cannot be opened: it is damaged, or its key is not there. Tell an admin."
    )
