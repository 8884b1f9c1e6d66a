"""Plans among what LPs took: sought beside the tree, heard at the same moments however long it takes."""

import time
from threading import Event
from typing import Any

import pytest

from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import by_set
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.translation import translate
from arshjul.solver.search.core import CoreSearch, Step
from arshjul.solver.search.rens import EnforcedNeighbourhoodSearch
from arshjul.solver.search.subproblem import Subproblem
from tests.solver.boards import scarce


def level_search() -> CoreSearch:
    """A search of a level with a plan that is not the best."""
    model = simplify(translate(scarce(3, 20)))
    start = greedy(model)
    assert start is not None
    cuts = ((0, model.value(0, start)),)
    subproblem = Subproblem(Restriction(model), 1, cuts, lagrangian_bound(model, 1), 0)
    return CoreSearch(subproblem, by_set(model, start), EngineHandle(), hard=False)


@pytest.mark.parametrize("in_threads", [True, False])
def test_a_plan_is_kept_when_it_is_heard_and_not_before(*, in_threads: bool) -> None:
    search, rens, step = level_search(), EnforcedNeighbourhoodSearch(in_threads=in_threads), Step(time.monotonic() + 60)
    before = search.value
    assert before is not None
    rens.add(range(len(search.model.picks)))
    with rens.turn(search, step):
        rens.ask(search, step, 0)
        assert search.value == before
    assert search.value is not None
    assert search.value < before


def test_the_tree_goes_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    search, rens, step = level_search(), EnforcedNeighbourhoodSearch(in_threads=True), Step(time.monotonic() + 60)
    goes_on, usual = Event(), search.handle.minimise

    def waiting(*given: Any, **more: Any) -> Any:
        assert goes_on.wait(60)
        return usual(*given, **more)

    monkeypatch.setattr(search.handle, "minimise", waiting)
    rens.add(range(len(search.model.picks)))
    with rens.turn(search, step):
        rens.ask(search, step, 0)  # it would never come back, did it wait
        goes_on.set()


@pytest.mark.parametrize("in_threads", [True, False])
def test_its_effort_counts_when_it_is_heard(monkeypatch: pytest.MonkeyPatch, *, in_threads: bool) -> None:
    """Where the effort of a search is limited, what it comes to must not depend on who was quicker."""
    search, rens, step = level_search(), EnforcedNeighbourhoodSearch(in_threads=in_threads), Step(time.monotonic() + 60)
    efforts, is_done, usual = list[float](), Event(), search.handle.minimise

    def noted(*given: Any, **more: Any) -> Any:
        outcome = usual(*given, **more)
        efforts.append(outcome.effort)
        is_done.set()
        return outcome

    monkeypatch.setattr(search.handle, "minimise", noted)
    rens.add(range(len(search.model.picks)))
    with rens.turn(search, step):
        rens.ask(search, step, 0)
        assert not in_threads or is_done.wait(60)
        assert search.handle.spent == 0
    assert efforts
    assert search.handle.spent == sum(efforts) > 0


def test_after_each_search_in_vain_it_rests_for_twice_as_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    search, rens, step = level_search(), EnforcedNeighbourhoodSearch(in_threads=True), Step(time.monotonic() + 60)
    asked, nodes, usual = list[int](), list[int](), search.handle.minimise

    def noted(*given: Any, **more: Any) -> Any:
        asked.append(len(nodes))
        return usual(*given, **more)

    monkeypatch.setattr(search.handle, "minimise", noted)
    with rens.turn(search, step):  # the best plan alone: nothing is better
        for node in range(16):
            rens.ask(search, step, 0)
            rens.hear(search, step)
            nodes.append(node)
    assert asked == [0, 2, 6, 14]


def test_a_search_that_does_not_end_is_followed_by_twice_as_long_a_one(monkeypatch: pytest.MonkeyPatch) -> None:
    search, rens, step = level_search(), EnforcedNeighbourhoodSearch(in_threads=False), Step(time.monotonic() + 60)
    efforts = list[float]()

    def noted(_model: Any, task: Any, **_more: Any) -> EngineResult:
        efforts.append(task.effort)
        return EngineResult("optimal" if len(efforts) == 4 else "unknown")

    monkeypatch.setattr(search.handle, "minimise", noted)
    rens.add(range(len(search.model.picks)))
    heard = list[int]()
    with rens.turn(search, step):
        for lps in range(200):
            rens.ask(search, step, lps)
            heard += [lps] * (len(efforts) - len(heard))
    assert efforts == [1, 2, 4, 4, 1, 2, 4]
    assert heard == [12, 36, 84, 132, 145, 169], "after as many LPs as its effort is worth"
