"""Boards of a year's plan from seeded numbers, like those of a scenario, at any size.

A region has its police areas and its agencies; regions share nothing, or one national agency. All
numbers are assumptions: they follow the shapes that a year of joint operations has (office days,
windows, preferred months, a busiest agency).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from arshjul.board import Activity, Board, Option, Row

DAYS = 365
SHIFTS = 2
MONTH = 30
Terms = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a board is to be like.

    `busiest` is the team shifts a week of the agency that every operation needs: with 7, some of
    300 operations must stay out. `shared`: all regions also draw on one national agency.
    """

    operations: int
    regions: int = 1
    busiest: int | None = None
    shared: bool = False
    seed: int = 1


@dataclass(slots=True)
class _Making:
    random: Random
    capacities: dict[str, list[int]] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    column: int = 0
    spacing: dict[tuple[int, int, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    weeks: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    months: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    needs: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def year(wish: Wish) -> Board:
    """The board of that wish; the same wish gives the same board."""
    making = _Making(Random(wish.seed))
    if wish.shared:
        making.capacities["national"] = _teams(making.random, 3)
    for region in range(wish.regions):
        _region(making, wish, region, wish.operations // wish.regions)
    rows = [*_loads(making, wish), *_spacings(making), *_evenness(making)]
    return Board(("points", "quality"), DAYS * SHIFTS, making.capacities, making.activities, rows=rows)


def _region(making: _Making, wish: Wish, region: int, operations: int) -> None:
    random = making.random
    # More operations in a region come with more areas and agencies, unless the busiest one is held tight.
    growth = max(1, round(operations / 130))
    areas = range(6 * growth)
    for area in areas:
        making.capacities[f"p{region}.{area}"] = _officers(random)
    others = [f"a{region}.{k}" for k in range(1, 12 * (1 if wish.busiest else growth))]
    busy = f"a{region}.0"
    making.capacities[busy] = _teams(random, 3 if wish.busiest or growth == 1 else 3 * growth)
    for agency in others:
        making.capacities[agency] = _teams(random, random.randint(1, 3))
    for _ in range(operations):
        area = random.choice(areas)
        demand = {f"p{region}.{area}": [random.randint(2, 4)], busy: [1]}
        demand |= {agency: [1] for agency in random.sample(others, random.randint(0, 4))}
        if wish.shared and random.random() < 0.12:
            demand["national"] = [1]
        _operation(making, demand, (region, area, random.randrange(9)))


def _operation(making: _Making, demand: dict[str, list[int]], kind: tuple[int, int, int]) -> None:
    random = making.random
    whole_year = random.random() < 0.25
    length = DAYS if whole_year else random.randint(31, 91)
    first = 0 if whole_year else random.randrange(DAYS - length)
    preferred = random.randrange(first // MONTH, (first + length) // MONTH + 1)
    options = []
    for day in range(first, first + length):
        for shift in range(SHIFTS):
            step = day * SHIFTS + shift
            if all(making.capacities[r][step] >= amounts[0] for r, amounts in demand.items()):
                distance = abs(day // MONTH - preferred)
                options.append(Option(step, demand, {"quality": distance} if distance else {}))
                making.spacing[kind].append((day, making.column))
                for resource in demand:
                    if resource[0] != "p":
                        making.weeks[resource, day // 7].append(making.column)
                        making.months[resource, day // MONTH].append(making.column)
                making.column += 1
    for resource in demand:
        making.needs[resource] += resource[0] != "p"
    points = random.choices((9, 3, 1), (2, 5, 3))[0]
    making.activities.append(Activity(f"o{len(making.activities)}", options, {"points": points}))


def _officers(random: Random) -> list[int]:
    by_weekday = [random.choice((0, 4, 4, 6)) if weekday < 5 else 0 for weekday in range(7)]
    evenings = [random.choice((0, 0, 4, 6)) if weekday in (2, 3, 4) else 0 for weekday in range(7)]
    numbers = []
    for day in range(DAYS):
        summer = 180 <= day < 230
        for offers in (by_weekday, evenings):
            offer = offers[day % 7] // 2 if summer else offers[day % 7]
            numbers.append(0 if random.random() < 0.25 else offer)
    return numbers


def _teams(random: Random, most: int) -> list[int]:
    numbers = []
    for day in range(DAYS):
        office = day % 7 < 5
        for shift in range(SHIFTS):
            offer = 0 if not office else most if shift == 0 else (most + 1) // 2
            numbers.append(max(0, offer - (random.random() < 0.2)))
    return numbers


def _loads(making: _Making, wish: Wish) -> list[Row]:
    rows = []
    for (agency, week), columns in sorted(making.weeks.items()):
        limit = 2
        if agency == "national":
            limit = 3
        elif agency.endswith(".0"):
            limit = wish.busiest or max(3, round(making.needs[agency] / 40))
        rows.append(Row("agency-load", f"{agency} week {week}", columns, [1] * len(columns), limit))
    return rows


def _spacings(making: _Making) -> list[Row]:
    rows = []
    for kind, starts in sorted(making.spacing.items()):
        for first in sorted({day for day, _ in starts}):
            columns = [column for day, column in starts if first <= day < first + 14]
            rows.append(Row("sector-spacing", f"{kind} from {first}", columns, [1] * len(columns), 1))
    return rows


def _evenness(making: _Making) -> list[Row]:
    rows = []
    for (agency, month), columns in sorted(making.months.items()):
        fair = -(-making.needs[agency] // 12)
        rows.append(Row("even-load", f"{agency} month {month}", columns, [1] * len(columns), fair, {"quality": 5}))
    return rows
