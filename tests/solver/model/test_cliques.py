"""Clique cuts: what excludes each other does so in every plan, and no plan is cut away."""

from itertools import pairwise, permutations, product
from random import Random

import pytest

from arshjul.solver.board import Activity, Board, Option, Row, evaluate
from arshjul.solver.model.cliques import VIOLATION, ConflictGraph
from arshjul.solver.model.milp import Constraint, Model, ModelIndex
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
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
