"""Recompute the whole log and name the first record that is not as it was recorded."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import router
from django.db.models import Subquery

from stanch_server.audit.anchors import Anchor, TornLine, read_anchors, sizes
from stanch_server.audit.diagnosis import diagnose
from stanch_server.audit.hashing import GENESIS
from stanch_server.audit.models import AuditHead, AuditPayload
from stanch_server.audit.operations import ERASED
from stanch_server.audit.report import Damage, Finding, Report
from stanch_server.audit.rows import Row, at_number, entries, numbered, waiting

BATCH = 2_000
MOST_NAMED = 100


def verify(anchors_folder: Path, public_key: Ed25519PublicKey, *, batch: int = BATCH) -> Report:
    """Verify chain, payloads and signed heads; it takes no lock, and may run while the service does.

    What is recorded or numbered meanwhile is left to the next run. Memory holds `batch` records.

    Parameters
    ----------
    anchors_folder : of the signed heads: best a copy that the service cannot write to.
    public_key : of the key that signed them.
    """
    promised = _head().anchored  # read before the folder, which may only have moved on since
    heads = _Heads(read_anchors(sizes(anchors_folder)), public_key)
    head = _head()
    walk = _Walk(heads)
    payloads = _Payloads()
    for rows in numbered(until=max(head.number, head.last or 0), batch=batch):
        for row in rows:
            walk.take(row)
        payloads.take(rows)
    walk.end(head)
    heads.end(walk, promised)
    records = payloads.seen
    for rows in waiting(batch=batch):
        payloads.take(rows)
    findings = [*walk.findings, *heads.findings, *payloads.findings]
    return Report(
        records=records,
        waiting=payloads.seen - records,
        erased=payloads.erased,
        anchors=heads.agreed,
        torn=heads.torn,
        anchored=heads.anchored,
        findings=tuple(sorted(findings, key=lambda one: (one.number is None, one.number or 0))),
        unnamed=payloads.unnamed,
    )


class _Head(NamedTuple):
    """The head, and the largest number that a record has."""

    number: int = 0
    chain: str = GENESIS
    anchored: int = 0
    last: int | None = None


def _head() -> _Head:
    """Read both in one statement, so that no sequencer comes in between."""
    last = entries().filter(number__isnull=False).order_by("-number").values("number")[:1]
    heads = AuditHead.objects.using(router.db_for_write(AuditHead)).annotate(last=Subquery(last))
    found = heads.filter(pk=1).values_list("number", "chain", "anchored", "last").first()
    return _Head(*found) if found else _Head(last=next(iter(last.values_list("number", flat=True)), None))


class _Heads:
    """The signed heads, compared with the chain as it is walked."""

    def __init__(self, read: Iterator[Anchor | TornLine], key: Ed25519PublicKey) -> None:
        self.findings: list[Finding] = []
        self.agreed = self.anchored = self.torn = self.reached = 0
        self._signed = self._only_signed(read, key)
        self._next = next(self._signed, None)
        self._comparing = True

    def _only_signed(self, read: Iterator[Anchor | TornLine], key: Ed25519PublicKey) -> Iterator[Anchor]:
        for one in read:
            if isinstance(one, TornLine):
                self.torn += 1
            elif one.signed_by(key):
                self.reached = max(self.reached, one.number)
                yield one
            else:
                forged = Finding(damage=Damage.ANCHOR_FORGED, number=one.number, place=one.place)
                self.findings.append(forged)

    def reach(self, number: int, chain: str) -> None:
        """Compare the heads up to a record that is soundly chained."""
        while self._next is not None and self._next.number <= number:
            self._compare(self._next, chain if self._next.number == number else _chain_at(self._next.number))
            self._next = next(self._signed, None)

    def _compare(self, anchor: Anchor, chain: str | None) -> None:
        if not self._comparing:
            return
        if anchor.chain == chain:
            self.agreed += 1
            self.anchored = max(self.anchored, anchor.number)
            return
        self._comparing = False  # everything after it differs too
        self._found(Damage.REWRITTEN, self.anchored + 1, anchor.number, anchor.place)

    def end(self, walk: "_Walk", promised: int) -> None:
        """Take the heads that lie beyond the last sound record."""
        beyond = self._next
        for _ in self._signed:  # their signatures still count
            pass
        if beyond is not None and not walk.broken and self._comparing:
            self._found(Damage.REMOVED, walk.number + 1, self.reached, beyond.place)
        if promised > self.reached:
            self._found(Damage.ANCHORS_REMOVED, self.reached + 1, promised, "")

    def _found(self, damage: Damage, number: int, until: int, place: str) -> None:
        self.findings.append(Finding(damage=damage, number=number, until=until, place=place))


def _chain_at(number: int) -> str | None:
    row = at_number(number)
    return row.chain if row else None


class _Walk:
    """The chain, up to its first break."""

    def __init__(self, heads: _Heads) -> None:
        self.findings: list[Finding] = []
        self.number, self.chain, self.broken = 0, GENESIS, False
        self._heads = heads

    def take(self, row: Row) -> None:
        """Check that a record follows the one before."""
        if self.broken:
            return
        expected = self.number + 1
        if row.number != expected or not row.fits(self.chain, expected):
            self._break(diagnose(self.chain, expected, row), expected, row)
            return
        self.number, self.chain = expected, str(row.chain)
        self._heads.reach(self.number, self.chain)

    def _break(self, damage: Damage, expected: int, row: Row) -> None:
        self.broken = True
        found = expected if row.number is None else row.number
        entry = "" if found > expected else row.opaque_id  # what should stand here is not there
        self.findings.append(Finding(damage=damage, number=min(found, expected), entry=entry))

    def end(self, head: _Head) -> None:
        """Compare where the chain ends with where it is said to end."""
        if self.broken:
            return
        if head.number > self.number:
            lost = Finding(damage=Damage.REMOVED, number=self.number + 1, until=head.number)
            self.findings.append(lost)
        elif (head.number, head.chain) != (self.number, self.chain):
            self.findings.append(Finding(damage=Damage.HEAD_ALTERED, number=head.number + 1))
        else:
            return
        self.broken = True


class _Payloads:
    """What the records say, compared with what they committed to."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.seen = self.erased = self.unnamed = 0

    def take(self, rows: list[Row]) -> None:
        """Check the payloads of a batch."""
        self.seen += len(rows)
        gone = [row for row in rows if row.salt is None]
        erased = _recorded_as_erased(gone)
        for row in rows:
            if row.salt is not None and not row.payload_kept():
                self._found(Damage.PAYLOAD_ALTERED, row)
            elif row.salt is None and row.opaque_id not in erased:
                self._found(Damage.PAYLOAD_REMOVED, row)
        self.erased += sum(row.opaque_id in erased for row in gone)

    def _found(self, damage: Damage, row: Row) -> None:
        if len(self.findings) < MOST_NAMED:
            self.findings.append(Finding(damage=damage, number=row.number, entry=row.opaque_id))
        else:
            self.unnamed += 1


def _recorded_as_erased(rows: list[Row]) -> set[str]:
    """Return the ids of those that another record says were erased."""
    if not rows:
        return set()
    notes = AuditPayload.objects.using(router.db_for_write(AuditPayload)).filter(action=ERASED)
    return set(notes.filter(subject__in=[row.opaque_id for row in rows]).values_list("subject", flat=True))
