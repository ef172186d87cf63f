"""What is noted of a request once it is answered."""

from typing import NamedTuple


class Answered(NamedTuple):
    """A request that was answered.

    Parameters
    ----------
    name : its id.
    route : the pattern of its address, which itself may hold a token or an id.
    seconds : from when it was begun.
    actor : the opaque id of the program that asked, if it was one.
    """

    name: str
    route: str
    method: str
    status: int
    seconds: float
    actor: str | None
