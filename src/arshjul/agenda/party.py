"""The parties that get a feed: the coordinator, every agency and every police unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arshjul.agenda.entry import clean
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message

PartyKind = Literal["coordinator", "agency", "police"]


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """A party with a feed. `id` is the agency's or the unit's; the coordinator has none.

    As text it is the name of its feed's file: `coordinator`, `agency-ID`, `police-ID`.
    """

    kind: PartyKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.id}" if self.id else self.kind


COORDINATOR = Party("coordinator")


def parties(scenario: Scenario) -> tuple[Party, ...]:
    agencies = (Party("agency", id) for id in scenario.agencies)
    units = (Party("police", id) for id in scenario.police)
    return (COORDINATOR, *agencies, *units)


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
    raise InputError(Message("No party {given} in the plan: name one of {parties}.", values))
