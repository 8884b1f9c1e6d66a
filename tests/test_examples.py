"""A test that walks over values: over all of them each time it runs, and never over none."""

import pytest

from tests.examples import each


def test_a_walk_over_a_generator_can_be_walked_again() -> None:
    seen: list[int] = []

    @each(n for n in range(3))
    def check(n: int) -> None:
        seen.append(n)

    check()
    check()
    assert seen == [0, 1, 2] * 2


def test_a_walk_over_nothing_is_no_test() -> None:
    with pytest.raises(AssertionError, match="nothing to walk over"):
        each(())
