"""Zero-half cuts: sums of constraints, halved and rounded down, that no plan breaks and a point in halves does."""

from collections.abc import Mapping
from itertools import pairwise
from random import Random

import pytest

from arshjul.solver.model.milp import Constraint, Model, SoftConstraint
from arshjul.solver.model.zero_half import DENSE, VIOLATION, ZeroHalfSeparator
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.lp import CutPool, ElasticLp
from tests.year.rules.faults.planting import Fault, planted

FAULTS = (
    Fault("solver.model.zero_half", "            limit += 1\n", "", "a set counts nothing"),
    Fault("solver.model.zero_half", "total >> 1", "-(-total >> 1)", "coefficients are rounded up"),
    Fault("solver.model.zero_half", "c - (c & 1) if v", "c + (c & 1) if v", "an excess is paid for by half"),
)


def drawn(seed: int) -> tuple[Model, dict[int, float]]:
    """Six operations of two options, tied by random rows, and a point that splits some; others stand by, untied.

    Some rows are priced: what is above them is an excess, at the point too.
    """
    rng, model = Random(f"halves {seed}"), Model(costs=[{}], constants=[0])
    for i in range(6 + 5 * DENSE):
        model.sets.append([3 * i, 3 * i + 1, 3 * i + 2])
        model.picks += [(i, 0), (i, 1), (i, None)]
    model.uppers = [1] * len(model.picks)
    options = [v for i in range(6) for v in model.sets[i][:2]]
    for _ in range(14):
        terms = {v: rng.choice((1, 1, 1, 2, 3, -1)) for v in rng.sample(options, rng.randint(2, 4))}
        line = Constraint(terms, rng.randint(1, 2))
        if rng.random() < 0.7:
            model.constraints.append(line)
            continue
        excess = len(model.uppers)
        model.uppers.append(9)
        model.soft_constraints.append(SoftConstraint(Constraint({**terms, excess: -1}, line.at_most), [1], excess))
    point: dict[int, float] = {}
    for variables in model.sets[:6]:
        taken = rng.sample(variables, rng.choice((1, 2, 2)))
        point |= dict.fromkeys(taken, 1 / len(taken))
    for soft in model.soft_constraints:
        point[soft.excess] = max(0.0, _total(soft.line, point) - soft.line.at_most)
    return model, point


def plans(model: Model) -> list[dict[int, float]]:
    """Each plan of the first six operations: what it takes, and its excesses."""
    found: list[dict[int, float]] = [{}]
    for variables in model.sets[:6]:
        found = [{**old, v: 1} for old in found for v in variables]
    for plan in found:
        plan |= {soft.excess: max(0, _total(soft.line, plan) - soft.line.at_most) for soft in model.soft_constraints}
    return [plan for plan in found if all(_total(line, plan) <= line.at_most for line in model.constraints)]


def _total(line: Constraint, values: Mapping[int, float]) -> float:
    return sum(c * values[v] for v, c in line.terms.items() if v in values)


def cuts_of(seeds: range) -> int:
    """The number of cuts that were found, each of which its point breaks and no plan does."""
    found = priced = 0
    for seed in seeds:
        model, point = drawn(seed)
        known = plans(model)
        for cut in ZeroHalfSeparator(model).cuts(model, point, 0):
            found += 1
            assert _total(cut, point) >= cut.at_most + VIOLATION
            assert all(_total(cut, plan) <= cut.at_most for plan in known), seed
            priced += model.has_excess(cut)
    assert priced, "some stand on priced constraints"
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
    assert ZeroHalfSeparator(model).cuts(model, halves, 0) == [Constraint(dict.fromkeys(ring, 1), 2)]


def test_a_ring_of_an_even_number_has_none() -> None:
    model, _, halves = in_rings(6)
    assert ZeroHalfSeparator(model).cuts(model, halves, 0) == []


def test_they_prove_what_the_lp_does_not_see() -> None:
    model, *_ = in_rings(5, 7)
    elastic = ElasticLp(CutPool(model, DEFAULT))
    assert bound(elastic) == 6  # a half of each
    assert elastic.tightened()
    assert bound(elastic) == 7
    assert not ElasticLp(CutPool(model, DEFAULT.but(separation__zero_half=False))).tightened()


def bound(elastic: ElasticLp) -> int:
    """What the LP proves of the level."""
    multipliers = elastic.multipliers((), 0, (), 60)
    assert multipliers is not None
    return elastic.last((), multipliers, ()).bound
