"""How many examples a property tries: few by default, all where ARSHJUL_EXAMPLES is `full`, as in `make slow`."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import settings

_FULL = os.environ.get("ARSHJUL_EXAMPLES") == "full"


def examples(few: int, full: int, **more: Any) -> settings:
    """Settings with the one number or the other."""
    return settings(max_examples=full if _FULL else few, **more)


def each(seeds: Iterable[int]) -> Callable[[Callable[[int], None]], Callable[[], None]]:
    """Makes a check of one seed a test that walks over these: a test of its own takes longer than many a check."""

    def walking(check: Callable[[int], None]) -> Callable[[], None]:
        def walk() -> None:
            for seed in seeds:
                try:
                    check(seed)
                except BaseException as error:
                    error.add_note(f"seed {seed}")
                    raise

        walk.__name__, walk.__qualname__, walk.__doc__ = check.__name__, check.__qualname__, check.__doc__
        walk.__module__ = check.__module__
        return walk

    return walking
