"""The rows of this room."""

from stanch_server.accounts.models.factors import Authenticator, RecoveryCodes
from stanch_server.accounts.models.people import ApiKey, Membership, Person, SignInLink, Source

__all__ = ["ApiKey", "Authenticator", "Membership", "Person", "RecoveryCodes", "SignInLink", "Source"]
