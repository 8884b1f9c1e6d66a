"""Notice of a change."""

from collections.abc import Iterator
from datetime import timedelta

from arshjul.domain.calendar import Slot
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.settings import Setting
from arshjul.errors import Message
from arshjul.rules.rule import Breach, Rule
from arshjul.texts import counted

NOTICE_DAYS = Setting("notice_days", 8, 0, "days")


class Notice(Rule):
    """In a replan, a changed or newly placed operation comes `notice_days` after its date, or later.

    One with `short_notice` may come at any slot that starts after the moment, and so may one that
    keeps its date and shift and only gets another unit, that the coordinator pins, or to which all who
    take part said yes. A unit with `ask_days` is asked so many days ahead, whatever else holds, unless it has
    the operation there already, or the coordinator or such a yes holds it.
    Source: docs/formats.md#withdrawals-and-changes.
    """

    id = "notice"
    title = Message("days of notice")
    name = Message("too short notice")
    settings = (NOTICE_DAYS,)

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        """The slots that leave the notice, and where it stands already."""
        base = context.base
        if base is None:
            return context.slots.grid.all
        old = context.old(operation.id)
        if operation.short_notice or operation.id in context.settled_by_hand:
            slots = context.later
        else:
            earliest = base.as_of.date() + timedelta(days=context.scenario.settings[NOTICE_DAYS])
            slots = context.later & context.slots.grid.between(earliest, max(earliest, context.scenario.span.last))
        asked = context.slots.grid.all
        if unit is not None and operation.id not in context.settled_by_hand:
            earliest = base.as_of.date() + timedelta(days=context.scenario.police[unit].ask_days)
            asked = context.slots.grid.between(earliest, max(earliest, context.scenario.span.last))
        slots &= asked
        if old is not None:
            same_slot = context.slots.grid.single(old.slot)
            slots |= same_slot if unit == old.police else same_slot & context.later & asked
        return slots

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """Says how many days are asked for."""
        days = context.scenario.settings[NOTICE_DAYS]
        police = None if unit is None else context.scenario.police[unit]
        old = context.old(operation.id)
        eased = operation.short_notice or (old is not None and old.slot == slot)
        if police is not None and police.ask_days > (0 if eased else days):
            return counted(
                police.ask_days,
                "{unit} must be asked one day ahead",
                "{unit} must be asked {n} days ahead",
                unit=police.name,
            )
        return counted(days, "{day} is less than one day away", "{day} is less than {n} days away", day=slot.day)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Counts the days to what is changed or new."""
        base = context.base
        for placement in plan.placements if base is not None else ():
            operation = context.scenario.operations.get(placement.operation)
            old = base.placements.get(placement.operation) if base else None
            if base is None or operation is None or placement.same_place(old):
                continue
            days = (placement.slot.day - base.as_of.date()).days
            same_slot = old is not None and old.slot == placement.slot
            anywhere = operation.short_notice or same_slot or operation.id in context.settled_by_hand
            after = context.scenario.moments(placement.slot)[0] > base.as_of
            if not after or (not anywhere and days < context.scenario.settings[NOTICE_DAYS]):
                text = counted(
                    days,
                    "{operation} is placed one day ahead",
                    "{operation} is placed {n} days ahead",
                    operation=operation.id,
                )
                yield Breach(self.id, (operation.id,), text)
            unit = context.scenario.police.get(placement.police or "")
            had_it = same_slot and old is not None and old.police == placement.police
            if unit is not None and days < unit.ask_days and not had_it and operation.id not in context.settled_by_hand:
                text = counted(
                    unit.ask_days,
                    "{unit} must be asked one day ahead for {operation}",
                    "{unit} must be asked {n} days ahead for {operation}",
                    unit=unit.name,
                    operation=operation.id,
                )
                yield Breach(self.id, (operation.id,), text)
