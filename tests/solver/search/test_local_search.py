"""The local search by ejection: whatever moves, the plan keeps the board, gets no worse, and is the same each time."""

from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.search.local_search import EjectionSearch
from tests.examples import each
from tests.solver import boards
from tests.solver.oracle import tiny_board

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


def test_it_ends_below_what_moves_of_single_activities_come_to() -> None:
    model = simplify(translate(boards.scarce(1)))
    ones, search = greedy(model), bettered(model)
    assert ones is not None
    assert search is not None
    assert ModelIndex(model).worth(search.best) < ModelIndex(model).worth(ones)


def test_one_seed_gives_one_plan() -> None:
    model = simplify(translate(boards.scarce(2, 30)))
    plans = [search.best for seed in (0, 0, 1) if (search := bettered(model, seed)) is not None]
    assert plans[0] == plans[1] != plans[2]
