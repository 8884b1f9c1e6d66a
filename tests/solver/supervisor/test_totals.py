"""Sums over components: bounds that hold where only the sums are cut, against trying all their plans."""

from collections.abc import Callable, Sequence
from itertools import accumulate, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.solver import Progress, solve
from arshjul.solver.board import Activity, Board, Option
from arshjul.solver.model.milp import Model
from arshjul.solver.search.known import Bound, Incumbent, Known, SearchResult, counted
from arshjul.solver.solving import ComponentSums
from arshjul.solver.supervisor.search_job import ProgressMessage, SearchRequest, with_plan
from tests.examples import examples
from tests.solver.conftest import Plant

LEVELS = 3

Worths = list[tuple[int, ...]]
"""The worth of each plan of a component, level by level."""

WORTHS = st.lists(st.tuples(*[st.integers(0, 3)] * LEVELS), min_size=1, max_size=4)


@st.composite
def some_known(draw: st.DrawFn, worths: Worths) -> Known:
    """What may be known of a component: one of its plans or none, and true bounds under its cuts, or under others."""
    mine = draw(st.sampled_from([None, *worths, min(worths)]))
    bounds = [Bound(level, min(one[level] for one in worths)) for level in range(LEVELS)]
    for level in range(LEVELS):
        if (kind := draw(st.integers(0, 5))) > 0:
            cuts = draw(st.sampled_from(worths)) if mine is None or kind == 1 else mine
            within = cuts[: draw(st.integers(0, level)) if kind == 1 else level]
            least = min(one[level] for one in worths if Bound(level, 0, within).holds(one))
            bounds.append(Bound(level, least - (kind == 2), within, "cp-sat"))
    plan = None if mine is None else Incumbent((worths.index(mine),), mine)
    return Known(tuple(bounds), plan)


@given(st.lists(WORTHS, min_size=2, max_size=3), st.data())
@examples(200, 5_000)
def test_bounds_hold_where_only_the_sums_are_cut(components: list[Worths], data: st.DataObject) -> None:
    known = [data.draw(some_known(worths)) for worths in components]
    totals = ComponentSums(known, LEVELS)
    sums = [tuple(map(sum, zip(*plans, strict=True))) for plans in product(*components)]
    cuts: list[int] = []
    for level in range(LEVELS):
        assert totals.bound(level) <= min(one[level] for one in sums if Bound(level, 0, tuple(cuts)).holds(one))
        value = totals.value(level)
        own = [one.plan.values[level] for one in known if one.plan is not None]
        assert value == (sum(own) if len(own) == len(known) else None)
        if value is None:
            break
        cuts.append(value)


@given(st.lists(WORTHS, min_size=2, max_size=3), st.data())
@examples(100, 5000)
def test_what_is_heard_bit_by_bit_adds_up_to_the_plain_definition(
    components: list[Worths], data: st.DataObject
) -> None:
    known = [data.draw(some_known(worths)) for worths in components]
    totals = ComponentSums(known, LEVELS)
    for _ in range(6):
        number = data.draw(st.integers(0, len(known) - 1))
        known[number] = data.draw(some_known(components[number]))
        totals.hear(number, known[number])
        told = [(totals.value(level), totals.bound(level), totals.by(level)) for level in range(LEVELS)]
        assert [bound for _, bound, _ in told] == [plain_bound(known, level) for level in range(LEVELS)]
        anew = ComponentSums(known, LEVELS)
        assert told == [(anew.value(level), anew.bound(level), anew.by(level)) for level in range(LEVELS)]


def plain_bound(known: Sequence[Known], level: int) -> int:
    """A component's own bound as long as no other one may be worse on a level before; else what supposes nothing."""
    loose = set[int]()
    for earlier in range(level):
        loose |= {
            number
            for number, one in enumerate(known)
            if one.value(earlier) != (one.bound(earlier, ()) if loose else one.bound(earlier)).least
        }
    return sum((one.bound(level) if loose <= {k} else one.bound(level, ())).least for k, one in enumerate(known))


def proven(*values: int, first: Bound | None = None) -> Known:
    """A plan of which all is proven, but for the first level where another bound of that is given."""
    bounds = [Bound(level, value, values[:level], "cp-sat") for level, value in enumerate(values)]
    return Known(
        (*(Bound(level, 0) for level in range(LEVELS)), first or bounds[0], *bounds[1:]), Incumbent((0,), values)
    )


OPEN = proven(2, 7, 2, first=Bound(0, 1, (), "duals"))


@pytest.mark.parametrize(
    ("known", "bounds", "by"),
    [
        ([proven(1, 5, 9), proven(3, 4, 4)], [4, 9, 13], [("cp-sat",)] * 3),
        ([OPEN, proven(3, 4, 4)], [4, 7, 0], [("duals+cp-sat",), ("cp-sat",), ("counting",)]),
        ([OPEN, OPEN], [2, 0, 0], [("duals",), ("counting",), ("counting",)]),
        ([Known(proven(1, 1, 1).bounds), proven(3, 4, 4)], [4, 0, 0], [("cp-sat",), ("counting",), ("counting",)]),
    ],
    ids=["all proven", "one is open", "two are open", "no plan"],
)
def test_the_only_part_that_is_open_keeps_its_own_bound_on_the_next_level(
    known: list[Known], bounds: list[int], by: list[tuple[str, ...]]
) -> None:
    totals = ComponentSums(known, LEVELS)
    assert [totals.bound(level) for level in range(LEVELS)] == bounds
    assert [totals.by(level) for level in range(LEVELS)] == by


def two_by_two() -> Board:
    """Two parts, each of two activities that share a resource; the first level of one may give what the other takes."""

    def pair(name: str, *ways: tuple[int, int]) -> list[Activity]:
        options = [Option(k, {name: [1]}, {"one": one, "two": two}) for k, (one, two) in enumerate(ways)]
        return [Activity(name, options, None), Activity(name + "'", [Option(0, {name: [1]})], {})]

    activities = [*pair("a", (7, 5), (6, 6)), *pair("b", (3, 10), (4, 0))]
    return Board(("one", "two"), 2, {"a": [1, 1], "b": [1, 1]}, activities)


def part(model: Model, *first: int) -> Known:
    """What is known of a part by its plan of that worth on the first level; 7 is not proven to be the best."""
    known, (one, two) = counted(model), (model.sets[0], model.sets[1])
    for value in first:
        plan = with_plan(model, known, [next(v for v in one if model.costs[0].get(v, 0) == value), two[-1]]).plan
        assert plan is not None
        least = min(value, 5) if value > 4 else value
        bounds = (Bound(0, least, (), "cp-sat"), Bound(1, plan.values[1], plan.values[:1], "cp-sat"))
        known = Known((*counted(model).bounds, *bounds), plan)
    return known


def is_a(model: Model) -> bool:
    return max(model.costs[0].values()) == 7


def test_what_a_trade_between_parts_betters_is_never_called_proven(plant: Plant) -> None:
    """As the clock leaves it: `a` at 7 where 6 can be; with `b` at 4 for 3 that is the same sum, `two` better."""

    def cut_short(report: Callable[[object], None], model: Model, _: SearchRequest) -> SearchResult:
        known = part(model, 7 if is_a(model) else 3)
        for level in (0, 1):
            report(ProgressMessage(level, known))
        return SearchResult(known, gave_up=True)

    plant(cut_short)
    heard: list[Progress] = []
    solution = solve(two_by_two(), progress=heard.append)
    one, two = solution.levels
    assert (one.value, one.proven) == (10, False)
    assert (two.value, two.bound) == (15, 5)
    assert solution.status == "feasible"
    assert max(progress.bound or 0 for progress in heard if progress.level == "two") <= 5


def test_progress_keeps_the_values_of_a_part_that_begins_again(plant: Plant) -> None:
    """In a process after a thread, or with another engine, its first plans are worse than what it had."""

    def begins_again(report: Callable[[object], None], model: Model, _: SearchRequest) -> SearchResult:
        for first in (7, 6, 7) if is_a(model) else (4, 3, 4):
            known = with_plan(model, counted(model), part(model, first).plan.ones)  # type: ignore[union-attr]
            report(ProgressMessage(0, known))
        return SearchResult(counted(model), gave_up=True)

    plant(begins_again)
    heard: list[Progress] = []
    solution = solve(two_by_two(), progress=heard.append)
    values = [one.values for one in heard]
    told = [one for one in values if one]
    assert values[: len(values) - len(told)] == [()] * (len(values) - len(told))
    assert told == list(accumulate(told, min))
    assert told[-1] == (9, 16) == tuple(solution.values().values())
