"""A solution, and what it says of another choice of the board."""

import pytest

from arshjul.errors import Message
from arshjul.solver import LevelResult, Solution

BOUNDS = (("musts", 2, 2), ("points", 9, 7), ("quality", 30, 20))
"""Level, value and bound; the musts are proven."""


def solution(contradiction: Message | None = None) -> Solution:
    levels = tuple(LevelResult(*one, 1.0, ("highs",) if one[1] == one[2] else ()) for one in BOUNDS)
    return Solution("feasible", levels, (0,), contradiction=contradiction)


@pytest.mark.parametrize(
    ("values", "bounds", "status", "is_wrong"),
    [
        ((2, 9, 25), (2, 7, 20), "feasible", False),
        ((2, 7, 20), (2, 7, 20), "optimal", False),
        ((2, 8, 40), (2, 7, 20), "feasible", False),
        ((2, 10, 5), (2, 7, None), "feasible", False),  # worse on the points: no bound of quality holds
        ((3, 5, 5), (2, None, None), "feasible", False),
        ((1, 9, 30), (None, None, None), "feasible", True),
        ((2, 6, 30), (None, None, None), "feasible", True),
        ((2, 9, 19), (None, None, None), "feasible", True),
    ],
)
def test_a_bound_is_told_of_a_choice_that_is_no_worse_before(
    values: tuple[int, ...], bounds: tuple[int | None, ...], status: str, is_wrong: bool
) -> None:
    told = solution().told_of((1,), dict(zip(("musts", "points", "quality"), values, strict=True)))
    assert (told.choice, tuple(told.values().values()), told.status) == ((1,), values, status)
    assert tuple(level.bound for level in told.levels) == bounds
    assert (told.contradiction is not None, told.stopped_by == "engines") == (is_wrong, is_wrong)
    assert all(level.proved_by == () for level in told.levels if not level.proven)
    assert [level.seconds for level in told.levels] == [1.0] * 3


def test_what_contradicts_itself_proves_nothing_of_another_choice() -> None:
    fault = Message("Two engines disagree.")
    told = solution(fault).told_of((1,), {"musts": 2, "points": 9, "quality": 30})
    assert told.contradiction == fault
    assert [level.bound for level in told.levels] == [None] * 3


def test_a_refuted_bound_is_told_with_who_claimed_it() -> None:
    told = solution().told_of((1,), {"musts": 1, "points": 9, "quality": 30})
    assert told.contradiction is not None
    assert told.contradiction.values == {"value": 1, "bound": 2, "by": ["highs"]}
