"""What is said to people: why something could not be banked, and the words of the law, in their language."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from django.utils.translation import gettext_lazy as _

from stanch.errors import StanchError
from stanch.values import METHODS, ContentType

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Said: TypeAlias = "str | _StrPromise"
"""Text, or text that is put into the reader's language when it is shown."""

CONTENT_TYPES: Final[Mapping[str, Said]] = {
    ContentType.INCITES.value: _("(a) incites to commit a terrorist offence, such as by glorifying one"),
    ContentType.SOLICITS_OFFENCE.value: _("(b) solicits somebody to commit a terrorist offence"),
    ContentType.SOLICITS_GROUP.value: _("(c) solicits somebody to take part in a terrorist group"),
    ContentType.INSTRUCTS.value: _("(d) instructs on weapons or methods for a terrorist offence"),
    ContentType.THREATENS.value: _("(e) threatens to commit a terrorist offence"),
}
"""Regulation (EU) 2021/784, Article 2(7), points (a) to (e)."""

METHOD_NAMES: Final[Mapping[str, Said]] = {
    "file-sha256/1": _("file by SHA-256"),
    "file-md5/1": _("file by MD5"),
    "pdq/1": _("image by PDQ"),
    "pdq-raw/1": _("image by a PDQ hash of others"),
    "text-exact/1": _("text, identical"),
    "text-gram/1": _("text, passages"),
    "link/1": _("link"),
}

RADIUS_METHODS: Final = tuple(one for one in METHODS.values() if one.radius)
"""The methods whose matches may differ by some bits."""

LARGEST_RADIUS: Final = 64

_PROBLEMS: Final[Mapping[str, Said]] = {
    "empty-text": _(
        "Nothing is left of this text once spaces and signs are taken away: it would match everything or nothing."
    ),
    "too-plain": _("This image is too plain to be told from others."),
    "not-a-link": _("This is no link to a place on the web."),
    "unsupported-medium": _("Files of this kind are not read by this version."),
    "unreadable-media": _("This file cannot be read: it is damaged, or cut short."),
    "media-too-large": _("This file is too large."),
    "unreadable-text": _("This text cannot be read in full."),
    "decoder-timeout": _("Opening this file took too long, and was stopped."),
    "decoder-crashed": _("Opening this file failed in a way that may be an attack. It was not added."),
    "decoder-unavailable": _("Files cannot be opened at the moment. Try again later."),
    "entry-exists": _("This bank holds this content already."),
    "bank-exists": _("There is a bank of this name already."),
    "vault-storage": _("The content cannot be kept: there is no room for it. Nothing was added."),
}

_OTHERWISE: Final = _("This cannot be added to a bank.")


def sentence(error: StanchError) -> Said:
    """Return why something was refused, to the person who tried."""
    return _PROBLEMS.get(error.code, _OTHERWISE)
