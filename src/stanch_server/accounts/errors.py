"""What this room refuses, beside what may not be known or done."""

from stanch.errors import StanchError


class SignInLinkError(StanchError):
    """The sign-in link was used, has expired, or was replaced by a newer one."""

    code = "sign-in-link"


class NameTakenError(StanchError):
    """Somebody signs in under this name already."""

    code = "name-taken"


class LastAdminError(StanchError):
    """Nobody else could manage people then: make somebody else an admin everywhere first."""

    code = "last-admin"
