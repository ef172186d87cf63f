"""A person decides: what that needs, what follows from it, and that of two who decide at once one does."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from stanch.values import State
from stanch_server.accounts.models import Person, Source
from stanch_server.audit.models import AuditPayload
from stanch_server.banks import operations as banks
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake import operations as intake
from stanch_server.intake.contents import open_content
from stanch_server.intake.errors import LockedItemError, PreservedItemError
from stanch_server.intake.models import Item, ItemPart
from stanch_server.outbox.models import OutboxRow
from stanch_server.review import operations
from stanch_server.review.calendar import Why, periods
from stanch_server.review.errors import (
    DecisionTakenError,
    ItemGoneError,
    ItemPendingError,
    UnfoundedDecisionError,
)
from stanch_server.review.models import Decision, DecisionEntry
from stanch_server.review.operations.keeping import end_preservation
from stanch_server.vault import operations as vault
from stanch_server.vault.access import get_blob, list_blobs
from stanch_server.vault.errors import ErasedBlobError
from tests.server.conftest import START
from tests.server.review.cast import (
    ALLOWED,
    STATEMENT,
    Told,
    at_once,
    decided,
    entry,
    new_bank,
    taken_in,
    told,
    webhook,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

HALF_A_YEAR = datetime(2026, 9, 1, 9, tzinfo=UTC)


@pytest.fixture
def bank(source: Source) -> Bank:
    return new_bank("lantern", source, {STATEMENT: "alice"})


@pytest.fixture
def item(bank: Bank, source: Source) -> Item:  # noqa: ARG001 - it has to be there first
    return taken_in(source, STATEMENT)


class TestGrounds:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"content_type": ""}, "content_type"),
            ({"content_type": "", "action": "restrict"}, "content_type"),
            ({"content_type": "nonsense"}, "content_type"),
            ({"assessment": "  "}, "assessment"),
            ({"reasons": " \n"}, "reasons"),
            ({"exemption": ""}, "exemption"),
            ({"exemption": "journalistic"}, "exemption"),
            ({"exemption": "artistic", "action": "restrict"}, "exemption"),
            ({"action": "delete"}, "action"),
            ({"label": "sensitive"}, "label"),
            ({"action": "label"}, "label"),
            ({"action": "label", "label": "x", "assessment": ""}, "assessment"),
            ({"action": "label", "label": "x", "exemption": "research"}, "content_type"),
            ({"action": "allow"}, "content_type"),
            ({**ALLOWED, "reasons": "", "content_type": ""}, "reasons"),
            ({"reasons": "x" * 5_001}, "reasons"),
        ],
    )
    def test_what_lacks_something_or_contradicts_itself_is_no_decision(
        self, item: Item, bob: Person, changes: dict[str, str], field: str
    ) -> None:
        with pytest.raises(UnfoundedDecisionError) as refused:
            decided(item, bob, **changes)
        assert refused.value.fields["field"] == field
        assert not Decision.objects.exists()
        assert decided(item, bob).action == "remove"  # the same grounds but for that are enough

    @pytest.mark.parametrize(
        "changes",
        [
            {"action": "restrict", "content_type": "threatens"},
            {"action": "label", "label": "news footage", "exemption": "journalistic", "content_type": ""},
            {"action": "label", "label": "glorifies", "content_type": ""},
            {**ALLOWED, "content_type": "", "assessment": ""},
            {**ALLOWED, "content_type": "", "exemption": "none"},
        ],
    )
    def test_what_is_founded_is_one(self, item: Item, bob: Person, changes: dict[str, str]) -> None:
        made = decided(item, bob, **changes)
        assert Decision.objects.get().action == made.action == changes["action"]


class TestWhatFollows:
    def test_everything_is_written_in_one_go(self, item: Item, bob: Person, bank: Bank, source: Source) -> None:
        webhook(source)
        made = decided(item, bob)
        assert [one.entry for one in DecisionEntry.objects.filter(decision=made)] == [entry(bank)]
        assert told() == [Told("decision.made", item.id, "remove", "hold", made.reasons)]
        record = AuditPayload.objects.get(action="review.decided")
        assert (record.actor, record.subject, record.source) == (bob.actor, str(item.id), str(source.id))
        assert str(made.id) in record.detail
        assert made.reasons not in record.detail
        assert Item.objects.get().decided == START

    @pytest.mark.parametrize("action", ["restrict", "remove"])
    def test_what_is_taken_down_is_kept_for_six_months(self, item: Item, bob: Person, action: str) -> None:
        decided(item, bob, action=action)
        part = ItemPart.objects.select_related("item").get()
        assert get_blob(part.blob, sources=[item.source_id]).preserved_until == HALF_A_YEAR
        kept = open_content(part, acting_user=bob.actor, reason="a complaint", now=START)
        assert kept.decode() == STATEMENT
        with pytest.raises(PreservedItemError):
            intake.forget(item=item, acting_user="alice", now=START + timedelta(days=180))

    @pytest.mark.parametrize("changes", [ALLOWED, {"action": "label", "label": "x"}])
    def test_what_stays_up_is_let_go_here(self, item: Item, bob: Person, changes: dict[str, str]) -> None:
        part = ItemPart.objects.select_related("item").get()
        decided(item, bob, **{"content_type": "", **changes})
        with pytest.raises(ErasedBlobError):
            open_content(part, acting_user=bob.actor, reason="too late", now=START)
        assert ItemPart.objects.get().blob == ""

    def test_what_something_else_preserves_stays_although_it_is_allowed(self, item: Item, bob: Person) -> None:
        first = decided(item, bob)
        operations.undo(decision=first, reason="too quick", acting_user=bob.actor, at=START)
        decided(item, bob, **ALLOWED, content_type="")
        kept = ItemPart.objects.select_related("item").get()
        assert open_content(kept, acting_user=bob.actor, reason="a complaint", now=START).decode() == STATEMENT

    def test_what_was_preserved_goes_when_that_is_over(self, item: Item, bob: Person) -> None:
        decided(item, bob)
        row = OutboxRow.objects.get(topic="review.preservation-ends")
        assert (row.due, row.payload) == (HALF_A_YEAR, {"item": str(item.id)})
        part = ItemPart.objects.select_related("item").get()
        assert not end_preservation(item.id, now=HALF_A_YEAR - timedelta(seconds=1))
        assert open_content(part, acting_user="alice", reason="a complaint", now=START)
        assert end_preservation(item.id, now=HALF_A_YEAR)
        with pytest.raises(ErasedBlobError):
            open_content(part, acting_user="alice", reason="too late", now=HALF_A_YEAR)
        assert Decision.objects.get().undone is None
        assert end_preservation(item.id, now=HALF_A_YEAR)  # again is no harm

    def test_what_is_preserved_for_longer_goes_after_that(self, item: Item, bob: Person) -> None:
        decided(item, bob)
        part, longer = ItemPart.objects.get(), HALF_A_YEAR + timedelta(days=30)
        vault.preserve(blob=part.blob, until=longer, reason="a court asks", acting_user="alice", now=START)
        OutboxRow.objects.all().delete()
        assert not end_preservation(item.id, now=HALF_A_YEAR)
        assert OutboxRow.objects.get().due == longer
        assert end_preservation(item.id, now=longer)

    def test_what_waits_again_or_is_sealed_stays(self, source: Source, item: Item, bob: Person) -> None:
        operations.undo(decision=decided(item, bob), reason="too quick", acting_user=bob.actor, at=START)
        sealed = taken_in(source, STATEMENT)
        decided(sealed, bob)
        operations.seal(item=sealed, acting_user=bob.actor, at=START)
        late = HALF_A_YEAR + timedelta(days=1_000)
        assert not any(end_preservation(one, now=late) for one in (item.id, sealed.id, uuid4()))
        assert not ItemPart.objects.filter(blob="").exists()

    def test_matches_in_shadow_and_with_what_is_good_support_nothing(self, source: Source, bob: Person) -> None:
        shadow = new_bank("shadow", source, {STATEMENT: "alice"})
        banks.set_state(bank=shadow, state=State.SHADOW, acting_user="alice", at=START)
        known = new_bank("lantern", source, {STATEMENT: "alice"})
        item = taken_in(source, STATEMENT)
        decided(item, bob)
        assert [one.entry.bank for one in DecisionEntry.objects.all()] == [known]

    def test_a_removed_entry_supports_nothing_that_is_decided_later(
        self, item: Item, bob: Person, bank: Bank
    ) -> None:
        banks.remove_entries(bank=bank, names=[entry(bank).name], acting_user="alice", at=START, reason="wrong")
        decided(item, bob)
        assert not DecisionEntry.objects.exists()

    def test_a_month_has_a_last_day(self) -> None:
        period = periods()[Why.REMOVED]
        assert period.months == 6
        assert period.end(datetime(2026, 8, 31, tzinfo=UTC)) == datetime(2027, 2, 28, tzinfo=UTC)
        assert period.end(datetime(2027, 8, 31, tzinfo=UTC)) == datetime(2028, 2, 29, tzinfo=UTC)
        assert period.end(datetime(2026, 6, 30, 23, tzinfo=UTC)) == datetime(2026, 12, 30, 23, tzinfo=UTC)
        assert period.end(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 7, 1, tzinfo=UTC)

    def test_a_forgotten_item_takes_its_decisions_along(self, item: Item, bob: Person) -> None:
        decided(item, bob, **ALLOWED, content_type="")
        intake.forget(item=Item.objects.get(), acting_user="alice", now=START)
        assert not Decision.objects.exists()
        assert not AuditPayload.objects.filter(action="review.decided").exists()
        with pytest.raises(ItemGoneError):
            decided(item, bob)


class TestWhoIsFirst:
    def test_the_second_is_told_that_somebody_was_first(self, item: Item, bob: Person, alice: Person) -> None:
        first = decided(item, bob)
        with pytest.raises(DecisionTakenError) as refused:
            decided(item, alice, **ALLOWED, content_type="")
        assert refused.value.fields["decision"] == first.id
        assert Decision.objects.get() == first

    def test_a_form_that_is_sent_twice_decides_once(
        self, item: Item, bob: Person, alice: Person, source: Source
    ) -> None:
        webhook(source)
        token = uuid4()
        first = decided(item, bob, token=token)
        assert decided(item, bob, token=token) == first
        assert len(told()) == Decision.objects.count() == 1
        for other in (alice, "somebody"):  # nobody else's form, and of no other item
            with pytest.raises(DecisionTakenError):
                decided(item, other, token=token)
        elsewhere = taken_in(source, STATEMENT)
        with pytest.raises(DecisionTakenError):
            decided(elsewhere, bob, token=token)
        assert Decision.objects.count() == 1

    def test_of_many_at_once_one_decides(self, item: Item, source: Source) -> None:
        webhook(source)
        came = at_once(lambda number: decided(item, f"person-{number}"))
        assert came.count(DecisionTakenError) == 3, came
        assert (
            len(told()) == Decision.objects.count() == AuditPayload.objects.filter(action="review.decided").count()
        )
        assert Decision.objects.count() == 1

    def test_a_form_that_is_sent_twice_at_once_decides_once(self, item: Item, source: Source) -> None:
        webhook(source)
        token = uuid4()
        came = at_once(lambda _number: decided(item, "bob", token=token))
        assert came == [Decision.objects.get()] * 4
        assert len(told()) == 1

    def test_nothing_is_decided_on_what_is_pending_or_locked(
        self, source: Source, item: Item, bob: Person
    ) -> None:
        pending = taken_in(source, STATEMENT, at_leisure=True)
        with pytest.raises(ItemPendingError):
            decided(pending, bob)
        intake.lock(item=item, acting_user=bob.actor, at=START)
        with pytest.raises(LockedItemError):
            decided(item, bob)
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("broken", ["announce", "record", "intake.close"])
    def test_what_breaks_off_leaves_nothing(
        self, item: Item, bob: Person, broken: str, monkeypatch: pytest.MonkeyPatch, source: Source
    ) -> None:
        webhook(source)
        drops = new_bank("drops", source, {})
        before = list_blobs(source.id, sources=[source.id])

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(f"stanch_server.review.operations.deciding.{broken}", dies)
            with pytest.raises(KeyboardInterrupt):
                decided(item, bob, confirm_in=drops, parts=[0])
        assert not Decision.objects.exists()
        assert not Entry.objects.filter(bank=drops).exists()
        assert list_blobs(source.id, sources=[source.id]) == before
        assert not told()
        assert Item.objects.get().decided is None
        assert decided(item, bob).decided_by == bob.actor
