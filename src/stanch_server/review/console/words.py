"""What the console calls things, in the reader's language. What has no word here is shown as it is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Said = str | Promise

OUTCOMES: Final[Mapping[str, Said]] = {
    "pending": _("being scanned"),
    "block": _("block"),
    "hold": _("hold"),
    "review": _("review"),
    "allow": _("allow"),
}
"""Most severe first, after what has none yet."""

TONES: Final[Mapping[str, str]] = {
    "block": "bad",
    "hold": "held",
    "review": "late",
    "allow": "good",
    "remove": "bad",
    "restrict": "held",
    "label": "late",
}
"""The colour that goes with a word; the word is always there."""

KINDS: Final[Mapping[str, Said]] = {
    "identical": _("identical"),
    "copy": _("copy"),
    "copy with additions": _("copy with additions"),
    "quotes a passage": _("quotes a passage"),
}

MEDIA: Final[Mapping[str, Said]] = {
    "text": _("text"),
    "image": _("image"),
    "link": _("link"),
    "video": _("video"),
    "sound": _("sound"),
    "file": _("file"),
}

AUDIENCES: Final[Mapping[str, Said]] = {
    "public": _("public"),
    "members": _("members"),
    "unlisted": _("unlisted"),
}

METHODS: Final[Mapping[str, Said]] = {
    "file-sha256/1": _("file by SHA-256"),
    "file-md5/1": _("file by MD5"),
    "pdq/1": _("image by PDQ"),
    "pdq-raw/1": _("image by a PDQ hash of others"),
    "text-exact/1": _("text, identical"),
    "text-gram/1": _("text, passages"),
    "text-simhash/1": _("text, many letters changed"),
    "link/1": _("link"),
}

REASONS: Final[Mapping[str, Said]] = {
    "not-scanned": _("Something could not be looked at: a person looks."),
    "shadow": _("In a bank in shadow: counted, nothing else."),
    "known-good": _("Known to be good."),
    "copy": _("Most of it is the entry, or looks like it."),
    "copy-with-additions": _("The entry stands inside something longer."),
    "quotes": _("Quotes a passage, as reports do."),
    "identical": _("Identical to an entry: it waits for a person."),
    "identical-confirmed": _("Identical to what a person confirmed, and the bank's policy blocks it."),
    "known-good-covers": _("Known-good content accounts for some or all of the same passage."),
    "image-in-article": _("A known image beside a longer text that matches nothing, as in an article."),
}

UNDONE: Final[Mapping[str, Said]] = {
    "moved": _("characters moved by formatting"),
    "deleted": _("characters deleted by others"),
    "hidden": _("invisible characters"),
    "marks": _("heaps of marks"),
    "mixed": _("letters of other alphabets"),
    "fancy": _("fancy letters"),
    "split": _("letters set apart"),
    "leet": _("digits and signs for letters"),
}
"""What was undone before a text could be read (`stanch.language.Evasion`)."""

NOT_SCANNED: Final[Mapping[str, Said]] = {
    "private-audience": _("It is private, and private messages are not scanned."),
    "unsupported-medium": _("Files of this kind are not read by this version."),
    "unreadable-media": _("The file cannot be read: it is damaged, or cut short."),
    "media-too-large": _("The file is too large."),
    "unreadable-text": _("The text cannot be read in full."),
    "decoder-timeout": _("Opening the file took too long, and was stopped."),
    "decoder-crashed": _("Opening the file failed in a way that may be an attack."),
    "decoder-unavailable": _("Files could not be opened at that moment."),
    "not-a-link": _("This is no link to a place on the web."),
    "invalid-value": _("The hash is malformed, or of no known kind."),
}


def word(words: Mapping[str, Said], name: str) -> Said:
    """Return the word for a name, or the name."""
    return words.get(name, name)


UNITS: Final[tuple[tuple[int, Said], ...]] = (
    (86_400, _("%(number)d d")),
    (3_600, _("%(number)d h")),
    (60, _("%(number)d min")),
)


def duration(span: timedelta) -> str:
    """Return how long something has lasted, roughly: in its largest unit."""
    seconds = max(0, int(span.total_seconds()))
    for size, said in UNITS:
        if seconds >= size:
            return str(said) % {"number": seconds // size}
    return str(_("%(number)d s")) % {"number": seconds}
