"""Recognise known terrorist content: fingerprints, banks, matches, outcomes."""

from importlib.metadata import version

__version__ = version("stanch")
