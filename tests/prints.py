"""Fingerprints by their methods, for tests."""

from stanch.fingerprints import Reading
from stanch.values import Entry, Fingerprint, Method


def print_or_none(of: Reading | Entry, method: Method) -> Fingerprint | None:
    """Return what a reading or an entry holds by a method; None if there is nothing."""
    return next((one for one in of.fingerprints if one.method == method), None)


def print_of(of: Reading | Entry, method: Method) -> Fingerprint:
    """Return what a reading or an entry holds by a method, of which it is known that it does."""
    found = print_or_none(of, method)
    assert found is not None
    return found
