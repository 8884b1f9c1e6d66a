"""The parties that get a feed (the coordinator, every agency and every police unit), and who takes part in what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from arshjul.errors import InputError, Message
from arshjul.year.agenda.entry import clean
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.scenario import Scenario

PartyKind = Literal["coordinator", "agency", "police"]


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """`id`: the agency's or unit's. As text it is its feed's file: `coordinator`, `agency-ID`, `police-ID`."""

    kind: PartyKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.id}" if self.id else self.kind


COORDINATOR = Party("coordinator")


def parties(scenario: Scenario) -> tuple[Party, ...]:
    agencies = (Party("agency", id) for id in scenario.agencies)
    return (COORDINATOR, *agencies, *(Party("police", id) for id in scenario.police))


def name_of(scenario: Scenario, party: str) -> str:
    """Its id if the scenario does not know it."""
    known = scenario.agencies.get(party) or scenario.police.get(party)
    return party if known is None else known.name


def party_named(name: str) -> Party:
    kind, _, id = name.partition("-")
    return Party(kind, id)  # type: ignore[arg-type]


def party_meant(given: str, names: Sequence[str]) -> str:
    meant = [name for name in names if given in (name, name.partition("-")[2])]
    if len(meant) == 1:
        return meant[0]
    values = {"given": clean(given), "parties": list(names)}
    if meant:
        raise InputError(Message("{given} is an agency and a unit: name one of {parties}.", values))
    ids = {name.partition("-")[2]: name for name in names}
    for near in get_close_matches(given.casefold(), [*ids, *names], 1):
        values = {"given": clean(given), "near": ids.get(near, near)}
        raise InputError(Message("No party {given} in the plan. Did you mean {near}?", values))
    raise InputError(Message("No party {given} in the plan: name one of {parties}.", values))


@dataclass(frozen=True, slots=True)
class Others:
    """The unit that serves first; without the party itself. `officers` are for the coordinator and lead agency."""

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
    if not sees_others(scenario, party, placement):
        return Others()
    operation = scenario.operations[placement.operation]
    counts = party.kind == "coordinator" or party == Party("agency", operation.lead_agency)
    units = tuple(id for id in scenario.lenders(operation.id, placement.police) if party != Party("police", id))
    agencies = tuple(id for id in scenario.agencies_at(placement) if party != Party("agency", id))
    wanted = placement.lent(operation)
    return Others(units, agencies, {id: wanted[id] for id in units} if counts else {})
