"""The parties that must be told of a revision, and the operations in which their own part changed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from arshjul.agenda.part_change import Former, is_changed
from arshjul.agenda.party import Party
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario


def tell(former: Former, scenario: Scenario, placed: Mapping[str, Placement]) -> Mapping[str, tuple[str, ...]]:
    """The operations that each party must be told of, by the party's id; agencies first, in the scenario's order.

    `placed` are the present places. `scenario` may include the parties of `former`: a party that it does not know has
    no contact.
    """
    told: dict[str, set[str]] = {id: set() for id in (*scenario.agencies, *scenario.police)}
    for id in changed_operations(former, scenario, placed):
        was, now = former.placed.get(id), placed.get(id)
        for party in {*_concerned(former.scenario, was), *_concerned(scenario, now)}:
            if party.id in told and is_changed(former, scenario, party, was, now):
                told[party.id].add(id)
    return {party: tuple(sorted(operations)) for party, operations in told.items() if operations}


def changed_operations(former: Former, scenario: Scenario, placed: Mapping[str, Placement]) -> tuple[str, ...]:
    """The operations in which somebody's part may have changed, by id."""
    before = former.scenario
    ids = sorted(former.placed.keys() | placed.keys())
    if before.shifts != scenario.shifts or before.timezone != scenario.timezone:
        return tuple(ids)
    return tuple(id for id in ids if former.placed.get(id) != placed.get(id) or _is_edited(before, scenario, id))


def _is_edited(before: Scenario, scenario: Scenario, id: str) -> bool:
    """True if what may be read of it differs: all but its sites, which the served scenario never has."""
    was, now = before.operations.get(id), scenario.operations.get(id)
    if before is scenario or was is None or now is None:
        return before is not scenario and was is not now
    if before.meet(was) != scenario.meet(now) or before.shows_participants(was) != scenario.shows_participants(now):
        return True
    if before.owner(was) != scenario.owner(now):
        return True
    return replace(was, sites=now.sites) != now


def _concerned(scenario: Scenario, placement: Placement | None) -> Iterator[Party]:
    if placement is None or placement.operation not in scenario.operations:
        return
    yield from (Party("agency", id) for id in scenario.agencies_told(placement))
    yield from (Party("police", id) for id in scenario.lenders(placement.operation, placement.police))
