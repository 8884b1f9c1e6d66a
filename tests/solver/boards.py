"""Boards of a size between tiny and real, for tests of what tiny ones never reach."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from arshjul.solver.board import Activity, Board, Costs, Lag, Option
from arshjul.solver.model.milp import Model
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from tests.bench.generator import Wish, year


@cache
def region(seed: int, operations: int = 20) -> Board:
    """A region's year, small, without the level of the musts, which are few in so few operations."""
    return replace(year(Wish(operations, seed=seed)), levels=("points", "quality"))


@cache
def scarce(seed: int, operations: int = 60) -> Board:
    """A region's year in which no hard row takes more than one, so that some must stay out."""
    board = region(seed, operations)
    rows = [replace(row, at_most=min(row.at_most, 1)) if row.over is None else row for row in board.rows]
    return replace(board, rows=rows)


@cache
def region_model(seed: int, operations: int = 20) -> Model:
    return simplify(translate(region(seed, operations)))


@cache
def scarce_model(seed: int, operations: int = 60) -> Model:
    return simplify(translate(scarce(seed, operations)))


def dearer(board: Board, times: int, levels: Collection[str] | None = None) -> Board:
    """The board with all costs of these levels, or of all, so many times as high: those in hundredths are."""
    raised = board.levels if levels is None else levels

    def of(costs: Costs) -> Costs:
        return {level: cost * (times if level in raised else 1) for level, cost in costs.items()}

    activities = [
        replace(
            one,
            options=[replace(option, costs=of(option.costs)) for option in one.options],
            unplaced=None if one.unplaced is None else of(one.unplaced),
        )
        for one in board.activities
    ]
    rows = [row if row.over is None else replace(row, over=of(row.over)) for row in board.rows]
    return replace(board, activities=activities, rows=rows)


def apart(boards: list[Board]) -> Board:
    """The boards side by side, sharing nothing; they have the same levels."""
    activities: list[Activity] = []
    capacities: dict[str, Sequence[int]] = {}
    rows = []
    for k, board in enumerate(boards):
        shift = sum(len(a.options) for a in activities)
        capacities |= {f"{k}-{name}": capacity for name, capacity in board.capacities.items()}
        for activity in board.activities:
            options = [
                Option(o.start, {f"{k}-{name}": d for name, d in o.demand.items()}, o.costs, o.length)
                for o in activity.options
            ]
            activities.append(Activity(f"{k}-{activity.id}", options, activity.unplaced))
        rows += [
            type(row)(row.rule, row.about, [c + shift for c in row.columns], row.coefficients, row.at_most, row.over)
            for row in board.rows
        ]
    return Board(boards[0].levels, max(b.steps for b in boards), capacities, activities, rows=rows)


def project(seed: int, jobs: int = 14) -> Board:
    """A project in which all jobs must be placed: precedences, two resources, due dates first and the end second."""
    random = Random(seed)
    lengths = [random.randint(1, 5) for _ in range(jobs)]
    before = [random.sample(range(max(0, job - 6), job), min(job, 2)) if job > 2 else [] for job in range(jobs)]
    first = [0] * jobs
    for job in range(jobs):
        first[job] = max((first[k] + lengths[k] for k in before[job]), default=0)
    steps = max(start + length for start, length in zip(first, lengths, strict=True)) * 3 // 2
    activities = []
    for job, length in enumerate(lengths):
        demand = {name: [random.randint(0, 5)] * length for name in ("crew", "crane")}
        due = first[job] + random.randint(0, 8)
        options = [
            Option(start, demand, {"due": abs(start - due), "end": start if job == jobs - 1 else 0}, length)
            for start in range(first[job], steps - length + 1)
        ]
        activities.append(Activity(f"job-{job}", options, None))
    lags = [Lag(k, job, lengths[k]) for job in range(jobs) for k in before[job]]
    return Board(("due", "end"), steps, dict.fromkeys(("crew", "crane"), [8] * steps), activities, lags)
