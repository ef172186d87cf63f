"""From content to fingerprints: one module a medium."""

from stanch.fingerprints.link import CanonicalLink, FoundLink, canonical, find, is_link_list
from stanch.fingerprints.parts import IN_TEXT, as_entry, as_query
from stanch.fingerprints.reading import Reading

__all__ = [
    "IN_TEXT",
    "CanonicalLink",
    "FoundLink",
    "Reading",
    "as_entry",
    "as_query",
    "canonical",
    "find",
    "is_link_list",
]
