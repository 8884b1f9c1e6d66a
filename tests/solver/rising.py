"""Drawn boards on which a later level's best rises when an earlier one improves, as more is placed or moved.

Its regions share nothing, or one row, and each is of one of three kinds: *swaps*, where whoever is out needs a slot of
somebody who would have to move; *packings*, where each one placed costs a change and each one left out some quality, as
fair interest does; and *years*, with capacities by step, lags, conflicts, and a plan that is held.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from arshjul.solver.board import Activity, Board, Choice, Conflict, Lag, Option, Row, evaluate
from tests.solver.boards import dearer

STEPS = 12
LEVELS = ("points", "changes", "quality")
FOUR_LEVELS = ("musts", *LEVELS)
MOST_PACKED = 12
"""More make a board on which the reference itself takes minutes."""


@dataclass(frozen=True, slots=True)
class Rising:
    """A board, and the choice that changes nothing. `nearly_falls_apart`: one row alone connects its regions."""

    board: Board
    held: Choice
    nearly_falls_apart: bool


@dataclass(slots=True)
class Region:
    """What a region adds to a board; its ties are between its own activities, by number."""

    activities: list[Activity] = field(default_factory=list)
    held: list[int | None] = field(default_factory=list)
    capacities: dict[str, Sequence[int]] = field(default_factory=dict)
    lags: list[Lag] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def board(self) -> Board:
        return Board(FOUR_LEVELS, STEPS, self.capacities, self.activities, self.lags, self.conflicts, self.rows)

    def keeps(self) -> bool:
        """True if nothing hard forbids what is held."""
        return not evaluate(self.board, self.held).broken


def swaps(random: Random, size: int) -> Region:
    """Each of some is held on a slot of its own; whoever is out can only have one of theirs, and elsewhere is dear."""
    region = Region()
    held = max(2, size * 2 // 3)
    slots, elsewhere = [f"s{k}" for k in range(held)], [f"e{k}" for k in range(random.randint(1, held))]
    region.capacities.update({name: [1] for name in slots} | {name: [random.randint(1, 2)] for name in elsewhere})
    falls = random.random() < 0.8
    for k in range(held):
        stays = Option(0, {slots[k]: [1]}, {"quality": random.randint(6, 12) if falls else random.randint(0, 3)})
        moves = [
            Option(0, {name: [1]}, {"changes": random.choice((1, 1, 1, 2)), "quality": random.randint(0, 4)})
            for name in random.sample(elsewhere, min(len(elsewhere), random.randint(1, 3)))
        ]
        left = {"points": random.randint(6, 9), "changes": 1}
        region.activities.append(Activity(f"h{k}", [stays, *moves], None if random.random() < 0.2 else left))
        region.held.append(0)
    for k in range(size - held):
        options = [
            Option(0, {name: [1]}, {"quality": random.randint(0, 9)} | random.choice(({}, {}, {"changes": 1})))
            for name in random.sample(slots, min(held, random.randint(1, 4)))
        ]
        left = {random.choice(("points", "points", "musts")): random.randint(1, 6)}
        region.activities.append(Activity(f"o{k}", options, left | random.choice(({}, {"quality": 4}))))
        region.held.append(None)
    return region


def packings(random: Random, size: int) -> Region:
    """All are out: placing one costs a change, and leaving one out costs points and quality."""
    region = Region()
    size = min(size, MOST_PACKED)
    width, options = random.randint(2, 3), random.randint(2, 5)
    cells = [f"c{k}" for k in range(max(width + 1, size * width * random.randint(4, 8) // 10))]
    region.capacities = {name: [1] for name in cells}
    for k in range(size):
        ways = [Option(0, {name: [1] for name in random.sample(cells, width)}, {"changes": 1}) for _ in range(options)]
        region.activities.append(Activity(f"p{k}", ways, {"points": random.randint(11, 19), "quality": 10}))
        region.held.append(None)
    return region


def years(random: Random, size: int) -> Region:
    """A plan that is held where it fits, and free; what it leaves out, and each move, changes quality either way."""
    region = Region()
    teams = [f"t{k}" for k in range(random.randint(1, 3))]
    region.capacities = {name: [random.randint(0, 2) for _ in range(STEPS - random.randint(0, 2))] for name in teams}
    for k in range(size):
        length = random.randint(1, 3)
        ways = [
            Option(
                start,
                {name: [random.randint(1, 2)] * length for name in random.sample(teams, random.randint(1, len(teams)))},
                {"quality": random.randint(-2, 9)},
                length,
            )
            for start in sorted(random.sample(range(STEPS - 1), random.randint(1, 6)))
        ]
        left = {"points": random.randint(1, 9), "quality": random.randint(0, 12)}
        if random.random() < 0.3:
            left |= {"musts": 1}
        region.activities.append(Activity(f"y{k}", ways, left))
        region.held.append(None)
    _tie(random, region)
    _hold(random, region)
    return region


def _tie(random: Random, region: Region) -> None:
    size = len(region.activities)
    for _ in range(random.randint(0, size // 3)):
        before, after = random.sample(range(size), 2)
        region.lags.append(Lag(before, after, random.choice((None, -3, 1, 2)), random.choice((None, None, 4, 8))))
    for _ in range(random.randint(0, size // 2)):
        first, second = random.sample(range(size), 2)
        some = frozenset(random.sample(range(STEPS), STEPS // 2))
        region.conflicts.append(Conflict(first, second, random.choice((None, some))))


def _hold(random: Random, region: Region) -> None:
    """Holds most of what fits, one after the other, and makes it free; whatever else it takes is a change."""
    for k, activity in enumerate(region.activities):
        ways = list(range(len(activity.options)))
        random.shuffle(ways)
        for way in ways if random.random() < 0.8 else []:
            region.held[k] = way
            if region.keeps():
                break
            region.held[k] = None
    for k, activity in enumerate(region.activities):
        held = region.held[k]
        options = [
            option if way == held else replace(option, costs={**option.costs, "changes": random.randint(1, 2)})
            for way, option in enumerate(activity.options)
        ]
        left = None if held is not None and random.random() < 0.15 else activity.unplaced
        region.activities[k] = replace(activity, options=options, unplaced=left)


def _rows(random: Random, board: Board, held: Choice, count: int) -> list[Row]:
    """Sums over some columns: with a price mostly, else a limit that what is held keeps."""
    width = board.first_column[-1]
    taken = {board.first_column[k] + way for k, way in enumerate(held) if way is not None}
    rows = []
    for number in range(count):
        columns = random.sample(range(width), min(width, random.randint(2, 10)))
        factors = [random.choice((-1, 1, 1, 1, 2)) for _ in columns]
        if random.random() < 0.75:
            prices = {random.choice(("points", "changes", "quality", "quality")): random.randint(1, 4)}
            rows.append(Row("even", f"row {number}", columns, factors, random.randint(0, 2), prices))
        else:
            sum_held = sum(factor for column, factor in zip(columns, factors, strict=True) if column in taken)
            rows.append(Row("most", f"row {number}", columns, factors, sum_held + random.randint(0, 2)))
    return rows


def _link(random: Random, regions: Sequence[Region], held: Choice) -> Row:
    """Of two ways in each region, no more than are held, or at a price no more than one."""
    columns, taken, first, number = [], 0, 0, 0
    for region in regions:
        board = region.board
        ways = [(k, way) for k, one in enumerate(board.activities) for way in range(len(one.options))]
        for k, way in random.sample(ways, 2):
            columns.append(first + board.first_column[k] + way)
            taken += held[number + k] == way
        first += board.first_column[-1]
        number += len(board.activities)
    if random.random() < 0.6:
        return Row("even", "all regions", columns, [1] * len(columns), 1, {"quality": 20})
    return Row("most", "all regions", columns, [1] * len(columns), max(1, taken))


KINDS: Sequence[Callable[[Random, int], Region]] = (swaps, swaps, packings, years, years)


def rising(seed: int) -> Rising:
    """A board of 6 to 30 activities in one to three regions, with three levels or four."""
    random = Random(f"rising {seed}")
    nearly_falls_apart = random.random() < 0.1  # as a decomposition needs it: some ten activities in each of its parts
    size = 30 if nearly_falls_apart else random.choice([random.randint(6, most) for most in (12, 18, 30)])
    shares = 3 if nearly_falls_apart else random.choice((1, 1, 2, 3))
    regions = []
    for number in range(shares):
        region = random.choice(KINDS)(random, max(2, size // shares + (number < size % shares)))
        region.rows = _rows(random, region.board, region.held, random.choice((0, 1, 1, 2, 3)))
        regions.append(region)
    board = _side_by_side(regions, random.choice((LEVELS, FOUR_LEVELS)))
    held = tuple(way for region in regions for way in region.held)
    if nearly_falls_apart or (shares > 1 and random.random() < 0.3):
        board = replace(board, rows=(*board.rows, _link(random, regions, held)))
    if random.random() < 0.1:
        board = dearer(board, 100, {random.choice(LEVELS)})
    return Rising(board, held, nearly_falls_apart)


def _side_by_side(regions: Sequence[Region], levels: Sequence[str]) -> Board:
    activities: list[Activity] = []
    capacities: dict[str, Sequence[int]] = {}
    lags, conflicts, rows = [], [], []
    columns = 0
    for number, region in enumerate(regions):
        shift = len(activities)
        capacities |= {f"{number} {name}": amounts for name, amounts in region.capacities.items()}
        for one in region.activities:
            options = [
                replace(option, demand={f"{number} {name}": amounts for name, amounts in option.demand.items()})
                for option in one.options
            ]
            activities.append(replace(one, id=f"{number} {one.id}", options=options))
        lags += [replace(lag, before=lag.before + shift, after=lag.after + shift) for lag in region.lags]
        conflicts += [replace(one, first=one.first + shift, second=one.second + shift) for one in region.conflicts]
        rows += [replace(row, columns=[column + columns for column in row.columns]) for row in region.rows]
        columns += region.board.first_column[-1]
    return Board(levels, STEPS, capacities, activities, lags, conflicts, rows)
