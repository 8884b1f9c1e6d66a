"""Operations struck at the same time."""

from collections.abc import Iterator

from arshjul.domain.plan import Plan
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft, Sum, Way
from arshjul.rules.rule import Breach, Rule


class Together(Rule):
    """Operations tied by `same_slot_as` have the same date and shift, or none of them is placed.

    Their units may differ. What is history or frozen in a replan stands in any case: one that was
    nominated to be struck with it later joins it there or stays unplaced. Source: contract 2 and 3.
    """

    id = "together"
    title = Message("at the same time")
    name = Message("must be struck at the same time as another operation")

    def post(self, situation: Situation, draft: Draft) -> None:
        """For each slot, one is there exactly when the other is: two rows."""
        for first, *others in situation.scenario.ties():
            for second in others:
                if {first, second} <= situation.history.keys():
                    continue
                here, there = _columns(draft, first), _columns(draft, second)
                for slot in sorted(here.keys() | there.keys()):
                    for late, one, other in (second, here, there), (first, there, here):
                        if _joins_late(situation, late, (first, second)):
                            continue
                        total = Sum()
                        for way, column in one.get(slot, ()):
                            total.add(way, column, 1)
                        total.columns += [column for _, column in other.get(slot, ())]
                        total.coefficients += [-1] * len(other.get(slot, ()))
                        draft.require(self.id, total, 0)

    def breaches(self, situation: Situation, plan: Plan) -> Iterator[Breach]:
        """Compares each with the one that it names."""
        for operation in situation.scenario.operations.values():
            if operation.same_slot_as is None:
                continue
            both = (operation.same_slot_as, operation.id)
            if set(both) <= situation.history.keys():
                continue
            one, other = (plan.placed.get(id) for id in both)
            if any(plan.placed.get(id) is None and _joins_late(situation, id, both) for id in both):
                continue
            if (one and one.slot) != (other and other.slot):
                text = Message(
                    "{first} and {second} are not struck at the same time", {"first": both[0], "second": both[1]}
                )
                yield Breach(self.id, both, text)


def _joins_late(situation: Situation, operation: str, both: tuple[str, str]) -> bool:
    """Whether it had no place, and the other one may not give up its own."""
    base = situation.base
    if base is None or operation in base.placements:
        return False
    (other,) = set(both) - {operation}
    return other in situation.history or other in situation.frozen


def _columns(draft: Draft, operation: str) -> dict[int, list[tuple[Way, int]]]:
    columns: dict[int, list[tuple[Way, int]]] = {}
    for way in draft.ways[operation]:
        for column, slot in enumerate(way.slots, way.column):
            columns.setdefault(slot, []).append((way, column))
    return columns
