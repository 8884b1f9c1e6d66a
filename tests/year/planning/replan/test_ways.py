"""Options with equal values are one way; ways that differ say what each is better at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

import pytest

from arshjul import solver
from arshjul.errors import Message
from arshjul.solver import LevelResult, Progress, Solution
from arshjul.solver.board import Board, evaluate
from arshjul.year.domain.level import Level
from arshjul.year.domain.plan import Base, Plan, Price
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan import replan as replan_module
from arshjul.year.planning.replan.ladder import Answer, Held, WholeYear
from arshjul.year.planning.replan.replan import ways, with_shared_proofs
from arshjul.year.planning.verify import values
from arshjul.year.rules.builder import QUALITY
from arshjul.year.rules.objectives import BALANCE, CHANGES, MUSTS, POINTS, REPLAN_LEVELS
from tests.builders import operation, placement, plan, scenario, swedish
from tests.year.planning.replan.test_opened import crowded
from tests.year.planning.test_oracle import replanned
from tests.year.rules.faults.planting import Fault, planted

FEWEST, BALANCED, MOST = REPLAN_LEVELS
YEAR = scenario([operation("OP-1", priority=1), operation("OP-2", priority=2), operation("OP-3", priority=3)])
YEAR = replace(YEAR, objective=replace(YEAR.objective, change_points=4))
STOOD = {"OP-1": date(2027, 3, 1), "OP-2": date(2027, 3, 2), "OP-3": date(2027, 3, 3)}
BASE = Base(1, datetime(2026, 11, 24), {id: placement(id, day) for id, day in STOOD.items()})
LATER = date(2027, 4, 1)


def mended(points: int = 0, **moved: date | None) -> Plan:
    """The old plan with operations elsewhere, or out (None), and one price."""
    days = {**STOOD, **{f"OP-{id[1:]}": day for id, day in moved.items()}}
    made = plan(YEAR, [placement(id, day) for id, day in days.items() if day is not None])
    return replace(made, base=BASE, prices=(Price("even-load", "x", points, Message("x")),))


def said(*plans: Plan) -> list[tuple[tuple[str, ...], str]]:
    """The options of each way, with its advantage in words."""
    found = ways(YEAR, dict(zip(REPLAN_LEVELS, plans, strict=True)))
    return [(way.ids, "" if way.advantage is None else swedish().say(way.advantage)) for way in found]


def test_options_with_one_plan_are_one_way_and_ways_say_what_each_is_better_at() -> None:
    same = mended(o1=LATER)
    assert said(same, same, same) == [((FEWEST, BALANCED, MOST), "")]
    (way,) = ways(YEAR, dict.fromkeys(REPLAN_LEVELS, same))
    assert swedish().say(way.alike) == "Alla tre alternativ är lika bra."
    cut_off = replace(same, levels=(Level(CHANGES, 1, 0),))
    (way,) = ways(YEAR, {FEWEST: same, BALANCED: same, MOST: cut_off})
    assert swedish().say(way.alike) == "Alla tre alternativ gav samma plan. En bättre kan finnas."
    few, most = mended(7, o1=None), mended(7, o1=LATER, o2=LATER)
    assert said(few, most, most) == [
        ((FEWEST,), "minst antal ändrade insatser, 1 (annars 2)"),
        ((BALANCED, MOST), "minst prioritetspoäng utelämnade, 0 (annars 9)"),
    ]
    few, middle, most = mended(5, o3=None), mended(3, o3=LATER), mended(9, o3=LATER, o2=LATER)
    assert [text for _, text in said(few, middle, most)] == [
        "minst antal ändrade insatser, 1 (annars 2)",
        "minst prioritetspoäng utelämnade, 0 (annars 1), minst antal ändrade insatser, 1 (annars 2) och bäst kvalitet, "
        "3 minuspoäng (annars 5 och 9)",
        "minst prioritetspoäng utelämnade, 0 (annars 1)",
    ]
    few, middle = mended(5, o1=None), mended(5, o2=None, o3=LATER)
    most = mended(5, o1=LATER, o2=LATER, o3=LATER)
    texts = [text for _, text in said(few, middle, most)]
    assert texts[1].startswith("minst poäng för utelämnade insatser och ej framtvingade ändringar"), texts
    assert said(few, few, mended(6, o1=None, o2=LATER))[1][1] == "ingen framför de andra"


def bounds(*levels: tuple[Level, ...]) -> list[tuple[str, int | None]]:
    """The bounds of a plan that options with these levels have come to."""
    options = [replace(mended(o1=LATER), levels=level) for level in levels]
    shared = with_shared_proofs(dict(zip(REPLAN_LEVELS, options, strict=False)))
    (way,) = ways(YEAR, shared)
    assert way.is_proven == all(plan.status == "optimal" for plan in shared.values()), "the page says what is kept"
    return [(level.id, level.bound) for level in way.levels]


def test_what_is_proven_for_one_option_is_for_another_and_is_kept_with_the_plan_that_is_chosen() -> None:
    # The greater one holds only for plans with as few points, which do not stand above the first option's levels.
    few = (Level(MUSTS, 0, 0), Level(CHANGES, 4, 2), Level(POINTS, 3, 3), Level(QUALITY, 9, 5))
    most = (Level(MUSTS, 0, 0), Level(POINTS, 3, 1), Level(CHANGES, 4, 3), Level(QUALITY, 9, 5))
    assert bounds(few, most) == [(MUSTS, 0), (CHANGES, 2), (POINTS, 1), (QUALITY, 5)]
    few = (Level(MUSTS, 0, 0), Level(CHANGES, 4, 4), Level(POINTS, 3, 3), Level(QUALITY, 9, 9))
    both = (Level(MUSTS, 0, 0), Level(BALANCE, 7, 6), Level(CHANGES, 4, 2), Level(QUALITY, 9, 1))
    most = (Level(MUSTS, 0, 0), Level(POINTS, 3, 1), Level(CHANGES, 4, None), Level(QUALITY, 9, None))
    assert bounds(few, most) == [(MUSTS, 0), (CHANGES, 4), (POINTS, 1), (QUALITY, 9)]
    assert bounds(few, both) == [(MUSTS, 0), (CHANGES, 4), (POINTS, 3), (BALANCE, 6), (QUALITY, 1)]
    # The page said "proven" by another option's bound, and the plan that was chosen that it is not.
    few = (Level(MUSTS, 0, 0), Level(CHANGES, 4, 4), Level(POINTS, 3, 3), Level(QUALITY, 9, 9, ("highs",)))
    most = (Level(MUSTS, 0, 0), Level(POINTS, 3, 3), Level(CHANGES, 4, 2), Level(QUALITY, 9, None))
    assert bounds(few, most) == [(MUSTS, 0), (CHANGES, 4), (POINTS, 3), (QUALITY, 9)]
    options = {FEWEST: replace(mended(o1=LATER), levels=few), MOST: replace(mended(o1=LATER), levels=most)}
    kept = with_shared_proofs(options)[MOST]
    assert (kept.status, [level.id for level in kept.levels]) == ("optimal", [MUSTS, POINTS, CHANGES, QUALITY])
    assert kept.levels[-1].proved_by == ("highs",)
    apart = with_shared_proofs({**options, FEWEST: replace(mended(o2=LATER), levels=few)})
    assert apart[MOST].status == "feasible", "another plan proves nothing of this one"


class Elsewhere(Held):
    """A rung that gives each option after the first another plan of the same worth, if there is one."""

    def improve(self, option: str, answers: Sequence[Answer], effort: Effort) -> Answer:
        answer = super().improve(option, answers, effort)
        return answer if option == FEWEST else replace(answer, solution=another(self.problem.board, answer.solution))

    def best_of(self, option: str, answer: Answer, answers: Sequence[Answer]) -> Answer:  # noqa: ARG002 - no other
        return answer


def another(board: Board, solution: Solution) -> Solution:
    """A solution of the same values with one activity at another of its options; the same one if there is none."""
    choice = solution.choice or ()
    worth = evaluate(board, choice)
    for n, activity in enumerate(board.activities):
        for option in range(len(activity.options)):
            other = (*choice[:n], option, *choice[n + 1 :])
            if other != tuple(choice) and evaluate(board, other) == worth:
                return replace(solution, choice=other)
    return solution


def differ_by_chance(seed: int) -> bool:
    """True if two options of a drawn replan are worth the same on every level, and are other plans."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(replan_module, "rungs_of", lambda context: (Elsewhere(context),))
        _, answer = replanned.__wrapped__(seed)
    worth = [values(answer.context, option) for option in answer.options.values()]
    plans = [option.placements for option in answer.options.values()]
    return any(worth[m] == worth[n] and plans[m] != plans[n] for m in range(3) for n in range(m))


OWN_PLANS = Fault(
    "year.planning.replan.replan", "if wanted <= worth.items()", "if False", "each keeps a plan of its own"
)


@pytest.mark.parametrize("seed", [16, 21, 33])
def test_options_of_equal_values_are_one_plan(seed: int) -> None:
    assert not differ_by_chance(seed)
    with planted(OWN_PLANS):
        assert differ_by_chance(seed)


# A replan that time cuts off: no option's plan is worse, by the option's levels, than any that was found.


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
            assert all(found <= worth(year, REPLAN_LEVELS[option], answer) for answer in answers), (seed, option)


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
                worth(year, levels, taken)
                == worth(year, levels, best)
                == [level.value for level in taken.solution.levels]
            )
            assert all(level.bound is not None and level.bound <= (level.value or 0) for level in taken.solution.levels)
            assert year.best_of(option, best, [poor]) is best
            bettered += taken is not poor
    assert bettered


def left_out(year: WholeYear, levels: Sequence[str]) -> Answer:
    """The plan that leaves out whatever may be, of which nothing is proven."""
    board = year.problem.board
    choice = tuple(None if activity.unplaced is not None else 0 for activity in board.activities)
    values = evaluate(board, choice).values
    results = tuple(LevelResult(level, values[level], 0) for level in levels)
    return Answer(year.problem, Solution("feasible", results, choice))


@pytest.mark.parametrize("is_known", [True, False])
def test_progress_tells_no_values_where_one_is_not_known(monkeypatch: pytest.MonkeyPatch, *, is_known: bool) -> None:
    usual, solutions = solver.solve, list[Solution]()

    def cut_short(*given: Any, **more: Any) -> Solution:
        done = usual(*given, **more)
        last = replace(done.levels[-1], value=done.levels[-1].value if is_known else None)
        solutions.append(replace(done, status="feasible", levels=(*done.levels[:-1], last)))
        return solutions[-1]

    monkeypatch.setattr(solver, "solve", cut_short)
    heard: list[Progress] = []
    option = next(iter(REPLAN_LEVELS))
    Held(crowded(0)).improve(option, [], Effort(limit_s=60, progress=heard.append))
    assert [progress.level for progress in heard] == [*REPLAN_LEVELS[option]]
    assert {progress.values for progress in heard} == {tuple(solutions[-1].values().values()) if is_known else ()}
