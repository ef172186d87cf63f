"""Banks and the matcher: the front of the library."""

from stanch.matching.bank import Bank
from stanch.matching.entries import entry_id, entry_of
from stanch.matching.matcher import Matcher

__all__ = ["Bank", "Matcher", "entry_id", "entry_of"]
