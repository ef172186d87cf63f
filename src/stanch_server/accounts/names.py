"""Sign-in names: one person, one name, however it was typed."""

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST: Final = 150


def normalise(name: str) -> str:
    """Return a sign-in name as it is stored: NFKC, case folded, without invisible characters.

    Persian keyboards write a joiner that others leave out, so format characters never tell two names apart.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf").strip()


def check(name: str) -> None:
    """Refuse a normalised sign-in name that is empty, too long, or holds spaces or control characters.

    Raises
    ------
    ValidationError
        With a sentence for the person who typed it.
    """
    odd = any(unicodedata.category(letter)[0] in "CZ" for letter in name)
    if not name or len(name) > LONGEST or odd:
        message = _("Use 1 to %(longest)d characters without spaces.")
        raise ValidationError(message, code="name", params={"longest": LONGEST})
