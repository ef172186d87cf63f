"""What an operator can set: one table of `stanch.toml`, and the environment over it."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from stanch.errors import ConfigurationError

TABLE = "service"
FILE_VARIABLE = "STANCH_CONFIG"
PREFIX = "STANCH_SERVICE_"


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
    """

    data: Path = Path("server")
    database: str = ""
    hosts: list[str] = msgspec.field(default_factory=lambda: ["127.0.0.1", "localhost"])
    https: bool = False
    trusted_proxies: int = 0
    language: str = "en"
    time_zone: str = "UTC"


def read_configuration(environment: Mapping[str, str] = os.environ) -> Configuration:
    """Return the settings: defaults, over them the file's `service` table, over that the environment.

    The file is `STANCH_CONFIG`, else `stanch.toml` here, if it is there. A variable is named after its setting,
    `STANCH_SERVICE_DATABASE`; lists are separated by commas. A relative folder is meant from the file's own.

    Raises
    ------
    ConfigurationError
        If the file cannot be read or a setting is unknown or of the wrong kind; the error names it.
    """
    path = Path(environment.get(FILE_VARIABLE) or "stanch.toml")
    written = _table(path) if path.is_file() or FILE_VARIABLE in environment else {}
    for name in Configuration.__struct_fields__:
        if (value := environment.get(f"{PREFIX}{name.upper()}")) is not None:
            written[name] = value.split(",") if name == "hosts" else value
    try:
        read = msgspec.convert(written, Configuration, strict=False, dec_hook=_folder)
    except msgspec.ValidationError as error:
        raise ConfigurationError(path=path, place=TABLE, problem=str(error)) from error
    return msgspec.structs.replace(read, data=path.resolve().parent / read.data)


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
