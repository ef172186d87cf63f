"""Recognise known terrorist content: fingerprints, banks, matches, outcomes."""
