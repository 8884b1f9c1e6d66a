"""Doubts about what parties offer: nothing at all, or a row twice; and about dates none of which is open."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from arshjul.domain.calendar import Span
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, OfficerLine, PoliceUnit, TeamLine
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.errors import KeyName, Message
from arshjul.planning.check.contradictions import Doubt, Where
from arshjul.texts import counted

_LINES = {"police": "police[].officers", "agencies": "agencies[].teams"}
_Lines = Sequence[OfficerLine | TeamLine]


@dataclass(frozen=True, slots=True)
class NoOffers:
    doubts: tuple[Doubt, ...]
    operations: frozenset[str]
    parties: frozenset[str]


def no_offers(context: ReplanContext) -> NoOffers:
    """A doubt for each party that offers nothing and that operations need, instead of one for each of these."""
    scenario, year = context.scenario, context.slots.year
    rows = {**year.teams, **context.slots.offers.officers}
    open_slots = context.slots.grid.numbers(year.open)
    idle = {id for id, row in rows.items() if not any(row[number] for number in open_slots)}
    needing = {one.id: _needed(scenario, one, idle) & idle for one in scenario.operations.values()}
    found = []
    for section in ("police", "agencies"):
        parties = [one for one in _parties(scenario) if one[1][0] == section]
        asked = {id: sum(id in needed for needed in needing.values()) for id, _, _ in parties}
        if len(parties) > 1 and not any(_lines(party) for _, _, party in parties) and any(asked.values()):
            values = {"lines": KeyName(_LINES[section])}
            text = Message("No party offers anything: fill in {lines}.", values)
            found.append(Doubt("no-offer", text, (section,)))
            continue
        for id, where, party in parties:
            if asked[id]:
                text = counted(
                    asked[id],
                    "{party} offers nothing on open dates, so one operation cannot be placed: fill in {lines}.",
                    "{party} offers nothing on open dates, so {n} operations cannot be placed: fill in {lines}.",
                    party=party.name,
                    lines=KeyName(_LINES[section]),
                )
            elif n := sum(id in one.optional_agencies for one in scenario.operations.values()) if id in idle else 0:
                text = Message(
                    "{party} offers nothing on open dates, so it joins no operation that wishes for it ({n}): "
                    "fill in {lines}.",
                    {"party": party.name, "n": n, "lines": KeyName(_LINES[section])},
                )
            else:
                continue
            found.append(Doubt("no-offer", text, (*where, 0) if _lines(party) else where[:2]))
    stopped = frozenset(id for id, parties in needing.items() if parties)
    lone = [one for one in scenario.operations.values() if not scenario.units_for(one) and one.police is None]
    return NoOffers((*found, *_without_units(scenario, lone)), stopped.union(one.id for one in lone), frozenset(idle))


def _without_units(scenario: Scenario, lone: Sequence[Operation]) -> Iterator[Doubt]:
    for area, n in Counter(one.area for one in lone).items():
        values = {"area": scenario.areas[area].name, "n": n, "areas": KeyName("police[].areas")}
        text = Message(
            "No unit serves {area}, and operations there name none ({n}): give a unit the area in {areas}, or "
            "name one.",
            values,
        )
        yield Doubt("no-unit", text, ("areas", list(scenario.areas).index(area)))


def _needed(scenario: Scenario, operation: Operation, idle: Set[str]) -> set[str]:
    """The parties without which it cannot be placed; the units that may serve it, if none of them offers anything."""
    units = {unit for unit in scenario.units_for(operation) if unit is not None} if operation.least else set()
    return {*operation.agencies, *operation.police_also, *(units if units <= idle else ())}


def all_closed(context: ReplanContext) -> Iterator[Doubt]:
    if context.slots.year.open:
        return
    closed = context.scenario.calendar.closed
    spans = [(len([*one.days()]), ("closed", n)) for n, one in enumerate(closed) if isinstance(one, Span)]
    where = max(spans, default=(0, ("closed_weekdays",)))[1]
    text = Message("No date of the plan is open: closed dates cover all of it. Are the dates right?")
    yield Doubt("all-closed", text, ("calendar", *where))


def copied_rows(scenario: Scenario) -> Iterator[Doubt]:
    """Rows that are there twice, the second of which counts in place of those between."""
    for _, where, party in _parties(scenario):
        for number in _again(_lines(party)):
            text = Message(
                "This row copies one of {party} above, and overrides the rows between for the same dates. "
                "Remove one of the two, if unintended.",
                {"party": party.name},
            )
            yield Doubt("replaced", text, (*where, number))


def _lines(party: Agency | PoliceUnit) -> _Lines:
    return party.officers if isinstance(party, PoliceUnit) else party.teams


def _parties(scenario: Scenario) -> Iterator[tuple[str, Where, Agency | PoliceUnit]]:
    for number, unit in enumerate(scenario.police.values()):
        yield unit.id, ("police", number, "officers"), unit
    for number, agency in enumerate(scenario.agencies.values()):
        yield agency.id, ("agencies", number, "teams"), agency


def _again(lines: _Lines) -> Iterator[int]:
    """The lines that are as an earlier one; where nothing stands between, that changes nothing."""
    return (number for number in range(2, len(lines)) if lines[number] in lines[: number - 1])
