"""Where this installation keeps its banks and policies, and how they are changed safely."""

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

import msgspec
from filelock import FileLock
from platformdirs import user_data_path

from stanch.errors import BankError, BankExistsError, ConfigurationError, InvalidValueError, UnknownBankError
from stanch.matching import BackgroundLearner, Bank, load_learner, new_learner, save_learner
from stanch.policies import BankPolicy
from stanch.values import Level

CONFIGURATION = "stanch.toml"
ENVIRONMENT = "STANCH_CONFIG"
SUFFIX = ".bank"
BACKGROUND = "background.jsonl"


class _Policy(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    block_identical: bool = False
    at_most: str = "block"
    recorded_by: str = ""
    recorded_on: date | None = None
    reason: str = ""


class _Configuration(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    banks: str = "banks"
    policies: dict[str, _Policy] = {}
    service: dict[str, Any] = {}
    """Left to the service, which reads the same file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """A folder of bank files, and the policies recorded for them.

    Parameters
    ----------
    banks : the folder that holds one `NAME.bank` a bank.
    policies : by name of bank.
    configuration : the file that said so; None if there is none and the user's own folder is used.
    """

    banks: Path
    policies: dict[str, BankPolicy] = field(default_factory=dict)
    configuration: Path | None = None

    @classmethod
    def find(cls, configuration: Path | None = None) -> Self:
        """Return the installation of a configuration file, else the nearest one, else the user's own.

        Looks at `configuration`, then `STANCH_CONFIG`, then `stanch.toml` here and in the folders above.

        Raises
        ------
        ConfigurationError
            If the file is not there or says something it cannot; the error names the place.
        """
        path = configuration or _named() or _nearest(Path.cwd())
        return cls(banks=user_data_path("stanch") / "banks") if path is None else cls._of(path)

    @classmethod
    def _of(cls, path: Path) -> Self:
        try:
            read = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Configuration)
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise ConfigurationError(path=path, place="cannot be read", problem=str(error)) from error
        policies = {name: _policy(path, name, policy) for name, policy in read.policies.items()}
        return cls(banks=path.parent / read.banks, policies=policies, configuration=path)

    def names(self) -> list[str]:
        """Return the names of all banks, in order."""
        return sorted(path.name.removesuffix(SUFFIX) for path in self.banks.glob(f"[!.]*{SUFFIX}"))

    def path(self, name: str) -> Path:
        """Return where a bank stands, whether or not it exists."""
        return self.banks / f"{name}{SUFFIX}"

    def open(self, name: str) -> Bank:
        """Read a bank, or raise UnknownBankError."""
        if name not in self.names():
            raise UnknownBankError(bank=name, known=", ".join(self.names()) or "none")
        bank = Bank.open(self.path(name))
        if bank.info.name != name:
            problem = f"holds bank {bank.info.name!r}; import it with `stanch bank import`"
            raise BankError(bank=name, problem=f"its file {self.path(name).name} {problem}")
        return bank

    def open_all(self) -> list[Bank]:
        """Read every bank."""
        return [self.open(name) for name in self.names()]

    def create(self, bank: Bank, *, replace: bool = False) -> None:
        """Write a new bank, or raise BankExistsError."""
        name = bank.info.name
        with self._locked():
            if not replace and name in self.names():
                raise BankExistsError(bank=name)
            bank.save(self.path(name))

    @contextmanager
    def changing(self, name: str) -> Iterator[Bank]:
        """Open a bank, and write it when the block ends well; nobody else changes it meanwhile."""
        with self._locked():
            bank = self.open(name)
            yield bank
            bank.save(self.path(name))

    def background(self) -> BackgroundLearner:
        """Read what this installation has learnt to be common; nothing, before it has learnt anything."""
        path = self.banks / BACKGROUND
        return load_learner(path) if path.is_file() else new_learner()

    @contextmanager
    def changing_background(self) -> Iterator[BackgroundLearner]:
        """Open what was learnt, and write it when the block ends well; nobody else changes it meanwhile."""
        with self._locked():
            learner = self.background()
            yield learner
            save_learner(self.banks / BACKGROUND, learner)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.banks.mkdir(parents=True, exist_ok=True)
        with FileLock(self.banks / ".lock"):
            for pattern in (f".*{SUFFIX}.*", f".{BACKGROUND}.*"):  # what a killed command left half written
                for draft in self.banks.glob(pattern):
                    draft.unlink()
            yield


def _named() -> Path | None:
    return Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None


def _nearest(folder: Path) -> Path | None:
    candidates = (each / CONFIGURATION for each in (folder, *folder.parents))
    return next((path for path in candidates if path.is_file()), None)


def _policy(path: Path, name: str, written: _Policy) -> BankPolicy:
    levels = {str(level): level for level in Level}
    try:
        if written.at_most not in levels:
            raise InvalidValueError(what="at_most", problem=f"must be one of {', '.join(levels)}")
        return BankPolicy(
            block_identical=written.block_identical,
            at_most=levels[written.at_most],
            recorded_by=written.recorded_by,
            recorded_on=written.recorded_on,
            reason=written.reason,
        )
    except InvalidValueError as error:
        raise ConfigurationError(path=path, place=f"policies.{name}", problem=str(error)) from error
