"""Words that both sides of the kill campaign know."""

from tests.matching.writing import writing

CSRF = "k" * 32
STATEMENT = writing(7, 120)


def post_text(seed: int) -> str:
    """Return a text that nobody knows, never twice."""
    return f"{seed} {writing(1_000 + seed % 200, 60)}"
