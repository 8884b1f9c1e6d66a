"""Clique cuts: what excludes each other does so in every plan, and no plan is cut away."""

from itertools import pairwise
from random import Random

import pytest

from arshjul.solver.board import Activity, Board, Option, Row, evaluate
from arshjul.solver.model.cuts import CLIQUE_VIOLATION, ConflictGraph
from arshjul.solver.model.milp import Constraint, Model, ModelIndex
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from tests.examples import each
from tests.solver.model.test_presolve import choices
from tests.solver.oracle import tiny_board


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
        for w in graph.neighbours(v).tolist():
            assert v in graph.neighbours(w)
            assert not any(values[v] and values[w] for values in known)
    random = Random(seed)
    point = {v: random.choice((0, 0.4, 0.5, 0.7, 1)) for v in range(len(model.picks))}
    for cut in graph.broken(point):
        assert sum(c * point[v] for v, c in cut.terms.items()) > cut.at_most + CLIQUE_VIOLATION
        assert all(sum(values[v] for v in cut.terms) <= cut.at_most for values in known)


def ring(n: int) -> Model:
    """Operations of which each two that stand beside each other in a ring share a row of their own, for one option."""
    activities = [Activity(f"{i}", [Option(0, {}, {}), Option(1, {}, {"q": 1})], {"q": 9}) for i in range(n)]
    sides = [*pairwise(range(n)), (n - 1, 0)]
    rows = [Row("", f"{a} {b}", [2 * a, 2 * b], [1, 1], 1) for a, b in sides]
    return translate(Board(["q"], 2, {}, activities, rows=rows))


def test_three_that_exclude_each_other_by_three_rows_are_one_clique() -> None:
    halves = {0: 0.5, 2: 0.5, 4: 0.5}
    assert ConflictGraph(ring(3)).broken(halves) == [Constraint({0: 1, 2: 1, 4: 1}, 1)]


def test_a_longer_ring_has_no_clique_of_three() -> None:
    halves = {2 * i: 0.5 for i in range(5)}
    assert ConflictGraph(ring(5)).broken(halves) == []


def test_a_clique_takes_all_that_its_members_leave_room_for() -> None:
    model = ring(3)
    for line in model.constraints[:3]:
        line.terms[1] = 1  # of the first one's own set: it is excluded by being the same operation
    assert ConflictGraph(model).broken({0: 0.5, 2: 0.5, 4: 0.5}) == [Constraint({0: 1, 1: 1, 2: 1, 4: 1}, 1)]


def test_officers_that_do_not_suffice_for_two_exclude_them() -> None:
    model = Model(picks=[(0, 0), (0, None), (1, 0), (1, None)], sets=[[0, 1], [2, 3]], uppers=[1] * 4)
    model.constraints = [Constraint({0: 3, 2: 2}, 4)]
    graph = ConflictGraph(model)
    assert graph.neighbours(0).tolist() == [1, 2]
    model.constraints = [Constraint({0: 2, 2: 2}, 4)]
    assert ConflictGraph(model).neighbours(0).tolist() == [1]


def test_a_cut_that_is_hardly_broken_is_not_worth_a_row() -> None:
    graph = ConflictGraph(ring(3))
    for more, cuts in ((0.1, 1), (0.004, 0)):
        assert len(graph.broken(dict.fromkeys((0, 2, 4), 1 / 3 + more))) == cuts
