"""Limits on the operations of a day, an area and a week."""

from collections import defaultdict
from collections.abc import Iterator

from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.settings import Setting
from arshjul.errors import Message
from arshjul.rules.builder import BoardBuilder, Sum
from arshjul.rules.rule import Breach, Rule

PER_DAY: Setting[int | None] = Setting("operations_per_day", 3, None, "operations")
PER_AREA_PER_DAY: Setting[int | None] = Setting("operations_per_area_per_day", 4, None, "operations")
PER_WEEK: Setting[int | None] = Setting("operations_per_week", 5, None, "operations")


class DailyLimit(Rule):
    """No date, no area on a date, and no ISO week holds more operations than its limit.

    The limits are `operations_per_day`, `operations_per_area_per_day` and `operations_per_week`.
    Operations tied by `same_slot_as` count once in their area, each on its own otherwise. Source:
    docs/formats.md#rules.
    """

    id = "daily-limit"
    title = Message("most in a day or a week")
    name = Message("the day or the week is full")
    settings = (
        PER_DAY,
        PER_AREA_PER_DAY,
        PER_WEEK,
    )

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A row for each date, area and date, and week that is limited."""
        settings = context.scenario.settings
        once = context.scenario.counted_once(lambda operation: operation.area)
        for limit, key_of, counted in (
            (settings[PER_DAY], lambda _, day: (day,), None),
            (settings[PER_AREA_PER_DAY], lambda area, day: (area, day), once),
            (settings[PER_WEEK], lambda _, day: (context.slots.week(day),), None),
        ):
            if limit is None:
                continue
            sums: dict[tuple[object, ...], Sum] = defaultdict(Sum)
            for mode in builder.all_modes():
                if counted is None or mode.operation.id in counted:
                    for column, day in enumerate(mode.days, mode.column):
                        sums[key_of(mode.operation.area, day)].add(mode, column, 1)
            for total in sums.values():
                builder.limit(self.id, total, limit)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Counts the operations of each date, area and week."""
        settings, scenario = context.scenario.settings, context.scenario
        days, weeks, areas = defaultdict(list), defaultdict(list), defaultdict(list)
        for placement in plan.placements:
            operation = scenario.operations.get(placement.operation)
            if operation is not None:
                days[placement.slot.day].append(operation.id)
                weeks[placement.slot.day.isocalendar()[:2]].append(operation.id)
                areas[operation.area, placement.slot.day].append(operation.id)
        tie = {id: group[0] for group in scenario.ties() for id in group}
        for limit, periods, root in (
            (settings[PER_DAY], days, {}),
            (settings[PER_WEEK], weeks, {}),
            (settings[PER_AREA_PER_DAY], areas, tie),
        ):
            for there in periods.values() if limit is not None else ():
                count = len({root.get(id, id) for id in there})
                before = len({root.get(id, id) for id in there if id in context.history})
                if count > max(limit or 0, before):
                    text = Message("{count} operations where {limit} are allowed", {"count": count, "limit": limit})
                    yield Breach(self.id, tuple(there), text)
