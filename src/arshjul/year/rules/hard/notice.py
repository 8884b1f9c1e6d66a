"""Notice of a change."""

from collections.abc import Iterator
from datetime import timedelta

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Staffing
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.settings import Setting
from arshjul.year.rules.rule import Breach, Rule
from arshjul.year.texts import counted

NOTICE_DAYS = Setting("notice_days", Message("Notice, days ahead of new and moved operations"), 8, 0, "days", step=-7)


class Notice(Rule):
    """In a replan, a changed or newly placed operation comes `notice_days` after the replan's date, or later.

    Exempt are operations with `short_notice`, pinned and agreed ones, and those that keep date and shift. Even so, a
    unit new to an operation is asked `ask_days` ahead, unless a pin or an agreement holds it. Source:
    docs/formats.md#withdrawals-and-changes.
    """

    id = "notice"
    title = Message("days of notice")
    name = Message("too short notice")
    settings = (NOTICE_DAYS,)

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        base = context.base
        if base is None:
            return context.slots.grid.all
        old = context.old(operation.id)
        if operation.short_notice or operation.id in context.settled_by_hand:
            slots = context.later
        else:
            earliest = base.as_of.date() + timedelta(days=context.scenario.settings[NOTICE_DAYS])
            slots = context.later & context.slots.grid.between(earliest, max(earliest, context.scenario.span.last))
        asked = self._asked(context, base, operation, unit)
        slots &= asked
        if old is not None:
            same_slot = context.slots.grid.single(old.slot)
            if old.staffing != Staffing(unit, operation.chosen):
                same_slot &= context.later & asked
            slots |= same_slot
        return slots

    def _asked(self, context: ReplanContext, base: Base, operation: Operation, unit: str | None) -> SlotSet:
        """The slots for which every lending unit can still be asked, or has the operation already."""
        grid, old = context.slots.grid, base.placements.get(operation.id)
        asked = grid.all
        for lender in operation.lent(unit) if operation.id not in context.settled_by_hand else ():
            earliest = base.as_of.date() + timedelta(days=context.scenario.police[lender].ask_days)
            ahead = grid.between(earliest, max(earliest, context.scenario.span.last))
            asked &= ahead | (grid.single(old.slot) if old is not None and lender in operation.lent(old.police) else 0)
        return asked

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        days = context.scenario.settings[NOTICE_DAYS]
        old = context.old(operation.id)
        eased = operation.short_notice or (old is not None and old.slot == slot)
        had = () if old is None or old.slot != slot else operation.lent(old.police)
        lenders = [context.scenario.police[lender] for lender in operation.lent(unit) if lender not in had]
        slowest = max(lenders, key=lambda lender: lender.ask_days, default=None)
        if slowest is not None and slowest.ask_days > (0 if eased else days):
            return counted(
                slowest.ask_days,
                "{unit} must be asked one day ahead",
                "{unit} must be asked {n} days ahead",
                unit=slowest.name,
            )
        return counted(days, "{day} is less than one day away", "{day} is less than {n} days away", day=slot.day)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
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
                    "{operation} has one day of notice",
                    "{operation} has {n} days of notice",
                    operation=operation.id,
                )
                yield Breach(self.id, (operation.id,), text)
            had_it = {old.police, *operation.police_also} if same_slot and old is not None and old.police else set()
            for id in (placement.police, *operation.police_also) if placement.police is not None else ():
                unit = context.scenario.police.get(id or "")
                if unit is None or id in had_it or operation.id in context.settled_by_hand:
                    continue
                if days < unit.ask_days:
                    text = counted(
                        unit.ask_days,
                        "{unit} must be asked one day ahead for {operation}",
                        "{unit} must be asked {n} days ahead for {operation}",
                        unit=unit.name,
                        operation=operation.id,
                    )
                    yield Breach(self.id, (operation.id,), text)
