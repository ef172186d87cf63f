"""The service's commands, as they are typed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from django.utils import timezone
from typer.testing import CliRunner

from stanch.cli.app import app
from stanch.cli.exits import Exit
from stanch.errors import StanchError
from stanch_server.accounts.access import authenticate_key
from stanch_server.accounts.capabilities import KEY_CAPABILITIES, Role
from stanch_server.accounts.errors import NameTakenError, SignInLinkError
from stanch_server.accounts.models import Person, Source
from stanch_server.accounts.operations import use_sign_in_link
from tests.server.project.running import PATIENCE, Home, new_database


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Return a home with a source, that the tests of this file share."""
    with new_database() as database:
        home = Home(tmp_path_factory.mktemp("service") / "data", database)
        home.said("service", "create-source", "Harbour Forum")
        yield home


def said(*words: str) -> str:
    """Run a command of the service in this process, on the database of the test; raise what it raises."""
    done = CliRunner().invoke(app, ["service", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.strip()


@pytest.mark.django_db(transaction=True)
def test_a_source_is_made_once() -> None:
    first = said("create-source", "Mountain Video")
    assert said("create-source", "Mountain Video") == first
    assert str(Source.objects.get().id) == first


@pytest.mark.django_db(transaction=True)
def test_a_key_is_printed_once_and_nothing_else() -> None:
    said("create-source", "Harbour Forum")
    words = ("create-key", "--source", "Harbour Forum", "--capability", "items.submit")
    secret = said(*words, "--capability", "items.read", "--days", "7")
    assert re.fullmatch(r"stanch_[0-9a-f]{8}_\S{43}", secret)
    caller = authenticate_key(f"Bearer {secret}", now=timezone.now() + timedelta(days=6))
    assert caller is not None
    assert caller.capabilities == {"items.submit", "items.read"}
    assert authenticate_key(f"Bearer {secret}", now=timezone.now() + timedelta(days=8)) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (
            ["create-key", "--source", "Nowhere", "--capability", "items.submit"],
            "no source called 'Nowhere' in the service whose data is in .*; there is Harbour Forum",
        ),
        (
            ["create-key", "--source", "Harbour Forum", "--capability", "items.decide"],
            "capabilities: give some of banks.read, ",
        ),
        (["create-person", "mara", "--role", "boss"], "role 'boss': give some of admin, manager"),
        (["create-person", "ma ra"], "Use 1 to 150 characters without spaces"),
        (["sign-in", "nobody"], "no person called 'nobody'"),
    ],
)
def test_what_will_not_do_is_refused_in_words(words: list[str], problem: str) -> None:
    said("create-source", "Harbour Forum")
    with pytest.raises(StanchError, match=problem):
        said(*words)
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_person_gets_a_link_and_a_new_one_when_asked() -> None:
    said("create-source", "Harbour Forum")
    link = re.compile(r"http://127\.0\.0\.1:9000/sign-in/link/(\S{43})/")
    where = ("--role", "reviewer", "--source", "Harbour Forum", "--port", "9000")
    made = link.fullmatch(said("create-person", "Mara", "--display-name", "Mara Lind", *where))
    again = link.fullmatch(said("sign-in", "MARA", "--port", "9000"))
    assert made
    assert again
    with pytest.raises(SignInLinkError):
        use_sign_in_link(made[1], now=timezone.now())
    assert use_sign_in_link(again[1], now=timezone.now()) == Person.objects.get(sign_in_name="mara")
    with pytest.raises(NameTakenError):
        said("create-person", "mara")


def test_help_names_every_capability_and_role() -> None:
    def option_of(command: str, name: str) -> str:
        commands = typer.main.get_command(app).commands["service"].commands  # type: ignore[attr-defined]
        return next(str(one.help) for one in commands[command].params if one.name == name)

    assert all(one in option_of("create-key", "capability") for one in KEY_CAPABILITIES)
    assert all(one in option_of("create-person", "role") for one in Role)


def test_a_new_service_is_told_once_with_its_place(tmp_path: Path) -> None:
    """Whoever stands in another folder than they think would look in vain for what is in their service."""
    home = Home(tmp_path / "data", "")
    first, second = (home.run("service", "create-source", "Harbour Forum") for _ in range(2))
    assert f"This is a new service: its data is in {home.data}." in first.stderr
    assert (first.stdout, second.stderr) == (second.stdout, "")


def test_a_sound_log_verifies_and_tells_what_is_not_signed_yet(place: Home) -> None:
    said = place.said("audit", "verify")
    assert said.startswith("The log is as it was recorded: 0 records")
    assert "Not yet numbered: " in said
    told = json.loads(place.said("audit", "verify", "--json"))
    assert (told["intact"], told["records"], told["findings"]) == (True, 0, [])
    assert told["waiting"] > 0
    assert place.run("audit", "verify", "--public-key", "abc").returncode == Exit.WRONG_USE


def test_a_damaged_log_is_named_with_its_first_bad_record(home: Home) -> None:
    home.said("service", "create-source", "Harbour Forum")
    home.alter("audit_auditpayload", "UPDATE audit_auditpayload SET actor = 'somebody-else'")
    done = home.run("audit", "verify")
    assert done.returncode == Exit.DAMAGED
    assert done.stdout.startswith("The log is damaged: ")
    assert "a record without a number" in done.stdout
    assert "payload altered" in done.stdout


def test_where_no_service_is_nothing_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path / "data", "")
    for words in (["audit", "verify"], ["forget", "00000000-0000-0000-0000-000000000000"]):
        done = home.run(*words)
        assert (done.returncode, done.stderr[:31]) == (1, "stanch: There is no service in ")
    assert not home.data.exists()


def test_an_unknown_item_is_not_forgotten(place: Home) -> None:
    done = place.run("forget", "00000000-0000-0000-0000-000000000000")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no item called" in done.stderr


WITHOUT_DJANGO = """
import sys
sys.modules["django"] = None
from stanch.cli import main
sys.argv = ["stanch", *sys.argv[1:]]
main()
"""


def test_without_the_extra_commands_are_listed_and_say_what_is_missing(place: Home) -> None:
    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", WITHOUT_DJANGO, *words]
        return subprocess.run(
            command, env=place.environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )

    listed = run("--help")
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in ("serve", "service", "audit", "forget"))
    refused = run("service", "create-source", "x")
    assert refused.returncode == 1
    assert "Packages for this are not installed (django): pip install 'stanch[server]'" in refused.stderr


def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    home = Home(tmp_path / "data", "postgresql://nobody@127.0.0.1:1/none")
    done = home.run("service", "create-source", "x")
    assert done.returncode == 1
    assert done.stderr.startswith("stanch: The database cannot be used: ")
    assert len(done.stderr.splitlines()) == 1
