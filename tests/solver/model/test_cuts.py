"""Cuts by cliques and by halves: what they exclude no plan has, and no plan is cut away."""

from collections.abc import Mapping
from itertools import pairwise, permutations, product
from random import Random

import pytest

from arshjul.solver.board import Activity, Board, Option, Row, evaluate
from arshjul.solver.model.cliques import VIOLATION, ConflictGraph
from arshjul.solver.model.milp import Constraint, Model, ModelIndex, SoftConstraint
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.model.zero_half import DENSE, ZeroHalfSeparator
from arshjul.solver.model.zero_half import VIOLATION as LEAST_VIOLATION
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.lp import CutPool, ElasticLp
from tests.examples import each
from tests.solver.model.test_presolve import choices
from tests.solver.oracle import tiny_board
from tests.year.rules.faults.planting import Fault, planted

FAULTS = (
    Fault(
        "solver.model.cliques", "groups[whole], least[whole]", "groups, least", "a set takes room that has others left"
    ),
    Fault("solver.model.cliques", "[spots] - own >", "[spots] >", "a set takes its room twice"),
)


def plans(board: Board, model: Model) -> list[list[int]]:
    """The values of every plan that the model keeps."""
    of_all = (
        ModelIndex(model).of(enumerate(choice)) for choice in choices(board) if not evaluate(board, choice).broken
    )
    return [values for values in of_all if values is not None]


@pytest.mark.slow
@each(range(60, 1500))
def test_no_plan_of_any_tiny_board_is_cut_away(seed: int) -> None:
    no_plan_is_cut_away(seed)


@each(range(60))
def test_no_plan_of_a_tiny_board_is_cut_away(seed: int) -> None:
    no_plan_is_cut_away(seed)


def no_plan_is_cut_away(seed: int) -> None:
    board = tiny_board(seed)
    model = simplify(translate(board))
    if model.impossible or not model.picks:
        return
    graph, known = ConflictGraph(model), plans(board, model)
    for v in range(len(model.picks)):
        for w in graph.ruled_out(v).tolist():
            assert not any(values[v] and values[w] for values in known)
    random = Random(seed)
    point = {v: random.choice((0, 0.4, 0.5, 0.7, 1)) for v in range(len(model.picks))}
    for cut in graph.broken(point):
        assert sum(c * point[v] for v, c in cut.terms.items()) > cut.at_most + VIOLATION
        assert all(sum(values[v] for v in cut.terms) <= cut.at_most for values in known)


def drawn(seed: int) -> Model:
    """Five operations of four options, tied by rows that leave little room: often a third one decides about two."""
    rng = Random(f"cliques {seed}")
    model = Model(picks=[(i, k) for i in range(5) for k in range(4)], uppers=[1] * 20)
    model.sets = [list(range(4 * i, 4 * i + 4)) for i in range(5)]
    for _ in range(rng.randint(3, 7)):
        members = rng.sample(range(20), rng.randint(4, 10))
        model.constraints.append(Constraint({v: rng.choice((1, 1, 2, 3, -1)) for v in members}, rng.randint(1, 3)))
    return model


def pairs_of(seeds: range) -> int:
    """How many pairs exclude each other by way of a third operation; no plan has any pair that is ruled out."""
    by_third = 0
    for seed in seeds:
        model = drawn(seed)
        graph = ConflictGraph(model)
        known = [plan for plan in product(*model.sets) if model.keeps([int(v in plan) for v in range(20)])]
        together = {pair for plan in known for pair in permutations(plan, 2)}
        for v in range(20):
            for w in graph.ruled_out(v).tolist():
                assert (v, w) not in together, seed
                rows = [row.terms for row in model.constraints]
                by_third += v // 4 != w // 4 and not any(v in terms and w in terms for terms in rows)
    return by_third


def test_no_plan_has_a_pair_that_is_ruled_out() -> None:
    assert pairs_of(range(60)) > 60


@pytest.mark.slow
def test_no_plan_of_thousands_has_a_pair_that_is_ruled_out() -> None:
    assert pairs_of(range(60, 3000)) > 3000


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_pair_that_is_wrong_would_be_seen(fault: Fault) -> None:
    with planted(fault), pytest.raises(AssertionError):
        pairs_of(range(60))


def ring(n: int) -> Model:
    """Operations of which each two that stand beside each other in a ring share a row of their own, for one option."""
    activities = [Activity(f"{i}", [Option(0, {}, {}), Option(1, {}, {"q": 1})], {"q": 9}) for i in range(n)]
    sides = [*pairwise(range(n)), (n - 1, 0)]
    rows = [Row("", f"{a} {b}", [2 * a, 2 * b], [1, 1], 1) for a, b in sides]
    return translate(Board(["q"], 2, {}, activities, rows=rows))


def test_cliques_are_what_excludes_each_other_by_rows_that_leave_no_room() -> None:
    halves = {0: 0.5, 2: 0.5, 4: 0.5}
    assert ConflictGraph(ring(3)).broken(halves) == [Constraint({0: 1, 2: 1, 4: 1}, 1)]
    halves = {2 * i: 0.5 for i in range(5)}
    assert ConflictGraph(ring(5)).broken(halves) == []
    model = ring(3)
    for line in model.constraints[:3]:
        line.terms[1] = 1  # of the first one's own set: it is excluded by being the same operation
    assert ConflictGraph(model).broken({0: 0.5, 2: 0.5, 4: 0.5}) == [Constraint({0: 1, 1: 1, 2: 1, 4: 1}, 1)]
    model = Model(picks=[(0, 0), (0, None), (1, 0), (1, None)], sets=[[0, 1], [2, 3]], uppers=[1] * 4)
    model.constraints = [Constraint({0: 3, 2: 2}, 4)]
    graph = ConflictGraph(model)
    assert graph.ruled_out(0).tolist() == [1, 2]
    model.constraints = [Constraint({0: 2, 2: 2}, 4)]
    assert ConflictGraph(model).ruled_out(0).tolist() == [1]
    # The first operation leaves the second no date but that of a row, in which the third then has no room.
    model = Model(picks=[(i, k) for i in range(3) for k in range(2)], sets=[[0, 1], [2, 3], [4, 5]], uppers=[1] * 6)
    model.constraints = [Constraint({0: 1, 3: 1}, 1), Constraint({2: 1, 4: 1}, 1)]
    assert ConflictGraph(model).ruled_out(0).tolist() == [1, 3, 4]
    model.constraints[0] = Constraint({0: 1, 3: 1}, 2)
    assert ConflictGraph(model).ruled_out(0).tolist() == [1]


def test_of_many_cliques_the_heaviest_is_found_and_one_hardly_broken_is_not_worth_a_row() -> None:
    # The nearest of all is in a clique of less than 1; who is in one of more than 1 is taken less.
    model = Model(picks=[(i, k) for i in range(4) for k in range(2)], sets=[[2 * i, 2 * i + 1] for i in range(4)])
    model.uppers = [1] * 8
    model.constraints = [Constraint({2 * a: 1, 2 * b: 1}, 1) for a, b in ((0, 1), (0, 2), (1, 2), (0, 3))]
    held = {0: 0.36, 2: 0.35, 4: 0.35, 6: 0.6}
    assert ConflictGraph(model).broken(held) == [Constraint({0: 1, 2: 1, 4: 1}, 1)]
    graph = ConflictGraph(ring(3))
    for more, cuts in ((0.1, 1), (0.004, 0)):
        assert len(graph.broken(dict.fromkeys((0, 2, 4), 1 / 3 + more))) == cuts


# Zero-half cuts: sums of constraints, halved and rounded down, that no plan breaks and a point in halves does.


HALF_FAULTS = (
    Fault("solver.model.zero_half", "            limit += 1\n", "", "a set counts nothing"),
    Fault("solver.model.zero_half", "total >> 1", "-(-total >> 1)", "coefficients are rounded up"),
    Fault("solver.model.zero_half", "c - (c & 1) if v", "c + (c & 1) if v", "an excess is paid for by half"),
)


def drawn_of_halves(seed: int) -> tuple[Model, dict[int, float]]:
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


def plans_of_halves(model: Model) -> list[dict[int, float]]:
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
        model, point = drawn_of_halves(seed)
        known = plans_of_halves(model)
        for cut in ZeroHalfSeparator(model).cuts(model, point, 0):
            found += 1
            assert _total(cut, point) >= cut.at_most + LEAST_VIOLATION
            assert all(_total(cut, plan) <= cut.at_most for plan in known), seed
            priced += model.has_excess(cut)
    assert priced, "some stand on priced constraints"
    return found


def test_no_plan_is_cut_away() -> None:
    assert cuts_of(range(60)) > 60


@pytest.mark.parametrize("fault", HALF_FAULTS, ids=str)
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


def test_of_five_in_a_ring_two_have_what_each_two_share_and_a_ring_of_an_even_number_has_none() -> None:
    model, (ring,), halves = in_rings(5)
    assert ZeroHalfSeparator(model).cuts(model, halves, 0) == [Constraint(dict.fromkeys(ring, 1), 2)]
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
