"""Checks a scenario before any solving: oddities, contradictions and scarcity."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from arshjul.errors import KeyName, Message
from arshjul.year.agenda.lenders import Needs, Offered, asked, officers_offered, teams_offered
from arshjul.year.agenda.year import months
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.feature import OF_SHEETS
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.parties import Agency, OfficerLine, PoliceUnit
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import NEAR_MINUTES, Meet
from arshjul.year.planning.check.contradictions import Doubt, Lines, Where, any_slot, contradictions, offered_lines
from arshjul.year.planning.check.idle_entries import refusals
from arshjul.year.planning.check.likely_mistakes import likely_mistakes, other_years
from arshjul.year.planning.check.pinned_together import doubts_of_pins, pinned_together
from arshjul.year.planning.check.secret_places import secret_doubts
from arshjul.year.planning.places.reasons import slots_taken
from arshjul.year.rules import HARD, possible
from arshjul.year.texts import counted

_LINES = {"police": "police[].officers", "agencies": "agencies[].teams"}


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
    wishing = Counter(
        id for operation in scenario.operations.values() for id in operation.optional_agencies if id in idle
    )
    needing = {operation.id: _needed(scenario, operation, idle) & idle for operation in scenario.operations.values()}
    found = []
    for section in ("police", "agencies"):
        parties = [line for line in offered_lines(scenario) if line[0][0] == section]
        asked = {party.id: sum(party.id in needed for needed in needing.values()) for _, party, _ in parties}
        if len(parties) > 1 and not any(lines for *_, lines in parties) and any(asked.values()):
            text = Message("No party offers anything: fill in {lines}.", {"lines": KeyName(_LINES[section])})
            found.append(Doubt("no-offer", text, (section,)))
            continue
        for where, party, lines in parties:
            if asked[party.id]:
                text = counted(
                    asked[party.id],
                    "{party} offers nothing on open dates, so one operation cannot be placed: fill in {lines}.",
                    "{party} offers nothing on open dates, so {n} operations cannot be placed: fill in {lines}.",
                    party=party.name,
                    lines=KeyName(_LINES[section]),
                )
            elif n := wishing.get(party.id, 0):
                text = Message(
                    "{party} offers nothing on open dates, so it joins no operation that wishes for it ({n}): "
                    "fill in {lines}.",
                    {"party": party.name, "n": n, "lines": KeyName(_LINES[section])},
                )
            else:
                continue
            found.append(Doubt("no-offer", text, (*where, 0) if lines else where[:2]))
    stopped = frozenset(id for id, parties in needing.items() if parties)
    lone = [
        operation
        for operation in scenario.operations.values()
        if not scenario.units_for(operation) and operation.police is None
    ]
    return NoOffers(
        (*found, *_without_units(scenario, lone)), stopped.union(operation.id for operation in lone), frozenset(idle)
    )


def _without_units(scenario: Scenario, lone: Sequence[Operation]) -> Iterator[Doubt]:
    for area, n in Counter(operation.area for operation in lone).items():
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
    for where, party, lines in offered_lines(scenario):
        again = (number for number in range(2, len(lines)) if lines[number] in lines[: number - 1])
        for number in again:  # where nothing stands between, one that is as an earlier one changes nothing
            text = Message(
                "This row copies one of {party} above, and overrides the rows between for the same dates. "
                "Remove one of the two, if unintended.",
                {"party": party.name},
            )
            yield Doubt("replaced", text, (*where, number))


FEW_SLOTS = 3


@dataclass(frozen=True, slots=True)
class Balance:
    """The officers or teams that operations ask of a party, against its offer and limits, by month.

    An operation's demand is spread evenly over its possible slots, and over the units and agencies that may serve it.
    `offered` is the supply of the whole plan: less than the sum over months if months share a limited week.
    `may_serve` is the number of operations that a unit may serve or lend to; None for an agency.
    """

    party: str
    name: str
    demand: Mapping[str, float]
    supply: Mapping[str, int]
    offered: int
    may_serve: int | None = None

    @property
    def asked(self) -> int:
        return round(sum(self.demand.values()))


def doubts(context: ReplanContext) -> Iterator[Doubt]:
    yield from likely_mistakes(context.scenario)
    none = no_offers(context)
    yield from copied_rows(context.scenario)
    if not context.slots.year.open:
        yield from all_closed(context)
        return  # which explains whatever else could be said
    yield from none.doubts
    for number, operation in enumerate(context.scenario.operations.values()):
        if operation.id not in none.operations:
            yield from _operation(context, number, operation)
    yield from secret_doubts(context.scenario)
    yield from _times_to_meet(context.scenario)
    yield from _sheets(context.scenario)
    pinned = list(pinned_together(context))
    yield from doubts_of_pins(context, pinned)
    yield from contradictions(context, none.operations, [together.operations.keys() for together in pinned])
    yield from other_years(context.scenario, none.parties)
    for where, party, lines in offered_lines(context.scenario):
        for line in _raising(lines):
            text = Message(
                "The dated line raises the offer of {party}: set {at_most} to lower it.",
                {"party": party.name, "at_most": KeyName("at_most")},
            )
            yield Doubt("raises-offer", text, (*where, line))


def balances(context: ReplanContext) -> tuple[Balance, ...]:
    wanted, found = asked(context, places=possible), list[Balance]()
    for unit in context.scenario.police.values():
        balance = _balance(context, unit, wanted[unit.id], officers_offered(context, unit))
        open_to = (
            unit.id in (*context.scenario.units_for(operation), *operation.police_also)
            for operation in context.scenario.operations.values()
        )
        found.append(replace(balance, may_serve=sum(open_to)))
    for agency in (agency for agency in context.scenario.agencies.values() if agency.sends_teams):
        found.append(_balance(context, agency, wanted[agency.id], teams_offered(context, agency)))
    return tuple(found)


def scarcities(scenario: Scenario, balances: Iterable[Balance]) -> Iterator[Doubt]:
    for balance in balances:
        if balance.asked > balance.offered:
            text = Message(
                "{party} offers {supply}, but operations need {demand}: some will be unplaced.",
                {"party": balance.name, "demand": balance.asked, "supply": balance.offered},
            )
            section = "police" if balance.party in scenario.police else "agencies"
            order = list(scenario.police if section == "police" else scenario.agencies)
            yield Doubt("scarce", text, (section, order.index(balance.party)))


def open_days(scenario: Scenario) -> Iterator[Doubt]:
    calendar = scenario.calendar
    if calendar.country is None and not calendar.closed_weekdays:
        text = Message(
            "Weekends and public holidays are open: give the country, like SE, and the closed weekdays. Or is "
            "that intended?"
        )
        yield Doubt("open-days", text, ("calendar", "country"))


def _operation(context: ReplanContext, number: int, operation: Operation) -> Iterator[Doubt]:
    """The doubts about one operation; a reserve is judged as if it were promoted."""
    where, promoted = ("operations", number), replace(operation, reserve=False)
    n = any_slot(context, promoted).bit_count()
    if n == 0:
        why = [slots_taken(rule, n) for rule, n in _takers(context, promoted)]
        values = {"operation": operation.id, "why": why}
        yield Doubt("no-slot", Message("{operation} can never be placed: {why}.", values), where)
    elif n <= FEW_SLOTS and operation.fixed is None:
        text = counted(
            n, "{operation} has one possible slot.", "{operation} has {n} possible slots.", operation=operation.id
        )
        yield Doubt("few-slots", text, where)
    for position, group in enumerate(operation.any_of):
        if len(group.agencies) == 1:
            text = Message(
                "The group of {operation} gives no choice: add an agency, or move it to {agencies}.",
                {"operation": operation.id, "agencies": KeyName("agencies")},
            )
            yield Doubt("no-choice", text, (*where, "any_of", position))
    yield from _ties_to_reserves(context, where, operation)
    if operation.fixed is not None and n == 0:
        why = refusals(context, operation, operation.fixed)
        values = {"operation": operation.id, "why": why}
        text = Message("A rule forbids the pin of {operation}: it stays unplaced.", values)
        if why:
            text = Message("{operation} stays unplaced, as its pin is forbidden: {why}.", values)
        yield Doubt("fixed", text, (*where, "fixed"))


def _times_to_meet(scenario: Scenario) -> Iterator[Doubt]:
    there: dict[Where, tuple[str, Meet, set[str]]] = {}
    areas = list(scenario.areas)
    for number, operation in enumerate(scenario.operations.values()):
        meet, area = scenario.meet(operation), scenario.areas[operation.area]
        if meet is None:
            continue
        where: Where = ("areas", areas.index(area.id)) if operation.meet is None else ("operations", number)
        _, _, shifts = there.setdefault(where, (area.name if operation.meet is None else operation.id, meet, set()))
        shifts.update(operation.shifts or (shift.id for shift in scenario.shifts))
    for where, (name, meet, shifts) in there.items():
        far = [shift for shift in scenario.shifts if shift.id in shifts and not meet.is_near(shift)]
        if far:
            text = Message(
                "{who} meets at {at}, over {hours} hours from the start of {shifts}, so the time is left out. "
                "Give the operations another time or shift.",
                {
                    "who": name,
                    "at": f"{meet.at:%H:%M}",
                    "hours": NEAR_MINUTES // 60,
                    "shifts": [f"{shift.name} {shift.start:%H:%M}" for shift in far],
                },
            )
            yield Doubt("meet-time", text, (*where, "meet", "at"))
        if late := [shift for shift in scenario.shifts if shift.id in shifts and meet.is_late(shift)]:
            text = Message(
                "{who} meets at {at}, after {shifts} has begun: meet earlier, or start the shift later.",
                {
                    "who": name,
                    "at": f"{meet.at:%H:%M}",
                    "shifts": [f"{shift.name} {shift.start:%H:%M}" for shift in late],
                },
            )
            yield Doubt("meet-late", text, (*where, "meet", "at"))


def _sheets(scenario: Scenario) -> Iterator[Doubt]:
    where: Where = ("sheet", "sections")
    if OF_SHEETS not in scenario.uses:
        return
    if "I" in scenario.sheet.sections and not any(agency.writes_people for agency in scenario.agencies.values()):
        text = Message("Section I has no author: give {key} to an agency.", {"key": KeyName("agencies.writes_people")})
        yield Doubt("nobody-writes", text, where)
    meanings = (scenario.cycle.meaning(milestone.id) for milestone in scenario.cycle.milestones)
    if scenario.sheet.sections and "information-sheet" not in meanings:
        text = Message(
            "No milestone sets a due date for information sheets: give {key} to one.",
            {"key": KeyName("cycle.milestones.counts_as")},
        )
        yield Doubt("never-due", text, where)


def _ties_to_reserves(context: ReplanContext, where: Where, operation: Operation) -> Iterator[Doubt]:
    operations, after = context.scenario.operations, operation.after
    if after is not None and operations[after.operation].reserve and not operation.reserve:
        text = Message(
            "{operation} follows the reserve {reserve}: it stays out until {reserve} is promoted. Let it follow "
            "another one, or make {reserve} ordinary.",
            {"operation": operation.id, "reserve": after.operation},
        )
        yield Doubt("reserve", text, (*where, "after"))
    twin = operation.same_slot_as
    if twin is not None and (operations[twin].reserve or operation.reserve):
        reserve = twin if operations[twin].reserve else operation.id
        text = Message(
            "{operation} is tied to the time of {other}, but not while {reserve} is a reserve.",
            {"operation": operation.id, "other": twin, "reserve": reserve},
        )
        yield Doubt("reserve", text, (*where, "same_slot_as"))


def _takers(context: ReplanContext, operation: Operation) -> list[tuple[str, int]]:
    """The rules that take slots from the operation, each with its number of the slots left by earlier rules."""
    taken: Counter[str] = Counter()
    staffings = context.scenario.staffings(operation)
    if not staffings:
        return [("placement", context.slots.grid.size)]
    for staffing in staffings:
        left, chosen = context.slots.grid.all, operation.choosing(staffing.any_of)
        for rule in HARD:
            allowed = rule.allowed(context, chosen, staffing.police)
            taken[rule.id] += (left & ~allowed).bit_count()
            left &= allowed
    return [(rule, n) for rule, n in taken.most_common() if n]


def _raising(lines: Lines) -> Iterator[int]:
    """The dated lines without `at_most` that offer more than every undated line before them."""
    usual = -1
    for number, line in enumerate(lines):
        amount = line.officers if isinstance(line, OfficerLine) else line.teams
        if not line.at_most and line.when.first is None and line.when.last is None:
            usual = max(usual, amount)
        elif not line.at_most and 0 <= usual < amount:
            yield number


def _balance(context: ReplanContext, party: PoliceUnit | Agency, wanted: Needs, offered: Offered) -> Balance:
    names = [f"{month.first:%Y-%m}" for month in months(context.scenario.span)]
    demand = dict(zip(names, wanted.required, strict=True))
    return Balance(party.id, party.name, demand, dict(zip(names, offered.by_month, strict=True)), offered.total)
