"""Learning on site: whom it believes, what it keeps, and how it is undone."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.errors import InvalidValueError
from stanch.fingerprints import text as text_fingerprints
from stanch.matching import (
    Background,
    BackgroundLearner,
    Matcher,
    Sighting,
    Sightings,
    independent,
    publisher_digest,
)
from stanch.matching.background_learning import KEPT, WANTED
from tests.matching.test_passages import NOON, matcher, scan
from tests.matching.writing import ALPHABETS, cut, writing

KEY = bytes(range(16))
HOUR = timedelta(hours=1)


def learner(**changes: object) -> BackgroundLearner:
    return BackgroundLearner(key=KEY, **changes)  # type: ignore[arg-type]


def grams(*values: int) -> Sightings:
    """Return these grams as a text prints them that nobody has printed before."""
    global _texts  # noqa: PLW0603 - a counter of texts
    _texts += 1
    return Sightings(
        grams=np.array(values, dtype=np.uint64), printings=np.full(len(values), _texts, dtype=np.uint64)
    )


_texts = 0


def taught(*publishers: int, gram: int = 7, start: datetime = NOON) -> BackgroundLearner:
    """Return a learner that saw a gram with each of these publishers, an hour apart."""
    made = learner()
    for number, publisher in enumerate(publishers):
        made.observe(grams(gram), publisher=publisher, at=start + number * HOUR)
    return made


def learnt(of: BackgroundLearner) -> list[int]:
    return [each.gram for each in of.learnt()]


class TestIndependence:
    def test_five_publishers_make_a_gram_common(self) -> None:
        made = taught(1, 2, 3, 4)
        assert not learnt(made)
        assert made.observe(grams(7, 8), publisher=5, at=NOON + 9 * HOUR) == [7]
        (one,) = made.learnt()
        assert (one.gram, one.publishers, one.since) == (7, WANTED, NOON + 9 * HOUR)

    def test_one_publisher_counts_once_however_often(self) -> None:
        assert not learnt(taught(*[1] * 50))

    def test_one_text_counts_once_whoever_prints_it(self) -> None:
        made = learner()
        reprinted = grams(7)
        for publisher in range(50):
            made.observe(reprinted, publisher=publisher, at=NOON)
        assert not learnt(made)

    def test_no_more_is_kept_than_may_be_wanted(self) -> None:
        assert len(taught(*range(100)).seen[7]) == KEPT

    @given(
        st.lists(st.builds(Sighting, at=st.just(NOON), publisher=st.integers(0, 5), printing=st.integers(0, 5)))
    )
    def test_no_two_that_count_share_anything(self, seen: list[Sighting]) -> None:
        counted = independent(seen)
        assert len({one.publisher for one in counted}) == len({one.printing for one in counted}) == len(counted)
        assert independent(counted) == counted
        for other in set(seen) - set(counted):  # and nothing is left out that shares nothing
            assert any(one.publisher == other.publisher or one.printing == other.printing for one in counted)

    def test_names_are_kept_apart_and_not_kept(self) -> None:
        digests = {
            publisher_digest(*names, key=KEY) for names in (("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"))
        }
        assert len(digests) == 4
        assert publisher_digest("a", key=KEY) != publisher_digest("a", key=KEY[::-1])
        assert all(0 <= digest < 2**63 for digest in digests)

    def test_one_publisher_alone_can_never_be_wanted(self) -> None:
        with pytest.raises(InvalidValueError):
            learner(wanted=1)
        with pytest.raises(InvalidValueError):
            BackgroundLearner(key=b"short")


class TestUndoing:
    def test_a_gram_that_was_undone_is_not_learnt_again(self) -> None:
        made = taught(*range(5))
        assert made.undo([7, 99]) == 1
        assert not learnt(made)
        for publisher in range(10, 30):
            assert not made.observe(grams(7), publisher=publisher, at=NOON)
        assert made.refused == {7, 99}

    def test_a_publisher_is_taken_back_and_others_may_still_carry_the_gram(self) -> None:
        made = taught(*range(6))
        assert made.undo_publisher(0) == 0
        assert learnt(made) == [7]
        assert made.undo_publisher(1) == 1
        assert not learnt(made)
        made.observe(grams(7), publisher=77, at=NOON + 99 * HOUR)
        assert learnt(made) == [7]

    def test_what_came_since_a_moment_is_undone(self) -> None:
        made = taught(*range(8))
        made.state([50], by="Ilse", at=NOON)
        made.state([51], by="Ilse", at=NOON + 6 * HOUR)
        assert made.undo_since(NOON + 5 * HOUR) == 1
        assert list(made.stated) == [50]
        assert made.undo_since(NOON + 4 * HOUR) == 1
        assert not learnt(made)

    def test_everything_is_undone(self) -> None:
        made = taught(*range(5))
        made.state([50], by="Ilse", at=NOON)
        assert made.undo_all() == 2
        assert not made.seen
        assert not made.stated

    def test_what_is_old_and_was_never_learnt_is_forgotten(self) -> None:
        made = taught(*range(5))
        made.observe(grams(8), publisher=1, at=NOON)
        made.observe(grams(8), publisher=2, at=NOON + 2 * HOUR)
        assert made.forget_before(NOON + HOUR) == 1
        assert learnt(made) == [7]
        assert len(made.seen[8]) == 1


class TestStating:
    def test_what_a_person_states_is_common_until_it_is_undone(self) -> None:
        made = learner()
        made.state([7], by="Ilse", at=NOON)
        assert made.background().states(np.array([7], dtype=np.uint64)).all()
        made.undo([7])
        assert not made.background().holds(np.array([7], dtype=np.uint64)).any()
        made.state([7], by="Ilse", at=NOON)  # she has thought better of it
        assert not made.refused

    def test_nobody_states_nothing(self) -> None:
        with pytest.raises(InvalidValueError):
            learner().state([7], by=" ", at=NOON)


class TestMerging:
    def test_publishers_of_both_count_together(self) -> None:
        one, other = taught(1, 2, 3), taught(3, 4, 5, start=NOON + 5 * HOUR)
        one.merge(other)
        assert learnt(one) == [7]
        assert len(one.seen[7]) == 5

    def test_what_one_has_undone_stays_undone(self) -> None:
        one, other = taught(*range(5)), learner()
        other.undo([7])
        one.merge(other)
        assert not learnt(one)

    def test_another_installation_is_refused(self) -> None:
        with pytest.raises(InvalidValueError):
            taught(1).merge(BackgroundLearner(key=bytes(16)))


def seen_in(where: Matcher, text: str) -> Sightings:
    (seen,) = where.sightings([text_fingerprints.as_query(text)], scan(where, text).matches, now=NOON)
    return seen


def article(seed: int, *inside: str, alphabet: str = "latin") -> str:
    """Return an article with something in the middle."""
    return " ".join([writing(seed, 60, alphabet), *inside, writing(seed + 500, 60, alphabet)])


@pytest.mark.parametrize("alphabet", ALPHABETS)
class TestSeeing:
    def test_a_formula_is_seen_and_a_text_with_nothing_in_common_leaves_nothing(self, alphabet: str) -> None:
        text = writing(1, 250, alphabet)
        formula = cut(text, 400, 446)
        where = matcher(text)
        assert len(seen_in(where, article(2, formula, alphabet=alphabet)))
        assert not len(seen_in(where, article(2, alphabet=alphabet)))

    def test_nothing_is_seen_of_an_entry_that_matched(self, alphabet: str) -> None:
        """Nor of what else the text has of it: the end of the quotation, a phrase that it repeats further down."""
        words = writing(1, 250, alphabet).split()
        quoted, again = " ".join(words[50:90]), " ".join(words[100:107])
        where = matcher(" ".join(words))
        came = article(2, quoted, writing(3, 40, alphabet), again, alphabet=alphabet)
        assert scan(where, came).matches
        assert not len(seen_in(where, came))


class TestPrintings:
    def test_a_reprint_is_known_and_another_article_is_another(self) -> None:
        words = writing(1, 250).split()
        formula = " ".join(words[100:107])
        where = matcher(" ".join(words))
        first, other = (seen_in(where, article(seed, formula)) for seed in (2, 3))
        reprint = seen_in(where, f"{writing(9, 30)} {article(2, formula)}")
        assert first.grams.tolist() == other.grams.tolist() == reprint.grams.tolist()
        assert first.printings.tolist() == reprint.printings.tolist()
        assert not set(first.printings.tolist()) & set(other.printings.tolist())

    def test_a_formula_alone_is_nobodys(self) -> None:
        words = writing(1, 250).split()
        seen = seen_in(matcher(" ".join(words)), " ".join(words[100:107]))
        assert len(seen)
        assert not seen.printings.any()

    def test_what_is_known_is_not_seen_again(self) -> None:
        words = writing(1, 250).split()
        where, came = matcher(" ".join(words)), article(2, " ".join(words[100:107]))
        where.use_background(Background(learnt=seen_in(where, came).grams))
        assert not len(seen_in(where, came))


def test_formulae_that_made_a_match_together_make_none_once_learnt() -> None:
    """Two titles that stand one after the other in an entry, each printed alone by five newspapers."""
    text = writing(1, 250)
    one, two = cut(text, 398, 444), cut(text, 448, 494)
    where, made = matcher(text), learner()
    both = article(900, one, writing(4, 2), two)
    assert scan(where, both).matches
    for publisher in range(5):
        for formula, seed in ((one, publisher), (two, publisher + 50)):
            came = article(seed * 7 + 11, formula)
            assert not scan(where, came).matches
            made.observe(seen_in(where, came), publisher=publisher, at=NOON + publisher * HOUR)
    where.use_background(made.background())
    (of,) = where.learnt_of_entries(now=NOON)
    assert of.believed
    assert set(of.grams) == set(learnt(made))
    assert not scan(where, both).matches
    made.undo(of.grams)
    where.use_background(made.background())
    assert scan(where, both).matches
