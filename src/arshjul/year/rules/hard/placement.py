"""The form of a plan."""

from collections import Counter
from collections.abc import Iterator, Sequence

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.rule import Breach, Rule


def stays_out(context: ReplanContext, operation: Operation) -> Message | None:
    """Why it has no place whatever slots there are; None if it may have one."""
    if operation.reserve:
        return Message("a reserve is never placed by itself")
    if operation.id not in context.demands.left_out:
        return None
    if operation.id in context.demands.undone:
        return Message("the publishing that placed it was undone")
    return Message("the coordinator leaves it out")


class PlacementForm(Rule):
    """Every operation stands in the plan once, placed or unplaced, with a unit that may serve it.

    Without `officers` it has no unit. The unit is none of `police_also`; one `on_request` serves only where it is
    named. One agency of each group in `any_of` takes part. A reserve is neither placed nor unplaced. Source:
    docs/formats.md#rules. On the board the rest holds by construction: options are made only for such units and
    choices.
    """

    id = "placement"
    title = Message("placement")
    name = Message("the unit may not serve the operation")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        return context.slots.grid.all if stays_out(context, operation) is None else 0

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        return stays_out(context, operation) or self.name

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        counts = Counter([p.operation for p in plan.placements] + [u.operation for u in plan.unplaced])
        for id in sorted(counts.keys() | context.scenario.operations.keys()):
            if id not in context.scenario.operations:
                yield Breach(self.id, (id,), Message("{operation} is not in the scenario", {"operation": id}))
            elif context.scenario.operations[id].reserve and id not in context.history:
                if counts[id]:
                    text = Message("{operation} is a reserve, but in the plan", {"operation": id})
                    yield Breach(self.id, (id,), text)
            elif counts[id] != 1:
                text = Message("{operation} is {n} times in the plan", {"operation": id, "n": counts[id]})
                yield Breach(self.id, (id,), text)
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            if operation is not None and operation.id not in context.history:
                if operation.id in context.demands.left_out:
                    text = Message("{operation} is left out, but in the plan", {"operation": operation.id})
                    yield Breach(self.id, (operation.id,), text)
                yield from self._unit(context, operation, placement)
                if not _is_choice(operation, placement.any_of):
                    text = Message("{operation} lacks an agency of a group", {"operation": operation.id})
                    yield Breach(self.id, (operation.id,), text)
                strange = set(placement.optional_agencies) - operation.optional_agencies.keys()
                if strange or len(set(placement.optional_agencies)) < len(placement.optional_agencies):
                    text = Message("{operation} has agencies that are not its own", {"operation": operation.id})
                    yield Breach(self.id, (operation.id,), text)

    def _unit(self, context: ReplanContext, operation: Operation, placement: Placement) -> Iterator[Breach]:
        unit = context.scenario.police.get(placement.police or "")
        if operation.officers == 0:
            fits = placement.police is None
        elif unit is None:
            fits = False
        elif operation.police is None:
            fits = operation.area in unit.areas and not unit.on_request
        else:
            fits = unit.id in operation.police
        if not fits or placement.police in operation.police_also:
            named = placement.police or "-" if unit is None else unit.name
            text = Message("{unit} may not serve {operation}", {"unit": named, "operation": operation.id})
            yield Breach(self.id, (operation.id,), text)


def _is_choice(operation: Operation, any_of: Sequence[str]) -> bool:
    groups = operation.any_of
    return len(any_of) == len(groups) and all(any_of[n] in group.agencies for n, group in enumerate(groups))
