"""Which language a text is in: one answer, a ranking with confidence, or stretches where languages mix.

It routes and counts; nothing is matched or decided by it. A script that only one language is written in decides,
and so do the letters of a few languages; elsewhere a linear model of hashed n-grams does, of which
`docs/reference/language-model.md` says what it was trained on and how often it is wrong.
"""

from stanch.language.identification.ranking import UNDETERMINED, Ranked, identify, identify_many, rank
from stanch.language.identification.segmenting import Segment, segments

__all__ = ["UNDETERMINED", "Ranked", "Segment", "identify", "identify_many", "rank", "segments"]
