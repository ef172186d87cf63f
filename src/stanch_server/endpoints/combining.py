"""What several threads ask at the same moment is answered at once, by one of them.

Much of what a short request costs is the same for ten: reading the key, looking for the newest change, searching
an index, committing. Whoever comes first answers what waits, all of it; the others sleep until their answer is
there. What comes meanwhile waits for the next to do the same. So the more ask, the less each costs, and who asks
alone waits for nobody. (Flat combining: Hendler, Incze, Shavit and Tzafrir, 2010; a database's group commit.)
What need not be done before an answer, such as a line in the log, is left to whoever answers next.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar, cast

Question = TypeVar("Question")
Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class _Waiting(Generic[Question, Answer]):
    """A question, and the thread that sleeps until it is answered or has to answer what waits."""

    __slots__ = ("answer", "answered", "error", "question", "woken")

    def __init__(self, question: Question) -> None:
        self.question = question
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.answered = False
        self.woken = Lock()
        self.woken.acquire()


class Combined(Generic[Question, Answer]):
    """Takes questions of threads, and has one of them answer all that wait.

    Parameters
    ----------
    answer : returns an answer to each of several questions, in their order; one thread at a time runs it.
    spacing : seconds from the end of one such work to the beginning of the next, so that where many ask more of
        them go along. Who asks seldom never waits for this.
    afterwards : is told of the answers of each such work, before the next one begins, and at the latest before the
        last of those who have asked has its answer. What it raises is logged.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Question]], Sequence[Answer]],
        *,
        spacing: float = 0.0,
        afterwards: Callable[[Sequence[Answer]], None] = lambda _: None,
    ) -> None:
        self._answer = answer
        self._afterwards = afterwards
        self._left: Sequence[Answer] = ()
        self._spacing = spacing
        self._ended = -spacing
        self._lock = Lock()
        self._waiting: deque[_Waiting[Question, Answer]] = deque()
        self._at_work = False

    def ask(self, question: Question) -> Answer:
        """Return the answer to a question, worked out here or by another thread.

        Raises
        ------
        BaseException
            Whatever was raised when this question, and others, were to be answered.
        """
        mine: _Waiting[Question, Answer] = _Waiting(question)
        with self._lock:
            self._waiting.append(mine)
            others_work, self._at_work = self._at_work, True
        if others_work:
            mine.woken.acquire()
        if not mine.answered:
            self._answer_all(mine)
        if mine.error is not None:
            raise mine.error
        return cast("Answer", mine.answer)

    def _answer_all(self, mine: _Waiting[Question, Answer]) -> None:
        """Answer what waits, then wake whom it concerns, and the first of those who have come meanwhile."""
        left, self._left = self._left, ()
        self._tell(left)
        early = self._ended + self._spacing - time.monotonic()
        if early > 0:
            time.sleep(early)
        with self._lock:
            together = list(self._waiting)
            self._waiting.clear()
        try:
            answers = self._answer([one.question for one in together])
            for one, answer in zip(together, answers, strict=True):
                one.answer = answer
            self._left = answers
        except BaseException as error:  # noqa: BLE001 - each raises it to whoever has asked
            for one in together:
                one.error = error
        self._ended = time.monotonic()
        for one in together:
            one.answered = True
            if one is not mine:
                one.woken.release()
        self._hand_on()

    def _hand_on(self) -> None:
        """Have the first of those who wait answer them; if nobody waits, do what else is to be done."""
        with self._lock:
            self._at_work = bool(self._waiting)
            if self._waiting:
                self._waiting[0].woken.release()
                return
            left, self._left = self._left, ()
        self._tell(left)

    def _tell(self, answers: Sequence[Answer]) -> None:
        try:
            if answers:
                self._afterwards(answers)
        except Exception as error:  # noqa: BLE001 - others wait for this thread
            logger.error("answers were not noted", extra={"error": type(error).__qualname__})  # noqa: TRY400 - no trace
