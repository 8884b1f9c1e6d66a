"""A form that a double click has sent twice is handled once: both requests get the same answer."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from arshjul.serving.pages import Answer, Html

DOUBLE = timedelta(seconds=2)
"""The longest time between the first answer and the second click of a double click."""

MOST_SESSIONS = 200


@dataclass(slots=True)
class _Last:
    """The last form that a session sent, and its answer; the lock makes the forms of a session wait for each other."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    sent: str = ""
    answer: Answer | None = None
    answered: datetime | None = None


class Repeats:
    """The last form of each session, kept until the session shows another page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, _Last] = {}

    def answered(self, session: str, sent: str, clock: Callable[[], datetime], work: Callable[[], Answer]) -> Answer:
        """The answer to the form `sent`; for a form that was answered a moment ago, the same answer."""
        now = clock()
        last = self._of(session)
        with last.lock:
            is_same = last.sent == sent and last.answered is not None and now - last.answered <= DOUBLE
            if is_same and last.answer is not None:
                return last.answer
            last.answer = None
            answer = work()
            last.sent, last.answer, last.answered = sent, _done(answer), clock()
            return answer

    def looked(self, session: str) -> None:
        """Notes that a page was shown: a form sent from it is a new one."""
        with self._lock:
            self._last.pop(session, None)

    def _of(self, session: str) -> _Last:
        with self._lock:
            found = self._last.pop(session, None) or _Last()
            self._last[session] = found
            while len(self._last) > MOST_SESSIONS:
                self._last.pop(next(iter(self._last)))
            return found


def _done(answer: Answer) -> Answer | None:
    """The answer if it says that something was done, otherwise None."""
    return None if isinstance(answer, Html) and answer.status != 200 else answer
