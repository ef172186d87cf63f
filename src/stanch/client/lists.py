"""Banks, their entries, and decisions: what they are, and the calls that list and change them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import msgspec

from stanch.client import messages
from stanch.client.answers import DecisionAnswer
from stanch.client.calls import Calls
from stanch.client.messages import Request, Response
from stanch.client.posts import Hash
from stanch.client.retrying import Plan
from stanch.formats import FingerprintRecord

T = TypeVar("T")


class DesignationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The list that names the group behind the content, its identifier there, and since when."""

    list: str
    identifier: str
    date: date


class BankAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A bank that the source's content is matched against; `source` is None for one of all sources.

    `designation` is None for known-good content, `behaviour-based` where no list names the group.
    """

    id: str
    name: str
    source: str | None = None
    owner: str = ""
    legal_basis: str = ""
    purpose: str = "known"
    state: str = "shadow"
    content_type: str = ""
    designation: DesignationAnswer | str | None = None
    reason: str = ""
    radius: dict[str, int] = {}
    created: datetime | None = None
    entries: int = 0


class EntryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a bank; `confirmed` says whether a named person has looked at it."""

    id: str
    bank: str
    name: str = ""
    methods: tuple[str, ...] = ()
    added: datetime | None = None
    confirmed: bool = False
    expires: datetime | None = None
    labels: tuple[str, ...] = ()
    note: str = ""


class EntriesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some entries of a bank; `next` is what to give as `after` for those that follow, None at the end."""

    entries: tuple[EntryAnswer, ...] = ()
    next: str | None = None


class LearntAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt to be common of an entry: newspapers and others print it, so it weighs nothing there.

    Parameters
    ----------
    grams : pieces of 12 symbols, as numbers in hexadecimal, in the order of their places.
    share : how much of the entry they are, 0 to 1.
    believed : False if that is too much for a formula: then they count in full, and somebody should look.
    publishers : how many are still known that printed the gram that the fewest printed.
    """

    entry: str
    name: str = ""
    confirmed: bool = False
    grams: tuple[str, ...] = ()
    share: float = 0.0
    believed: bool = True
    publishers: int = 0
    since: datetime | None = None


class LearntPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some entries of which something was learnt; `next` is what to give as `after` for those that follow."""

    learnt: tuple[LearntAnswer, ...] = ()
    next: str | None = None


class DecisionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some decisions, oldest first; `next` is what to give as `after` for those that follow, None at the end.

    To learn what is new, and what was undone, ask with `since` later: after the last one, only later ones follow.
    """

    decisions: tuple[DecisionAnswer, ...] = ()
    next: str | None = None


class NewEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Known content for a bank: one of text, link, hash and fingerprints. It is unconfirmed: only people confirm.

    Parameters
    ----------
    name : unique in its bank; without one it follows from the content.
    subdomains : for a bare host, whether it stands for everything below it too.
    expires : from when on it is no longer matched; with a time zone.
    """

    text: str | None = None
    link: str | None = None
    hash: Hash | None = None
    fingerprints: tuple[FingerprintRecord, ...] | None = None
    name: str = ""
    labels: tuple[str, ...] = ()
    note: str = ""
    expires: datetime | None = None
    subdomains: bool = False


class _Unlearning(msgspec.Struct, kw_only=True):
    reason: str
    entries: list[str] | None


class _Unlearnt(msgspec.Struct, kw_only=True):
    grams: int


class _Banks(msgspec.Struct, kw_only=True):
    banks: list[BankAnswer]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListCalls:
    """The calls about banks and decisions, as plans."""

    calls: Calls

    def banks(self, *, budget: float | None) -> Plan[list[BankAnswer]]:
        """Plan to list banks."""
        found = yield from self._ask(messages.got("banks"), _Banks, budget)
        return found.banks

    def entries(self, bank: str, *, after: str | None, budget: float | None) -> Plan[EntriesPage]:
        """Plan to list entries."""
        return (yield from self._ask(messages.got("banks", bank, "entries", after=after), EntriesPage, budget))

    def add_entry(self, bank: str, entry: NewEntry, *, budget: float | None) -> Plan[EntryAnswer]:
        """Plan to add an entry."""
        request = messages.posted(msgspec.json.encode(entry), "banks", bank, "entries")
        return (yield from self._ask(request, EntryAnswer, budget))

    def remove_entry(self, bank: str, entry: str, *, budget: float | None) -> Plan[None]:
        """Plan to remove an entry."""
        yield from self.calls.delete("banks", bank, "entries", entry, budget=budget)

    def learnt(self, bank: str, *, after: str | None, budget: float | None) -> Plan[LearntPage]:
        """Plan to list what was learnt."""
        return (yield from self._ask(messages.got("banks", bank, "learnt", after=after), LearntPage, budget))

    def unlearn(self, bank: str, entries: Iterable[str] | None, *, reason: str, budget: float | None) -> Plan[int]:
        """Plan to take back what was learnt."""
        sent = _Unlearning(reason=reason, entries=None if entries is None else list(entries))
        request = messages.posted(msgspec.json.encode(sent), "banks", bank, "unlearn")
        answer = yield from self._ask(request, _Unlearnt, budget)
        return answer.grams

    def decisions(self, *, after: str | None, since: datetime | None, budget: float | None) -> Plan[DecisionsPage]:
        """Plan to list decisions."""
        time = None if since is None else since.isoformat()
        return (yield from self._ask(messages.got("decisions", after=after, since=time), DecisionsPage, budget))

    def decision(self, decision: str, *, budget: float | None) -> Plan[DecisionAnswer]:
        """Plan to ask for one decision."""
        return (yield from self._ask(messages.got("decisions", decision), DecisionAnswer, budget))

    def _ask(self, request: Request, kind: type[T], budget: float | None) -> Plan[T]:
        def read(response: Response) -> T:
            return msgspec.json.decode(response.body, type=kind)

        return (yield from self.calls.retrying.call(request, read, self.calls.deadline(budget)))
