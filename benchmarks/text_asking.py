"""Documents into a bank, texts into a matcher, and how far it is onto the error stream."""

import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from benchmarks.text_documents import Document
from stanch.matching import Bank, Matcher, entry_of
from stanch.media import Decoders
from stanch.values import BEHAVIOUR_BASED, BankInfo, ContentType, Match, TextPart


def bank_of(documents: Iterable[Document], name: str = "documents") -> Bank:
    """Bank documents, each under its name, confirmed by one person at one time."""
    info = BankInfo(
        name=name, owner="benchmark", legal_basis="public test data", content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
    )  # fmt: skip
    added = datetime(2026, 1, 1, tzinfo=UTC)
    with Decoders() as decoders:
        return Bank(
            info,
            (
                entry_of(
                    TextPart(name="text", text=each.text), decoders, added=added, confirmed_by="a", name=each.name
                )
                for each in documents
            ),
        )


def found(matcher: Matcher, text: str) -> Sequence[Match]:
    """Return what a text matches."""
    return matcher.match_part(TextPart(name="text", text=text)).matches


def say(line: str) -> None:
    """Tell how far it is, on the error stream."""
    print(f"{time.process_time():6.0f} s  {line}", file=sys.stderr, flush=True)
