"""Boards of a year's plan from seeded numbers, like those of a scenario, at any size.

A region has its police areas and its agencies; regions share nothing, or one national agency. All
numbers are assumptions: they follow the shapes that a year of joint operations has (office days,
windows, preferred months, a busiest agency, a few musts). The levels are a first plan's. As our own
rules do, it writes no row that can never bind: whoever takes the board as it stands is not slowed.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from arshjul.solver.board import Activity, Board, Option, Row

DAYS = 365
SHIFTS = 2
MONTH = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """What a board is to be like.

    `tight`: the agency that every operation needs has one team, on some 290 slots of the year, so
    of 300 operations ten or more must stay out; half of them may be in any week, and what is
    preferred has nothing to do with when they may be, so that every slot is wanted by many.
    `shared`: all regions also draw on one national agency, of 3 team shifts a week, or 159, for some
    tenth of the operations: of 2,100, 64 or more must stay out.
    `priced`: many small prices that overlap. Each operation would like three more agencies, of which
    each lends what it has in a shift; and whoever knows a sector's last weeks shall not guess its
    next date: of five weeks at most one operation on the same weekday and shift.
    """

    operations: int
    regions: int = 1
    tight: bool = False
    shared: bool = False
    priced: bool = False
    seed: int = 1


@dataclass(slots=True)
class _Making:
    random: Random
    capacities: dict[str, list[int]] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    spacing: dict[tuple[int, int, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    weeks: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    months: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    needs: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    likes: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))


def year(wish: Wish) -> Board:
    """The board of that wish; the same wish gives the same board."""
    making = _Making(Random(wish.seed))
    if wish.shared:
        making.capacities["national"] = _teams(making.random, 3)
    for region in range(wish.regions):
        _region(making, wish, region, wish.operations // wish.regions)
    rows = [*_loads(making, wish), *_spacings(making), *_evenness(making)]
    if wish.priced:
        rows += [*_optional_agencies(making), *_guessable(making)]
    return Board(("musts", "points", "quality"), DAYS * SHIFTS, making.capacities, making.activities, rows=rows)


def _region(making: _Making, wish: Wish, region: int, operations: int) -> None:
    random = making.random
    # More operations in a region come with more areas and agencies, unless these are to be tight.
    growth = 1 if wish.tight else max(1, round(operations / 130))
    areas = range(6 * growth)
    for area in areas:
        making.capacities[f"p{region}.{area}"] = _officers(random)
    others = [f"a{region}.{k}" for k in range(1, 12 * growth)]
    busy = f"a{region}.0"
    making.capacities[busy] = _one_team(random) if wish.tight else _teams(random, 3 * growth)
    for agency in others:
        making.capacities[agency] = _teams(random, random.randint(1, 3))
    for _ in range(operations):
        area = random.choice(areas)
        demand = {f"p{region}.{area}": [random.randint(2, 4)], busy: [1]}
        demand |= {agency: [1] for agency in random.sample(others, random.randint(0, 4))}
        if wish.shared and random.random() < 0.12:
            demand["national"] = [1]
        first = len(making.owners)
        _operation(making, wish, demand, (region, area, random.randrange(9)))
        if wish.priced:
            for agency in random.sample([other for other in others if other not in demand], 3):
                for option, column in zip(making.activities[-1].options, range(first, len(making.owners)), strict=True):
                    making.likes[agency, option.start].append(column)


def _operation(making: _Making, wish: Wish, demand: dict[str, list[int]], kind: tuple[int, int, int]) -> None:
    random = making.random
    whole_year = random.random() < (0.5 if wish.tight else 0.25)
    length = DAYS if whole_year else random.randint(31, 91)
    first = 0 if whole_year else random.randrange(DAYS - length)
    preferred = random.randrange(12) if wish.tight else random.randrange(first // MONTH, (first + length) // MONTH + 1)
    options = []
    for day in range(first, first + length):
        for shift in range(SHIFTS):
            step = day * SHIFTS + shift
            if all(making.capacities[r][step] >= amounts[0] for r, amounts in demand.items()):
                distance = abs(day // MONTH - preferred)
                options.append(Option(step, demand, {"quality": distance} if distance else {}))
                column = len(making.owners)
                making.owners.append(len(making.activities))
                making.spacing[kind].append((day, column))
                for resource in demand:
                    if resource[0] != "p":
                        making.weeks[resource, day // 7].append(column)
                        making.months[resource, day // MONTH].append(column)
    for resource in demand:
        making.needs[resource] += resource[0] != "p"
    points = random.choices((9, 3, 1), (2, 5, 3))[0]
    number = len(making.activities)
    must = {"musts": 1} if points == 9 and number % 8 == 0 else {}
    making.activities.append(Activity(f"o{number}", options, must | {"points": points}))


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


def _one_team(random: Random) -> list[int]:
    """On office days, and on two evenings a week."""
    offers = [(day % 7 < 5, day % 7 in (1, 3)) for day in range(DAYS)]
    return [int(offer and random.random() >= 0.2) for slots in offers for offer in slots]


def _loads(making: _Making, wish: Wish) -> Iterator[Row]:
    for (agency, week), columns in sorted(making.weeks.items()):
        limit = 2
        if agency == "national":
            limit = 3
        elif agency.endswith(".0"):
            limit = 7 if wish.tight else max(3, round(making.needs[agency] / 40))
        yield from _limit(making, Row("agency-load", f"{agency} week {week}", columns, [1] * len(columns), limit))


def _spacings(making: _Making) -> Iterator[Row]:
    for kind, starts in sorted(making.spacing.items()):
        last = -1
        for first in sorted({day for day, _ in starts}):
            stretch = [(day, column) for day, column in starts if first <= day < first + 14]
            end = max(day for day, _ in stretch)
            if end > last:  # else the stretch before holds all of this one
                last = end
                columns = [column for _, column in stretch]
                row = Row("sector-spacing", f"{kind} from {first}", columns, [1] * len(columns), 1)
                yield from _limit(making, row)


def _evenness(making: _Making) -> Iterator[Row]:
    for (agency, month), columns in sorted(making.months.items()):
        fair = -(-making.needs[agency] // 12)
        row = Row("even-load", f"{agency} month {month}", columns, [1] * len(columns), fair, {"quality": 5})
        yield from _limit(making, row)


def _optional_agencies(making: _Making) -> Iterator[Row]:
    for (agency, slot), columns in sorted(making.likes.items()):
        lent = making.capacities[agency][slot]
        row = Row("optional-agency", f"{agency} slot {slot}", columns, [1] * len(columns), lent, {"quality": 2})
        yield from _limit(making, row)


def _guessable(making: _Making) -> Iterator[Row]:
    slots = [option.start for activity in making.activities for option in activity.options]
    for kind, starts in sorted(making.spacing.items()):
        alike: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for day, column in starts:
            alike[day % 7, slots[column] % SHIFTS].append((day // 7, column))
        for (weekday, shift), weeks in sorted(alike.items()):
            for first in range(0, DAYS // 7, 2):
                columns = [column for week, column in weeks if first <= week < first + 5]
                about = f"{kind} weekday {weekday} shift {shift} from week {first}"
                yield from _limit(making, Row("guessable", about, columns, [1] * len(columns), 1, {"quality": 3}))


def _limit(making: _Making, row: Row) -> Iterator[Row]:
    """The row, if it has more operations than it lets through."""
    if len({making.owners[column] for column in row.columns}) > row.at_most:
        yield row
