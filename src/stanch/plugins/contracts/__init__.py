"""Tests to inherit: whoever writes an index of their own runs them on it, as this project does on its own."""

from stanch.plugins.contracts.index import IndexContract

__all__ = ["IndexContract"]
