"""Time between nomination and date."""

from collections.abc import Iterator
from datetime import timedelta

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.settings import Setting
from arshjul.year.rules.rule import Breach, Rule
from arshjul.year.texts import counted

LEAD_TIME_DAYS = Setting("lead_time_days", Message("Lead time, days from nomination"), 1, 0, "days", step=-7)


class LeadTime(Rule):
    """The date comes at least `lead_time_days` after the operation was nominated.

    Operations with `short_notice` or without `nominated_on` are exempt. Source: docs/formats.md#rules. The lead time is
    there to work on objects and to set aside staff, as the report asks (3.1.4).
    """

    id = "lead-time"
    title = Message("lead time")
    name = Message("too soon after the nomination")
    settings = (LEAD_TIME_DAYS,)

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        if operation.nominated_on is None or operation.short_notice:
            return context.slots.grid.all
        earliest = operation.nominated_on + timedelta(days=context.scenario.settings[LEAD_TIME_DAYS])
        return context.slots.grid.between(earliest, max(earliest, context.scenario.span.last))

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        return counted(
            context.scenario.settings[LEAD_TIME_DAYS],
            "{day} is less than one day after the nomination on {nominated}",
            "{day} is less than {n} days after the nomination on {nominated}",
            day=slot.day,
            nominated=operation.nominated_on,
        )

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            if operation is None or operation.short_notice or operation.id in context.history:
                continue
            if operation.nominated_on is None:
                continue
            days = (placement.slot.day - operation.nominated_on).days
            if days < context.scenario.settings[LEAD_TIME_DAYS]:
                text = counted(
                    days,
                    "{operation} comes one day after its nomination",
                    "{operation} comes {n} days after its nomination",
                    operation=operation.id,
                )
                yield Breach(self.id, (operation.id,), text)
