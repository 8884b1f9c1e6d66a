"""Distance between operations of one kind."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from arshjul.errors import Message
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Setting, Settings
from arshjul.year.rules.builder import BoardBuilder, Mode, Sum
from arshjul.year.rules.rule import Breach, Rule
from arshjul.year.texts import counted

SECTOR_SPACING_DAYS = Setting(
    "sector_spacing_days", Message("Days between operations of one sector in an area"), 2, 0, "days", step=-1
)


def own_spacing(settings: Settings, operation: Operation) -> int:
    """The days that the operation asks for to others of its sector and area; 0: none."""
    return settings[SECTOR_SPACING_DAYS] if operation.spacing_days is None else operation.spacing_days


def one_kind(own: Mapping[str, int], spacing: int, operation: Operation) -> tuple[str, ...]:
    """The tags shared by operations that keep this distance; those that ask for less are a kind by themselves."""
    kind = (operation.sector, operation.area)
    return kind if own[operation.id] >= spacing else (*kind, operation.id)


class SectorSpacing(Rule):
    """Two operations of one sector in one area are at least `sector_spacing_days` apart.

    Days count from the last date of the earlier to the first of the later. An operation may have `spacing_days` of its
    own; of two distances the smaller holds. Operations carried out together need none. Source: docs/formats.md#rules;
    businesses of a trade warn each other within hours.
    """

    id = "sector-spacing"
    title = Message("days between operations of a sector")
    name = Message("too near another operation of its sector and area")
    settings = (SECTOR_SPACING_DAYS,)

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """At most one within each distance asked for, of those that ask for it or more.

        So each two keep the smaller of their distances. A row for each longest stretch of dates.
        """
        operations = context.scenario.operations
        own = {id: own_spacing(context.scenario.settings, operation) for id, operation in operations.items()}
        for spacing in sorted({*own.values()} - {0}):
            groups: dict[tuple[str, str], list[Mode]] = defaultdict(list)
            counted = context.counted_once(partial(one_kind, own, spacing))
            for mode in builder.all_modes():
                if mode.operation.id in counted and own[mode.operation.id] >= spacing:
                    groups[mode.operation.sector, mode.operation.area].append(mode)
            for modes in groups.values():
                ids = {mode.operation.id for mode in modes}
                if len(ids) > 1 and any(own[id] == spacing for id in ids):
                    for total in _stretches(modes, spacing):
                        builder.limit(self.id, total, 1)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Compares the operations of a sector and area, each with those after it as far as any distance reaches."""
        usual = context.scenario.settings[SECTOR_SPACING_DAYS]
        tie = context.roots
        kinds: dict[tuple[str, str], list[Placement]] = defaultdict(list)
        for placement in plan.placements:
            operation = context.scenario.operations[placement.operation]
            kinds[operation.sector, operation.area].append(placement)
        longest = max([usual, *(operation.spacing_days or 0 for operation in context.scenario.operations.values())])
        for one, other in (pair for there in kinds.values() for pair in _near(context.scenario, there, longest)):
            first, second = (context.scenario.operations[p.operation] for p in (one, other))
            if tie.get(first.id, first.id) == tie.get(second.id, second.id) and one.slot == other.slot:
                continue
            if first.id in context.history and second.id in context.history:
                continue
            dates = sorted((p.slot.day, context.scenario.last_day(p)) for p in (one, other))
            days = max((dates[1][0] - dates[0][1]).days, 0)
            spacing = min(usual if p.spacing_days is None else p.spacing_days for p in (first, second))
            if days < spacing:
                text = counted(
                    days,
                    "{first} and {second} are one day apart, not {spacing}",
                    "{first} and {second} are {n} days apart, not {spacing}",
                    first=first.id,
                    second=second.id,
                    spacing=spacing,
                )
                yield Breach(self.id, (first.id, second.id), text)


def _near(scenario: Scenario, placements: list[Placement], days: int) -> Iterator[tuple[Placement, Placement]]:
    """The pairs of placements with fewer days than that from the last date of one to the first of the other."""
    ahead: list[tuple[date, Placement]] = []
    for placement in sorted(placements, key=lambda placement: placement.slot.day):
        ahead = [(last, one) for last, one in ahead if (placement.slot.day - last).days < days]
        for _, one in ahead:
            yield one, placement
        ahead.append((scenario.last_day(placement), placement))


def _stretches(modes: list[Mode], spacing: int) -> Iterator[Sum]:
    """The largest sets of columns of which no two are far enough apart.

    A column keeps others away from its first date until `spacing` days after its last. Columns are only added when one
    starts, so it is enough to look at the last start before each end.
    """
    order = {mode.operation.id: number for number, mode in enumerate(modes)}
    mode_of = {column: mode for mode in modes for column in range(mode.column, mode.column + len(mode.days))}
    entries = sorted(
        (day + mode.operation.days + spacing - 2, day, order[mode.operation.id], column)
        for mode in modes
        for column, day in enumerate(mode.days, mode.column)
    )
    ends, starts = [entry[0] for entry in entries], sorted(entry[1] for entry in entries)
    longest = max(mode.operation.days for mode in modes)
    reached = 0
    for position, end in enumerate(ends):
        if position and ends[position - 1] == end:
            continue
        begun = bisect_right(starts, end)
        if begun > reached:
            reached = begun
            total = Sum()
            near = entries[position : bisect_right(ends, end + longest + spacing - 2)]
            there = [entry for entry in near if entry[1] <= end]
            for _, _, _, column in sorted(there, key=lambda entry: entry[2:]):
                total.add(mode_of[column], column, 1)
            yield total
