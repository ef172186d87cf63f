"""The service's API from Python. Sending needs the extra `client`; the values need nothing."""

from stanch.client.answers import (
    DecisionAnswer,
    Drained,
    ItemAnswer,
    MatchAnswer,
    MatchesAnswer,
    NotScannedAnswer,
    PartAnswer,
    Problem,
    ReasonAnswer,
    RefusedPost,
    SpanAnswer,
)
from stanch.client.blocking import Client
from stanch.client.errors import (
    ConflictError,
    FailedError,
    InvalidRequestError,
    NotFoundError,
    OutageError,
    RateLimitedError,
    RefusedError,
    ServiceError,
    SpoolError,
    UnauthenticatedError,
    error_of,
)
from stanch.client.here import fingerprint_here
from stanch.client.lists import (
    BankAnswer,
    DecisionsPage,
    DesignationAnswer,
    EntriesPage,
    EntryAnswer,
    NewEntry,
)
from stanch.client.nonblocking import AsyncClient
from stanch.client.options import Timing
from stanch.client.posts import FingerprintedPart, Hash, NewPost, Query, SentFingerprint

__all__ = [
    "AsyncClient",
    "BankAnswer",
    "Client",
    "ConflictError",
    "DecisionAnswer",
    "DecisionsPage",
    "DesignationAnswer",
    "Drained",
    "EntriesPage",
    "EntryAnswer",
    "FailedError",
    "FingerprintedPart",
    "Hash",
    "InvalidRequestError",
    "ItemAnswer",
    "MatchAnswer",
    "MatchesAnswer",
    "NewEntry",
    "NewPost",
    "NotFoundError",
    "NotScannedAnswer",
    "OutageError",
    "PartAnswer",
    "Problem",
    "Query",
    "RateLimitedError",
    "ReasonAnswer",
    "RefusedError",
    "RefusedPost",
    "SentFingerprint",
    "ServiceError",
    "SpanAnswer",
    "SpoolError",
    "Timing",
    "UnauthenticatedError",
    "error_of",
    "fingerprint_here",
]
