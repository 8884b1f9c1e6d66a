"""The second rung of a replan: what is proven there is what the whole year comes to."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from arshjul.errors import EngineFault
from arshjul.solver import Solution, reduced_costs
from arshjul.solver.board import evaluate
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import FollowUp, Operation
from arshjul.year.domain.parties import Agency, Matching, OfficerLine, PoliceUnit, TeamLine
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.settings import Objective, Settings
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.problem import laid_out
from arshjul.year.planning.replan import opened
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.ladder import Answer, Rung, WholeYear
from arshjul.year.planning.replan.opened import Relaxed
from arshjul.year.planning.replan.replan import rungs_of
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.builders import operation, placement, plan, scenario
from tests.examples import often
from tests.year.planning.resilience.test_stress import EFFORT, before
from tests.year.rules.faults.planting import Fault, planted

FAULTS = (
    (
        Fault(
            "year.planning.replan.opened",
            "{lag.before, lag.after} & prices.keys()",
            "set()",
            "who is followed is not free",
        ),
        8,
    ),
    (Fault("year.planning.replan.opened", "of_change(context, operation) for", "{'changes': 2} for", "dear"), 2),
    (
        Fault(
            "year.planning.replan.opened",
            "if costs.least((n, option)) <= worth",
            "if costs.least((n, option)) < worth",
            "short",
        ),
        37,
    ),
    (
        Fault(
            "year.planning.replan.opened",
            "(musts, *levels) if solution.values()[musts] else levels",
            "levels",
            "no musts",
        ),
        94,
    ),
    (Fault("solver.fixing", "dominance=False", "dominance=True", "one of two that are as good is thought away"), 2),
)
"""Mistakes, each with a seed that shows it."""

SEEDS = often(range(6), range(100))


def crowded(seed: int) -> ReplanContext:
    """Three weeks in which a unit is short of officers on most days, and loses all of some days; others could give way.

    Some operations are tied to one another, follow one another or need one of few teams.
    """
    rng = Random(f"nearby {seed}")
    operations = [drawn(rng, n) for n in range(rng.randint(7, 12))]
    for n in range(1, len(operations)):
        tie, earlier = rng.random(), operations[rng.randrange(n)].id
        if tie < 0.1:
            untied = [one.id for one in operations[:n] if one.same_slot_as is None]
            operations[n] = replace(operations[n], same_slot_as=rng.choice(untied))
        elif tie < 0.4:
            operations[n] = replace(operations[n], after=FollowUp(earlier, rng.randint(0, 2), rng.choice((None, 6))))
    lines = tuple(OfficerLine(Matching(weekdays=frozenset({day})), rng.choice((2, 4, 6))) for day in range(5))
    city = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", lines)
    teams = (TeamLine(Matching(), rng.choice((1, 2))),)
    tax = Agency("skatteverket", "Skatteverket", "state", teams=teams, staff_teams=2)
    objective = Objective(change_points=rng.choice((0, 1, 2, 2, 3)))
    year = scenario(
        operations,
        police={city.id: city},
        agencies={tax.id: tax},
        span=Span(march(1), march(19)),
        objective=objective,
        settings=Settings.of(freeze_days=rng.choice((0, 2)), notice_days=0, sector_spacing_days=rng.choice((0, 2))),
    )
    old = make_plan(year, before(year), EFFORT).plan
    days = sorted({place.slot.day for place in old.placements}) or [march(3)]
    away = [
        Withdrawal(f"W-{n}", before(year), (city.id,), day, day) for n, day in enumerate(days) if rng.random() < 0.3
    ]
    return replan_input(year, old, Entries.of(withdrawals=tuple(away)), before(year)).context


def drawn(rng: Random, number: int) -> Operation:
    """An operation of the city with a window of a few days or of weeks."""
    first = rng.randint(1, 15)
    return operation(
        f"OP-{number}",
        sector=rng.choice(("restaurant", "car-wash", f"own-{number}")),
        lead_agency="skatteverket",
        agencies={"skatteverket": 1} if rng.random() < 0.5 else {},
        officers=rng.choice((2, 2, 4)),
        priority=rng.randint(1, 3),
        must=rng.random() < 0.15,
        shifts=("day",) if rng.random() < 0.7 else ("day", "evening"),
        window=Span(march(first), march(min(19, first + rng.choice((1, 3, 6, 18))))),
    )


def march(day: int) -> date:
    return date(2027, 3, day)


def by_day(id: str, first: int, last: int, **given: Any) -> Operation:
    """An operation of its own sector on a day of March."""
    window = Span(march(first), march(last))
    usual = {"sector": id, "agencies": {}, "officers": 2, "priority": 1, "shifts": ("day",)}
    return operation(id, **{**usual, **given}, window=window)


def two_for_two() -> ReplanContext:
    """Two are hit, and for each one alone could make room, who has no other place; or two others for both at once."""
    operations = [
        by_day("HIT-1", 1, 2, officers=4, priority=2),
        by_day("HIT-2", 3, 8, officers=4, priority=2, not_on=(Span(march(4), march(7)),)),
        by_day("ALONE-1", 2, 2, officers=4),
        by_day("ALONE-2", 3, 3, officers=4),
        by_day("LONG-1", 2, 5, days=2),
        by_day("LONG-2", 2, 5, days=2),
    ]
    city = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", (OfficerLine(Matching(shift="day"), 8),))
    year = scenario(operations, police={city.id: city})
    days = {"HIT-1": 1, "HIT-2": 8, "ALONE-1": 2, "ALONE-2": 3, "LONG-1": 2, "LONG-2": 2}
    old = plan(year, [placement(id, march(day)) for id, day in days.items()])
    gone = tuple(Withdrawal(f"W-{n}", before(year), (city.id,), march(n), march(n)) for n in (1, 8))
    return replan_input(year, old, Entries.of(withdrawals=gone), before(year)).context


def with_one_struck_together() -> ReplanContext:
    """A year to which one is added to be struck together with a placed one, and one that needs all officers there."""
    host = by_day("HOST", 3, 4)
    city = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", (OfficerLine(Matching(shift="day"), 8),))
    year = scenario([host], police={city.id: city})
    old = plan(year, [placement("HOST", march(3))])
    added = [by_day("GUEST", 3, 4, same_slot_as="HOST"), by_day("LARGE", 3, 3, officers=8)]
    given = replace(year, operations={one.id: one for one in (host, *added)})
    return replan_input(year, old, Entries(), before(year), given).context


def must_or_points() -> ReplanContext:
    """A hit must of one point has two places left, which others want too: dear to place, cheap to leave out."""
    operations = [
        by_day("MUST", 1, 3, officers=4, priority=3, must=True),
        by_day("DEAR", 2, 2, officers=4),
        by_day("LESS", 2, 2, officers=4, priority=2),
        by_day("THERE", 2, 4, officers=4),
        by_day("FULL", 3, 3, officers=8, must=True),
        by_day("ELSEWHERE-1", 4, 5),
        by_day("ELSEWHERE-2", 4, 5),
    ]
    city = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", (OfficerLine(Matching(shift="day"), 8),))
    year = scenario(operations, police={city.id: city}, objective=Objective(change_points=5))
    days = {"MUST": 1, "THERE": 2, "FULL": 3, "ELSEWHERE-1": 4, "ELSEWHERE-2": 4}
    old = plan(year, [placement(id, march(day)) for id, day in days.items()])
    gone = Withdrawal("W-1", before(year), (city.id,), march(1), march(1))
    return replan_input(year, old, Entries.of(withdrawals=(gone,)), before(year)).context


def values(solution: Solution) -> list[int | None]:
    return [level.value for level in solution.levels]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_proven_nearby_is_the_best_of_the_whole_year(seed: int) -> None:
    for option in REPLAN_LEVELS:
        agree(crowded(seed), option)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_is_worth_less_than_the_bound_of_what_it_takes(seed: int) -> None:
    context = crowded(seed)
    small, year = laid_out(context.holding_the_rest()), WholeYear(context)
    solutions = [year.improve(option, [], Effort(60, seed=1)).solution for option in REPLAN_LEVELS]
    for option in REPLAN_LEVELS:
        relaxed = Relaxed(context, small, context.unsettled, option, solutions[0])
        costs = reduced_costs(relaxed.board, 60)
        assert costs is not None
        for solution in solutions:
            assert solution.choice is not None
            came_to = evaluate(year.problem.board, solution.choice).values
            worth = sum(weight * came_to[level] for level, weight in relaxed.weights.items())
            assert costs.bound <= worth
            for n, pick in enumerate(solution.choice):
                place = None if pick is None else year.problem.builder.placement(small.board.activities[n].id, pick)
                # One that is held has its old place alone here: where it is elsewhere in the plan, it is gone.
                here = None if place is None else small.builder.option(place)
                assert costs.least((n, here)) <= worth


def test_two_that_make_room_together_are_found_where_one_alone_could() -> None:
    context = two_for_two()
    assert context.hit == {"HIT-1", "HIT-2"}
    assert values(agree(context))[:3] == [0, 2 * context.scenario.objective.change_points, 4]


def test_what_is_tied_to_an_unplaced_one_is_open_from_the_first() -> None:
    context = with_one_struck_together()
    assert not context.hit
    assert values(agree(context))[:3] == [0, context.scenario.objective.change_points, 1]


def test_a_must_is_never_left_out_for_points_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_MOVERS", 2)
    assert values(agree(must_or_points()))[:3] == [0, 8, 2]


def agree(context: ReplanContext, option: str = "balanced") -> Solution:
    """What the last rung before the whole year finds; every rung is held against the whole year."""
    rungs: list[Rung]
    *rungs, year = rungs_of(context)
    effort = Effort(60, seed=1)
    best = year.improve(option, [], effort).solution
    assert [level.id for level in best.levels] == list(REPLAN_LEVELS[option])
    answers: list[Answer] = []
    for rung in rungs:
        unproven = [replace(answer, proven=False) for answer in answers]
        answers.append(rung.improve(option, unproven, effort))
        solution = answers[-1].solution
        assert solution.choice is not None
        judged = evaluate(answers[-1].problem.board, solution.choice)
        assert not judged.broken
        assert all(judged.values[level.id] == level.value for level in solution.levels)
        if answers[-1].proven:
            assert values(solution) == values(best)
        for narrower in answers:
            assert answers[-1].proven or not narrower.proven
            assert values(solution) <= values(narrower.solution)
    return answers[-1].solution


@pytest.mark.parametrize(("fault", "seed"), FAULTS, ids=str)
def test_an_unsound_bound_is_caught(fault: Fault, seed: int) -> None:
    with planted(fault), pytest.raises((AssertionError, EngineFault)):
        test_no_plan_is_worth_less_than_the_bound_of_what_it_takes(seed)
        test_what_is_proven_nearby_is_the_best_of_the_whole_year(seed)
