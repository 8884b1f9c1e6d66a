"""Open dates."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.rule import Breach, Rule


def days_by_kind(scenario: Scenario) -> dict[str, set[date]]:
    """The eves and bridge days of the year and a week after it, for the checks alone: found from the days off."""
    return _kinds_of(scenario.span, frozenset(scenario.calendar.holidays))


@lru_cache(maxsize=16)
def _kinds_of(span: Span, holidays: frozenset[date]) -> dict[str, set[date]]:
    """Every check of a plan asks for those of the same year."""
    day = timedelta(days=1)
    days = list(Span(span.first - 2 * day, span.last + 9 * day).days())
    off = [free for free in days if free.isoweekday() > 5 or free in holidays]
    return {
        "eves": {holiday - day for holiday in holidays}.difference(holidays),
        "bridge_days": {one + day for one, following in pairwise(off) if following - one == 2 * day},
    }


class OpenDay(Rule):
    """An operation stands on open dates only.

    A date is closed by its weekday, as a public holiday of the country, or in `closed`; a date in `open` is open in any
    case. Source: docs/formats.md#rules.
    """

    id = "open-day"
    title = Message("open day")
    name = Message("the date is closed")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        return context.slots.grid.throughout(context.slots.year.open, operation.days)

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        calendar, dates = context.scenario.calendar, [there.day for there in operation.slots(slot)]
        day = next((day for day in dates if not calendar.is_open(day)), slot.day)
        holiday = calendar.holidays.get(day)
        if holiday:
            return Message("{day} is closed: {holiday}", {"day": day, "holiday": holiday})
        return Message("{day} is closed", {"day": day})

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        kinds = days_by_kind(context.scenario)
        for placement in plan.placements:
            calendar = context.scenario.calendar
            for day, _ in context.scenario.slots(placement) if placement.operation not in context.history else ():
                shut = day in calendar.holidays or day.weekday() in calendar.closed_weekdays
                spans = [span for span in calendar.closed if not isinstance(span, str)]
                shut = shut or any(span.first <= day <= span.last for span in spans)
                shut = shut or any(day in there for kind, there in kinds.items() if kind in calendar.closed)
                if shut and not any(span.first <= day <= span.last for span in calendar.opened):
                    yield Breach(self.id, (placement.operation,), Message("{day} is closed", {"day": day}))
