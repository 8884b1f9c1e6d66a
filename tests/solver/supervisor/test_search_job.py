"""A search as a job: which plan it goes on from."""

import pytest

from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.search.known import Incumbent, incumbent_of
from arshjul.solver.supervisor.search_job import is_poor

FOUR = Model(
    picks=[(s, k) for s in range(4) for k in range(2)],
    sets=[[2 * s, 2 * s + 1] for s in range(4)],
    uppers=[1] * 8,
    costs=[{1: 1, 3: 1, 4: 5, 5: 5}, {1: 1, 3: 1, 5: 1, 7: 1}],
    constants=[0, 2],
)
"""Four sets of two; the second of each is dearer, on the first level that of the first two sets alone."""


@pytest.mark.parametrize(
    ("seconds", "poor"),
    [((), False), ((0,), False), ((0, 1), False), ((2,), False), ((2, 3), False), ((0, 1, 2, 3), False)],
)
def test_a_plan_is_judged_on_its_first_level_that_is_not_at_its_least(seconds: tuple[int, ...], poor: bool) -> None:
    """Half of the sets is the most that the first level makes dearer here."""
    assert is_poor(FOUR, taking(FOUR, seconds)) == poor


@pytest.mark.parametrize(("seconds", "poor"), [((1, 2), False), ((1, 2, 3), True), ((0, 1, 2, 3), True)])
def test_a_plan_is_poor_if_more_than_half_of_its_sets_could_cost_less(seconds: tuple[int, ...], poor: bool) -> None:
    later = Model(FOUR.picks, FOUR.sets, FOUR.uppers, costs=[{0: 3, 1: 3}, FOUR.costs[1]], constants=[7, 2])
    assert is_poor(later, taking(later, seconds)) == poor


def taking(model: Model, seconds: tuple[int, ...]) -> Incumbent:
    return incumbent_of(ModelIndex(model), [2 * s + (s in seconds) for s in range(4)])
