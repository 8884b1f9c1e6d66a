"""The cause of each change of a revision, for programs: the first cause that applies."""

from collections.abc import Collection, Mapping
from itertools import product

from arshjul.domain.amendment import Cancelled, Edited, LeftOut, OtherDates, Pinned, WithoutPolice
from arshjul.domain.answer import Answered
from arshjul.domain.change import Changes
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.agreement import standing_as_agreed

Cause = Mapping[str, str]


def causes(scenario: Scenario, plan: Plan, changes: Changes) -> dict[str, Cause]:
    """The cause of each changed operation, by its id. `scenario` is the one as read; none for a first plan."""
    base = plan.base
    if base is None:
        return {}
    left = scenario.after(plan.entries.in_force(), plan.as_of.date())
    held = standing_as_agreed(scenario, plan)
    moves = ((move.operation, move.old) for move in changes.changed)
    return {id: _cause(left, plan, base, old, held) for id, old in moves if old is not None}


def _cause(scenario: Scenario, plan: Plan, base: Base, old: Placement, held: Collection[str]) -> Cause:
    id = old.operation
    if id in base.hit:
        if withdrawal := _withdrawn(scenario, base, old):
            return {"kind": "withdrawal", "id": withdrawal}
        if agency := _short(scenario, base, old):
            return {"kind": "teams", "party": agency}
        if plan.entries.demands(plan.placing.revision).is_called_off(id, old.slot.day):
            return {"kind": "outcome", "id": id}
    asked = _asked(scenario, plan, old, held)
    edited = any(isinstance(one, Edited) and one.revision == plan.placing.revision for one in plan.entries.changes)
    if asked is None and edited and id in base.hit:
        return {"kind": "scenario", "id": id}
    return asked or {"kind": "knock-on", "id": id}


def _withdrawn(scenario: Scenario, base: Base, old: Placement) -> str | None:
    """The withdrawal that leaves too few officers, or designated ones, where it stood."""
    operations = scenario.operations
    for withdrawal, slot in product(reversed(scenario.taken), scenario.slots(old)):
        there = [one for one in base.placements.values() if slot in scenario.slots(one)]
        left = withdrawal.ceiling(slot, withdrawal.last or slot.day)
        for unit in scenario.lenders(old.operation, old.police) if left is not None else ():
            lent = sum(operations[one.operation].lent(one.police).get(unit, 0) for one in there)
            designated = sum(one.police == unit and operations[one.operation].designated == "require" for one in there)
            if unit in withdrawal.police and left is not None and left < max(lent, designated):
                return withdrawal.id
    return None


def _short(scenario: Scenario, base: Base, old: Placement) -> str | None:
    """The agency that has too few teams where it stood."""
    if old.operation not in scenario.operations:
        return None
    for agency, slot in product(scenario.operations[old.operation].sent(old.any_of), scenario.slots(old)):
        there = [one for one in base.placements.values() if slot in scenario.slots(one)]
        sent = [scenario.operations[one.operation].sent(one.any_of).get(agency, 0) for one in there]
        if sum(sent) > scenario.agencies[agency].offer(slot):
            return agency
    return None


def _asked(scenario: Scenario, plan: Plan, old: Placement, held: Collection[str]) -> Cause | None:
    """What was asked of it in this revision; a pin goes first, and what all agreed to, which is `held`."""
    found: Cause | None = None
    if old.operation in held:
        return {"kind": "pin", "id": old.operation}
    for change in plan.entries.changes:
        if change.revision != plan.placing.revision or getattr(change, "operation", None) != old.operation:
            continue
        if isinstance(change, Pinned):
            return {"kind": "pin", "id": old.operation}
        if isinstance(change, Answered) and _keeps_away(scenario, change, old):
            found = found or {"kind": "asked", "party": change.party}
        if isinstance(change, OtherDates) and any(old.slot.day in span for span in change.dates):
            found = found or {"kind": "asked", "party": change.agency}
        if isinstance(change, Cancelled | LeftOut | WithoutPolice):
            found = found or {"kind": "asked", "id": old.operation}
    return found


def _keeps_away(scenario: Scenario, answer: Answered, old: Placement) -> bool:
    """True if it is a no to where the operation stood."""
    operation = scenario.operations.get(old.operation)
    return operation is not None and answer.answer == "no" and answer.keeps_away(operation, old)
