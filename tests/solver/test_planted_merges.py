"""Each place where two searches' knowledge is joined, with a fault planted: what checks told bounds finds it."""

import pytest

from tests.solver.asking import faults_of_drawn
from tests.solver.test_told_bounds import (
    test_another_plan_is_not_given_bounds_that_do_not_hold_for_it as of_another_plan,
)
from tests.year.rules.faults.planting import Fault, planted

CAUGHT_BY = [
    (
        Fault(
            "solver.search.known",
            "return len(values) >= len(self.within) and keeps(values, self.within)",
            "return True",
            "a bound of a former pass is kept for a plan outside its cuts",
        ),
        (10, 16),
    ),
    (
        Fault(
            "solver.search.known",
            "key=lambda plan: plan.values)",
            "key=lambda plan: plan.values[-1:])",
            "the better plan is the one that is better on the last level",
        ),
        (8, 10),
    ),
    (
        Fault(
            "solver.supervisor.search_job",
            "known=merged.apart(found.known)",
            "known=found.known",
            "bounds of merged levels are taken for those of the levels that they stand for",
        ),
        (105, 107),
    ),
    (
        Fault(
            "solver.solving",
            "        return loose\n",
            "        return set()\n",
            "bounds add up though a component is open on a level before",
        ),
        (9, 10),
    ),
]
"""Drawn boards of which one shows each fault; all do today."""

OF_ANOTHER_PLAN = Fault(
    "solver.solution",
    "holds = holds and level.value is not None and value <= level.value",
    "holds = True",
    "another option's plan is given all bounds",
)


@pytest.mark.parametrize(("fault", "seeds"), CAUGHT_BY, ids=str)
def test_a_faulty_merge_is_caught(fault: Fault, seeds: tuple[int, ...]) -> None:
    assert not any(map(faults_of_drawn, seeds))
    with planted(fault):
        assert any(map(faults_of_drawn, seeds))


def test_a_faulty_merge_of_two_options_is_caught() -> None:
    with planted(OF_ANOTHER_PLAN), pytest.raises(AssertionError):
        of_another_plan()
