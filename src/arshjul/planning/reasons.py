"""The reasons of the operations that a plan leaves out.

Single-placement rules are asked in the order of explanation; where they all agree, the finished
plan is asked what the option would break. Sites are never read here.
"""

from collections import Counter
from collections.abc import Iterable

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan, Reason, Unplaced
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import Message
from arshjul.planning.problem import PlanningProblem
from arshjul.rules import BY_ID
from arshjul.rules.objectives import POINTS
from arshjul.texts import counted

NOT_SOUGHT = "not-sought"
"""Stands for the rule of a reason where none was sought."""

LOOKS_PER_S = 10_000
"""The slots, each with one unit and choice, that are looked at for reasons for each second that the solve may take.

A count, not a clock: the same plan always has the same reasons. Two shared cores do 20,000 to 30,000 in a second.
"""

LEAST_LIMIT_S = 10.0
"""A shorter solve does not make the explanations shorter: a year of ordinary size has all of them."""


def looks_within(limit_s: float) -> int:
    """The looks for reasons that go with a solve of at most so many seconds."""
    return int(LOOKS_PER_S * max(limit_s, LEAST_LIMIT_S))


def all_unplaced(problem: PlanningProblem, ids: Iterable[str], most_looks: int | None = None) -> tuple[Unplaced, ...]:
    """The unplaced operations with their reasons, in the order given.

    `most_looks`: where it is used up, those that are left are told to have had none sought; musts are
    looked at first, then by priority. None: no bound.
    """
    context, looks = problem.context, 0
    found = {}
    operations = {id: context.scenario.operations[id] for id in ids}
    for id, operation in sorted(operations.items(), key=lambda item: (not item[1].is_must, item[1].priority, item[0])):
        if most_looks is not None and looks >= most_looks:
            found[id] = Unplaced(id, (_not_sought(),))
        else:
            found[id] = unplaced(problem, operation)
            n_staffings = max(1, len(context.scenario.staffings(operation)))
            looks += _asked_for(context, operation).bit_count() * n_staffings
    return tuple(found[id] for id in operations)


def is_sought(unplaced: Unplaced) -> bool:
    """True if its reasons were sought."""
    return all(reason.rule != NOT_SOUGHT for reason in unplaced.reasons)


def _not_sought() -> Reason:
    return Reason(
        NOT_SOUGHT,
        0,
        Message(
            "its reasons were not sought, since there are too many for the time limit: `arshjul explain` gives them"
        ),
    )


def _asked_for(context: ReplanContext, operation: Operation) -> int:
    """The slots that the operation asks for (its own window, shifts, weekdays), or all, where it asks for none."""
    own = context.slots.open & BY_ID["window"].allowed(context, operation, None)
    pin = context.pin(operation)
    own &= context.slots.grid.all if pin is None else context.slots.grid.single(pin.slot)
    return own or context.slots.grid.all


def unplaced(problem: PlanningProblem, operation: Operation) -> Unplaced:
    """An unplaced operation with its reasons: over all slots that it asks for, the rule that took each.

    The nearest miss follows the counts where there is one.
    """
    context = problem.context
    taken: Counter[str] = Counter()
    misses, free = [], []
    for number in context.slots.grid.numbers(_asked_for(context, operation)):
        slot = context.slots.grid.slot(number)
        there = problem.nearest(operation, slot)
        if not there:
            free.append(slot)
        else:
            taken[there[0].rule] += 1
            if all(hindrance.missing is not None for hindrance in there):
                misses.append((sum(h.missing or 0 for h in there), slot, there))
    reasons = [Reason(rule, n, slots_taken(rule, n)) for rule, n in taken.most_common()]
    if not context.scenario.units_for(operation):
        return Unplaced(operation.id, (Reason("placement", len(free), Message("no police unit may serve it")),))
    if free:
        reasons.insert(0, Reason(POINTS, len(free), _fits_and_stays_out(context, operation, free[0])))
    if misses and reasons:
        _, slot, there = min(misses, key=lambda miss: (miss[0], miss[1]))
        first = there[0]
        shift = context.scenario.shift(slot.shift).name
        text = Message(
            "least is missing on {day}, {shift} ({why})", {"day": slot.day, "shift": shift, "why": first.text}
        )
        reasons.append(Reason(first.rule, 1, text))
    return Unplaced(operation.id, tuple(reasons))


def _fits_and_stays_out(context: ReplanContext, operation: Operation, slot: Slot) -> Message:
    """The reason of one that would fit: it is worth nothing, or the search was cut off before it was placed."""
    values = {"day": slot.day, "shift": context.scenario.shift(slot.shift).name}
    if operation.is_must or context.scenario.objective.priority_points[operation.priority]:
        return Message("it would fit on {day}, {shift}, and a longer search may place it", values)
    return Message("leaving it out costs nothing, as its priority has 0 points; it would fit on {day}, {shift}", values)


def with_former_reasons(context: ReplanContext, former: Plan, out: Unplaced) -> Unplaced:
    """The reasons that the former plan gave, where the operation's own time is past: else all that is told is that.

    What left it out is what people must learn for the next year.
    """
    own = context.slots.open & BY_ID["window"].allowed(context, context.scenario.operations[out.operation], None)
    before = next((one for one in former.unplaced if one.operation == out.operation), None)
    return out if before is None or own & context.to_come else before


def slots_taken(rule: str, slots: int) -> Message:
    """A sentence on how many slots a rule takes from an operation."""
    return counted(slots, "{why} (one slot)", "{why} ({n} slots)", why=BY_ID[rule].name)
