"""What partners send, as a bank of its own: in shadow, and confirmed by nobody here."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from stanch.errors import FormatError, InvalidValueError, NotALinkError
from stanch.formats import Listed, read_bank_file, read_hash_list
from stanch.matching import Bank, entry_of
from stanch.media import Decoders
from stanch.values import LINK, BankInfo, Entry, HashPart, LinkPart, Method, State


def bank_from_file(path: Path, *, name: str) -> Bank:
    """Return a partner's bank file as a bank of this installation; its confirmations are theirs, not ours.

    Raises
    ------
    FormatError
        If the file is damaged, of a newer version, or not what it should be.
    """
    file = read_bank_file(path)
    info = replace(file.info, name=name or file.info.name, state=State.SHADOW)
    return Bank(info, (_unconfirmed(entry) for entry in file.entries))


def bank_from_list(path: Path, *, info: BankInfo, method: Method | None) -> Bank:
    """Return a partner's list of hashes or links as a bank; what stands there twice is taken once.

    Parameters
    ----------
    method : what 64 hexadecimal digits stand for, where the list does not say.

    Raises
    ------
    FormatError
        If a line is not what it should be; the error names it, and nothing is imported.
    """
    now = datetime.now(UTC)
    with Decoders() as decoders:
        return Bank(info, _entries(path, read_hash_list(path, method=method), decoders, now))


def _entries(path: Path, listed: Iterable[Listed], decoders: Decoders, now: datetime) -> Iterator[Entry]:
    for each in listed:
        try:
            yield entry_of(_part(each), decoders, added=now, confirmed_by=None, labels=each.labels)
        except (InvalidValueError, NotALinkError) as error:
            raise FormatError(path=path, line=each.line, problem=str(error)) from error


def _part(listed: Listed) -> LinkPart | HashPart:
    if listed.method == LINK:
        return LinkPart(name=listed.value, link=listed.value)
    return HashPart(name=listed.value, method=listed.method, value=listed.value)


def _unconfirmed(entry: Entry) -> Entry:
    """Keep who confirmed an entry elsewhere as a label: it is their word, and no outcome may rest on it."""
    if entry.confirmed_by is None:
        return entry
    return replace(
        entry, confirmed_by=None, labels=(*entry.labels, f"confirmed elsewhere by {entry.confirmed_by}")
    )
