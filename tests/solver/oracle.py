"""Random tiny boards that use every part of the format, and their true values by trying everything."""

from itertools import product
from random import Random

from arshjul.solver.board import Activity, Board, Choice, Conflict, Lag, Option, Row, evaluate


def best_by_trying(board: Board) -> tuple[list[int], Choice] | None:
    """The lexicographically least values and a choice that has them; None if nothing meets the hard parts."""
    ways = [
        [*range(len(activity.options)), *([None] if activity.unplaced is not None else [])]
        for activity in board.activities
    ]
    best: tuple[list[int], Choice] | None = None
    for choice in product(*ways):
        judged = evaluate(board, choice)
        if not judged.broken:
            values = [judged.values[level] for level in board.levels]
            if best is None or values < best[0]:
                best = values, choice
    return best


def tiny_board(seed: int) -> Board:
    """A board of at most five activities and some hundred choices."""
    random = Random(seed)
    levels = ["musts", "points", "quality"][: random.randint(1, 3)]
    steps = random.randint(1, 7)
    resources = [f"r{k}" for k in range(random.randint(0, 3))]
    capacities = {r: [random.randint(0, 4) for _ in range(random.randint(0, steps + 2))] for r in resources}
    board = Board(
        levels,
        steps,
        capacities,
        [_activity(random, k, board_parts=(levels, steps, resources)) for k in range(random.randint(1, 5))],
    )
    n = len(board.activities)
    lags, conflicts = [], []
    if n > 1:
        for _ in range(random.choice((0, 0, 1, 2))):
            before, after = random.sample(range(n), 2)
            lags.append(Lag(before, after, random.choice((None, -2, 0, 1, 2)), random.choice((None, -1, 1, 3))))
        for _ in range(random.choice((0, 0, 1, 3))):
            first, second = random.sample(range(n), 2)
            steps_of = random.choice(
                (None, frozenset(random.sample(range(steps + 3), random.randint(0, min(3, steps)))))
            )
            conflicts.append(Conflict(first, second, steps_of))
    rows = [_row(random, board) for _ in range(random.choice((0, 1, 2, 4)))]
    return Board(levels, steps, capacities, board.activities, lags, conflicts, rows)


def _activity(random: Random, number: int, board_parts: tuple[list[str], int, list[str]]) -> Activity:
    levels, steps, resources = board_parts
    options = []
    for _ in range(random.choice((0, 1, 2, 3, 4) if number else (1, 2, 3))):
        demand = {
            r: [random.randint(0, 3) for _ in range(random.randint(0, 3))] for r in resources if random.random() < 0.6
        }
        longest = max(map(len, demand.values()), default=1) or 1
        length = random.choice((longest, longest, 1, random.randint(1, 4)))
        options.append(Option(random.randrange(steps), demand, _costs(random, levels), length))
    if options and random.random() < 0.2:
        options.append(random.choice(options))
    unplaced = random.choice((None, {}, None if random.random() < 0.3 else _costs(random, levels, 4), {levels[0]: 3}))
    return Activity(f"a{number}", options, unplaced)


def _costs(random: Random, levels: list[str], more: int = 0) -> dict[str, int]:
    return {level: random.randint(-3, 6) + more for level in levels if random.random() < 0.7}


def _row(random: Random, board: Board) -> Row:
    width = board.first_column[-1]
    columns = [random.randrange(width) for _ in range(random.randint(0, 8))] if width else []
    coefficients = [random.choice((-3, -1, 0, 1, 1, 1, 2, 4)) for _ in columns]
    over = random.choice((None, None, {}, {level: random.randint(0, 3) for level in board.levels}))
    return Row("rule", "about", columns, coefficients, random.randint(-2, 5), over)
