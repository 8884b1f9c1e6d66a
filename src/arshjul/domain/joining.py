"""The optional agencies that join, and the officers that come: as many as the slot has left."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product

from arshjul.domain.calendar import Slot
from arshjul.domain.entries.entries import Demands
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario


def joined(
    scenario: Scenario,
    placements: Iterable[Placement],
    before: Mapping[str, Placement] | None = None,
    demands: Demands | None = None,
) -> tuple[Placement, ...]:
    """The placements with the optional agencies that join.

    If an agency's teams are not enough for all, operations that it joined `before` come first, then by priority, then
    by id, so that it keeps what it can. An agency that said no does not join. One that joins does so on all dates of
    the operation.
    """
    there = list(placements)
    left: Counter[tuple[str, Slot]] = Counter()  # less what required agencies take, on each date
    wishes = []
    for placement in there:
        operation = scenario.operations[placement.operation]
        old = (before or {}).get(operation.id)
        slots = operation.slots(placement.slot)
        for slot, (agency, teams) in product(slots, operation.sent(placement.any_of).items()):
            left[agency, slot] -= teams
        for agency, teams in operation.optional_agencies.items():
            if demands is not None and demands.stays_away(operation.id, agency, placement.slot):
                continue
            new = old is None or agency not in old.optional_agencies
            wishes.append((new, operation.priority, operation.id, agency, teams, slots))
    joins: dict[str, set[str]] = {placement.operation: set() for placement in there}
    for _, _, operation_id, agency, teams, slots in sorted(wishes):
        if all(scenario.agencies[agency].offer(slot) + left[agency, slot] >= teams for slot in slots):
            for slot in slots:
                left[agency, slot] -= teams
            joins[operation_id].add(agency)
    return tuple(
        replace(placement, optional_agencies=tuple(a for a in scenario.agencies if a in joins[placement.operation]))
        for placement in there
    )


def with_officers(
    scenario: Scenario, placements: Iterable[Placement], history: Mapping[str, Placement]
) -> tuple[Placement, ...]:
    """The placements with the officers that come, where a unit has fewer than are wanted.

    Each operation gets what it needs; the rest goes by priority, then by id. Those in `history` keep what they had.
    """
    there = [(placement, scenario.operations[placement.operation]) for placement in placements]
    left: Counter[tuple[str, Slot]] = Counter()  # less what is needed, on each date
    for placement, operation in there:
        lent = operation.lent(placement.police).items()
        for slot, (lender, officers) in product(operation.slots(placement.slot), lent):
            left[lender, slot] -= officers
    come = {id: placement.officers for id, placement in history.items()}
    for placement, operation in sorted(there, key=lambda one: (one[1].priority, one[1].id)):
        unit, more = placement.police, operation.officers - operation.least
        if unit is None or not more or operation.id in come:
            continue
        slots = operation.slots(placement.slot)
        spare = min(scenario.police_offer(unit, slot).officers + left[unit, slot] for slot in slots)
        given = max(0, min(more, spare))
        left.subtract({(unit, slot): given for slot in slots})
        come[operation.id] = None if given == more else operation.least + given
    return tuple(replace(placement, officers=come.get(operation.id)) for placement, operation in there)
