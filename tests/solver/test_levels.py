"""What only larger models meet in use, LP, duals, cores and neighbourhoods, tried on boards with known values."""

import time
from random import Random

import pytest

from arshjul.solver.modelling.duals import duals
from arshjul.solver.modelling.greedy import greedy
from arshjul.solver.modelling.model import rows_of
from arshjul.solver.modelling.presolve import simplify
from arshjul.solver.modelling.translate import as_written, translate
from arshjul.solver.search.levels import Impossible, Levels, Sizes, Standing, Ties
from tests.solver.boards import region, scarce
from tests.solver.oracle import best_by_trying, tiny_board

ALL = [(Sizes(0, 10**9), "cores"), (Sizes(0, 0), "neighbourhoods")]


def has_its_true_values(seed: int, sizes: Sizes) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = simplify(translate(board))
    levels = Levels(model, time.monotonic() + 60, sizes=sizes)
    if truth is None:
        if not model.impossible:
            with pytest.raises(Impossible):
                levels.run(lambda: greedy(model))
        return
    start = greedy(model)
    if sizes.whole == 0 and start is not None:
        # Neighbourhoods prove nothing: that they end at the optimum is told to them from outside.
        known = {level: (value, "trying") for level, value in enumerate(truth[0])}
        levels = Levels(model, time.monotonic() + 60, ties=Ties(outside=known.get), sizes=sizes)
    levels.run(lambda: start)
    assert [standing.value for standing in levels.standings] == truth[0], seed
    assert [standing.bound for standing in levels.standings] == truth[0], seed


WAYS = pytest.mark.parametrize("sizes", [sizes for sizes, _ in ALL], ids=[name for _, name in ALL])


@WAYS
@pytest.mark.parametrize("seed", range(0, 150, 3))
def test_every_way_gives_the_true_values(seed: int, sizes: Sizes) -> None:
    has_its_true_values(seed, sizes)


@pytest.mark.slow
@WAYS
@pytest.mark.parametrize("block", range(20))
def test_every_way_gives_the_true_values_of_two_thousand_boards(block: int, sizes: Sizes) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        has_its_true_values(seed, sizes)


@pytest.mark.parametrize("seed", range(0, 150, 5))
def test_any_multipliers_give_a_bound_that_holds(seed: int) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = as_written(board)
    if truth is None or not all(model.sets):
        return
    random = Random(seed)
    rows = rows_of(model, ())
    values = model.values(truth[1])
    assert values is not None
    for _ in range(20):
        proof = duals(model, 0, rows, [random.choice((0.0, 0.3, random.random() * 5)) for _ in rows])
        assert proof.bound <= truth[0][0]
        assert all(proof.reach(v, truth[0][0]) for v in range(len(model.picks)) if values[v])


def test_an_outside_bound_ends_a_level_and_changes_no_plan() -> None:
    model = simplify(translate(region(3, 40)))
    alone = Levels(model, time.monotonic() + 60)
    alone.run(lambda: greedy(model))
    known = {level: (standing.bound, "someone") for level, standing in enumerate(alone.standings)}
    helped = Levels(model, time.monotonic() + 60, ties=Ties(outside=known.get))
    helped.run(lambda: greedy(model))
    assert helped.best == alone.best


def test_what_ends_one_level_lets_the_next_ones_be_searched() -> None:
    model = simplify(translate(scarce(5)))
    plain = Levels(model, time.monotonic() + 60, sizes=Sizes(0, 10**9))
    plain.run(lambda: greedy(model))
    told: list[tuple[int, int | None, int]] = []

    def tell(level: int, standing: Standing, _best: list[int] | None) -> None:
        told.append((level, standing.value, standing.bound))
        levels.stop(level - 1)  # it comes late: that level is over
        if standing.value == plain.standings[0].value and level == 0:
            levels.stop(level)

    outside = {0: (plain.standings[0].bound, "trying")}
    levels = Levels(model, time.monotonic() + 60, ties=Ties(tell, outside.get), sizes=Sizes(0, 10**9))
    levels.run(lambda: greedy(model))
    assert {level for level, _, _ in told} == {0, 1}
    assert [(s.value, s.bound) for s in levels.standings] == [(s.value, s.bound) for s in plain.standings]
    assert levels.best == plain.best


@pytest.mark.parametrize("seed", [5, 7])
def test_neighbourhoods_alone_come_near_where_something_stays_out(seed: int) -> None:
    model = simplify(translate(scarce(seed)))
    levels = Levels(model, time.monotonic() + 60, sizes=Sizes(0, 10**9))
    levels.run(lambda: greedy(model))
    known = {level: (standing.bound, "cores") for level, standing in enumerate(levels.standings)}
    around = Levels(model, time.monotonic() + 60, ties=Ties(outside=known.get), sizes=Sizes(0, 0))
    around.run(lambda: greedy(model))
    assert [standing.value for standing in around.standings] == [bound for bound, _ in known.values()]


def test_the_same_seed_gives_the_same_plan() -> None:
    model = simplify(translate(region(4, 60)))
    plans = []
    for _ in range(2):
        levels = Levels(model, time.monotonic() + 60, seed=7, sizes=Sizes(0, 2000))
        levels.run(lambda: greedy(model))
        assert all(standing.proven for standing in levels.standings)
        plans.append(levels.best)
    assert plans[0] == plans[1]


def test_a_known_plan_is_not_given_up_for_a_worse_one_when_time_is_up() -> None:
    model = simplify(translate(region(4, 60)))
    whole = Levels(model, time.monotonic() + 60)
    whole.run(lambda: greedy(model))
    late = Levels(model, time.monotonic() - 1)
    late.run(lambda: greedy(model), whole.best)
    assert late.best == whole.best
    assert [standing.value for standing in late.standings] == [standing.value for standing in whole.standings]
