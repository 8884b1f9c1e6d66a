"""Limits on the operations of a day, an area and a week."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.settings import Setting, Settings
from arshjul.year.rules.builder import BoardBuilder, Sum
from arshjul.year.rules.rule import Breach, Rule
from arshjul.year.texts import counted

PER_DAY: Setting[int | None] = Setting(
    "operations_per_day", Message("Operations a day, at most"), 3, None, "operations", step=1
)
PER_AREA_PER_DAY: Setting[int | None] = Setting(
    "operations_per_area_per_day", Message("Operations an area and day, at most"), 4, None, "operations", step=1
)
PER_WEEK: Setting[int | None] = Setting(
    "operations_per_week", Message("Operations a week, at most"), 5, None, "operations", step=1
)


class DailyLimit(Rule):
    """No date, no area on a date, and no ISO week has more operations than its limit.

    The limits are `operations_per_day`, `operations_per_area_per_day` and `operations_per_week`, or what is larger in
    `exceptions`. Operations carried out together count once in their area. One on several dates counts on each, and
    once in a week. Source: docs/formats.md#rules.
    """

    id = "daily-limit"
    title = Message("most in a day or a week")
    name = Message("the day or the week is full")
    settings = (PER_DAY, PER_AREA_PER_DAY, PER_WEEK)

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        settings = context.scenario.settings
        once = context.counted_once(lambda operation: operation.area)
        days, day_of = range(context.slots.grid.n_days), context.slots.grid.day
        mondays = [day - day_of(day).weekday() for day in days]
        for setting, firsts, n_days, among in (
            (PER_DAY, days, 1, None),
            (PER_AREA_PER_DAY, days, 1, once),
            (PER_WEEK, mondays, 7, None),
        ):
            if settings[setting] is None:
                continue
            sums: dict[tuple[int, str], Sum] = defaultdict(Sum)
            for mode in builder.all_modes():
                if among is None or mode.operation.id in among:
                    area = "" if among is None else mode.operation.area
                    for column, first in mode.in_periods(firsts.__getitem__):
                        sums[first, area].add(mode, column, 1)
            usual = settings[setting] or 0
            for (first, _), total in sums.items():
                if total.reach > usual:  # an exception only raises it
                    period = Span(day_of(first), day_of(first + n_days - 1))
                    builder.limit(self.id, total, settings.within(setting, period) or 0)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        settings, scenario = context.scenario.settings, context.scenario
        days, weeks, areas = defaultdict(list), defaultdict(list), defaultdict(list)
        for placement in plan.placements:
            operation = scenario.operations.get(placement.operation)
            for day, _ in () if operation is None else operation.slots(placement.slot):
                days[day,].append(placement.operation)
                weeks[day - timedelta(days=day.weekday()),].append(placement.operation)
                areas[context.scenario.operations[placement.operation].area, day].append(placement.operation)
        tie = {id: (first, plan.placed[id].slot) for id, first in context.roots.items() if id in plan.placed}
        for setting, periods, root in (PER_DAY, days, {}), (PER_WEEK, weeks, {}), (PER_AREA_PER_DAY, areas, tie):
            for (*_, first), there in periods.items() if settings[setting] is not None else ():
                limit = max(settings[setting] or 0, _raised(settings, setting, first))
                count = len({root.get(id, id) for id in there})
                before = len({root.get(id, id) for id in there if id in context.history})
                if count > max(limit, before):
                    text = counted(
                        count, "one operation, {limit} allowed", "{n} operations, {limit} allowed", limit=limit
                    )
                    yield Breach(self.id, tuple(there), text)


def _raised(settings: Settings, setting: Setting[int | None], first: date) -> int:
    """The largest exception for the date, or for any date of the week that begins with it; 0 if there is none."""
    dates = [first + timedelta(days=n) for n in range(7 if setting is PER_WEEK else 1)]
    raised = (
        exception.limits.get(setting.key, 0) for exception in settings.exceptions for d in dates if d in exception.span
    )
    return max(raised, default=0)
