"""Rows that hold only within cuts on the first levels: of no use, and of no harm, beyond them."""

from itertools import pairwise

import pytest

from arshjul.solver.model.milp import Constraint, LevelCut, Model, Pick, SoftConstraint
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.lp import CutPool

FIVE = range(0, 10, 2)
"""The first variables of five sets in a ring."""
RING = [Constraint({a: 1, b: 1}, 1) for a, b in pairwise([*FIVE, 0])]
HALVES = dict.fromkeys(range(10), 0.5)


def pool(rows: list[Constraint]) -> CutPool:
    """Sets of two of which those of the ring are tied by these rows; others stand by, so that no row is dense."""
    picks: list[Pick] = [(v // 2, v % 2) for v in range(80)]
    sets = [[v, v + 1] for v in range(0, 80, 2)]
    levels = [{v + 1: 1 for v in FIVE}, dict.fromkeys(FIVE, 1), {}]
    return CutPool(Model(picks, sets, [1] * 80, list(rows), costs=levels, constants=[0, 0, 0]), DEFAULT)


def cuts(*most: int) -> list[LevelCut]:
    return [*enumerate(most)]


@pytest.mark.parametrize(
    ("asked", "hold"),
    [((3, 4), True), ((2, 4), True), ((3, 4, 9), True), ((4, 4), False), ((3, 5), False), ((3,), False), ((), False)],
)
def test_a_conditional_row_is_left_out_where_it_need_not_hold(asked: tuple[int, ...], hold: bool) -> None:
    found = pool(RING[:1])
    found.join([RING[1]], cuts(3, 4))
    found.join([RING[2]])
    kept = RING[:3] if hold else [RING[0], RING[2]]
    assert found.all_hold(cuts(*asked)) == hold
    assert list(found.multipliers([1.0, 2.0, 3.0, 9.0], cuts(*asked))) == [1.0, 2.0 if hold else 0.0, 3.0, 9.0]
    assert found.restriction(cuts(*asked)).model.constraints == kept
    assert found.of_engines(RING[:3], cuts(*asked)) == kept
    assert found.restriction(cuts(3, 4)).model.constraints == RING[:3], "asked one after the other, each is its own"


def test_of_two_conditions_the_closer_one_is_supposed_on_each_level() -> None:
    found = pool([])
    assert found.all_hold(())
    found.join([RING[0]], cuts(3))
    found.join([RING[1]], cuts(5, 2))
    assert found.supposed == (3, 2)
    assert [found.all_hold(cuts(*one)) for one in ((3, 2), (5, 2), (3, 3), (3,))] == [True, False, False, False]


@pytest.mark.parametrize("is_conditional", [True, False])
def test_what_is_summed_up_from_a_conditional_row_is_conditional_too(is_conditional: bool) -> None:
    found = pool(RING[:4])
    found.join(RING[4:], cuts(3) if is_conditional else None)
    assert found.separate(HALVES, 0)
    assert len(found.model.constraints) > 5
    assert found.restriction(cuts(3)).model.constraints == found.model.constraints
    looser = found.restriction(cuts(4)).model.constraints
    assert looser == (RING[:4] if is_conditional else found.model.constraints)


@pytest.mark.parametrize("is_conditional", [True, False])
def test_a_clique_is_made_of_what_all_plans_keep(is_conditional: bool) -> None:
    a, b, c = FIVE[:3]
    found = pool([Constraint({a: 1, b: 1}, 1), Constraint({b: 1, c: 1}, 1)])
    found.join([Constraint({a: 1, c: 1}, 1)], cuts(3) if is_conditional else None)
    assert bool(found.broken_cliques(HALVES)) != is_conditional


def test_an_engine_gains_nothing_by_a_row_with_an_excess() -> None:
    found = pool(RING[:1])
    found.model.uppers.append(9)
    found.model.soft_constraints.append(SoftConstraint(Constraint({0: 1, 2: 1, 80: -1}, 0), [1, 0, 0], 80))
    found.join([Constraint({0: 1, 80: -1}, 0)])
    assert found.priced == {1}
    assert found.restriction(()).model.constraints == RING[:1]
    assert list(found.multipliers([1.0, 2.0], ())) == [1.0, 2.0]
