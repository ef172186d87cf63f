"""Settings from the file and the environment; what is wrong is told with its place."""

from pathlib import Path

import pytest

from stanch.errors import ConfigurationError
from stanch_server.project.configuration import Configuration, read_configuration


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_the_defaults_hold_in_this_folder(here: Path) -> None:
    read = read_configuration({})
    assert read == Configuration(data=here / "server")
    assert read.place("vault", "vault") == here / "server" / "vault"


def test_the_environment_goes_before_the_file_and_folders_are_meant_from_the_file(here: Path) -> None:
    (here / "etc").mkdir()
    (here / "etc" / "stanch.toml").write_text(
        'banks = "banks"\n[service]\ndata = "all"\nvault = "../vault"\nhold_hours = 2\nhosts = ["a.example"]\n'
    )
    environment = {
        "STANCH_CONFIG": str(here / "etc" / "stanch.toml"),
        "STANCH_SERVICE_HOLD_HOURS": "48",
        "STANCH_SERVICE_WEBHOOKS_TO_PRIVATE_ADDRESSES": "true",
        "STANCH_SERVICE_INDEX": "/fast/index",
        "STANCH_SERVICE_HOSTS": "b.example,c.example",
    }
    read = read_configuration(environment)
    assert (read.hold_hours, read.webhooks_to_private_addresses) == (48, True)
    assert read.hosts == ["b.example", "c.example"]
    assert read.data == here / "etc" / "all"
    assert (here / "etc" / "../vault") == read.place("vault", "vault")
    assert read.place("index", "index") == Path("/fast/index")
    assert read.place("vault_keys", "keys/vault") == here / "etc" / "all" / "keys" / "vault"


def test_the_nearest_file_above_is_taken(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "stanch.toml").write_text("[service]\nhold_hours = 3\n")
    below = here / "some" / "where"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert read_configuration({}) == Configuration(hold_hours=3, data=here / "server")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("HOLD_HOURS", "0", "hold_hours"),
        ("LARGEST_REQUEST_MIB", "much", "largest_request_mib"),
        ("REQUESTS_PER_MINUTE", "-1", "requests_per_minute"),
        ("WORKER_THREADS", "65", "worker_threads"),
        ("HTTPS", "perhaps", "https"),
    ],
)
def test_what_will_not_do_is_named(name: str, value: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_configuration({f"STANCH_SERVICE_{name}": value})


@pytest.mark.parametrize("written", ["[service]\nhold_ours = 3\n", "[service\n", "service = 3\n"])
def test_a_file_that_will_not_do_is_named(here: Path, written: str) -> None:
    (here / "stanch.toml").write_text(written)
    with pytest.raises(ConfigurationError, match=r"stanch\.toml"):
        read_configuration({})


def test_a_file_that_is_named_has_to_be_there(here: Path) -> None:
    with pytest.raises(ConfigurationError):
        read_configuration({"STANCH_CONFIG": str(here / "not-there.toml")})
