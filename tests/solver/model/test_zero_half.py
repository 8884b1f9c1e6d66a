"""Zero-half cuts: sums of constraints, halved and rounded down, that no plan breaks and a point in halves does."""

from itertools import pairwise
from random import Random

import pytest

from arshjul.solver.model.milp import Constraint, Model
from arshjul.solver.model.zero_half import DENSE, VIOLATION, zero_half_cuts
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.lookahead import Lookahead
from tests.rules.faults.planting import Fault, planted

FAULTS = (
    Fault("solver.model.zero_half", "        limit += 1\n        for w", "        for w", "a set counts nothing"),
    Fault("solver.model.zero_half", "{v: c // 2 for", "{v: -(-c // 2) for", "coefficients are rounded up"),
)


def drawn(seed: int) -> tuple[Model, dict[int, float]]:
    """Six operations of two options, tied by random rows, and a point that splits some; others stand by, untied."""
    rng, model = Random(f"halves {seed}"), Model(costs=[{}], constants=[0])
    for i in range(6 + 5 * DENSE):
        model.sets.append([3 * i, 3 * i + 1, 3 * i + 2])
        model.picks += [(i, 0), (i, 1), (i, None)]
    model.uppers = [1] * len(model.picks)
    options = [v for i in range(6) for v in model.sets[i][:2]]
    for _ in range(14):
        terms = {v: rng.choice((1, 1, 1, 2, 3, -1)) for v in rng.sample(options, rng.randint(2, 4))}
        model.constraints.append(Constraint(terms, rng.randint(1, 2)))
    point: dict[int, float] = {}
    for variables in model.sets[:6]:
        taken = rng.sample(variables, rng.choice((1, 2, 2)))
        point |= dict.fromkeys(taken, 1 / len(taken))
    return model, point


def plans(model: Model) -> list[set[int]]:
    """The variables that each plan of the first six operations takes."""
    found: list[set[int]] = [set()]
    for variables in model.sets[:6]:
        found = [{*old, v} for old in found for v in variables]
    return [ones for ones in found if all(_total(line, ones) <= line.at_most for line in model.constraints)]


def _total(line: Constraint, ones: set[int]) -> int:
    return sum(c for v, c in line.terms.items() if v in ones)


def cuts_of(seeds: range) -> int:
    """The number of cuts that were found, each of which its point breaks and no plan does."""
    found = 0
    for seed in seeds:
        model, point = drawn(seed)
        known = plans(model)
        for cut in zero_half_cuts(model, point):
            found += 1
            assert sum(c * point.get(v, 0.0) for v, c in cut.terms.items()) >= cut.at_most + VIOLATION
            assert all(_total(cut, ones) <= cut.at_most for ones in known), seed
    return found


def test_no_plan_is_cut_away() -> None:
    assert cuts_of(range(60)) > 60


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_cut_that_is_wrong_would_be_seen(fault: Fault) -> None:
    with planted(fault), pytest.raises(AssertionError):
        cuts_of(range(60))


@pytest.mark.slow
def test_no_plan_is_cut_away_by_thousands() -> None:
    assert cuts_of(range(60, 4000)) > 4000


def in_rings(*sizes: int) -> tuple[Model, list[list[int]], dict[int, float]]:
    """Rings of operations, each of whose first options has a row with that of the next one; and a point in halves.

    Whoever does not have its first option costs one. Others stand by, untied, so that no cut is dense.
    """
    model, rings = Model(costs=[{}], constants=[0]), []
    halves: dict[int, float] = {}
    for size in (*sizes, 60):
        firsts = [len(model.picks) + 2 * i for i in range(size)]
        for first in firsts:
            model.sets.append([first, first + 1])
            model.picks += [(len(model.sets) - 1, 0), (len(model.sets) - 1, None)]
        if size < 60:
            rings.append(firsts)
            model.costs[0] |= {first + 1: 1 for first in firsts}
            model.constraints += [Constraint({a: 1, b: 1}, 1) for a, b in pairwise([*firsts, firsts[0]])]
            halves |= dict.fromkeys((v for first in firsts for v in (first, first + 1)), 0.5)
    model.uppers = [1] * len(model.picks)
    return model, rings, halves


def test_of_five_in_a_ring_two_have_what_each_two_share() -> None:
    model, (ring,), halves = in_rings(5)
    assert zero_half_cuts(model, halves) == [Constraint(dict.fromkeys(ring, 1), 2)]


def test_a_ring_of_an_even_number_has_none() -> None:
    model, _, halves = in_rings(6)
    assert zero_half_cuts(model, halves) == []


def test_they_prove_what_the_lp_does_not_see() -> None:
    model, *_ = in_rings(5, 7)
    lookahead = Lookahead(model, DEFAULT)
    assert bound(lookahead) == 6  # a half of each
    assert lookahead.tightened()
    assert bound(lookahead) == 7
    assert not Lookahead(model, DEFAULT.but(separation__zero_half=False)).tightened()


def bound(lookahead: Lookahead) -> int:
    """What the LP proves of the level."""
    multipliers = lookahead.multipliers((), 0, (), 60)
    assert multipliers is not None
    return lookahead.last((), multipliers, ()).bound
