"""A party's part of one operation: what its own calendar shows of it, and no more.

A change is worded from two states of a part alone, so nobody is told of a change that the calendar does not show.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from arshjul.agenda.party import Party
from arshjul.agenda.when import placed_when
from arshjul.agenda.wording import concerns
from arshjul.domain import share
from arshjul.domain.operation import Designated
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario
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

    `moments` are start and end (UTC) of each date, `when` the same in words. `strength` are the party's own teams or
    officers; for the coordinator, the officers wanted of the unit that serves. Fields that the party does not see are
    empty: `units` (the one that serves, then those that lend besides, whose officers are `lent`), `title` and the
    `stops` of a frame are for the coordinator, `agencies` (without the party itself) for it and agencies, `designated`
    for it and the unit that serves.
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
    designated: Designated = "none"
    title: str = ""
    stops: int = 0
    units: tuple[Named, ...] = ()
    lent: tuple[int, ...] = ()
    agencies: tuple[Named, ...] = ()


def part(scenario: Scenario, party: Party, placement: Placement | None) -> PartyPart | None:
    """The party's part of an operation that is placed there; None if it has none."""
    if placement is None or placement.operation not in scenario.operations:
        return None
    if not concerns(scenario, party, placement):
        return None
    operation = scenario.operations[placement.operation]
    own = None if party.kind == "coordinator" else share.share(scenario, placement, party.id)
    wanted = operation.officers if placement.police is not None else 0
    plans = party.kind == "coordinator"
    units = _units(scenario, party, placement)
    return PartyPart(
        role="coordinates" if own is None else own.role,
        first=placement.slot.day,
        when=placed_when(scenario, placement),
        moments=tuple(scenario.moments(slot) for slot in scenario.slots(placement)),
        strength=wanted if own is None else own.strength,
        has_police=placement.police is not None,
        lead=Named(operation.lead_agency, scenario.agencies[operation.lead_agency].name),
        area=Named(operation.area, scenario.areas[operation.area].name),
        sector=Named(operation.sector, without_capital(scenario.word(operation.sector))),
        programme=Named(operation.programme, scenario.word(operation.programme)),
        designated=operation.designated if _sees_designated(party, placement) else "none",
        title=operation.title if plans else "",
        stops=operation.frame.stops if plans and operation.frame is not None else 0,
        units=units,
        lent=tuple(operation.police_also[unit.id] for unit in units[1:]),
        agencies=_agencies(scenario, party, placement),
    )


def _units(scenario: Scenario, party: Party, placement: Placement) -> tuple[Named, ...]:
    if party.kind != "coordinator":
        return ()
    return tuple(named(scenario, id) for id in scenario.lenders(placement.operation, placement.police))


def _sees_designated(party: Party, placement: Placement) -> bool:
    """True for the unit that serves it, and for the coordinator if there is one."""
    return placement.police is not None and (party.kind == "coordinator" or party == Party("police", placement.police))


def _agencies(scenario: Scenario, party: Party, placement: Placement) -> tuple[Named, ...]:
    if party.kind == "police":
        return ()
    there = (id for id in scenario.agencies_at(placement) if party.kind == "coordinator" or id != party.id)
    return tuple(Named(id, scenario.agencies[id].name) for id in there)


def named(scenario: Scenario, unit: str) -> Named:
    """The unit with its name; its id if the scenario knows no name."""
    known = scenario.police.get(unit)
    return Named(unit, unit if known is None else known.name)
