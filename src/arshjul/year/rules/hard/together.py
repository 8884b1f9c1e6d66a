"""Operations carried out at the same time."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Mode, Sum
from arshjul.year.rules.hard.notice import NOTICE_DAYS
from arshjul.year.rules.rule import Breach, Rule


class Together(Rule):
    """Operations tied by `same_slot_as` have the same date and shift, or none of them is placed.

    Their units may differ. One nominated later joins a frozen operation, or stays unplaced. Operations that have begun,
    and reserves, bind no others. Source: docs/formats.md#rules.
    """

    id = "together"
    title = Message("at the same time")
    name = Message("must be at the same time as another operation")
    hereditary = False

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """For each slot, either both are there or neither: two rows."""
        for first, *others in context.scenario.ties():
            for second in others:
                if {first, second} & context.history.keys():
                    continue
                here, there = _columns(builder, first), _columns(builder, second)
                for slot in sorted(here.keys() | there.keys()):
                    for late, one, other in (second, here, there), (first, there, here):
                        if _joins_late(context, late, (first, second)):
                            continue
                        total = Sum()
                        for mode, column in one.get(slot, ()):
                            total.add(mode, column, 1)
                        total.columns += [column for _, column in other.get(slot, ())]
                        total.coefficients += [-1] * len(other.get(slot, ()))
                        builder.require(self.id, total, 0)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for operation in context.scenario.operations.values():
            if operation.same_slot_as is None:
                continue
            both = (operation.same_slot_as, operation.id)
            if set(both) & context.history.keys() or any(context.scenario.operations[id].reserve for id in both):
                continue
            one, other = (plan.placed.get(id) for id in both)
            if any(plan.placed.get(id) is None and _joins_late(context, id, both) for id in both):
                continue
            if (one and one.slot) != (other and other.slot):
                text = Message("{first} and {second} are not at the same time", {"first": both[0], "second": both[1]})
                yield Breach(self.id, both, text, at_fault=both if one and other else ())


def _joins_late(context: ReplanContext, operation: str, both: tuple[str, str]) -> bool:
    base = context.base
    if base is None or operation in base.placements:
        return False
    (other,) = set(both) - {operation}
    place = base.placements.get(other)
    notice = context.scenario.settings[NOTICE_DAYS]
    is_near = place is not None and (place.slot.day - base.as_of.date()).days < notice
    return other in context.frozen or (is_near and other not in context.loosened)


def _columns(builder: BoardBuilder, operation: str) -> dict[int, list[tuple[Mode, int]]]:
    columns: dict[int, list[tuple[Mode, int]]] = {}
    for mode in builder.modes[operation]:
        for column, slot in enumerate(mode.slots, mode.column):
            columns.setdefault(slot, []).append((mode, column))
    return columns
