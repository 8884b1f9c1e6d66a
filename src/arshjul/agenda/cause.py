"""The cause for which an operation left its place, as far as a reader may know it.

A revision tells no causes, so they are found in what it holds: withdrawals, too few teams, dates that
somebody asked not to have. Why police officers were withdrawn is known to the coordinator and to the
unit that withdrew them; others read that they were.
"""

from collections.abc import Iterator

from arshjul.agenda.party import COORDINATOR, Party
from arshjul.agenda.wording import concerns, taking_part
from arshjul.domain.amendment import Cancelled, Edited, LeftOut, Pinned, WithoutPolice
from arshjul.domain.answer import agreed
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import UNKNOWN_END_DAYS
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message

KINDS = {
    "shooting": Message("a shooting"),
    "accident": Message("a big accident"),
    "special-event": Message("a special event"),
    "match": Message("a match"),
    "demonstration": Message("a demonstration"),
}

DECIDED = Message("the coordinator's decision")
ON_THE_DAY = Message("its being called off on the day")


def cancelled_now(plan: Plan) -> frozenset[str]:
    """The operations that were cancelled in this revision. They are in its base no more."""
    changes, now = plan.entries.changes, plan.placing.revision
    return frozenset(one.operation for one in changes if isinstance(one, Cancelled) and one.revision == now)


def cause(scenario: Scenario, plan: Plan, old: Placement, reader: Party) -> Message | None:
    """The cause for which the operation left its old place in this plan; None where another plan made it leave.

    `scenario` may know more than the plan's own: only to name what is no longer in it.
    """
    if plan.placed.get(old.operation) == old:
        return None
    if plan.base is None:
        return Message("a plan made anew") if plan.placements else None
    if old.operation in cancelled_now(plan):
        return DECIDED
    if not old.same_place(plan.base.placements.get(old.operation)):
        return None
    return _in_replan(scenario, plan, plan.base, old, reader)


def _in_replan(scenario: Scenario, plan: Plan, base: Base, old: Placement, reader: Party) -> Message:
    new, id = plan.placed.get(old.operation), old.operation
    if old.same_place(new):
        return _short_of_teams(scenario, base, old, reader) or Message("other operations that needed the teams")
    if new is None and all(unplaced.operation != id for unplaced in plan.unplaced):
        return DECIDED
    if id in base.hit:
        lost = _withdrawn(scenario, plan, old, reader) or _short_of_teams(scenario, base, old, reader)
        if lost is not None:
            return lost
    if plan.entries.demands(plan.placing.revision).is_called_off(id, old.slot.day):
        return ON_THE_DAY
    return _asked(scenario, scenario.operations[id], plan, base, old, reader)


def kind_of(withdrawal: Withdrawal) -> Message:
    """The cause that a withdrawal gives; its id where it gives none."""
    return KINDS.get(withdrawal.cause, Message("{cause}", {"cause": withdrawal.cause or withdrawal.id}))


def _in_a_sentence(withdrawal: Withdrawal) -> Message:
    """The same within a sentence: what somebody wrote with a capital stands in quotes, as those words are theirs."""
    given = withdrawal.cause
    if not given:
        return Message("withdrawal {id}", {"id": withdrawal.id})
    if given not in KINDS and given[:1].isupper():
        return Message('"{cause}"', {"cause": given})
    return kind_of(withdrawal)


def _withdrawn(scenario: Scenario, plan: Plan, old: Placement, reader: Party) -> Message | None:
    for withdrawal in reversed(plan.entries.in_force()):
        last = withdrawal.ends(plan.as_of.date(), scenario.settings[UNKNOWN_END_DAYS])
        lenders = scenario.lenders(old.operation, old.police)
        taken = any(withdrawal.ceiling(slot, last) is not None for slot in scenario.slots(old))
        if taken and any(unit in withdrawal.police for unit in lenders):
            if reader == COORDINATOR or (reader.kind == "police" and reader.id in withdrawal.police):
                return _in_a_sentence(withdrawal)
            return Message("withdrawn police officers")
    return None


def _short_of_teams(scenario: Scenario, base: Base, old: Placement, reader: Party) -> Message | None:
    """Too few teams, and whose where the reader sees who takes part."""
    for agency in _short(scenario, base, old):
        if reader == COORDINATOR or (reader.kind == "agency" and concerns(scenario, reader, old)):
            text = Message("too few teams at {agency}", {"agency": scenario.agencies[agency].name})
            return _in_its_words(base, old, text, reader)
        return Message("too few teams at an agency")
    return None


def _short(scenario: Scenario, base: Base, old: Placement) -> Iterator[str]:
    """The agencies that have fewer teams at an old slot than were placed there."""
    known = [placement for placement in base.placements.values() if placement.operation in scenario.operations]
    for agency in taking_part(scenario, old):
        for slot in scenario.slots(old):
            there = [placement for placement in known if slot in scenario.slots(placement)]
            needed = sum(_teams(scenario.operations[p.operation], p, agency) for p in there)
            if needed > scenario.agencies[agency].offer(slot):
                yield agency
                break


def _teams(operation: Operation, placement: Placement, agency: str) -> int:
    joining = operation.optional_agencies.get(agency, 0) if agency in placement.optional_agencies else 0
    return operation.sent(placement.any_of).get(agency, joining)


def _in_its_words(base: Base, old: Placement, why: Message, reader: Party) -> Message:
    """With what the agency gave as its cause, for the coordinator and the agency itself."""
    given = base.causes.get(old.operation)
    if given is None or reader not in (COORDINATOR, Party("agency", given.agency)):
        return why
    return Message("{why} ({given})", {"why": why, "given": given.text})


def _asked(scenario: Scenario, operation: Operation, plan: Plan, base: Base, old: Placement, reader: Party) -> Message:
    """What somebody asked for, or what it is tied to; at last, that others needed its place."""
    new, id = plan.placed.get(operation.id), operation.id
    now = [change for change in plan.entries.changes if change.revision == plan.placing.revision]
    noes = plan.entries.demands(plan.placing.revision).refused.get(id, ())
    ties = {operation.same_slot_as, operation.after.operation if operation.after else None} - {None}
    why = Message("other operations that needed its place")
    if any(isinstance(one, LeftOut | Pinned | WithoutPolice) and one.operation == id for one in now):
        why = DECIDED
    elif any(slot.day in span for slot in scenario.slots(old) for span in operation.not_on):
        why = _in_its_words(base, old, Message("a wish for another date"), reader)
    elif any(no.keeps_away(operation, old) for no in noes):
        why = Message("a wish for another date")
    elif new is not None and operation.fixed and operation.fixed.holds(new.slot, new.staffing):
        why = DECIDED
    elif new is not None and _is_agreed(scenario, plan, new):
        why = Message("what all who take part agreed to")
    elif id in base.hit and any(isinstance(one, Edited) for one in now):
        why = Message("changed conditions")
    elif any(_has_left(plan, id) for id in ties if id is not None):
        why = Message("another operation that it is tied to")
    return why


def _is_agreed(scenario: Scenario, plan: Plan, new: Placement) -> bool:
    held = agreed(scenario, plan.entries.demands(plan.placing.revision).answers).get(new.operation)
    return held is not None and held.is_about(new)


def _has_left(plan: Plan, id: str) -> bool:
    return plan.base is not None and id in plan.base.placements and plan.base.placements[id] != plan.placed.get(id)
