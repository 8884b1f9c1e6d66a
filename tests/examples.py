"""How much is tried: few examples and seeds by default, all of them in `make slow`."""

import os
from collections.abc import Callable, Iterable
from inspect import Signature, signature
from typing import Any

import pytest
from hypothesis import settings

SLOW = pytest.mark.slow
_FULL = os.environ.get("ARSHJUL_EXAMPLES") == "full"


def examples(few: int, full: int, **more: Any) -> settings:
    """Settings with the one number or the other."""
    return settings(max_examples=full if _FULL else few, **more)


def is_slow() -> bool:
    """True where slow tests run (tests/conftest.py)."""
    return bool(os.environ.get("ARSHJUL_SLOW"))


def often(few: Iterable[Any], every: Iterable[Any]) -> list[Any]:
    """Parameters, of several names as tuples: the few, and where slow tests run the others too.

    To collect what is left out takes its time.
    """
    kept = list(few)
    others = [value for value in every if value not in kept] if is_slow() else []
    marked = [pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=SLOW) for value in others]
    return [*kept, *marked]


def each(values: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes a check of one value a test that walks over these: a test of its own takes longer than many a check.

    The value is the check's first argument; its others are parameters and fixtures of the test.
    """

    kept = tuple(values)
    assert kept, "there is nothing to walk over"

    def walking(check: Callable[..., None]) -> Callable[..., None]:
        def walk(**given: Any) -> None:
            for value in kept:
                try:
                    check(value, **given)
                except BaseException as error:
                    error.add_note(str(value))
                    raise

        walk.__name__, walk.__qualname__, walk.__doc__ = check.__name__, check.__qualname__, check.__doc__
        walk.__module__ = check.__module__
        _, *others = signature(check).parameters.values()
        walk.__signature__ = Signature(others)  # type: ignore[attr-defined]
        return walk

    return walking
