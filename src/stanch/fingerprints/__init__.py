"""From content to fingerprints: one module a medium."""

from stanch.fingerprints.link import CanonicalLink, FoundLink, canonical, find, is_link_list
from stanch.fingerprints.parts import IN_TEXT, as_entry, as_query
from stanch.fingerprints.queries import BareHashes, Queries, as_queries
from stanch.fingerprints.reading import Reading

__all__ = [
    "IN_TEXT",
    "BareHashes",
    "CanonicalLink",
    "FoundLink",
    "Queries",
    "Reading",
    "as_entry",
    "as_queries",
    "as_query",
    "canonical",
    "find",
    "is_link_list",
]
