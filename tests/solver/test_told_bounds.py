"""Whatever `solve` tells is true, at every moment: each bound given the values of the best choice at that moment.

The boards are drawn so that a later level rises when an earlier one improves; the parameters send them the way of large
ones; solves are cut off and go on at every point; CP-SAT alone judges, with a formulation of its own.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random
from types import SimpleNamespace
from typing import cast

import pytest

from arshjul.errors import InputError
from arshjul.solver import LevelResult, Solution
from arshjul.solver.board import Activity, Board, Choice, Option, evaluate
from arshjul.solver.params import SolveParams
from arshjul.year.planning.problem import PlanningProblem
from arshjul.year.planning.replan.ladder import Answer, WholeYear
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.examples import each, is_slow
from tests.solver.asking import NEVER, Asked, faults, faults_of_drawn, told_by
from tests.solver.oracle import tiny_board
from tests.solver.reference import Reference
from tests.solver.rising import rising
from tests.year.rules.faults.planting import Fault, planted

BLOCK, FULL = 25, 5000
FEW = range(BLOCK, BLOCK + 14)
"""Of the second block by default: of the first, one board takes as long as all others; its sharpest come below."""


def check_drawn(seeds: Sequence[int]) -> None:
    """Says of all boards of a block what does not hold, so that their number is seen too."""
    red = {seed: found for seed in seeds if (found := faults_of_drawn(seed))}
    told = "\n".join(f"{seed}: {fault}" for seed, found in red.items() for fault in found)
    assert not red, f"{len(red)} of {len(seeds)} boards: {list(red)}\n{told}"


def test_what_is_told_of_drawn_boards_is_true() -> None:
    check_drawn(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, FULL, 4 * BLOCK))
def test_what_is_told_of_five_thousand_is_true(first: int) -> None:
    check_drawn(range(first, first + 4 * BLOCK))


# What judges


def values_of_all(board: Board) -> list[list[int]]:
    """The values of every choice that keeps the board."""
    ways = [[*range(len(one.options)), *([] if one.unplaced is None else [None])] for one in board.activities]
    judged = (evaluate(board, choice) for choice in product(*ways))
    return [[one.values[level] for level in board.levels] for one in judged if not one.broken]


@each(range(60))
def test_the_reference_is_the_least_of_all_choices(seed: int) -> None:
    board = tiny_board(seed)
    reference, reached = Reference(board), values_of_all(board)
    assert reference.best == min(reached, default=None)
    random = Random(seed)
    for at, level in enumerate(board.levels):
        for before in random.sample(reached, min(3, len(reached))):
            most = [value - random.choice((0, 0, 1)) for value in before[:at]]
            within = [one[at] for one in reached if all(a <= b for a, b in zip(one, most, strict=False))]
            assert reference.least(level, most) == min(within, default=None)


def test_the_drawn_boards_are_those_on_which_a_bound_can_outlive_its_cuts() -> None:
    drawn = [rising(seed) for seed in range(100 if is_slow() else 40)]
    rise = 0
    for one in drawn:
        reference, judged = Reference(one.board), evaluate(one.board, one.held)
        assert not judged.broken
        held = [judged.values[level] for level in one.board.levels]
        best = reference.best
        assert best is not None
        rise += any(
            (reference.least(level, held[:at]) or 0) < value
            for at, (level, value) in enumerate(zip(one.board.levels, best, strict=True))
        )
    assert rise > 0.7 * len(drawn)
    boards = [one.board for one in drawn]
    assert {len(board.levels) for board in boards} == {3, 4}
    assert all(6 <= len(board.activities) <= 30 for board in boards)
    assert any(board.lags for board in boards)
    assert any(board.conflicts for board in boards)
    assert {row.over is None for board in boards for row in board.rows} == {True, False}
    assert any(activity.unplaced is None for board in boards for activity in board.activities)
    assert any(one.nearly_falls_apart for one in drawn)


# Faults that were found once

BARE = SolveParams().but(
    sizes__small=0, levels__share=0.0, levels__lookahead=False, levels__rounding=False, levels__merging=False
)
"""No shortcut for what is small, and a level pauses at once: as on a slow machine, or at a short limit."""
NO_CORE = BARE.but(core__core=False, lns__effort=0.02)
STOPS = (NEVER, *product(("report", "look"), range(1, 16 if is_slow() else 4)))
"""These boards are proven before the fourth look, mostly."""


def one_slot_each(qualities: Sequence[int], levels: tuple[str, str, str]) -> Board:
    """Each held activity has a slot of its own, and who is out can only have one of theirs.

    What is held is worth 10 on the last level, and elsewhere 1 and a change: so the last falls once the first does.
    """
    points, changes, quality = levels
    held = [
        Activity(
            f"h{k}",
            [Option(k, {"r": [1]}, {quality: 10}), Option(10 + k, {"r": [1]}, {changes: 1, quality: 1})],
            {points: 9, changes: 1},
        )
        for k in range(3)
    ]
    out = Activity("out", [Option(k, {"r": [1]}, {quality: q}) for k, q in enumerate(qualities)], {points: 5})
    return Board(levels, 40, {"r": [1] * 40}, [*held, out])


@pytest.mark.parametrize("params", [BARE, NO_CORE], ids=["cores", "no core"])
@pytest.mark.parametrize("qualities", [(0, 0, 0), (9, 9, 2), (25, 25, 2)], ids=str)
def test_a_bound_does_not_outlive_the_cuts_it_supposes(qualities: Sequence[int], params: SolveParams) -> None:
    board = one_slot_each(qualities, ("p", "c", "q"))
    reference, start = Reference(board), (0, 0, 0, None)
    assert reference.best == [0, 1, 21 + qualities[2]]
    red = [
        (stops_at, tick, fault)
        for stops_at, tick in product(STOPS, (0.001, 0.05))
        for fault in faults(reference, told_by(board, Asked(params, 0, start, stops_at, tick)), start)
    ]
    assert not red, red[:3]


def test_another_plan_is_not_given_bounds_that_do_not_hold_for_it() -> None:
    board = one_slot_each((9, 9, 2), ("points", "changes", "quality"))
    option = "most-delivered"
    board = Board(REPLAN_LEVELS[option], board.steps, board.capacities, board.activities)
    problem = cast(PlanningProblem, SimpleNamespace(board=board, context=None))
    # As a solve tells it that was cut off: points are open, changes and quality proven given them.
    cut_off = tuple(LevelResult(*one) for one in zip(board.levels, (0, 5, 0, 30), (0, 0, 0, 30), strict=True))
    own, other = Solution("feasible", cut_off, (0, 0, 0, None)), Solution("feasible", (), (1, 0, 0, 0))
    year = WholeYear.__new__(WholeYear)
    year.__dict__["problem"] = problem
    found = year.best_of(option, Answer(problem, own), [Answer(problem, other)]).solution
    assert found.choice == other.choice
    reference = Reference(board)
    values: list[int] = []
    for level in found.levels:
        true = reference.least(level.id, values)
        assert level.value is not None
        assert true is not None
        assert level.bound is None or level.bound <= true, level
        values.append(level.value)


@pytest.mark.parametrize("has_start", [False, True], ids=["no start", "all out"])
@pytest.mark.parametrize("size", [30, 90])
def test_large_numbers_that_are_legal_are_solved(size: int, has_start: bool) -> None:
    random = Random(1)
    activities = [
        Activity(
            f"a{k}",
            [
                Option(
                    random.randrange(30),
                    {f"r{random.randrange(4)}": [1]},
                    {"quality": random.randint(0, 9), **({"changes": 1} if way else {})},
                )
                for way in range(12)
            ],
            {"points": 5_000_000 * random.randint(2, 9), "changes": 1},
        )
        for k in range(size)
    ]
    capacities = {f"r{k}": [1] * 30 for k in range(4)}
    board = Board(("musts", "points", "changes", "quality"), 30, capacities, activities)
    start = [None] * size if has_start else None
    told = told_by(board, Asked(SolveParams().but(sizes__small=0), 0, start))
    assert not isinstance(told.error, InputError), told.error
    assert not [*faults(Reference(board), told, start)]


def fair(seed: int, size: int) -> Board:
    """Placing is hard, and lowers quality at once, as fair interest does; each one placed is a change."""
    random = Random(seed)
    cells = [f"r{k}" for k in range(size * 5 // 3)]

    def options() -> Iterator[Option]:
        for _ in range(5):
            yield Option(0, {name: [1] for name in random.sample(cells, 4)}, {"changes": 1})

    activities = [
        Activity(f"a{k}", [*options()], {"points": random.randint(11, 19), "quality": 10}) for k in range(size)
    ]
    return Board(("points", "changes", "quality"), 1, {name: [1] for name in cells}, activities)


@each(range(12 if is_slow() else 1))
def test_no_plan_is_lost_where_placing_is_hard_and_quality_falls(seed: int) -> None:
    board = fair(seed, 18)
    reference = Reference(board)
    all_out: Choice = [None] * len(board.activities)
    params = SolveParams().but(sizes__small=0, levels__share=0.0, core__effort=0.001, lns__effort=0.001)
    for start, lookahead in product((None, all_out), (False, True)):
        asked = Asked(params.but(levels__lookahead=lookahead, levels__rounding=lookahead), seed, start, NEVER, 0.005)
        assert not [*faults(reference, told_by(board, asked), start)]


# Each place where two searches' knowledge is joined, with a fault planted: what checks told bounds finds it.


CAUGHT_BY = [
    (
        Fault(
            "solver.search.known",
            "return len(values) >= len(self.within) and keeps(values, self.within)",
            "return True",
            "a bound of a former pass is kept for a plan outside its cuts",
        ),
        (10, 16),
    ),
    (
        Fault(
            "solver.search.known",
            "key=lambda plan: plan.values)",
            "key=lambda plan: plan.values[-1:])",
            "the better plan is the one that is better on the last level",
        ),
        (8, 10),
    ),
    (
        Fault(
            "solver.supervisor.search_job",
            "known=merged.apart(found.known)",
            "known=found.known",
            "bounds of merged levels are taken for those of the levels that they stand for",
        ),
        (105, 107),
    ),
    (
        Fault(
            "solver.solving",
            "        return loose\n",
            "        return set()\n",
            "bounds add up though a component is open on a level before",
        ),
        (9, 10),
    ),
]
"""Drawn boards of which one shows each fault; all do today."""

OF_ANOTHER_PLAN = Fault(
    "solver.solution",
    "holds = holds and level.value is not None and value <= level.value",
    "holds = True",
    "another option's plan is given all bounds",
)


@pytest.mark.parametrize(("fault", "seeds"), CAUGHT_BY, ids=str)
def test_a_faulty_merge_is_caught(fault: Fault, seeds: tuple[int, ...]) -> None:
    assert not any(map(faults_of_drawn, seeds))
    with planted(fault):
        assert any(map(faults_of_drawn, seeds))


def test_a_faulty_merge_of_two_options_is_caught() -> None:
    with planted(OF_ANOTHER_PLAN), pytest.raises(AssertionError):
        test_another_plan_is_not_given_bounds_that_do_not_hold_for_it()
