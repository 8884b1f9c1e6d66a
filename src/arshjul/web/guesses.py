"""Slows down clients that try unknown addresses.

An address cannot be guessed, as it has 256 random bits; this only limits the noise. A valid address is always served,
since others may share the client's IP address.
"""

import time
from collections import Counter

from arshjul.serving.proxies import neighbours

PER_MINUTE = 20
PER_MINUTE_IN_ALL = 2000
WINDOW_S = 60.0


class Guesses:
    """Counts the misses per minute."""

    def __init__(self) -> None:
        self._misses: Counter[str] = Counter()
        self._in_all = 0
        self._ends = 0.0

    def miss(self, client: str) -> bool:
        """Counts a miss; returns True if there are too many."""
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
        """The time until the count restarts."""
        return max(1, round(self._ends - time.monotonic()))
