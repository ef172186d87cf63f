"""What starting and running the service refuses."""

from stanch.errors import StanchError


class AlreadyServingError(StanchError):
    """Another `stanch serve` runs on the data in {data}: end it first, or give this one another `service.data`."""

    code = "already-serving"


class AddressTakenError(StanchError):
    """{host}:{port} cannot be listened on ({problem}): end what listens there, or give another --port."""

    code = "address-taken"


class NoServiceError(StanchError):
    """There is no service in {data}: start one with `stanch serve`, or name its configuration with --config."""

    code = "no-service"


class DatabaseError(StanchError):
    """The database cannot be used: {problem}."""

    code = "database"


class UnknownNameError(StanchError):
    """There is no {what} called {name!r} in the service whose data is in {data}{known}."""

    code = "unknown-name"
