"""Who else takes part in a placed operation, as far as one party sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from arshjul.agenda.party import Party
from arshjul.domain.operation import Placement
from arshjul.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Others:
    """The units, the one that serves first, and the agencies, in the scenario's order; without the party itself.

    `officers` are those wanted of each unit, for the coordinator and the lead agency.
    """

    units: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    officers: Mapping[str, int] = field(default_factory=dict)


def concerns(scenario: Scenario, party: Party, placement: Placement) -> bool:
    """True if the party takes part in the operation there, or owns its programme; it is told of no others."""
    match party.kind:
        case "coordinator":
            return True
        case "agency":
            return placement.operation in scenario.operations and party.id in scenario.agencies_told(placement)
        case "police":
            return party.id in scenario.lenders(placement.operation, placement.police)


def takes_part(scenario: Scenario, party: Party, placement: Placement) -> bool:
    """True if the party comes to the operation there, and so writes of it and is written to."""
    return placement.operation in scenario.operations and party.id in scenario.parties_at(placement)


def sees_others(scenario: Scenario, party: Party, placement: Placement) -> bool:
    """True if the party sees who takes part there: the coordinator does, all whom it concerns if that is shared."""
    if party.kind == "coordinator":
        return True
    operation = scenario.operations.get(placement.operation)
    return operation is not None and concerns(scenario, party, placement) and scenario.shows_participants(operation)


def others(scenario: Scenario, party: Party, placement: Placement) -> Others:
    """All others that the party sees there."""
    if not sees_others(scenario, party, placement):
        return Others()
    operation = scenario.operations[placement.operation]
    counts = party.kind == "coordinator" or party == Party("agency", operation.lead_agency)
    units = tuple(id for id in scenario.lenders(operation.id, placement.police) if party != Party("police", id))
    agencies = tuple(id for id in scenario.agencies_at(placement) if party != Party("agency", id))
    wanted = placement.lent(operation)
    return Others(units, agencies, {id: wanted[id] for id in units} if counts else {})
