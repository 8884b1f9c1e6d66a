"""A drawn way to ask `solve`, all that it tells on the way, and what of that does not hold.

A bound that is told holds if no choice is below it whose earlier levels are at or below those of the best choice at
that moment. Time is a count of the looks at the clock, so that no machine's speed decides where a pass ends.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from random import Random
from unittest.mock import patch

from arshjul.solver import Floor, Progress, SharedModel, Solution, solve
from arshjul.solver.board import Board, Choice, evaluate
from arshjul.solver.params import SolveParams
from tests.solver.reference import Reference
from tests.solver.rising import rising

LIMIT_S = 2.0
MOST = 2**62
"""More than any value."""
MOST_LOOKS = 40
"""Of `stop`: a solve that waits for an engine looks some twenty times a second, and most are proven before."""
NEVER = "look", MOST_LOOKS


@dataclass(frozen=True, slots=True)
class Asked:
    """How a solve is asked. `stops_at`: the report or the look of `stop` that ends it.

    `tick`: seconds between two looks at the clock; None: time goes as it does.
    """

    params: SolveParams
    seed: int = 0
    start: Choice | None = None
    stops_at: tuple[str, int] = NEVER
    tick: float | None = None
    executor: str = "processes"
    floors: Sequence[Floor] = ()
    shared: SharedModel | None = None


@dataclass(slots=True)
class Told:
    """All that a solve told, in its order, and how it ended."""

    progress: list[Progress] = field(default_factory=list)
    solution: Solution | None = None
    error: Exception | None = None


def told_by(board: Board, asked: Asked) -> Told:
    """Solves the board, and listens. An error is told too: it is for the caller to judge."""
    told, looks = Told(), itertools.count(1)

    def stop() -> bool:
        what, most = asked.stops_at
        look = next(looks)
        return look >= MOST_LOOKS or (len(told.progress) if what == "report" else look) >= most

    with _clock(asked.tick):
        try:
            told.solution = solve(
                board,
                limit_s=LIMIT_S,
                seed=asked.seed,
                start=asked.start,
                progress=told.progress.append,
                stop=stop,
                executor=asked.executor,
                params=asked.params,
                floors=asked.floors,
                shared=asked.shared,
            )
        except Exception as error:  # whatever it is, no solve of a legal board may end so
            told.error = error
    return told


def _clock(tick: float | None) -> AbstractContextManager[object]:
    looks = itertools.count()
    clock = time.monotonic if tick is None else lambda: 1000 + next(looks) * tick
    return patch.object(time, "monotonic", clock)


def faults(reference: Reference, told: Told, start: Choice | None = None) -> Iterator[str]:
    """What of all that was told does not hold, in words."""
    if told.error is not None:
        yield f"{type(told.error).__name__}: {told.error}"
    heard: set[tuple[str, int | None, int | None, Sequence[int]]] = set()
    for one in told.progress:
        what = one.level, one.value, one.bound, one.values
        if what not in heard:
            heard.add(what)
            yield from _of_report(reference, one)
    if told.solution is not None:
        yield from _of_solution(reference, told.solution, start)


def _of_report(reference: Reference, one: Progress) -> Iterator[str]:
    at = reference.board.levels.index(one.level)
    if one.values:
        if reference.best is None or list(one.values) < list(reference.best):
            yield f"{one}: no choice is worth that, the best is {reference.best}"
            return
        if one.value != one.values[at]:
            yield f"{one}: not the value of the best choice"
        true = reference.least(one.level, one.values[:at])
    elif reference.best is None:
        return  # there is no choice, so whatever is said of all of them holds
    else:
        # Of which choice the earlier levels are is not told. Whatever it is, it is no better than the best one, so a
        # bound given its levels is one given the best's, too.
        true = reference.best[at]
    if one.bound is not None and (true is None or one.bound > true):
        yield f"{one}: the bound does not hold, {true} is possible"


def _of_solution(reference: Reference, solution: Solution, start: Choice | None) -> Iterator[str]:
    board, best = reference.board, reference.best
    if solution.choice is None:
        if best is not None and (solution.status == "infeasible" or _values(board, start) is not None):
            yield f"{solution.status}, and no choice: {best} is possible"
        return
    values = _values(board, solution.choice)
    if values is None or best is None or [level.value for level in solution.levels] != values:
        yield f"{solution.levels} is told of a choice that is worth {values}; the best is {best}"
        return
    begun = _values(board, start)
    if begun is not None and begun < values:
        yield f"{values}: worse than the start, which is worth {begun}"
    for at, level in enumerate(solution.levels):
        true = reference.least(level.id, values[:at])
        if true is None or (level.bound is not None and level.bound > true):
            yield f"{level} after {values[:at]}: the bound does not hold, {true} is possible"
        elif level.proven and level.value != true:
            yield f"{level} after {values[:at]}: told as proven, {true} is possible"
    if solution.stopped_by == "proof" and values != list(best):
        yield f"{values}: told as ended by a proof, the best is {best}"


def _values(board: Board, choice: Choice | None) -> list[int] | None:
    """The values of a choice that keeps the board, in the order of the levels."""
    if choice is None:
        return None
    judged = evaluate(board, choice)
    return None if judged.broken else [judged.values[level] for level in board.levels]


def faults_of_drawn(seed: int) -> list[str]:
    """What does not hold on the drawn board of that number: of two solves, and of two orders of its levels."""
    random = Random(f"asking {seed}")
    drawn = rising(seed)
    board = drawn.board
    starts = (None, drawn.held, drawn.held, [None] * len(board.activities))
    reference = Reference(board)
    first, second, third = (
        _draw(random, starts, drawn.nearly_falls_apart, apart=turn == 0 and seed % 25 == 0) for turn in range(3)
    )
    found = [*faults(reference, told_by(board, first), first.start)]
    found += faults(reference, told_by(board, second), second.start)
    return found if random.random() < 0.5 else [*found, *_faults_of_orders(random, board, third)]


def _faults_of_orders(random: Random, board: Board, asked: Asked) -> Iterator[str]:
    """One order of the levels helps another by its bounds and its choice, on one model, as options of a replan do."""
    asked = replace(asked, shared=SharedModel(board, asked.params))
    first = Reference(_reordered(random, board))
    told = told_by(first.board, asked)
    yield from (f"in the first order: {fault}" for fault in faults(first, told, asked.start))
    if told.solution is None or told.solution.choice is None:
        return
    second = Reference(_reordered(random, board))
    floors = _floors(told.solution)
    start = min((told.solution.choice, asked.start), key=lambda one: _values(second.board, one) or [MOST])
    asked = replace(_draw(random, (start,)), params=asked.params, shared=asked.shared, floors=floors)
    told = told_by(second.board, asked)
    yield from (f"in the second order, with {floors}: {fault}" for fault in faults(second, told, start))


def _reordered(random: Random, board: Board) -> Board:
    """The board with its levels in another order; the first stays in half of them, as musts do."""
    levels = list(board.levels)
    kept = levels[:1] if random.random() < 0.5 else []
    others = levels[len(kept) :]
    random.shuffle(others)
    return replace(board, levels=(*kept, *others))


def _floors(solution: Solution) -> list[Floor]:
    """The bound of the second level, which holds for choices that are as good on the first."""
    first, second = solution.levels[:2]
    if first.value is None or second.bound is None:
        return []
    return [Floor(second.id, second.bound, first.id, first.value)]


def _draw(random: Random, starts: Sequence[Choice | None], is_large: bool = False, apart: bool = False) -> Asked:
    stops_at = random.choice(
        (NEVER, ("report", random.randint(1, 4)), ("report", random.randint(1, 12)), ("look", random.randint(1, 12)))
    )
    return Asked(
        draw_params(random, is_large, apart),
        random.randrange(3),
        random.choice(starts),
        stops_at,
        None if apart else random.choice((0.002, 0.002, 0.005, 0.01, 0.04)),
        "processes:2" if apart else "processes",
    )


def draw_params(random: Random, is_large: bool, apart: bool) -> SolveParams:
    """Parameters under which a small board goes the way of a large one.

    `is_large`: of one too large to be searched as a whole; `apart`: in processes of their own.
    """

    def often(chance: float) -> bool:
        return random.random() < chance

    return SolveParams().but(
        translation__cliques=often(0.8),
        translation__lag_starts=random.choice((0, 366)),
        presolve__strengthening=often(0.7),
        presolve__dominance=often(0.7),
        engines__aggregation=often(0.7),
        sizes__small=0,
        sizes__process=0 if apart else 1500,
        sizes__local=0 if apart else 20_000,
        sizes__whole=0 if is_large else random.choice((0, 20, 50_000, 50_000, 50_000)),
        levels__share=random.choice((0.0, 0.0, 0.2, 0.5)),
        levels__lookahead=often(0.2 if is_large else 0.5),
        levels__rounding=not is_large and often(0.5),
        levels__fixing=often(0.7),
        levels__branching=often(0.6),
        levels__merging=often(0.5),
        separation__cliques=often(0.6),
        separation__zero_half=often(0.6),
        separation__rounds=random.choice((0, 1, 3)),
        separation__halves=random.choice((0, 2, 20)),
        core__core=often(0.7),
        core__effort=random.choice((0.0001, 0.001, 0.01)),
        core__whole_effort=random.choice((0.0001, 0.01, 0.2)),
        core__first_effort=random.choice((0.001, 0.1)),
        core__kernel_width=random.choice((1, 2, 8)),
        core__broad_width=random.choice((1, 3, 18)),
        core__narrowest=random.choice((0.0, 1.0)),
        core__few=random.choice((0, 20, 6000)),
        core__patience=random.choice((0.0, 0.5)),
        lns__lns=often(0.7),
        lns__effort=random.choice((0.0005, 0.01)),
        lns__breadth=random.choice((1, 3, 30)),
        lns__size=random.choice((1, 3, 10)),
        decomposition__decomposition=is_large or often(0.5),
        decomposition__effort=random.choice((0.01, 0.1)),
        supervisor__local_effort=random.choice((0.01, 64.0)),
    )
