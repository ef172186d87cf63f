"""Too many wrong attempts: who is locked out, and who must not be."""

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory, override_settings

from stanch_server.accounts import lockout
from stanch_server.accounts.models import Person
from tests.server.accounts.helpers import PASSPHRASE, SetUp, recorded, set_up, text
from tests.server.conftest import START, Clock

pytestmark = pytest.mark.django_db
ATTACKER, HOME = "198.51.100.7", "203.0.113.9"


def attempt(form: dict[str, str], address: str) -> int:
    return Client(REMOTE_ADDR=address).post("/sign-in/", form).status_code


@pytest.fixture
def held(alice: Person) -> SetUp:
    return set_up(alice)


@pytest.fixture
def locked(held: SetUp) -> SetUp:
    wrong = held.form(START, passphrase="wrong wrong wrong")
    assert [attempt(wrong, ATTACKER) for _ in range(5)] == [200, 200, 200, 200, 429]
    return held


@pytest.mark.usefixtures("clock")
def test_five_failures_lock_one_address_out_of_one_name(locked: SetUp, bob: Person) -> None:
    assert attempt(locked.form(START), ATTACKER) == 429
    assert attempt(set_up(bob).form(START), ATTACKER) == 302
    assert attempt(locked.form(START), HOME) == 302  # knowing her name does not keep Alice out


def test_a_locked_name_reads_the_same_as_an_unknown_one(locked: SetUp, clock: Clock) -> None:
    unknown = locked.form(clock.now(), name="nobody")
    assert [attempt(unknown, ATTACKER) for _ in range(5)][-1] == 429
    pages = {
        text(Client(REMOTE_ADDR=ATTACKER).post("/sign-in/", form)).replace(form["name"], "")
        for form in (unknown, locked.form(START))
    }
    assert len({page.split("errorlist")[1].split("</ul>")[0] for page in pages}) == 1


@pytest.mark.usefixtures("clock")
def test_it_ends_after_a_quarter_of_an_hour(locked: SetUp) -> None:
    row = AccessAttempt.objects.get()
    AccessAttempt.objects.update(attempt_time=row.attempt_time.replace(year=row.attempt_time.year - 1))
    assert attempt(locked.form(START), ATTACKER) == 302


@pytest.mark.usefixtures("clock")
def test_attempts_while_locked_out_fill_no_log(locked: SetUp) -> None:
    before = recorded("sign-in-refused")
    assert len(before) == 5
    assert [attempt(locked.form(START), ATTACKER) for _ in range(5)] == [429] * 5
    assert recorded("sign-in-refused") == before
    assert AccessAttempt.objects.get().failures_since_start == 5


@pytest.mark.usefixtures("clock")
def test_other_spellings_and_browsers_count_as_one(held: SetUp) -> None:
    wrong = [
        held.form(START, name=name, passphrase="wrong wrong")
        for name in ("ALICE", "alice", "Alice ", "ａｌｉｃｅ")
    ]
    seen = [
        Client(REMOTE_ADDR=ATTACKER, HTTP_USER_AGENT=f"browser {number}").post("/sign-in/", form).status_code
        for number, form in enumerate([*wrong, wrong[0]])
    ]
    assert seen == [200, 200, 200, 200, 429]


@pytest.mark.usefixtures("clock")
def test_neither_names_nor_passphrases_nor_codes_are_kept_by_what_counts(held: SetUp) -> None:
    attempt(held.form(START, name=PASSPHRASE, code="654321"), ATTACKER)
    row = AccessAttempt.objects.values().get()
    written = " ".join(map(str, row.values()))
    for never in ("alice", PASSPHRASE, "kettle", "654321"):
        assert never not in written


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "counted"),
    [
        (0, HOME, "", HOME),
        (0, HOME, ATTACKER, HOME),  # nobody is trusted to say so
        (1, "10.0.0.1", HOME, HOME),
        (1, "10.0.0.1", f"{ATTACKER}, {HOME}", HOME),  # the visitor wrote the first one
        (2, "10.0.0.1", f"{HOME}, 10.0.0.2", HOME),
        (2, "10.0.0.1", HOME, "10.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "2001:db8:1:2:ffff::1", "", "2001:db8:1:2::"),
        (0, "::ffff:203.0.113.9", "", HOME),
        (0, "", "", None),
        (1, "10.0.0.1", "unknown", None),
    ],
)
def test_by_which_address_is_counted(proxies: int, remote: str, forwarded: str, counted: str | None) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else None
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)
    with override_settings(TRUSTED_PROXIES=proxies):
        assert lockout.counted_address(request) == counted
