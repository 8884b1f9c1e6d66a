"""A replan that time cuts off: no option's plan is worse, by the option's levels, than any that was found."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from arshjul import solver
from arshjul.board import evaluate
from arshjul.planning.effort import Effort
from arshjul.planning.replan.held import Held
from arshjul.planning.replan.ladder import Answer
from arshjul.planning.replan.whole_year import WholeYear
from arshjul.rules.objectives import REPLAN_LEVELS
from arshjul.solver import LevelResult, Progress, Solution
from tests.planning.replan.test_opened import crowded

NO_TIME, TIME = Effort(limit_s=0.0), Effort(limit_s=60)


def worth(year: WholeYear, levels: Sequence[str], answer: Answer) -> list[int]:
    """The values of an answer's plan on the board of the whole year."""
    choice = answer.choice_on(year.problem)
    assert choice is not None
    values = evaluate(year.problem.board, choice).values
    return [values[level] for level in levels]


def test_no_answer_is_worse_than_any_that_it_began_from() -> None:
    for seed in range(12):
        context = crowded(seed)
        held, year = Held(context), WholeYear(context)
        options = [*REPLAN_LEVELS]
        Random(seed).shuffle(options)
        answers: list[Answer] = []
        for option in options:
            answers.append(held.improve(option, answers, TIME))
            answers.append(year.improve(option, answers, NO_TIME))
            found = worth(year, REPLAN_LEVELS[option], answers[-1])
            assert all(found <= worth(year, REPLAN_LEVELS[option], one) for one in answers), (seed, option)


def test_what_a_later_option_found_serves_an_earlier_one_too() -> None:
    bettered = 0
    for seed in range(12):
        context = crowded(seed)
        year = WholeYear(context)
        for option, levels in REPLAN_LEVELS.items():
            best = year.improve(option, [], TIME)
            poor = left_out(year, levels)
            taken = year.best_of(option, poor, [best])
            assert (
                worth(year, levels, taken) == worth(year, levels, best) == [one.value for one in taken.solution.levels]
            )
            assert all(one.bound is not None and one.bound <= (one.value or 0) for one in taken.solution.levels)
            assert year.best_of(option, best, [poor]) is best
            bettered += taken is not poor
    assert bettered


def left_out(year: WholeYear, levels: Sequence[str]) -> Answer:
    """The plan that leaves out whatever may be, of which nothing is proven."""
    board = year.problem.board
    choice = tuple(None if one.unplaced is not None else 0 for one in board.activities)
    values = evaluate(board, choice).values
    found = tuple(LevelResult(level, values[level], 0) for level in levels)
    return Answer(year.problem, Solution("feasible", found, choice))


@pytest.mark.parametrize("is_known", [True, False])
def test_progress_tells_no_values_where_one_is_not_known(monkeypatch: pytest.MonkeyPatch, *, is_known: bool) -> None:
    usual, found = solver.solve, list[Solution]()

    def cut_short(*given: Any, **more: Any) -> Solution:
        done = usual(*given, **more)
        last = replace(done.levels[-1], value=done.levels[-1].value if is_known else None)
        found.append(replace(done, status="feasible", levels=(*done.levels[:-1], last)))
        return found[-1]

    monkeypatch.setattr(solver, "solve", cut_short)
    heard: list[Progress] = []
    option = next(iter(REPLAN_LEVELS))
    Held(crowded(0)).improve(option, [], Effort(limit_s=60, progress=heard.append))
    assert [one.level for one in heard] == [*REPLAN_LEVELS[option]]
    assert {one.values for one in heard} == {tuple(found[-1].values().values()) if is_known else ()}
