"""The optional agencies that join: those that have teams left at the slot."""

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
