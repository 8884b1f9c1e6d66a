"""Replans between the small board and the whole year: what is proven there is what the whole year comes to."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from arshjul.domain.calendar import Span
from arshjul.domain.entries import Entries
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.withdrawal import Withdrawal
from arshjul.planning import repair
from arshjul.planning.effort import Effort
from arshjul.planning.nearby import OPTION, Nearby
from arshjul.planning.plan import make_plan
from arshjul.planning.replan_input import replan_input
from arshjul.planning.whole_year import WholeYear, laid_out
from arshjul.rules.objectives import REPLAN_LEVELS
from arshjul.solver import SharedModel, Solution
from tests.planning.test_oracle import tiny
from tests.planning.test_stress import EFFORT, before
from tests.rules.faults.planting import Fault, planted

FAULTS = (
    Fault(
        "planning.nearby", "if out.least > n]", "if out.least >= n]", "one more is thought to be needed to make room"
    ),
    Fault("planning.nearby", "[out for out in self._outs if not out.has_room(gone)]", "list(self._outs)", "none is"),
    Fault(
        "planning.nearby", "range(n + 1, max(most, n) + 2)", "range(n + 2, max(most, n) + 3)", "one more is passed over"
    ),
    Fault(
        "board.evaluator", "if least == 1 and not any_one", "if least == 1 and any_one", "two are asked where one does"
    ),
)
CAUGHT_BY = 61
"""The seed that shows each fault."""

SEEDS = [seed if seed < 6 else pytest.param(seed, marks=pytest.mark.slow) for seed in range(300)]


def crowded(seed: int) -> ReplanContext:
    """A tiny year whose units are short of officers for a few days, soon after it has begun."""
    rng = Random(f"nearby {seed}")
    scenario = tiny(rng)
    plan = make_plan(scenario, before(scenario), EFFORT).plan
    days = [place.slot.day for place in plan.placements] or [scenario.span.first]
    first = rng.choice(days)
    away = Span(first, min(first + timedelta(days=rng.randint(0, 6)), scenario.span.last))
    units = tuple(rng.sample(list(scenario.police), rng.randint(1, len(scenario.police))))
    taken = Withdrawal("W", before(scenario), units, away.first, away.last, officers_left=rng.choice((0, 2)))
    return replan_input(scenario, plan, Entries(withdrawals=(taken,)), before(scenario)).context


def values(solution: Solution) -> list[int | None]:
    return [level.value for level in solution.levels]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_proven_nearby_is_the_best_of_the_whole_year(seed: int) -> None:
    context = crowded(seed)
    small = laid_out(repair.small(context))
    first = repair.settle(context, small, SharedModel(small.board), OPTION, 60, 1)
    _, found = Nearby(context, small, laid_out).settle(replace(first, proven=False), Effort(60, seed=1))
    best = WholeYear(context).solve(OPTION, Effort(60, seed=1))
    if found.proven:
        assert values(found.solution) == values(best)
    assert found.proven or not first.proven
    assert values(found.solution) <= values(first.solution)
    assert [level.id for level in best.levels] == list(REPLAN_LEVELS[OPTION])


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_an_unsound_bound_is_caught(fault: Fault) -> None:
    with planted(fault), pytest.raises(AssertionError):
        test_what_is_proven_nearby_is_the_best_of_the_whole_year(CAUGHT_BY)
