"""Sums over components: bounds that hold where only the sums are cut, against trying all their plans."""

from collections.abc import Sequence
from importlib import import_module
from itertools import product
from random import Random

import pytest

from arshjul.board import Activity, Board, Option
from arshjul.solver import Progress, solve
from arshjul.solver.model.components import Component
from arshjul.solver.model.milp import Model
from arshjul.solver.search.status import LevelStatus, SearchResult
from arshjul.solver.supervisor.context import SolveContext
from arshjul.solver.supervisor.totals import CombinedStatus, RunningTotals

LEVELS = 3

DOOR = import_module("arshjul.solver.solve")
"""The module: the room's own `solve` is the function."""

Plans = list[tuple[int, ...]]
"""The worth of each plan of a component, level by level."""


def component_of(plans: Plans) -> Component:
    """A component of one set, each variable a plan."""
    costs = [{v: plan[level] for v, plan in enumerate(plans)} for level in range(LEVELS)]
    n = len(plans)
    model = Model([(0, v) for v in range(n)], [list(range(n))], [1] * n, costs=costs, constants=[0] * LEVELS)
    return Component([0], range(n), model)


def statuses_of(random: Random, plans: Plans) -> list[LevelStatus]:
    """A component's result with some plan: on each level a bound that is true under its own cuts, or counting's."""
    mine = random.choice(plans)
    statuses = []
    for level in range(random.choice((LEVELS, LEVELS, random.randrange(LEVELS)))):
        count = min(plan[level] for plan in plans)
        least = min(plan[level] for plan in plans if within(plan, mine[:level]))
        bound = random.choice((least, least, count))
        statuses.append(LevelStatus(mine[level], bound, ("cp-sat",)))
    return statuses


def within(plan: Sequence[int], cuts: Sequence[int]) -> bool:
    return all(value <= cut for value, cut in zip(plan, cuts, strict=False))


def test_bounds_hold_where_only_the_sums_are_cut() -> None:
    for seed in range(300):
        bounds_hold(Random(seed))


def bounds_hold(random: Random) -> None:
    of_components = [
        [tuple(random.randint(0, 4) for _ in range(LEVELS)) for _ in range(random.randint(1, 4))]
        for _ in range(random.randint(1, 3))
    ]
    components = [component_of(plans) for plans in of_components]
    statuses = [statuses_of(random, plans) for plans in of_components]
    sums = [tuple(map(sum, zip(*plans, strict=True))) for plans in product(*of_components)]
    cuts: list[int] = []
    for level, at in enumerate(CombinedStatus(components, LEVELS).levels(statuses)):
        true = min(plan[level] for plan in sums if within(plan, cuts))
        assert sum(s.bound for s in at) <= true
        if any(s.value is None for s in at):
            break
        cuts.append(sum(s.value or 0 for s in at))


def test_running_totals_are_those_of_going_through_all_components() -> None:
    for seed in range(300):
        totals_agree(Random(seed))


def totals_agree(random: Random) -> None:
    of_components = [
        [tuple(random.randint(0, 2) for _ in range(LEVELS)) for _ in range(random.randint(1, 3))]
        for _ in range(random.randint(1, 5))
    ]
    combined = CombinedStatus([component_of(plans) for plans in of_components], LEVELS)
    totals, statuses = RunningTotals(combined), combined.unbegun()
    for _ in range(40):
        component, level = random.randrange(len(of_components)), random.randrange(LEVELS)
        bound = combined.counting_bound[component][level] + random.choice((0, 0, 1, 2))
        status = LevelStatus(random.choice((None, bound + random.randint(0, 2))), bound)
        statuses[component][level] = status
        at = combined.levels(statuses)[level]
        values = [s.value for s in at if s.value is not None]
        expected = sum(values) if len(values) == len(at) else None, sum(s.bound for s in at)
        assert totals.hear(component, level, status) == expected


def test_what_is_proven_so_far_keeps_each_components_own_bound() -> None:
    components = [component_of([(1, 5, 9), (1, 7, 2)]), component_of([(3, 4, 4)])]
    own = [
        [LevelStatus(1, 1, ("duals",)), LevelStatus(5, 5, ("cp-sat",)), LevelStatus(9, 9, ("cp-sat",))],
        [LevelStatus(3, 3, ("counting",)), LevelStatus(4, 4, ("counting",)), LevelStatus(4, 4, ("counting",))],
    ]
    assert CombinedStatus(components, LEVELS).levels(own) == [list(at) for at in zip(*own, strict=True)]


def test_the_only_part_that_is_not_proven_keeps_its_own_later_bound() -> None:
    components = [component_of([(1, 5, 9), (2, 7, 2)]), component_of([(3, 4, 4), (4, 0, 0)])]
    own = [
        [LevelStatus(2, 1), LevelStatus(7, 6, ("cp-sat",)), LevelStatus(2, 2, ("cp-sat",))],
        [LevelStatus(3, 3, ("cp-sat",)), LevelStatus(4, 4, ("cp-sat",)), LevelStatus(4, 4, ("cp-sat",))],
    ]
    levels = CombinedStatus(components, LEVELS).levels(own)
    assert [[s.bound for s in at] for at in levels] == [[1, 3], [6, 0], [2, 0]]


def two_by_two() -> Board:
    """Two parts, each of two activities that share a resource; the first level of one may give what the other takes."""

    def pair(name: str, *ways: tuple[int, int]) -> list[Activity]:
        options = [Option(k, {name: [1]}, {"one": one, "two": two}) for k, (one, two) in enumerate(ways)]
        return [Activity(name, options, None), Activity(name + "'", [Option(0, {name: [1]})], {})]

    activities = [*pair("a", (7, 5), (6, 6)), *pair("b", (3, 10), (4, 0))]
    return Board(("one", "two"), 2, {"a": [1, 1], "b": [1, 1]}, activities)


def test_a_later_level_is_not_called_proven_that_a_trade_between_parts_betters(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the clock leaves it: `a` at 7 where 6 can be; with `b` at 4 for 3 that is the same sum, `two` better."""

    def cut_short(components: list[Component], _starts: object, _context: object) -> list[SearchResult]:
        made = []
        for component in components:
            first = {component.model.costs[0].get(v, 0): v for v in component.model.sets[0]}
            own = {
                7: (LevelStatus(7, 5), LevelStatus(5, 5, ("cp-sat",))),
                3: (LevelStatus(3, 3), LevelStatus(10, 10, ("cp-sat",))),
            }
            worth = next(value for value in own if value in first)
            rest = [component.model.sets[1][-1]] if len(component.model.sets) > 1 else []
            made.append(SearchResult(own[worth], (first[worth], *rest)))
        return made

    monkeypatch.setattr(DOOR, "solve_components", cut_short)
    solution = solve(two_by_two())
    one, two = solution.levels
    assert (one.value, one.proven) == (10, False)
    assert (two.value, two.bound) == (15, 5)
    assert solution.status == "feasible"


def test_progress_tells_no_bound_that_a_trade_between_parts_betters(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Progress] = []

    def cut_short(components: list[Component], _starts: object, context: SolveContext) -> list[SearchResult]:
        context.tell(0, 0, LevelStatus(7, 5))
        context.tell(1, 0, LevelStatus(3, 3, ("cp-sat",)))
        context.tell(1, 1, LevelStatus(10, 10, ("cp-sat",)))
        return [SearchResult() for _ in components]

    monkeypatch.setattr(DOOR, "solve_components", cut_short)
    solve(two_by_two(), progress=heard.append)
    assert heard[-1].bound is not None
    assert heard[-1].bound <= 5


def test_progress_keeps_the_values_of_a_part_that_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process after a thread, or with another engine, its first plans are worse than what it had."""
    heard: list[Progress] = []

    def begins_again(components: list[Component], _starts: object, context: SolveContext) -> list[SearchResult]:
        for component, worth in ((0, (7, 5)), (1, (4, 0)), (1, [4, 1]), (0, (6, 6)), (0, (7, 5)), (1, [3, 10])):
            context.found(component, worth)
            context.tell(component, 0, LevelStatus(worth[0], 0))
        return [SearchResult() for _ in components]

    monkeypatch.setattr(DOOR, "solve_components", begins_again)
    solve(two_by_two(), progress=heard.append)
    assert [one.values for one in heard] == [(), (11, 5), (11, 5), (10, 6), (10, 6), (9, 16)]
