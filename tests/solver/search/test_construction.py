"""Plans made beside a search: told as they get better, and the same for the search whoever is quicker."""

import threading
from functools import partial

import pytest

from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.search import construction
from arshjul.solver.search.construction import Construction
from arshjul.solver.search.known import Incumbent, Known, counted, incumbent_of
from arshjul.solver.supervisor.search_job import ProgressMessage, SearchRequest, is_poor, run_search
from tests.solver import boards

year_model = partial(boards.scarce_model, 1)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(construction, "GREEDY_S", 0.0)
    monkeypatch.setattr(construction, "QUIET_S", 0.0)
    monkeypatch.setattr(construction, "FIRST_TRIES", 200)


def test_plans_that_are_told_get_better_and_the_one_for_the_search_is_the_same_each_time() -> None:
    told: list[tuple[int, ...]] = []
    view = ModelIndex(year_model())
    made = Construction(year_model(), 0, lambda plan: told.append(plan.values), lambda: False)
    with made.beside():
        first, later = made.plan(better=False), made.plan(better=True)
    assert list(first or ()) == greedy(year_model())
    assert view.worth(later or ()) < view.worth(first or ())
    assert told == sorted(set(told), reverse=True)
    assert view.worth(later or ()) in told
    plans = []
    for _ in range(2):
        made = Construction(year_model(), 3, lambda _: None, lambda: False)
        with made.beside():
            plans.append(made.plan(better=True))
    assert plans[0] == plans[1]
    told.clear()
    made = Construction(year_model(), 0, lambda plan: told.append(plan.ones), lambda: len(told) == 3)
    with made.beside():
        assert made.plan(better=True) == told[-1]


def test_a_search_that_is_done_or_soon_has_a_plan_has_none_made_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(construction, "GREEDY_S", 60.0)
    made = Construction(year_model(), 0, lambda _: pytest.fail("it was made"), lambda: False)
    with made.beside():
        pass
    monkeypatch.setattr(construction, "GREEDY_S", 60.0)
    made = Construction(year_model(), 0, lambda _: pytest.fail("it was made"), lambda: False)
    ones = greedy(year_model())
    assert ones is not None
    with made.beside():
        made.heed(Known((), incumbent_of(ModelIndex(year_model()), ones)))
        assert made.bettered.result(30) is None


def test_it_ends_with_the_search_or_once_that_has_a_plan_as_good() -> None:
    before = threading.active_count()
    made = Construction(year_model(), 0, lambda _: None, lambda: True)
    with made.beside():
        assert made.plan(better=True) == made.plan(better=False)
    assert threading.active_count() == before
    made = Construction(year_model(), 0, lambda _: None, lambda: False)
    made.tell = lambda plan: made.heed(Known((), plan))
    with made.beside():
        assert made.plan(better=True) == made.plan(better=False)
        assert made.ended.is_set()


def test_its_error_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(construction, "greedy", wrong)
    made = Construction(year_model(), 0, lambda _: None, lambda: False)
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
