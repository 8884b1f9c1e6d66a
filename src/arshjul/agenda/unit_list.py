"""The one list of a police unit: what all programmes and units ask of it, no more than its own calendar tells it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from arshjul.agenda.cards_view import needs_of_others
from arshjul.agenda.participants import concerns
from arshjul.agenda.party import Party
from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Operation, Placement
from arshjul.domain.parties import Agency
from arshjul.domain.party_view import Order, Orderer, UnitList
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario


class _Date(NamedTuple):
    """A date of an operation, and when it begins and ends."""

    starts: datetime
    ends: datetime
    slot: Slot
    operation: Operation
    placement: Placement


def unit_list(scenario: Scenario, plan: Plan, unit: str) -> UnitList:
    """The list of the unit of that id, over all of the plan."""
    known = scenario.police[unit]
    there = sorted(_dates(scenario, plan, unit), key=lambda one: (one.starts, one.operation.id))
    areas = tuple(scenario.areas[id].name for id in known.areas if id in scenario.areas)
    orders = tuple(_order(scenario, plan, unit, one, there) for one in there)
    return UnitList(known.name, areas, scenario.name, tuple(_orderers(scenario, unit, there)), orders)


def _dates(scenario: Scenario, plan: Plan, unit: str) -> Iterator[_Date]:
    for placement in plan.placements:
        if concerns(scenario, Party("police", unit), placement) and placement.operation in scenario.operations:
            for slot in scenario.slots(placement):
                yield _Date(*scenario.moments(slot), slot, scenario.operations[placement.operation], placement)


def _order(scenario: Scenario, plan: Plan, unit: str, one: _Date, there: list[_Date]) -> Order:
    operation, shift = one.operation, scenario.shift(one.slot.shift)
    others = [other for other in there if other.operation.id != operation.id]
    serves = one.placement.police == unit
    at_once = [other.operation.id for other in others if other.starts < one.ends and one.starts < other.ends]
    same_day = [other.operation.id for other in others if other.slot.day == one.slot.day]
    return Order(
        operation.id,
        one.slot.day,
        f"{shift.start:%H:%M}–{shift.end:%H:%M}",
        one.placement.lent(one.operation)[unit],
        operation.designated if serves else "none",
        serves,
        _named(scenario.agencies[operation.lead_agency]),
        scenario.programme(operation.programme).name,
        scenario.word(operation.sector),
        scenario.areas[operation.area].name,
        tuple(at_once),
        tuple(id for id in same_day if id not in at_once),
        tuple(needs_of_others(scenario, plan, Party("police", unit), one.placement)),
    )


def _named(agency: Agency) -> str:
    return f"{agency.name}, {agency.unit}" if agency.unit else agency.name


def _orderers(scenario: Scenario, unit: str, there: list[_Date]) -> Iterator[Orderer]:
    """Those who order most come first."""
    found = defaultdict[tuple[str, str], list[_Date]](list)
    for one in there:
        found[one.operation.lead_agency, one.operation.programme].append(one)
    for (lead, programme), dates in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        agency, what = scenario.agencies[lead], scenario.programme(programme)
        yield Orderer(
            _named(agency),
            scenario.role(lead),
            what.name,
            "" if what.owner is None else scenario.agencies[what.owner].name,
            what.purpose or scenario.role(programme),
            tuple(said for said in (agency.contact, agency.phone, agency.email) if said),
            tuple(dict.fromkeys(scenario.word(one.operation.sector) for one in dates)),
            len({one.operation.id for one in dates}),
            sum(one.placement.lent(one.operation)[unit] for one in dates),
        )
