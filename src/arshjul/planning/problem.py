"""A plan laid on its board: what another placement would break there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from arshjul.board import Board, Choice
from arshjul.board.evaluator import Obstacle, PlacementEvaluator
from arshjul.domain.calendar import Slot
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation, Staffing
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import Message
from arshjul.rules import BY_ID, HARD, BoardBuilder

# Rules whose refusal is a matter of how many there are, so that a slot can be missed narrowly.
COUNTABLE = ("police-officers", "designated-officer", "agency-teams")

_RANK = {rule.id: n for n, rule in enumerate(HARD)}


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A rule that keeps an operation from a slot with a unit. `missing`: by how much, where it can be counted."""

    rule: str
    text: Message
    slot: Slot
    unit: str | None
    missing: int | None = None


@dataclass(frozen=True)
class PlanningProblem:
    """A plan laid on its board, so that other placements can be tried beside it."""

    context: ReplanContext
    builder: BoardBuilder
    board: Board
    choice: Choice = ()

    @classmethod
    def of(cls, context: ReplanContext, builder: BoardBuilder, board: Board, plan: Plan) -> "PlanningProblem":
        """The problem of a plan whose placements are all options of the builder."""
        choice = [
            None if (placement := plan.placed.get(operation)) is None else builder.option(placement)
            for operation in builder.modes
        ]
        return cls(context, builder, board, choice)

    @cached_property
    def evaluator(self) -> PlacementEvaluator:
        """The sums that the plan makes on the board."""
        return PlacementEvaluator(self.board, self.choice)

    def obstacles(self, placement: Placement) -> Sequence[Obstacle] | None:
        """The parts of the board that forbid a placement beside all others; None where a single-placement rule does."""
        option = self.builder.option(placement)
        if option is None:
            return None
        activity = self.builder.number[placement.operation]
        evaluator, old = self.evaluator, self.evaluator.choice[activity]
        evaluator.put(activity, None)
        found = list(evaluator.obstacles(activity, option))
        evaluator.put(activity, old)
        return found

    def hindrances(self, operation: Operation, slot: Slot, staffing: Staffing) -> Iterator[Hindrance]:
        """Everything that keeps the operation from the slot with those who serve it, in the order of explanation."""
        bit, unit, chosen = self.context.slots.grid.single(slot), staffing.police, operation.choosing(staffing.any_of)
        refused = False
        for rule in HARD:
            if not rule.allowed(self.context, chosen, unit) & bit:
                refused = True
                text = rule.refusal(self.context, chosen, slot, unit)
                yield Hindrance(rule.id, text, slot, unit, rule.missing(self.context, chosen, slot, unit))
        if not refused:
            for obstacle in self.obstacles(Placement(operation.id, slot, unit, any_of=staffing.any_of)) or ():
                id, subject = self.builder.origin(obstacle.part, obstacle.about)
                rule = BY_ID[id]
                text = rule.shortage(self.context, subject, obstacle.missing)
                countable = obstacle.missing if rule.id in COUNTABLE else None
                yield Hindrance(rule.id, text, slot, unit, countable)

    def nearest(self, operation: Operation, slot: Slot) -> list[Hindrance]:
        """The hindrances at a slot with those who get furthest; empty where some could serve it."""
        order = [rule.id for rule in HARD]
        found = [list(self.hindrances(operation, slot, who)) for who in self.context.scenario.staffings(operation)]
        return max(found, key=lambda there: order.index(there[0].rule) if there else len(order), default=[])

    def forbidding(self, operation: Operation, slots: SlotSet) -> Iterator[str]:
        """The id of the rule that `nearest` names first, for each of the slots at which nobody could serve it."""
        context, activity = self.context, self.builder.number[operation.id]
        chosen = {who: operation.choosing(who.any_of) for who in context.scenario.staffings(operation)}
        allowed = {who: [rule.allowed(context, one, who.police) for rule in HARD] for who, one in chosen.items()}
        old = self.evaluator.choice[activity]
        self.evaluator.put(activity, None)
        for number in context.slots.grid.numbers(slots):
            slot, bit = context.slots.grid.slot(number), 1 << number
            first = [
                self._first(operation, slot, who, [not one & bit for one in there]) for who, there in allowed.items()
            ]
            if first and None not in first:
                yield max((rule for rule in first if rule is not None), key=_RANK.__getitem__)
        self.evaluator.put(activity, old)

    def _first(self, operation: Operation, slot: Slot, who: Staffing, refused: Sequence[bool]) -> str | None:
        """The first rule that keeps the operation, which is out, from the slot with those."""
        if True in refused:
            return HARD[refused.index(True)].id
        option = self.builder.option(Placement(operation.id, slot, who.police, any_of=who.any_of))
        if option is None:
            return None
        obstacle = next(self.evaluator.obstacles(self.builder.number[operation.id], option), None)
        return None if obstacle is None else self.builder.origin(obstacle.part, obstacle.about)[0]
