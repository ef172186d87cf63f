"""Known content added by hand: in any script, by those who may, and found by the next question."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from stanch.values import FilePart, HashPart, LinkPart, Part, TextPart
from stanch.values import method as method_of
from stanch_server.accounts.capabilities import Role
from stanch_server.accounts.models import Person, Source
from stanch_server.banks import contents, live
from stanch_server.banks.models import Entry
from tests.matching.writing import ALPHABETS, writing
from tests.server.accounts.helpers import text
from tests.server.banks.console_cast import NEXT_YEAR, Browser, add, bank, entry_in, found, picture
from tests.server.conftest import START

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    live.close()
    yield
    live.close()


class TestAdding:
    @pytest.mark.parametrize("alphabet", [name for name in ALPHABETS if name not in {"latin", "cyrillic"}])
    def test_a_text_in_any_script_is_found_by_the_next_question(
        self, alphabet: str, bob: Person, source: Source, signed_in: Browser
    ) -> None:
        to, words = bank(source), writing(7, 60, alphabet)
        assert found(TextPart(name="t", text=words), source) == []
        typed = f"{words}\r\n{writing(8, 20, alphabet)}"  # as browsers send the ends of lines
        answer = add(signed_in(bob), to, "text", text=typed, labels="أول، ثانٍ، أول", note="note")
        entry = entry_in(to)
        assert answer.headers["Location"] == f"/banks/{to.id}/entries/{entry.id}/?done=added"
        assert (entry.confirmed_by, entry.labels, entry.note) == (bob.actor, ["أول", "ثانٍ"], "note")
        same = typed.replace("\r\n", "\n")
        assert found(TextPart(name="t", text=same), source) == [f"identical {entry.id}"]
        assert contents.open_content(entry=entry, acting_user="t", reason="test", now=START) == same.encode()

    def test_a_link_a_hash_an_image_and_a_file_of_text_are_found_too(
        self, bob: Person, source: Source, signed_in: Browser
    ) -> None:
        browser, image, words = signed_in(bob), picture(1), writing(3, 80, "arabic")
        upload = SimpleUploadedFile("poster.png", image, content_type="text/plain")
        digest = "0123456789abcdef" * 4
        cases: list[tuple[str, dict[str, Any], Part]] = [
            ("link", {"link": "https://lantern.example/a"}, LinkPart(name="l", link="lantern.example/a/b")),
            ("hash", {"method": "pdq", "value": digest.upper()}, _hash("pdq/1", digest)),
            ("hash", {"method": "sha256", "value": digest}, _hash("file-sha256/1", digest)),
            ("hash", {"method": "md5", "value": digest[:32]}, _hash("file-md5/1", digest[:32])),
            ("file", {"file": upload}, FilePart(name="f", data=image)),
            ("file", {"file": SimpleUploadedFile("a.txt", words.encode())}, TextPart(name="t", text=words)),
        ]
        for place, (by, typed, part) in enumerate(cases):
            to = bank(source, f"bank-{place}")
            assert found(part, source) == []
            assert add(browser, to, by, **typed).status_code == 302
            assert found(part, source)[0].endswith(f" {entry_in(to).id}")
            Entry.objects.filter(bank=to).update(removed=START)  # the next one stands alone
            live.close()

    def test_roles_and_sources(
        self,
        bob: Person,
        charlie: Person,
        new_person: Callable[..., Person],
        source: Source,
        signed_in: Browser,
    ) -> None:
        to, shared, good = bank(source), bank(None, "shared"), bank(source, "good", good=True)
        typed = {"text": writing(1, 60), "note": "read in schools", "expires": NEXT_YEAR}
        dana, everywhere = new_person("dana", source, Role.ANALYST), new_person("eli", None, Role.REVIEWER)
        manager = new_person("fay", source, Role.MANAGER)
        expected = {
            (charlie, to): 404, (dana, to): 403, (bob, to): 302,
            (bob, good): 403, (manager, good): 302,
            (manager, shared): 403, (charlie, shared): 403, (everywhere, shared): 302,
        }  # fmt: skip
        for (someone, where), status in expected.items():
            before = Entry.objects.filter(bank=where).count()
            assert add(signed_in(someone), where, "text", **typed).status_code == status, (someone, where)
            assert Entry.objects.filter(bank=where).count() == before + (status == 302)

    @pytest.mark.parametrize(
        ("by", "typed", "said"),
        [
            ("text", {"text": "…!?"}, "Nothing is left of this text"),
            ("text", {"text": "  "}, "Nothing is left of this text"),
            ("text", {}, "This field is required."),
            ("link", {"link": "not a link"}, "This is no link"),
            ("hash", {"method": "pdq", "value": "abc"}, "Give 64 hexadecimal digits."),
            ("hash", {"method": "md5", "value": "g" * 32}, "Give 32 hexadecimal digits."),
            ("text", {"text": "words", "expires": "2026-03-01"}, "Give a day that lies ahead."),
            ("text", {"text": "words", "labels": "x" * 101}, "Give at most 50 labels"),
        ],
    )
    def test_what_cannot_be_banked_is_refused_beside_its_field(
        self, by: str, typed: dict[str, str], said: str, bob: Person, source: Source, signed_in: Browser
    ) -> None:
        to, browser = bank(source), signed_in(bob)
        answer = add(browser, to, by, **typed)
        assert (answer.status_code, Entry.objects.count()) == (422, 0)
        assert text(answer).count('class="errorlist"') == 1
        assert said in text(answer)
        right = {
            "text": {"text": "words"},
            "link": {"link": "a.example"},
            "hash": {"value": "0" * 32, "method": "md5"},
        }
        assert add(browser, to, by, **right[by]).status_code == 302  # the same person, the same page

    def test_damaged_and_plain_images_are_refused_and_nothing_of_them_is_kept(
        self, bob: Person, source: Source, signed_in: Browser
    ) -> None:
        to, browser, stream = bank(source), signed_in(bob), BytesIO()
        Image.new("RGB", (200, 200), "white").save(stream, "PNG")
        for data, said in ((picture(1)[:300], "cannot be read"), (stream.getvalue(), "too plain")):
            answer = add(browser, to, "file", file=SimpleUploadedFile("a.png", data))
            assert (answer.status_code, Entry.objects.count()) == (422, 0)
            assert said in text(answer)

    def test_twice_the_same_is_said_to_be_there(self, bob: Person, source: Source, signed_in: Browser) -> None:
        to, browser = bank(source), signed_in(bob)
        assert add(browser, to, "text", text="سلام world").status_code == 302
        answer = add(browser, to, "text", text="سلام world")
        assert (answer.status_code, Entry.objects.count()) == (422, 1)
        assert "This bank holds this content already." in text(answer)

    def test_known_good_content_needs_why_and_until_when(
        self, alice: Person, source: Source, signed_in: Browser
    ) -> None:
        to, browser = bank(source, good=True), signed_in(alice)
        for typed in ({}, {"note": "read in schools"}, {"expires": NEXT_YEAR}):
            assert add(browser, to, "text", text="سلام", **typed).status_code == 422
        assert add(browser, to, "text", text="سلام", note="read in schools", expires=NEXT_YEAR).status_code == 302


def _hash(method: str, value: str) -> HashPart:
    return HashPart(name="h", method=method_of(method), value=value)
