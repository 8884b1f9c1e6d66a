"""A party's part of one operation: what its own calendar shows of it, and no more.

A change is worded from two states of a part alone, so nobody is told of a change that the calendar does not show.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from arshjul.agenda.participants import concerns, others, sees_others
from arshjul.agenda.party import Party
from arshjul.agenda.when import placed_when
from arshjul.domain import share
from arshjul.domain.operation import Designated, Placement
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Meet
from arshjul.errors import Message
from arshjul.texts import without_capital

Role = Literal[share.Role, "coordinates"]


@dataclass(frozen=True, slots=True)
class Named:
    """An agency or a unit; another name for it is no change."""

    id: str
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class PartyPart:
    """One party's part of a placed operation: the data of its calendar entry's title, place and description.

    `moments` are start and end (UTC) of each date, `when` the same in words. `meet` is where all who take part gather.
    `strength` are the party's own teams or officers. Fields that the party does not see are empty: `units` (the one
    that serves, then those that lend besides, but no second time the party itself) and `agencies` (without the party
    itself) are for whoever `sees_others`; `officers`, those wanted of each unit, for the coordinator and the lead
    agency; `title` and the `stops` of a frame for the coordinator, `designated` for it and the unit that serves.
    """

    role: Role
    first: date
    when: Message = field(compare=False)
    moments: tuple[tuple[datetime, datetime], ...]
    strength: int
    has_police: bool
    lead: Named
    area: Named
    sector: Named
    programme: Named
    meet: Meet | None = None
    designated: Designated = "none"
    title: str = ""
    stops: int = 0
    sees_others: bool = True
    units: tuple[Named, ...] = ()
    officers: tuple[int, ...] = ()
    agencies: tuple[Named, ...] = ()


def part(scenario: Scenario, party: Party, placement: Placement | None) -> PartyPart | None:
    """The party's part of an operation that is placed there; None if it has none."""
    if placement is None or placement.operation not in scenario.operations:
        return None
    if not concerns(scenario, party, placement):
        return None
    operation = scenario.operations[placement.operation]
    own = None if party.kind == "coordinator" else share.share(scenario, placement, party.id)
    plans, seen = party.kind == "coordinator", others(scenario, party, placement)
    serves = (party.id,) if own is not None and own.role == "serves" and sees_others(scenario, party, placement) else ()
    return PartyPart(
        role="coordinates" if own is None else own.role,
        first=placement.slot.day,
        when=placed_when(scenario, placement),
        moments=tuple(scenario.moments(slot) for slot in scenario.slots(placement)),
        strength=0 if own is None else own.strength,
        has_police=placement.police is not None,
        lead=Named(operation.lead_agency, scenario.agencies[operation.lead_agency].name),
        area=Named(operation.area, scenario.areas[operation.area].name),
        sector=Named(operation.sector, without_capital(scenario.word(operation.sector))),
        programme=Named(operation.programme, scenario.programme(operation.programme).name),
        meet=scenario.meet_at(placement),
        designated=operation.designated if _sees_designated(party, placement) else "none",
        title=operation.title if plans else "",
        stops=operation.frame.stops if plans and operation.frame is not None else 0,
        sees_others=sees_others(scenario, party, placement),
        units=tuple(named(scenario, id) for id in (*serves, *seen.units)),
        officers=tuple(seen.officers.values()),
        agencies=tuple(Named(id, scenario.agencies[id].name) for id in seen.agencies),
    )


def _sees_designated(party: Party, placement: Placement) -> bool:
    """True for the unit that serves it, and for the coordinator if there is one."""
    return placement.police is not None and (party.kind == "coordinator" or party == Party("police", placement.police))


def named(scenario: Scenario, unit: str) -> Named:
    """The unit with its name; its id if the scenario knows no name."""
    known = scenario.police.get(unit)
    return Named(unit, unit if known is None else known.name)
