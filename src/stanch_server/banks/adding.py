"""The forms by which a person adds an entry: a text, a link, a hash, or a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stanch.values import FilePart, HashPart, LinkPart, Part, TextPart
from stanch_server.banks.forms import DetailsForm, plain_lines, said, written
from stanch_server.banks.making import hash_method
from stanch_server.banks.models import ID_LENGTH
from stanch_server.banks.sentences import Said

LONGEST_TEXT: Final = 200_000  # longer ones come as files: what a form may hold besides is limited
LARGEST_FILE: Final = 50 * 2**20


class TextForm(DetailsForm):
    """A text."""

    text = forms.CharField(
        **written(_("Text"), 10, strip=False, max_length=LONGEST_TEXT),
        help_text=_("As it was published, in any language. A longer one: as a file."),
    )
    field_order = ("text",)


class LinkForm(DetailsForm):
    """A link."""

    link = forms.CharField(**said(_("Link"), dir="ltr"), max_length=ID_LENGTH)
    subdomains = forms.BooleanField(
        label=_("Every host below it, too"),
        required=False,
        help_text=_("For a bare host only: it then stands for all that lies below."),
    )
    field_order = ("link", "subdomains")


class HashForm(DetailsForm):
    """A hash that somebody else took."""

    method = forms.ChoiceField(label=_("Method"), choices=[("pdq", "PDQ"), ("sha256", "SHA-256"), ("md5", "MD5")])
    value = forms.CharField(**said(_("Hash, in hexadecimal"), dir="ltr", spellcheck="false"), max_length=128)
    field_order = ("method", "value")

    def clean(self) -> dict[str, Any]:
        """Refuse what is no hash of this method."""
        chosen = super().clean() or self.cleaned_data
        value = chosen.get("value", "").lower()
        digits = hash_method(chosen["method"]).bits // 4 if "method" in chosen else 0
        if value and digits and not (len(value) == digits and set(value) <= set("0123456789abcdef")):
            problem = _("Give %(digits)d hexadecimal digits.")
            self.add_error("value", ValidationError(problem, params={"digits": digits}))
        return chosen

    def part(self) -> Part:
        """Return the hash."""
        chosen = self.cleaned_data
        return HashPart(name="hash", method=hash_method(chosen["method"]), value=chosen["value"].lower())


class FileForm(DetailsForm):
    """A file: an image or a text by what it shows, any other by its bytes."""

    file = forms.FileField(
        label=_("File"),
        max_length=300,
        help_text=_("It is opened only where it can do no harm, and shown to nobody unasked."),
    )
    field_order = ("file",)

    def clean_file(self) -> bytes:
        """Return its bytes, unless there are too many."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST_FILE:
            raise ValidationError(
                _("This file is larger than %(limit)d MiB."), params={"limit": LARGEST_FILE // 2**20}
            )
        data: bytes = given.read()
        return data


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way to add an entry.

    Parameters
    ----------
    name : what it is called.
    form : what is filled in.
    about : the field that holds the content, and gets its problems.
    part : from what was filled in, once it is valid, to the content.
    """

    name: Said
    form: type[DetailsForm]
    about: str
    part: Callable[[Mapping[str, Any]], Part]


def _text(chosen: Mapping[str, Any]) -> Part:
    return TextPart(name="text", text=plain_lines(chosen["text"]))


def _link(chosen: Mapping[str, Any]) -> Part:
    return LinkPart(name="link", link=chosen["link"])


def _hash(chosen: Mapping[str, Any]) -> Part:
    return HashPart(name="hash", method=hash_method(chosen["method"]), value=chosen["value"])


def _file(chosen: Mapping[str, Any]) -> Part:
    return FilePart(name="file", data=chosen["file"])


WAYS: Final[Mapping[str, Way]] = {
    "text": Way(name=_("Text"), form=TextForm, about="text", part=_text),
    "link": Way(name=_("Link"), form=LinkForm, about="link", part=_link),
    "hash": Way(name=_("Hash"), form=HashForm, about="value", part=_hash),
    "file": Way(name=_("File"), form=FileForm, about="file", part=_file),
}
"""By what the address calls them."""
