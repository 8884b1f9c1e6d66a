"""Why an operation is not at a slot: the rules that forbid it, and what stands in the way there.

Single-placement rules are asked in the order of explanation; where they all agree, the finished
plan is asked what the option would break. Sites are never read here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from arshjul.board import Board, Choice
from arshjul.board.evaluator import IncrementalEvaluator, Obstacle
from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Placement, Plan, Reason, Unplaced
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules import BY_ID, HARD, Draft
from arshjul.texts import counted

# Rules whose refusal is a matter of how many there are, so that a slot can be missed narrowly.
COUNTABLE = ("police-officers", "designated-officer", "agency-teams")


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What keeps an operation from a slot with a unit. `missing`: by how much, where it can be counted."""

    rule: str
    text: Message
    slot: Slot
    unit: str | None
    missing: int | None = None


@dataclass(frozen=True)
class Bench:
    """A plan laid on its board, so that other placements can be tried beside it."""

    situation: Situation
    draft: Draft
    board: Board
    choice: Choice = ()

    @classmethod
    def of(cls, situation: Situation, draft: Draft, board: Board, plan: Plan) -> "Bench":
        """The bench of a plan whose placements are all options of the draft."""
        choice = [
            None if (placement := plan.placed.get(operation)) is None else draft.option(placement)
            for operation in draft.ways
        ]
        return cls(situation, draft, board, choice)

    @cached_property
    def standing(self) -> IncrementalEvaluator:
        """The sums that the plan makes on the board."""
        return IncrementalEvaluator(self.board, self.choice)

    def obstacles(self, placement: Placement) -> Sequence[Obstacle] | None:
        """What forbids a placement beside all others; None where a single-placement rule does."""
        option = self.draft.option(placement)
        if option is None:
            return None
        activity = self.draft.number[placement.operation]
        standing, old = self.standing, self.standing.choice[activity]
        standing.put(activity, None)
        found = list(standing.obstacles(activity, option))
        standing.put(activity, old)
        return found

    def hindrances(self, operation: Operation, slot: Slot, unit: str | None) -> Iterator[Hindrance]:
        """Everything that keeps the operation from the slot with that unit, in the order of explanation."""
        bit = self.situation.grid.single(slot)
        refused = False
        for rule in HARD:
            if not rule.allowed(self.situation, operation, unit) & bit:
                refused = True
                text = rule.refusal(self.situation, operation, slot, unit)
                yield Hindrance(rule.id, text, slot, unit, rule.missing(self.situation, operation, slot, unit))
        if not refused:
            for obstacle in self.obstacles(Placement(operation.id, slot, unit)) or ():
                id, subject = self.draft.origin(obstacle.part, obstacle.about)
                rule = BY_ID[id]
                text = rule.shortage(self.situation, subject, obstacle.missing)
                countable = obstacle.missing if rule.id in COUNTABLE else None
                yield Hindrance(rule.id, text, slot, unit, countable)

    def nearest(self, operation: Operation, slot: Slot) -> list[Hindrance]:
        """The hindrances at a slot with the unit that gets furthest; empty where one could serve it."""
        order = [rule.id for rule in HARD]
        found = [list(self.hindrances(operation, slot, unit)) for unit in self.situation.scenario.units_for(operation)]
        return max(found, key=lambda there: order.index(there[0].rule) if there else len(order), default=[])


def unplaced(bench: Bench, operation: Operation) -> Unplaced:
    """An unplaced operation with its reasons: over all slots of the plan, the rule that took each.

    Slots that the operation does not ask for (its own window, shifts, weekdays) are not counted,
    unless it asks for none. The nearest miss follows the counts where there is one.
    """
    situation = bench.situation
    own = situation.open & BY_ID["window"].allowed(situation, operation, None)
    own &= BY_ID["fixed"].allowed(situation, operation, None)
    taken: Counter[str] = Counter()
    misses = []
    for number in situation.grid.numbers(own or situation.grid.all):
        slot = situation.grid.slot(number)
        there = bench.nearest(operation, slot)
        if there:
            taken[there[0].rule] += 1
            if all(hindrance.missing is not None for hindrance in there):
                misses.append((sum(h.missing or 0 for h in there), slot, there))
    reasons = [Reason(rule, n, _counted(rule, n)) for rule, n in taken.most_common()]
    if misses and reasons:
        _, slot, there = min(misses, key=lambda miss: (miss[0], miss[1]))
        first = there[0]
        shift = situation.scenario.shift(slot.shift).name
        text = Message("nearest: {day}, {shift}: {why}", {"day": slot.day, "shift": shift, "why": first.text})
        reasons.append(Reason(first.rule, 1, text))
    return Unplaced(operation.id, tuple(reasons))


def _counted(rule: str, slots: int) -> Message:
    return counted(slots, "{why}: one slot", "{why}: {n} slots", why=BY_ID[rule].name)
