"""Texts that are more than what stands in them: markup, escapes, documents that hide content in codes."""

import html
import re

from stanch.errors import NotScannedError, UnsupportedMediumError

DECODED = "decoded"
"""The variant of a text whose tags are gone and whose escapes stand for their characters."""

HEAD = 4096
_ONLY_AS_TEXT = {
    "PDF": re.compile(r"\s*%PDF-"),
    "RTF": re.compile(r"\s*\{\\rtf"),
    "SVG": re.compile(r"(?is)\s*(?:<\?xml.{0,500}?)?(?:<!doctype svg|<svg)"),
    "mail": re.compile(r"(?im)^(?:mime-version:|content-transfer-encoding:\s*(?:base64|quoted-printable))"),
    "PostScript": re.compile(r"%!PS"),
}
_EMBEDDED = re.compile(r"(?i)data:[a-z/+.-]{0,60};base64,")
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]{0,10000}>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_ZEROS = re.compile("&#0+(?=[0-9])")
_BEYOND = re.compile("&#[0-9]{8,};?")
"""A number of more digits than any character has; from 4,300 on Python refuses to read it."""
_SIGNS = ("&", "\\u", "\\x", "<")


def unread(text: str) -> NotScannedError | None:
    """Return why a text is not all there is to a document, if so: then it is never clean."""
    head = text[:HEAD]
    for name, pattern in _ONLY_AS_TEXT.items():
        if name == "mail" and not ("-" in head and ":" in head):
            continue
        looked_for = pattern.search if name == "mail" else pattern.match
        if looked_for(head):
            return UnsupportedMediumError(medium=f"{name} beyond its plain text")
    if "64," in text and _EMBEDDED.search(text):
        return UnsupportedMediumError(medium="data embedded in a text")
    return None


def decoded(text: str) -> str | None:
    """Return what a browser would show of a text with tags and escapes; None if it has neither."""
    if not any(sign in text for sign in _SIGNS):
        return None
    plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    plain = _BEYOND.sub("\ufffd", _ZEROS.sub("&#", _TAG.sub(" ", plain)))
    plain = html.unescape(plain)
    joined = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one letter
    return None if joined == text else joined
