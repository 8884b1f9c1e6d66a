"""The parties that get a feed: the coordinator, every agency and every police unit."""

from dataclasses import dataclass
from typing import Literal

from arshjul.domain.scenario import Scenario

PartyKind = Literal["coordinator", "agency", "police"]


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """One that gets a feed. `id` is the agency's or the unit's; the coordinator has none.

    As text it is the name of its feed's file: `coordinator`, `agency-ID`, `police-ID`.
    """

    kind: PartyKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.id}" if self.id else self.kind


COORDINATOR = Party("coordinator")


def parties(scenario: Scenario) -> tuple[Party, ...]:
    """All of them: the coordinator, the agencies and the police units in the scenario's order."""
    agencies = (Party("agency", id) for id in scenario.agencies)
    units = (Party("police", id) for id in scenario.police)
    return (COORDINATOR, *agencies, *units)
