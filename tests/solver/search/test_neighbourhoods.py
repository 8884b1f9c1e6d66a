"""What betters a known plan: neighbourhoods, local search, and the descent to cuts."""

import threading
import time
from collections.abc import Callable
from functools import cache, partial
from random import Random

import pytest

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.cpsat import aggregates
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.evaluation import IncrementalEvaluator, greedy
from arshjul.solver.model.milp import Model, ModelIndex, rows_of
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.search import construction
from arshjul.solver.search.construction import Construction
from arshjul.solver.search.known import Incumbent, Knowledge, Known, counted, incumbent_of
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from arshjul.solver.search.lns import NeighbourhoodSearch
from arshjul.solver.search.local_search import EjectionSearch
from arshjul.solver.search.lookahead import descend
from arshjul.solver.solving import solve
from arshjul.solver.supervisor.search_job import ProgressMessage, SearchRequest, is_poor, run_search
from tests.examples import each
from tests.solver import boards
from tests.solver.boards import dearer, scarce, scarce_model
from tests.solver.oracle import tiny_board

year_model = partial(scarce_model, 5)
LEVEL = 1


@cache
def index() -> ModelIndex:
    return ModelIndex(year_model())


def first() -> list[int]:
    ones = greedy(year_model())
    assert ones is not None
    return ones


def searched(handle: EngineHandle, runs: int = 2, budget: float = 0.5) -> NeighbourhoodSearch:
    start = index().values(first())
    cuts = tuple((k, year_model().value(k, start)) for k in range(LEVEL))
    search = NeighbourhoodSearch(
        Subproblem(Restriction(year_model()), LEVEL, cuts, lagrangian_bound(year_model(), LEVEL), 3), first(), handle
    )
    for _ in range(runs):
        search.run(budget, 60)
    return search


def test_neighbourhoods_keep_constraints_and_cuts_and_only_better_the_level_the_same_each_time() -> None:
    # So that what follows also holds where the order of the sets is not that of the variables.
    assert any(year_model().picks[v][1] is None for v in first())
    assert first() != sorted(first())
    with pytest.raises(ValueError, match="by their sets"):
        IncrementalEvaluator(Restriction(year_model()), sorted(first()))
    search = searched(EngineHandle())
    values = index().values(search.present)
    assert year_model().keeps(values, search.subproblem.cuts)
    assert [year_model().value(k, values) for k in range(LEVEL + 1)] == search.evaluator.totals
    assert search.value < year_model().value(LEVEL, index().values(first()))
    one, other = (searched(EngineHandle(), budget=0.2) for _ in range(2))
    assert one.present == other.present
    handle = EngineHandle()
    handle.stop()
    assert handle.minimise(year_model(), Task(LEVEL)) == EngineResult("unknown")
    assert searched(handle).present == first()


def test_what_is_freed_does_not_depend_on_the_unit_of_costs() -> None:
    freed = []
    for unit in (1, 100):
        model = simplify(translate(dearer(scarce(5), unit)))
        start = greedy(model)
        assert start is not None
        random, rows = Random(1), rows_of(model, ())
        duals = lagrangian_bound(model, LEVEL, rows, [unit * random.randrange(8) / 8 for _ in rows])
        subproblem = Subproblem(Restriction(model), LEVEL, (), duals, 3)
        search = NeighbourhoodSearch(subproblem, start, EngineHandle())
        search.random.seed(0)
        freed.append([chooser(30) for _ in range(10) for chooser in search.choosers])
    assert freed[0] == freed[1]


def test_aggregates_are_told_apart_by_costs_and_soft_constraints_alone() -> None:
    found = aggregates(year_model())
    owner = {v: s for s, variables in enumerate(year_model().sets) for v in variables}

    def mark(v: int) -> object:
        weights = [soft.line.terms.get(v, 0) for soft in year_model().soft_constraints]
        return owner[v], [costs.get(v, 0) for costs in year_model().costs], weights

    assert found
    for alike in found:
        assert len(alike) > 1
        assert all(mark(v) == mark(alike[0]) for v in alike)
    heads = [mark(alike[0]) for alike in found]
    assert all(heads.count(head) == 1 for head in heads)


# The local search by ejection: whatever moves, the plan keeps the board, gets no worse, and is the same each time.


ROUNDS = 15


def bettered(model: Model, seed: int = 0) -> EjectionSearch | None:
    """The search after some rounds, each of which is checked; None: nothing was constructed."""
    if model.impossible or not all(model.sets) or (ones := greedy(model)) is None:
        return None
    search, view = EjectionSearch(Restriction(model), ones, seed), ModelIndex(model)
    for _ in range(ROUNDS):
        before = view.worth(search.best)
        is_better = search.run()
        worth = view.worth(search.best)
        assert model.keeps(view.values(search.best))
        assert list(worth) == search.evaluator.totals
        assert worth < before if is_better else worth == before
    return search


@each(range(60))
def test_every_plan_keeps_a_tiny_board_and_none_is_worse(seed: int) -> None:
    bettered(simplify(translate(tiny_board(seed))))


@each(range(3))
def test_what_a_lag_ties_is_moved_together(seed: int) -> None:
    model = simplify(translate(boards.project(seed)))
    search = bettered(model)
    assert search is None or ModelIndex(model).worth(search.best) <= ModelIndex(model).worth(greedy(model) or [])


def test_it_ends_below_what_moves_of_single_activities_come_to_and_one_seed_gives_one_plan() -> None:
    model = boards.scarce_model(1)
    ones, search = greedy(model), bettered(model)
    assert ones is not None
    assert search is not None
    assert ModelIndex(model).worth(search.best) < ModelIndex(model).worth(ones)
    model = boards.scarce_model(2, 30)
    plans = [search.best for seed in (0, 0, 1) if (search := bettered(model, seed)) is not None]
    assert plans[0] == plans[1] != plans[2]


# The descent: from a plan beyond tentative cuts to one within them, if there is one.


PRICE = 10_000


@cache
def fewest() -> int:
    return solve(scarce(5)).levels[0].value or 0


def descended(
    points: int, price: int = PRICE, is_ended: Callable[[], bool] = lambda: False
) -> tuple[SearchLevel, tuple[int, ...]]:
    """The level, and what the plan that was come to is worth."""
    subproblem = Subproblem(Restriction(year_model()), 1, ((0, points),), lagrangian_bound(year_model(), 1), 0)
    level = SearchLevel(subproblem, Knowledge(year_model()), EngineHandle(), hard=True)
    turn = TimeSlice(time.monotonic() + 60, is_ended=is_ended)
    plan = descend(level, turn, first(), price, [0.0] * len(rows_of(year_model(), ())), frozenset())
    assert year_model().keeps(index().values(plan))
    return level, index().worth(plan)


def test_a_plan_within_the_cuts_is_found_if_there_is_one_and_else_the_best_is_told() -> None:
    assert index().worth(first())[0] > fewest()
    level, values = descended(fewest())
    assert level.present is not None
    assert index().worth(level.present) == values == (fewest(), level.value)
    looks = iter([False] * 6)
    level, values = descended(fewest() - 1, is_ended=lambda: next(looks, True))
    assert level.present is None
    assert fewest() <= values[0] < index().worth(first())[0]
    level, values = descended(0, 2**31)
    assert level.present is None
    assert values == index().worth(first())


# Plans made beside a search: told as they get better, and the same for the search whoever is quicker.


small_year = partial(boards.scarce_model, 1)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(construction, "GREEDY_S", 0.0)
    monkeypatch.setattr(construction, "QUIET_S", 0.0)
    monkeypatch.setattr(construction, "FIRST_TRIES", 200)


def test_plans_that_are_told_get_better_and_the_one_for_the_search_is_the_same_each_time() -> None:
    told: list[tuple[int, ...]] = []
    view = ModelIndex(small_year())
    made = Construction(small_year(), 0, lambda plan: told.append(plan.values), lambda: False)
    with made.beside():
        first, later = made.plan(better=False), made.plan(better=True)
    assert list(first or ()) == greedy(small_year())
    assert view.worth(later or ()) < view.worth(first or ())
    assert told == sorted(set(told), reverse=True)
    assert view.worth(later or ()) in told
    plans = []
    for _ in range(2):
        made = Construction(small_year(), 3, lambda _: None, lambda: False)
        with made.beside():
            plans.append(made.plan(better=True))
    assert plans[0] == plans[1]
    told.clear()
    made = Construction(small_year(), 0, lambda plan: told.append(plan.ones), lambda: len(told) == 3)
    with made.beside():
        assert made.plan(better=True) == told[-1]


def test_a_search_that_is_done_or_soon_has_a_plan_has_none_made_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(construction, "GREEDY_S", 60.0)
    made = Construction(small_year(), 0, lambda _: pytest.fail("it was made"), lambda: False)
    with made.beside():
        pass
    monkeypatch.setattr(construction, "GREEDY_S", 60.0)
    made = Construction(small_year(), 0, lambda _: pytest.fail("it was made"), lambda: False)
    ones = greedy(small_year())
    assert ones is not None
    with made.beside():
        made.heed(Known((), incumbent_of(ModelIndex(small_year()), ones)))
        assert made.bettered.result(30) is None


def test_it_ends_with_the_search_or_once_that_has_a_plan_as_good() -> None:
    before = threading.active_count()
    made = Construction(small_year(), 0, lambda _: None, lambda: True)
    with made.beside():
        assert made.plan(better=True) == made.plan(better=False)
    assert threading.active_count() == before
    made = Construction(small_year(), 0, lambda _: None, lambda: False)
    made.tell = lambda plan: made.heed(Known((), plan))
    with made.beside():
        assert made.plan(better=True) == made.plan(better=False)
        assert made.ended.is_set()


def test_its_error_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(construction, "greedy", wrong)
    made = Construction(small_year(), 0, lambda _: None, lambda: False)
    with pytest.raises(ZeroDivisionError), made.beside():
        pass
    with pytest.raises(ZeroDivisionError):
        made.plan(better=False)


def test_a_search_tells_a_plan_that_was_made_beside_it_and_counts_it_as_none_of_its_own() -> None:
    heard: list[ProgressMessage] = []
    model = boards.region_model(1, 60)
    result = run_search(heard.append, model, SearchRequest(counted(model), 60, 0))  # type: ignore[arg-type]
    assert any(message.is_beside for message in heard)
    assert result.known.is_proven
    best = [message.known.plan.values for message in heard if message.known.plan is not None]
    assert min(best) == result.known.plan.values  # type: ignore[union-attr]


# Which plan a search as a job goes on from.


FOUR = Model(
    picks=[(s, k) for s in range(4) for k in range(2)],
    sets=[[2 * s, 2 * s + 1] for s in range(4)],
    uppers=[1] * 8,
    costs=[{1: 1, 3: 1, 4: 5, 5: 5}, {1: 1, 3: 1, 5: 1, 7: 1}],
    constants=[0, 2],
)
"""Four sets of two; the second of each is dearer, on the first level that of the first two sets alone."""


def test_a_plan_is_poor_if_more_than_half_of_its_sets_could_cost_less_on_its_first_open_level() -> None:
    # Half of the sets is the most that the first level makes dearer here.
    for seconds, poor in [
        ((), False),
        ((0,), False),
        ((0, 1), False),
        ((2,), False),
        ((2, 3), False),
        ((0, 1, 2, 3), False),
    ]:
        assert is_poor(FOUR, taking(FOUR, seconds)) == poor
    for seconds, poor in [((1, 2), False), ((1, 2, 3), True), ((0, 1, 2, 3), True)]:
        later = Model(FOUR.picks, FOUR.sets, FOUR.uppers, costs=[{0: 3, 1: 3}, FOUR.costs[1]], constants=[7, 2])
        assert is_poor(later, taking(later, seconds)) == poor


def taking(model: Model, seconds: tuple[int, ...]) -> Incumbent:
    return incumbent_of(ModelIndex(model), [2 * s + (s in seconds) for s in range(4)])
