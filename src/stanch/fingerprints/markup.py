"""Texts that are more than what stands in them: markup, escapes, documents that hide content in codes."""

import html
import re

from stanch.errors import NotScannedError, UnsupportedMediumError

DECODED = "decoded"
"""The variant of a text whose tags are gone and whose escapes stand for their characters."""

HEAD = 4096
_BY_BEGINNING = {
    "PDF": re.compile(r"\s*%PDF-"),
    "RTF": re.compile(r"\s*\{\\rtf"),
    "SVG": re.compile(r"(?is)\s*(?:<\?xml.{0,500}?)?(?:<!doctype svg|<svg)"),
}
_BEGINNINGS = ("%", "{", "<")
"""The first character of each, but for blanks."""
_MAIL = re.compile(r"(?im)^(?:mime-version:|content-transfer-encoding:\s*(?:base64|quoted-printable))")
_IN_MAIL = re.compile("-[vVtT]")
"""What stands in all of these, and is found sooner."""
_EMBEDDED = re.compile(r"(?i)data:[a-z/+.-]{0,60};base64,")
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]{0,10000}>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_ZEROS = re.compile("&#0+(?=[0-9])")
_BEYOND = re.compile("&#[0-9]{8,};?")
"""A number of more digits than any character has; from 4,300 on Python refuses to read it."""


def unread(text: str) -> NotScannedError | None:
    """Return why a text is not all there is to a document, if so: then it is never clean."""
    head = text[:HEAD]
    for name, pattern in _BY_BEGINNING.items() if head.lstrip()[:1] in _BEGINNINGS else ():
        if pattern.match(head):
            return UnsupportedMediumError(medium=f"{name} beyond its plain text")
    if ":" in head and _IN_MAIL.search(head) and _MAIL.search(head):
        return UnsupportedMediumError(medium="mail beyond its plain text")
    if head.startswith("%!PS"):
        return UnsupportedMediumError(medium="PostScript beyond its plain text")
    if "64," in text and _EMBEDDED.search(text):
        return UnsupportedMediumError(medium="data embedded in a text")
    return None


def decoded(text: str) -> str | None:
    """Return what a browser would show of a text with tags and escapes; None if it has neither."""
    escaped = "\\" in text and ("\\u" in text or "\\x" in text)
    if not (escaped or "&" in text or "<" in text):
        return None
    plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    plain = _BEYOND.sub("\ufffd", _ZEROS.sub("&#", _TAG.sub(" ", plain)))
    plain = html.unescape(plain)
    joined = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one letter
    return None if joined == text else joined
