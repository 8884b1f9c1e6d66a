"""Contradictions found before any solving: no room for a follow-up, full weeks, too few officers or operations.

Each comes with its remedy. Only certain ones are reported: an operation counts in a period only if all slots that the
rules for single placements leave it lie there.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from operator import or_

from arshjul.errors import KeyName, Message
from arshjul.year.domain.calendar import Span, month_of, week_of
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import FollowUp, Operation, repeated_ids
from arshjul.year.domain.parties import Agency, OfficerLine, PoliceUnit, TeamLine
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import Setting, Settings
from arshjul.year.rules import possible
from arshjul.year.rules.hard.daily_limit import PER_AREA_PER_DAY, PER_DAY, PER_WEEK
from arshjul.year.rules.hard.sector_spacing import SECTOR_SPACING_DAYS, one_kind, own_spacing
from arshjul.year.texts import counted

Where = tuple[str | int, ...]
"""A place in a scenario, like `"operations", 1, "after"`."""

_USUAL_SPACING: Where = ("rules", SECTOR_SPACING_DAYS.key)


@dataclass(frozen=True, slots=True)
class Doubt:
    kind: str
    text: Message
    where: Where


Lines = Sequence[OfficerLine | TeamLine]


def offered_lines(scenario: Scenario) -> Iterator[tuple[Where, Agency | PoliceUnit, Lines]]:
    """Each party's lines of offers, with their place; units first."""
    for number, unit in enumerate(scenario.police.values()):
        yield ("police", number, "officers"), unit, unit.officers
    for number, agency in enumerate(scenario.agencies.values()):
        yield ("agencies", number, "teams"), agency, agency.teams


def contradictions(
    context: ReplanContext, without_offer: Collection[str], pinned: Collection[Set[str]]
) -> Iterator[Doubt]:
    """Of operations `without_offer` it was said that nobody offers a thing, of `pinned` ones that not all can be."""
    days = {id: _days(context, operation) for id, operation in context.scenario.operations.items()}
    yield from _never_offered(context, without_offer)
    cut_short = list(_repeats_cut_short(context, days))
    of_repeats = {id for ids, _ in cut_short for id in ids}
    without_room = list(_without_room(context, days, of_repeats))
    yield from (doubt for _, doubt in (*cut_short, *without_room))
    yield from _too_near(context, days, of_repeats | {id for id, _ in without_room}, pinned)
    yield from _out_of_reach(context, days)
    for limit in _limits(context):
        yield from _over(context, days, limit)


def _days(context: ReplanContext, operation: Operation) -> list[int]:
    """The day numbers on which the operation could begin, other operations aside."""
    numbers = context.slots.grid.numbers(any_slot(context, operation))
    return sorted({number // len(context.slots.grid.shifts) for number in numbers})


def any_slot(context: ReplanContext, operation: Operation) -> SlotSet:
    """The slots that it may have with some staffing."""
    return reduce(or_, possible(context, operation).values(), 0)


def _never_offered(context: ReplanContext, told: Collection[str]) -> Iterator[Doubt]:
    offered = context.slots.grid.numbers(context.slots.year.open)
    officers = context.slots.offers.officers
    most_of = {unit: max((row[number] for number in offered), default=0) for unit, row in officers.items()}
    for number, operation in enumerate(context.scenario.operations.values()):
        if operation.id in told:
            continue
        units = [unit for unit in context.scenario.units_for(operation) if unit is not None]
        most = max((most_of[unit] for unit in units), default=0)
        if units and operation.least > most:
            text = counted(
                most,
                "{operation} needs {officers} officers, but its units offer at most one: ask for fewer, or name "
                "another unit in {police}.",
                "{operation} needs {officers} officers, but its units offer at most {n}: ask for fewer, or name "
                "another unit in {police}.",
                operation=operation.id,
                officers=operation.least,
                police=KeyName("police"),
            )
            key = "officers" if operation.officers_least is None else "officers_least"
            yield Doubt("never-offered", text, ("operations", number, key))
        for unit, needed in operation.police_also.items():
            if needed > most_of[unit]:
                text = counted(
                    most_of[unit],
                    "{operation} needs {officers} officers of {unit} besides, but it offers at most one: ask "
                    "for fewer, or name another unit in {police_also}.",
                    "{operation} needs {officers} officers of {unit} besides, but it offers at most {n}: ask "
                    "for fewer, or name another unit in {police_also}.",
                    operation=operation.id,
                    officers=needed,
                    police_also=KeyName("police_also"),
                    unit=context.scenario.police[unit].name,
                )
                yield Doubt("never-offered", text, ("operations", number, "police_also", unit))


def _repeats_cut_short(context: ReplanContext, days: dict[str, list[int]]) -> Iterator[tuple[tuple[str, ...], Doubt]]:
    operations = context.scenario.operations
    for number, first in enumerate(operations.values()):
        repeat = first.repeat
        if repeat is None or not days[first.id]:
            continue
        reached, before = days[first.id], first
        ids = repeated_ids(first.id.removesuffix(".1"), repeat.times)
        for n, id in enumerate(ids[1:], 1):
            later = operations.get(id)
            if later is None or later.after is None or later.after.operation != before.id or not days[id]:
                break
            ends = [day + before.days - 1 for day in reached]
            reached = [day for day in days[id] if _follows(ends, day, later.after)]
            if not reached:
                text = counted(
                    n,
                    "{operation} is repeated {times} times, but its dates have room for one: widen its window, "
                    "change the days between, or repeat it less.",
                    "{operation} is repeated {times} times, but its dates have room for {n}: widen its window, "
                    "change the days between, or repeat it less.",
                    operation=first.id.removesuffix(".1"),
                    times=repeat.times,
                )
                yield ids[n:], Doubt("no-room", text, ("operations", number + n, "after"))
                break
            before = later


def _follows(ends: list[int], day: int, after: FollowUp) -> bool:
    latest = bisect_right(ends, day - after.min_days)
    return latest > 0 and (after.max_days is None or day - ends[latest - 1] <= after.max_days)


def _without_room(
    context: ReplanContext, days: dict[str, list[int]], told: Collection[str]
) -> Iterator[tuple[str, Doubt]]:
    """Follow-ups without a suitable pair of dates, or only with pairs that the sector's spacing forbids, by id."""
    scenario = context.scenario
    for number, operation in enumerate(scenario.operations.values()):
        after = operation.after
        if after is None or operation.id in told or not days[operation.id] or not days[after.operation]:
            continue
        first = scenario.operations[after.operation]
        alike = (first.sector, first.area) == (operation.sector, operation.area)
        apart = min(own_spacing(scenario.settings, part) for part in (first, operation)) if alike else 0
        ends = [day + first.days - 1 for day in days[first.id]]
        longest = _longest_wait(ends, days[operation.id], after)
        key = KeyName(SECTOR_SPACING_DAYS.key)
        values = {"operation": operation.id, "first": first.id, "spacing": apart, "key": key}
        where: Where = ("operations", number, "after")
        if longest is None:
            text = Message(
                "{operation} has no possible date at the right distance from {first}: widen a window, or change "
                "the days between.",
                values,
            )
            yield operation.id, Doubt("no-room", text, where)
        elif longest < apart:
            text = counted(
                longest,
                "{operation} may come at most one day after {first}, but the sector needs {spacing}: allow more "
                "days, widen a window, or lower {key}.",
                "{operation} may come at most {n} days after {first}, but the sector needs {spacing}: allow "
                "more days, widen a window, or lower {key}.",
                **values,
            )
            yield operation.id, Doubt("no-room", text, where)


def _too_near(
    context: ReplanContext, days: dict[str, list[int]], doubted: Set[str], pinned: Collection[Set[str]]
) -> Iterator[Doubt]:
    """Of doubted follow-ups it has been said already that they have no room, and so it has of those pinned together."""
    own = {
        id: own_spacing(context.scenario.settings, operation) for id, operation in context.scenario.operations.items()
    }
    told: set[frozenset[str]] = set()
    for spacing in sorted({*own.values()} - {0}, reverse=True):
        kinds: dict[tuple[str, str], list[Operation]] = defaultdict(list)
        counted_once = context.counted_once(partial(one_kind, own, spacing))
        for operation in context.scenario.planned.values():
            if days[operation.id] and operation.id in counted_once and own[operation.id] >= spacing:
                kinds[operation.sector, operation.area].append(operation)
        for kind in kinds.values():
            for near in _crowded(kind, days, spacing):
                if not any(near <= before for before in (*told, *pinned)) and len(near - doubted) > 1:
                    told.add(near)
                    yield _crowd(context, days, [operation for operation in kind if operation.id in near], spacing)


def _crowded(kind: list[Operation], days: dict[str, list[int]], spacing: int) -> Iterator[frozenset[str]]:
    """The sets of operations, the largest first, that can only lie in a stretch that lets in fewer of them."""
    firsts = sorted({days[operation.id][0] + operation.days - 1 for operation in kind})
    lasts = sorted({days[operation.id][-1] for operation in kind})
    found: set[frozenset[str]] = set()
    for first in firsts:
        for last in lasts:
            there = [
                operation
                for operation in kind
                if days[operation.id][0] + operation.days - 1 >= first and days[operation.id][-1] <= last
            ]
            if len(there) > max(last - first, 0) // spacing + 1:
                found.add(frozenset(operation.id for operation in there))
    yield from sorted(found, key=lambda near: (-len(near), sorted(near)))


def _crowd(context: ReplanContext, days: dict[str, list[int]], near: list[Operation], spacing: int) -> Doubt:
    first = min(days[operation.id][0] for operation in near)
    last = max(days[operation.id][-1] + operation.days - 1 for operation in near)
    values = {
        "operations": [operation.id for operation in near],
        "first": context.slots.grid.day(first),
        "last": context.slots.grid.day(last),
        "spacing": spacing,
        "key": KeyName("spacing_days"),
    }
    text = Message(
        "{operations} share sector and area, and do not all fit between {first} and {last}, {spacing} days "
        "apart. Widen a window, or lower {key} (0 within one occasion).",
        values,
    )
    order = list(context.scenario.operations)
    ours = [operation for operation in near if operation.spacing_days == spacing]
    where: Where = ("operations", order.index(ours[0].id), "spacing_days") if ours else _USUAL_SPACING
    return Doubt("no-room", text, where)


def _out_of_reach(context: ReplanContext, days: dict[str, list[int]]) -> Iterator[Doubt]:
    day = context.slots.grid.day
    for number, target in enumerate(context.scenario.targets):
        kind = [operation for operation in context.scenario.planned.values() if target.is_kind(operation)]
        most = sum(any(day(number) in target.span for number in days[operation.id]) for operation in kind)
        if target.at_least and (strange := _strange(context.scenario, target)):
            operations = context.scenario.operations.values()
            known = [*map(context.scenario.word, sorted({operation.sector for operation in operations}))]
            known += [
                context.scenario.programme(id).name for id in sorted({operation.programme for operation in operations})
            ]
            values = {"target": target.name, "given": strange, "known": known}
            text = Message("{target} counts {given}, but no operation has it. Known: {known}.", values)
            yield Doubt("out-of-reach", text, ("targets", number, "at_least"))
        elif most < target.at_least:
            text = counted(
                most,
                "{target} asks for {wanted} operations, but only one fits: nominate more, widen its period or "
                "kinds, or lower {key}.",
                "{target} asks for {wanted} operations, but only {n} fit: nominate more, widen its period or "
                "kinds, or lower {key}.",
                target=target.name,
                wanted=target.at_least,
                key=KeyName("at_least"),
            )
            yield Doubt("out-of-reach", text, ("targets", number, "at_least"))


def _strange(scenario: Scenario, target: Target) -> list[str]:
    operations = scenario.operations.values()
    sectors, programmes = (
        {operation.sector for operation in operations},
        {operation.programme for operation in operations},
    )
    return [
        *(scenario.word(id) for id in target.sectors or () if id not in sectors),
        *(scenario.programme(id).name for id in target.programmes or () if id not in programmes),
    ]


def _longest_wait(earlier: list[int], later: list[int], after: FollowUp) -> int | None:
    waits = []
    for first in earlier:
        fitting = later if after.max_days is None else later[: bisect_right(later, first + after.max_days)]
        if fitting and fitting[-1] - first >= after.min_days:
            waits.append(fitting[-1] - first)
    return max(waits, default=None)


@dataclass(frozen=True, slots=True)
class _Limit:
    """A limit on a period; `period` maps a day number to its period, `weight` gives what an operation counts there."""

    most: Callable[[date], int]
    where: Where
    period: Callable[[int], Hashable]
    weight: Callable[[Operation], int]


def _limits(context: ReplanContext) -> Iterator[_Limit]:
    scenario, settings = context.scenario, context.scenario.settings
    week: Callable[[int], Hashable] = context.slots.year.weeks.__getitem__
    month: Callable[[int], Hashable] = context.slots.year.firsts_of_months.__getitem__
    day: Callable[[int], Hashable] = context.slots.grid.day
    for setting, period in (PER_DAY, day), (PER_WEEK, week):
        if settings[setting] is not None:
            yield _Limit(partial(_most, settings, setting), ("rules", setting.key), period, lambda _: 1)
    once = scenario.counted_once(lambda operation: operation.area)
    for area in scenario.areas if settings[PER_AREA_PER_DAY] is not None else ():
        weight = partial(lambda area, operation: int(operation.area == area and operation.id in once), area)
        yield _Limit(partial(_most, settings, PER_AREA_PER_DAY), ("rules", PER_AREA_PER_DAY.key), day, weight)
    for number, agency in enumerate(scenario.agencies.values()):
        teams = partial(lambda id, operation: operation.agencies.get(id, 0) * operation.days, agency.id)
        if agency.team_shifts_per_week is not None:
            most = partial(lambda agency, day: agency.week_limit(week_of(day)) or 0, agency)
            yield _Limit(most, ("agencies", number, "team_shifts_per_week"), week, teams)
        if agency.team_shifts_per_month is not None:
            most = partial(lambda agency, day: agency.month_limit(month_of(day)) or 0, agency)
            yield _Limit(most, ("agencies", number, "team_shifts_per_month"), month, teams)
    for number, unit in enumerate(scenario.police.values()):
        if unit.officer_shifts_per_month is not None:
            most = partial(lambda most, _: most, unit.officer_shifts_per_month)
            where: Where = ("police", number, "officer_shifts_per_month")
            yield _Limit(most, where, month, partial(_officers, context, unit.id))


def _most(settings: Settings, setting: Setting[int | None], day: date) -> int:
    return settings.within(setting, week_of(day) if setting is PER_WEEK else Span(day, day)) or 0


def _officers(context: ReplanContext, unit: str, operation: Operation) -> int:
    served = context.scenario.units_for(operation)
    return operation.police_also.get(unit, operation.least if served == (unit,) else 0)


def _over(context: ReplanContext, days: dict[str, list[int]], limit: _Limit) -> Iterator[Doubt]:
    bound: dict[Hashable, list[Operation]] = defaultdict(list)
    for operation in context.scenario.planned.values():
        dates = {day + later for day in days[operation.id] for later in range(operation.days)}
        periods = {limit.period(day) for day in dates} if limit.weight(operation) else ()
        if len(periods) == 1:
            bound[next(iter(periods))].append(operation)
    for there in bound.values():
        asked = sum(limit.weight(operation) for operation in there)
        most = limit.most(context.slots.grid.day(days[there[0].id][0]))
        if asked > most:
            last = context.slots.grid.day(max(days[operation.id][-1] + operation.days - 1 for operation in there))
            first = context.slots.grid.day(min(days[operation.id][0] for operation in there))
            when = Message("on {first}", {"first": first})
            if first < last:
                when = Message("between {first} and {last}", {"first": first, "last": last})
            ids, key = [operation.id for operation in there], KeyName(str(limit.where[-1]))
            values = {"operations": ids, "when": when, "asked": asked, "most": most, "key": key}
            text = Message(
                "{operations} can only lie {when} and need {asked}, but {key} allows {most}. Widen a window, or "
                "raise the limit.",
                values,
            )
            if all(operation.fixed is not None for operation in there):
                text = Message(
                    "{operations} can only lie {when} and need {asked}, but {key} allows {most}. Pin one to "
                    "another time, or raise the limit.",
                    values,
                )
            yield Doubt("over-limit", text, limit.where)
