"""What an operator can set: one table of `stanch.toml`, and the environment over it."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from stanch.errors import ConfigurationError

TABLE = "service"
FILE = "stanch.toml"
FILE_VARIABLE = "STANCH_CONFIG"
PREFIX = "STANCH_SERVICE_"
FOLDERS = ("data", "vault", "vault_keys", "vault_erasures", "index")


class Configuration(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The settings of the service.

    Parameters
    ----------
    data : the folder of everything that the service keeps: database, keys, vault, indexes, anchors.
    database : `postgresql://user:password@host:port/name`; empty for SQLite in the data folder.
    hosts : the names under which the service is reached.
    https : whether it is reached by HTTPS only; cookies are then sent over nothing else.
    trusted_proxies : how many reverse proxies of yours stand before it, each adding to `X-Forwarded-For`.
    language : of pages before a person has chosen one: `en` or `ar`.
    time_zone : in which times are shown, by its IANA name.
    vault : the folder of encrypted content; `vault` in the data folder if not given, as with the next three.
    vault_keys : the folder of the vault's master keys; never in one backup with the database. `keys/vault`.
    vault_erasures : the list of what was erased; never restored from a backup. `erasures/vault.list`.
    index : the folder of indexes, which are made again when they are gone. `index`.
    largest_request_mib : what is larger is refused (413); in MiB.
    requests_per_minute : by API key; more are refused (429).
    hold_hours : after so many an item is let through that nobody has decided on.
    webhooks_to_private_addresses : whether a webhook may lead into your own network.
    worker_threads : that deliver webhooks and scan what was not scanned at once.
    metrics_token : whoever sends it as a bearer token may read `/metrics` from elsewhere; empty: nobody.
    late_seconds : an index or a queue that is further behind makes the service not ready.
    free_disk_mib : less room than that on the disk of the data makes it not ready.
    hotline : whom to tell of suspected child sexual abuse material, with how they are reached.
    threat_contact : who can be asked about a threat to life, day and night; reports begin with it.
    member_state : where the operator is established, by the two letters of ISO 3166.
    """

    data: Path = Path("server")
    database: str = ""
    hosts: list[str] = msgspec.field(default_factory=lambda: ["127.0.0.1", "localhost"])
    https: bool = False
    trusted_proxies: int = 0
    language: str = "en"
    time_zone: str = "UTC"
    vault: Path | None = None
    vault_keys: Path | None = None
    vault_erasures: Path | None = None
    index: Path | None = None
    largest_request_mib: Annotated[int, Meta(ge=1, le=2_000)] = 20
    requests_per_minute: Annotated[int, Meta(ge=1)] = 30_000
    hold_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    webhooks_to_private_addresses: bool = False
    worker_threads: Annotated[int, Meta(ge=1, le=64)] = 4
    metrics_token: str = ""
    late_seconds: Annotated[int, Meta(ge=1)] = 60
    free_disk_mib: Annotated[int, Meta(ge=0)] = 500
    hotline: str = ""
    threat_contact: str = ""
    member_state: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""

    def place(self, name: str, default: str) -> Path:
        """Return the folder or file that a setting names, which stands in the data folder if it names none."""
        given: Path | None = getattr(self, name)
        return given or self.data / default


def read_configuration(environment: Mapping[str, str] = os.environ) -> Configuration:
    """Return the settings: defaults, over them the file's `service` table, over that the environment.

    The file is `STANCH_CONFIG`, else the nearest `stanch.toml` here or above, if there is one. A variable is
    named after its setting, `STANCH_SERVICE_DATABASE`; lists are separated by commas. A relative folder is meant
    from the file's own.

    Raises
    ------
    ConfigurationError
        If the file cannot be read or a setting is unknown or of the wrong kind; the error names it.
    """
    named = environment.get(FILE_VARIABLE)
    path = Path(named) if named else _nearest()
    written = _table(path) if named or path.is_file() else {}
    for name in Configuration.__struct_fields__:
        if (value := environment.get(f"{PREFIX}{name.upper()}")) is not None:
            written[name] = value.split(",") if name == "hosts" else value
    try:
        read = msgspec.convert(written, Configuration, strict=False, dec_hook=_folder)
    except msgspec.ValidationError as error:
        raise ConfigurationError(path=path, place=TABLE, problem=str(error)) from error
    home = path.resolve().parent
    folders = {name: home / given for name in FOLDERS if (given := getattr(read, name)) is not None}
    return msgspec.structs.replace(read, **folders)


def _nearest() -> Path:
    """Return the nearest configuration, or where one would stand here."""
    here = Path.cwd() / FILE
    above = (folder / FILE for folder in here.parents)
    return next((path for path in above if path.is_file()), here)


def _folder(kind: type, written: object) -> Path:
    """Read the one kind of setting that msgspec does not know."""
    if kind is not Path or not isinstance(written, str):
        raise ValueError(f"expected {kind.__name__}")
    return Path(written)


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get(TABLE, {})
    except (OSError, ValueError) as error:
        raise ConfigurationError(path=path, place="cannot be read", problem=str(error)) from error
    if not isinstance(table, dict):
        raise ConfigurationError(path=path, place=TABLE, problem="must be a table")
    return table
