"""A word in an address that the next page turns into a sentence: what was done stays said after a reload."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stanch_server.banks.sentences import Said

WORD: Final = "done"

SENTENCES: Final[Mapping[str, Said]] = {
    "made": _("The bank was made. It is in shadow and empty."),
    "enabled": _("The bank is enabled: its matches have effect from now on."),
    "shadow": _("The bank is in shadow: its matches are counted, nothing else."),
    "threshold": _("The threshold was set. It holds for everything that is matched from now on."),
    "added": _("The entry was added. It is matched from now on."),
    "changed": _("The entry was changed."),
    "unchanged": _("Nothing was changed."),
}


def with_word(word: str, page: str, *arguments: UUID) -> str:
    """Return the address of a page that then says what was done."""
    return f"{reverse(page, args=arguments)}?{urlencode({WORD: word})}"


def messages(request: HttpRequest) -> list[Said]:
    """Return what a page has to say before anything else; `base.html` shows it."""
    sentence = SENTENCES.get(request.GET.get(WORD, ""))
    return [sentence] if sentence else []
