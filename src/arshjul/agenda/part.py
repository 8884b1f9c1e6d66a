"""A party's part of one operation: what its own calendar shows of it, and no more.

Two states of a part are all that a change can be told from, so that nobody is told of a change what
the calendar does not show.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from arshjul.agenda.party import Party
from arshjul.agenda.when import placed_when
from arshjul.agenda.wording import concerns, taking_part
from arshjul.domain import share
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message

Role = Literal[share.Role, "coordinates"]


@dataclass(frozen=True, slots=True)
class Named:
    """An agency or a unit; another name is no change of it."""

    id: str
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class PartyPart:
    """One party's part of a placed operation.

    `moments` are start and end (UTC) of each date, `when` the same in words. `strength` are the party's own
    teams or officers; for the coordinator, the officers wanted of the unit that serves. What the party does not
    see is empty: `units` (the one that serves, then those that lend besides) are for the coordinator, `agencies`
    (without the party itself) for the coordinator and agencies.
    """

    role: Role
    first: date
    when: Message = field(compare=False)
    moments: tuple[tuple[datetime, datetime], ...]
    strength: int
    has_police: bool
    lead: Named
    units: tuple[Named, ...] = ()
    agencies: tuple[Named, ...] = ()


def part(scenario: Scenario, party: Party, placement: Placement | None) -> PartyPart | None:
    """The party's part of an operation that is placed there; None where it has none."""
    if placement is None or placement.operation not in scenario.operations:
        return None
    if not concerns(scenario, party, placement):
        return None
    operation = scenario.operations[placement.operation]
    own = None if party.kind == "coordinator" else share.share(scenario, placement, party.id)
    wanted = operation.officers if placement.police is not None else 0
    return PartyPart(
        role="coordinates" if own is None else own.role,
        first=placement.slot.day,
        when=placed_when(scenario, placement),
        moments=tuple(scenario.moments(slot) for slot in scenario.slots(placement)),
        strength=wanted if own is None else own.strength,
        has_police=placement.police is not None,
        lead=Named(operation.lead_agency, scenario.agencies[operation.lead_agency].name),
        units=_units(scenario, party, placement),
        agencies=_agencies(scenario, party, placement),
    )


def _units(scenario: Scenario, party: Party, placement: Placement) -> tuple[Named, ...]:
    if party.kind != "coordinator":
        return ()
    return tuple(named(scenario, id) for id in scenario.lenders(placement.operation, placement.police))


def _agencies(scenario: Scenario, party: Party, placement: Placement) -> tuple[Named, ...]:
    if party.kind == "police":
        return ()
    there = (id for id in taking_part(scenario, placement) if party.kind == "coordinator" or id != party.id)
    return tuple(Named(id, scenario.agencies[id].name) for id in there)


def named(scenario: Scenario, unit: str) -> Named:
    """The unit with its name; its id where the scenario knows no name."""
    known = scenario.police.get(unit)
    return Named(unit, unit if known is None else known.name)
