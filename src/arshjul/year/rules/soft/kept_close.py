"""The effort that a change costs its parties."""

from collections.abc import Iterable, Iterator

from arshjul.errors import Message
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import QUALITY, BoardBuilder
from arshjul.year.rules.rule import SoftRule

OTHER_SLOT, EACH_WEEK, OTHER_WEEKDAY, OTHER_SHIFT, MOST_WEEKS = 50, 5, 3, 3, 26


class KeptClose(SoftRule):
    """In a replan, an operation that moves stays as close to its old place as possible.

    Best is another unit or agency of a group at the same slot, since few need to be told; then a near date, the same
    weekday and shift, and few parties to tell. Source: docs/formats.md#rules; the sizes are assumptions in that order.
    """

    id = "kept-close"
    title = Message("close to the old time")
    name = Message("moved from its old place")
    points = 1

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        price, grid = self.price(context), context.slots.grid
        for operation, modes in builder.modes.items():
            old = context.old(operation)
            if old is None:
                continue
            old_day = grid.day_number(old.slot.day)
            for mode in modes:
                told = len({old.police, mode.unit} - {None})
                besides = {*mode.operation.lent(mode.unit)} - {old.police, mode.unit}
                moved = OTHER_SLOT + told + len(besides) + _agencies_told(mode.operation, old.any_of)
                moved += OTHER_SHIFT if mode.shift != old.slot.shift else 0
                for column, day in enumerate(mode.days, mode.column):
                    away = abs(day - old_day)
                    if away or mode.shift != old.slot.shift:
                        points = moved + EACH_WEEK * min(-(-away // 7), MOST_WEEKS)
                        points += OTHER_WEEKDAY if away % 7 else 0
                        builder.cost(QUALITY, column, price * points)
                    elif mode.staffing != old.staffing:
                        others = len({*mode.operation.chosen} ^ {*old.any_of})
                        builder.cost(QUALITY, column, price * (others + (told if mode.unit != old.police else 0)))

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        for id, old in context.before.items():
            new = plan.placed.get(id)
            if new is None or new.same_place(old):
                continue
            operation = context.scenario.operations[id]
            units, chosen = {old.police, new.police} - {None}, {*old.any_of, *new.any_of}
            if new.slot == old.slot:
                points = len(units) if old.police != new.police else 0
                points += len([a for a in chosen if (a in old.any_of) != (a in new.any_of)])
            else:
                own = {operation.lead_agency, *operation.agencies, *operation.optional_agencies}
                besides = operation.police_also if new.police is not None else ()
                points = OTHER_SLOT + len({*units, *besides}) + len(own | chosen)
                weeks, rest = divmod(abs((new.slot.day - old.slot.day).days), 7)
                points += EACH_WEEK * min(weeks + bool(rest), MOST_WEEKS)
                points += OTHER_WEEKDAY * (new.slot.day.weekday() != old.slot.day.weekday())
                points += OTHER_SHIFT * (new.slot.shift != old.slot.shift)
            if points and self.price(context):
                yield Price(self.id, id, points * self.price(context), _changed(old, new))


def _changed(old: Placement, new: Placement) -> Message:
    if new.slot != old.slot:
        return Message("{operation} has moved from {day}", {"operation": old.operation, "day": old.slot.day})
    if new.police != old.police:
        return Message("{operation} has another unit than before", {"operation": old.operation})
    return Message("{operation} has other agencies than before", {"operation": old.operation})


def _agencies_told(operation: Operation, chosen_before: Iterable[str]) -> int:
    own = {operation.lead_agency, *operation.agencies, *operation.optional_agencies}
    return len({*own, *chosen_before})
