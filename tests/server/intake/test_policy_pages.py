"""Policies in the console: who records them, what they are told it does, and that it is what happens."""

from collections.abc import Callable

import pytest
from django.test import Client

from stanch.policies import judge
from stanch.values import (
    BEHAVIOUR_BASED,
    BankInfo,
    ContentType,
    Kind,
    Level,
    Match,
    Medium,
    PartResult,
    PostResult,
    Purpose,
)
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.banks import operations as banks
from stanch_server.banks.changes import last_number
from stanch_server.banks.models import Bank
from stanch_server.intake.models import Policy
from stanch_server.intake.policies import policies_of
from stanch_server.intake.views.policies import BLOCKS, EFFECTS, effect_of
from tests.server.accounts.helpers import text
from tests.server.conftest import START, Clock

pytestmark = pytest.mark.django_db

Browser = Callable[[Person], Client]
BLOCK = {"at_most": "3", "block_identical": "on", "reason": "قرار الإدارة 7"}


def bank(source: Source | None, name: str = "lantern", *, good: bool = False) -> Bank:
    info = BankInfo(
        name=name,
        owner="us",
        legal_basis="Article 5",
        purpose=Purpose.KNOWN_GOOD if good else Purpose.KNOWN,
        content_type=None if good else ContentType.INCITES,
        designation=None if good else BEHAVIOUR_BASED,
        reason="read aloud" if good else None,
    )
    return banks.create_bank(info=info, source=source, acting_user="test", at=START)


def page(source: Source, to: Bank | None = None) -> str:
    return f"/sources/{source.id}/policies/" + (f"{to.id}/" if to else "")


def level(source: Source, to: Bank, kind: Kind, medium: Medium = Medium.TEXT) -> Level:
    """Return what a confirmed match of this kind leads to by what is recorded."""
    match = Match(bank=to.name, entry="e", method="text-exact/1", medium=medium, kind=kind, confirmed=True)
    found = PostResult(post="p", parts=(PartResult(name="t", medium=medium, matches=(match,)),))
    return judge(found, policies_of(source.id, change=last_number())).level


def test_roles_and_sources(
    alice: Person,
    bob: Person,
    charlie: Person,
    new_person: Callable[..., Person],
    source: Source,
    other_source: Source,
    signed_in: Browser,
) -> None:
    to, auditor = bank(source), new_person("aud", source, Role.AUDITOR)
    for someone, reads, records in ((charlie, 404, 404), (bob, 403, 403), (auditor, 200, 403), (alice, 200, 302)):
        browser = signed_in(someone)
        assert browser.get(page(source)).status_code == reads
        assert browser.post(page(source, to), BLOCK).status_code == records
        assert Policy.objects.count() == (records == 302)
    theirs = bank(other_source, "theirs")
    assert signed_in(alice).post(page(source, theirs), BLOCK).status_code == 404
    assert signed_in(alice).post(page(source, bank(None, "shared")), BLOCK).status_code == 302
    assert signed_in(alice).post(page(source, bank(None, "good", good=True)), BLOCK).status_code == 404


def test_recording_needs_fresh_proof_from_the_first_look_on(
    alice: Person, source: Source, signed_in: Browser, clock: Clock
) -> None:
    to, browser = bank(source), signed_in(alice)
    assert browser.get(page(source, to)).status_code == 200
    clock.advance(minutes=11)
    for answer in (browser.get(page(source, to)), browser.post(page(source, to), BLOCK)):
        assert answer.headers["Location"].startswith("/sign-in/again/")
    assert browser.get(page(source)).status_code == 200
    assert Policy.objects.count() == 0


@pytest.mark.parametrize(
    ("at_most", "block", "levels"),
    [
        (None, "", (Level.HOLD, Level.HOLD, Level.REVIEW, Level.ALLOW)),
        ("3", "on", (Level.BLOCK, Level.HOLD, Level.REVIEW, Level.ALLOW)),
        ("3", "", (Level.HOLD, Level.HOLD, Level.REVIEW, Level.ALLOW)),
        ("2", "", (Level.HOLD, Level.HOLD, Level.REVIEW, Level.ALLOW)),
        ("1", "", (Level.REVIEW, Level.REVIEW, Level.REVIEW, Level.ALLOW)),
        ("0", "", (Level.ALLOW, Level.ALLOW, Level.ALLOW, Level.ALLOW)),
    ],
)
def test_what_the_page_says_is_what_happens(
    at_most: str | None, block: str, levels: tuple[Level, ...], alice: Person, source: Source, signed_in: Browser
) -> None:
    to, browser = bank(source), signed_in(alice)
    if at_most is not None:
        answer = browser.post(
            page(source, to), {"at_most": at_most, "reason": "r"} | ({"block_identical": "on"} if block else {})
        )
        assert answer.headers["Location"] == f"{page(source)}?done"
    kinds = (Kind.IDENTICAL, Kind.COPY, Kind.COPY_WITH_ADDITIONS, Kind.QUOTES)
    assert tuple(level(source, to, kind) for kind in kinds) == levels
    assert level(source, to, Kind.COPY, Medium.IMAGE) == min(Level.REVIEW, levels[0])
    sentences = {Level.BLOCK: BLOCKS, Level.HOLD: EFFECTS[2], Level.REVIEW: EFFECTS[1], Level.ALLOW: EFFECTS[0]}
    assert str(sentences[levels[0]]) in text(browser.get(page(source)))


def test_a_policy_that_contradicts_itself_or_has_no_reason_is_refused(
    alice: Person, source: Source, signed_in: Browser
) -> None:
    to, browser = bank(source), signed_in(alice)
    for wrong in ({"at_most": "1"}, {"reason": " "}, {"at_most": "4"}, {"at_most": ""}):
        answer = browser.post(page(source, to), BLOCK | wrong)
        assert (answer.status_code, Policy.objects.count()) == (422, 0)
        assert text(answer).count('class="errorlist"') == 1
    assert browser.post(page(source, to), BLOCK).status_code == 302
    assert Policy.objects.get().reason == "قرار الإدارة 7"
    assert browser.post(page(source, to), BLOCK | {"block_identical": ""}).status_code == 302
    assert Policy.objects.get().block_identical is False


def test_one_source_is_gone_to_at_once_and_several_are_offered(
    alice: Person, new_person: Callable[..., Person], source: Source, other_source: Source, signed_in: Browser
) -> None:
    assert signed_in(alice).get("/policies/").headers["Location"] == page(source)
    offered = text(signed_in(new_person("eli", None, Role.MANAGER)).get("/policies/"))
    assert all(page(one) in offered for one in (source, other_source))


def test_in_arabic_every_sentence_is_arabic_and_in_shadow_it_says_so(
    alice: Person, source: Source, signed_in: Browser
) -> None:
    bank(source)
    browser = signed_in(alice)
    browser.cookies["django_language"] = "ar"
    shown = text(browser.get(page(source)))
    assert '<html lang="ar" dir="rtl">' in shown
    assert "يُحجز المحتوى المتطابق" in shown
    assert "ما دام هذا البنك في الظل" in shown
    assert effect_of(block_identical=True, at_most=Level.BLOCK) is BLOCKS
