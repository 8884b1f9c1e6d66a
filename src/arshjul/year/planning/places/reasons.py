"""The reasons of the operations that a plan leaves out.

Single-placement rules are asked in the order of explanation; if all of them allow a slot, or only offers refuse it, the
finished plan is asked what the option would break. Sites are never read here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan, Reason, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.problem import Hindrance, PlanningProblem, beyond_offers
from arshjul.year.rules import BY_ID
from arshjul.year.rules.hard.placement import PlacementForm, stays_out
from arshjul.year.rules.objectives import POINTS
from arshjul.year.texts import counted

_NOT_SOUGHT = Message("reasons not sought within the time limit: run `arshjul explain`")
NOT_SOUGHT = "not-sought"
"""Stands in for the rule of a reason that was not looked for."""
LOOKS_PER_S = 10_000
"""A slot with one staffing is one. A count, not a clock: a plan always has the same reasons."""
LOOKS_TOGETHER = 20_000
"""The most looks on one board: more would make it large, fewer would lay the plan out too often."""
LEAST_LIMIT_S = 10.0
"""The least time limit for explanations: a year of ordinary size gets all its reasons within it."""


def looks_within(limit_s: float) -> int:
    return int(LOOKS_PER_S * max(limit_s, LEAST_LIMIT_S))


def all_unplaced(problem: PlanningProblem, ids: Iterable[str], most_looks: int) -> tuple[Unplaced, ...]:
    """In the order given; looked at: musts, then by priority. Beyond `most_looks` none is sought."""
    context, looks = problem.context, 0
    found = {}
    batches: list[list[Operation]] = [[]]
    operations = {id: context.scenario.operations[id] for id in ids}
    for id, operation in sorted(operations.items(), key=lambda item: (not item[1].is_must, item[1].priority, item[0])):
        if looks >= most_looks:
            found[id] = Unplaced(id, (Reason(NOT_SOUGHT, 0, _NOT_SOUGHT),))
            continue
        batches[-1].append(operation)
        looks += _asked_for(context, operation).bit_count() * max(1, len(context.scenario.staffings(operation)))
        if looks >= len(batches) * LOOKS_TOGETHER:
            batches.append([])
    for operation, seen in (look for batch in filter(None, batches) for look in _looked_at(problem, batch)):
        found[operation.id] = _with_reasons(context, operation, seen)
    return tuple(found[id] for id in operations)


def is_sought(unplaced: Unplaced) -> bool:
    return all(reason.rule != NOT_SOUGHT for reason in unplaced.reasons)


def _asked_for(context: ReplanContext, operation: Operation) -> SlotSet:
    """The slots that the operation asks for (its own window, shifts, weekdays and pin); all if there are none."""
    own, pin = own_slots(context, operation), context.pin(operation)
    own &= context.slots.grid.all if pin is None else context.slots.grid.single(pin.slot)
    return own or context.slots.grid.all


def own_slots(context: ReplanContext, operation: Operation) -> SlotSet:
    """The open ones of its window, shifts and weekdays."""
    return context.slots.year.open & BY_ID["window"].allowed(context, operation, None)


@dataclass(frozen=True, slots=True)
class Looked:
    """The slots that an operation asks for: how many each rule takes, and those that are free.

    A slot is counted for a rule that no offer can satisfy, if there is one. `nearest` are the hindrances at the slot
    that lacks the fewest officers and teams and nothing else: with those, the operation would fit there.
    """

    taken: Counter[str]
    free: list[Slot]
    nearest: list[Hindrance]


def look(problem: PlanningProblem, operation: Operation) -> Looked:
    ((_, seen),) = _looked_at(problem, [operation])
    return seen


def _looked_at(problem: PlanningProblem, operations: Sequence[Operation]) -> Iterator[tuple[Operation, Looked]]:
    """All tried on one board."""
    asked, grid = (
        {operation.id: _asked_for(problem.context, operation) for operation in operations},
        problem.context.slots.grid,
    )
    wide = beyond_offers(problem, asked)
    for operation in operations:
        taken = list(wide.taken(operation, asked[operation.id]))
        free = grid.numbers(asked[operation.id] & ~sum(1 << attempt.number for attempt in taken))
        missed = [(attempt.missing, attempt.number) for attempt in taken if attempt.missing is not None]
        nearest = wide.nearest(operation, grid.slot(min(missed)[1])) if missed else []
        yield operation, Looked(Counter(attempt.rule for attempt in taken), list(map(grid.slot, free)), nearest)


def unplaced(problem: PlanningProblem, operation: Operation) -> Unplaced:
    return _with_reasons(problem.context, operation, look(problem, operation))


def _with_reasons(context: ReplanContext, operation: Operation, seen: Looked) -> Unplaced:
    if not context.scenario.units_for(operation):
        return Unplaced(operation.id, (Reason("placement", len(seen.free), _unserved(context.scenario, operation)),))
    if (decided := stays_out(context, operation)) is not None:
        return Unplaced(operation.id, (Reason(PlacementForm.id, seen.taken.total(), decided),))
    reasons = [Reason(rule, n, slots_taken(rule, n)) for rule, n in seen.taken.most_common()]
    if seen.free:
        reasons.insert(0, Reason(POINTS, len(seen.free), _fits_and_stays_out(context, operation, seen.free[0])))
    if seen.nearest:
        slot = seen.nearest[0].slot
        values = {"day": slot.day, "shift": context.scenario.shift(slot.shift).name, "why": why(seen.nearest)}
        reasons.append(Reason(seen.nearest[0].rule, 1, Message("least is missing on {day}, {shift} ({why})", values)))
    return Unplaced(operation.id, tuple(reasons))


def _unserved(scenario: Scenario, operation: Operation) -> Message:
    units = [
        unit.name
        for unit in scenario.police.values()
        if operation.police is None and unit.on_request and operation.area in unit.areas
    ]
    if not units:
        return Message("no police unit may serve it")
    return Message("only units on request may serve it, and it names none of {units}", {"units": units})


def why(there: Sequence[Hindrance]) -> Message:
    """The sentence on a slot with these hindrances: all that is missing, or the first that no offer satisfies."""
    if there[0].missing is None or len(there) == 1:
        return there[0].text
    return Message("{why}", {"why": [hindrance.text for hindrance in there]})


def _fits_and_stays_out(context: ReplanContext, operation: Operation, slot: Slot) -> Message:
    values = {"day": slot.day, "shift": context.scenario.shift(slot.shift).name}
    if operation.is_must or context.scenario.objective.priority_points[operation.priority]:
        return Message("it would fit on {day}, {shift}, with a longer search", values)
    return Message("its priority has 0 points; it would fit on {day}, {shift}", values)


def with_former_reasons(context: ReplanContext, former: Plan, out: Unplaced) -> Unplaced:
    """The former plan's reasons if the operation's own time is past, since they are what next year can learn from."""
    own = own_slots(context, context.scenario.operations[out.operation])
    before = next((unplaced for unplaced in former.unplaced if unplaced.operation == out.operation), None)
    return out if before is None or own & context.to_come else before


class Tally(NamedTuple):
    hindrances: tuple[tuple[Message, int], ...]
    others: tuple[Message, ...]


def tally(reasons: Iterable[Reason]) -> Tally:
    """Reasons as figures. One that is about a single slot may say more than its rule: it keeps its words."""
    hindrances, others = [], []
    for reason in reasons:
        is_counted = reason.rule in BY_ID and reason.rule != PlacementForm.id
        if is_counted and (reason.slots > 1 or reason.text == slots_taken(reason.rule, reason.slots)):
            hindrances.append((BY_ID[reason.rule].name, reason.slots))
        else:
            others.append(reason.text)
    return Tally(tuple(hindrances), tuple(others))


def slots_taken(rule: str, slots: int) -> Message:
    return counted(slots, "{why} (one slot)", "{why} ({n} slots)", why=BY_ID[rule].name)
