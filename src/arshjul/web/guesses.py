"""Slows down who tries addresses that nobody has.

An address cannot be guessed: it has 256 random bits. What is held down here is the noise. Whoever has
an address that is good is served all the same, for others may sit behind the same wall.
"""

import time
from collections import Counter

from arshjul.serving.proxies import neighbours

PER_MINUTE = 20
PER_MINUTE_IN_ALL = 2000
WINDOW_S = 60.0


class Guesses:
    """Counts the misses of a minute."""

    def __init__(self) -> None:
        self._misses: Counter[str] = Counter()
        self._in_all = 0
        self._ends = 0.0

    def miss(self, client: str) -> bool:
        """Counts one more; whether it is one too many."""
        now = time.monotonic()
        if now >= self._ends:
            self._misses.clear()
            self._in_all, self._ends = 0, now + WINDOW_S
        self._in_all += 1
        if self._in_all > PER_MINUTE_IN_ALL:
            return True
        block = neighbours(client)
        self._misses[block] += 1
        return self._misses[block] > PER_MINUTE

    @property
    def seconds_left(self) -> int:
        """Until the count begins anew."""
        return max(1, round(self._ends - time.monotonic()))
