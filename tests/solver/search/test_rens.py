"""Plans among what LPs took: sought beside the tree, heard at the same moments however long it takes."""

import time
from threading import Event

import pytest

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import ModelIndex
from arshjul.solver.model.presolve import Restriction
from arshjul.solver.search.branching import EnforcedNeighbourhoodSearch
from arshjul.solver.search.known import Knowledge
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from tests.solver.boards import scarce_model
from tests.solver.searches import Noting


def searched(handle: EngineHandle) -> SearchLevel:
    """A level with a plan that is not the best."""
    model = scarce_model(3, 20)
    start = greedy(model)
    assert start is not None
    cuts = ((0, ModelIndex(model).worth(start)[0]),)
    subproblem = Subproblem(Restriction(model), 1, cuts, lagrangian_bound(model, 1), 0)
    level = SearchLevel(subproblem, Knowledge(model), handle, hard=False)
    level.take(start)
    return level


def turn() -> TimeSlice:
    return TimeSlice(time.monotonic() + 60)


@pytest.mark.parametrize("in_threads", [True, False])
def test_a_plan_and_its_effort_count_when_they_are_heard_and_not_before(*, in_threads: bool) -> None:
    """Where the effort of a search is limited, what it comes to must not depend on who was quicker."""
    handle = Noting()
    level, rens = searched(handle), EnforcedNeighbourhoodSearch(in_threads=in_threads)
    before = level.value
    assert before is not None
    rens.add(range(len(level.model.picks)))
    with rens.turn(level, turn()):
        rens.ask(level, turn(), 0)
        while in_threads and not handle.ended:
            time.sleep(0.01)
        assert (level.value, handle.spent) == (before, 0)
    assert level.value is not None
    assert level.value < before
    assert handle.spent == level.spent > 0


def test_the_tree_goes_on_meanwhile() -> None:
    goes_on = Event()
    waits = Noting(lambda _number: None if goes_on.wait(60) else EngineResult("unknown"))
    level, rens = searched(waits), EnforcedNeighbourhoodSearch(in_threads=True)
    rens.add(range(len(level.model.picks)))
    with rens.turn(level, turn()):
        rens.ask(level, turn(), 0)  # it would never come back, did it wait
        assert not waits.ended
        goes_on.set()
    assert waits.ended == ["optimal"]


def test_after_each_search_in_vain_it_rests_for_twice_as_many_nodes() -> None:
    handle = Noting()
    level, rens = searched(handle), EnforcedNeighbourhoodSearch(in_threads=True)
    asked = list[int]()
    with rens.turn(level, turn()):  # the best plan alone: nothing is better
        for node in range(16):
            rens.ask(level, turn(), 0)
            rens.hear(level, turn())
            asked += [node] * (len(handle.tasks) - len(asked))
    assert asked == [0, 2, 6, 14]


def test_a_search_that_does_not_end_is_followed_by_twice_as_long_a_one() -> None:
    handle = Noting(lambda number: EngineResult("optimal" if number == 4 else "unknown"))
    level, rens = searched(handle), EnforcedNeighbourhoodSearch(in_threads=False)
    rens.add(range(len(level.model.picks)))
    heard = list[int]()
    with rens.turn(level, turn()):
        for lps in range(200):
            rens.ask(level, turn(), lps)
            heard += [lps] * (len(handle.tasks) - len(heard))
    assert [task.effort for task in handle.tasks] == [1, 2, 4, 4, 1, 2, 4]
    assert heard == [12, 36, 84, 132, 145, 169], "after as many LPs as its effort is worth"
