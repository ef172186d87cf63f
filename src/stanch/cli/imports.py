"""What partners send, as a bank of its own: in shadow, and confirmed by nobody here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from stanch.errors import BankError, FormatError, InvalidValueError, NotALinkError
from stanch.formats import Listed, read_bank_file, read_hash_list
from stanch.kernels.pdq import QUALITY_FLOOR
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

    PDQ hashes that the list itself calls too plain (quality below 50) are left out.

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
        if each.quality is not None and each.quality < QUALITY_FLOOR:
            continue  # such a hash is near to that of everything plain
        try:
            yield entry_of(_part(each), decoders, added=now, confirmed_by=None, labels=each.labels)
        except (InvalidValueError, NotALinkError) as error:
            raise FormatError(path=path, line=each.line, problem=str(error)) from error


def _part(listed: Listed) -> LinkPart | HashPart:
    if listed.method == LINK:
        return LinkPart(name=listed.value, link=listed.value)
    return HashPart(name=listed.value, method=listed.method, value=listed.value)


def replace_entries(old: Bank, new: Bank) -> tuple[int, int]:
    """Give an imported bank the entries of a newer import, and return how many came and how many went.

    Raises
    ------
    BankError
        If somebody here has confirmed one of its entries: an import never takes that away.
    """
    if any(entry.confirmed_by for entry in old):
        problem = "holds entries that somebody here confirmed; import under another name"
        raise BankError(bank=old.info.name, problem=problem)
    before, after = {entry.id for entry in old}, {entry.id: entry for entry in new}
    for gone in list(before):
        old.remove(gone)
    for entry in after.values():
        old.add(entry)
    return len(after.keys() - before), len(before - after.keys())


def without_names(owner: str) -> Callable[[Entry], Entry]:
    """Return what takes the people out of an entry: its confirmation is the owner's then."""

    def taken_out(entry: Entry) -> Entry:
        return replace(entry, confirmed_by=entry.confirmed_by and owner, labels=(), note="")

    return taken_out


def _unconfirmed(entry: Entry) -> Entry:
    """Keep who confirmed an entry elsewhere as a label: it is their word, and no outcome may rest on it."""
    if entry.confirmed_by is None:
        return entry
    return replace(
        entry, confirmed_by=None, labels=(*entry.labels, f"confirmed elsewhere by {entry.confirmed_by}")
    )
