"""Checks a scenario before any solving: oddities, contradictions and scarcity."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from arshjul.agenda.lenders import Needs, Offered, asked, officers_offered, teams_offered
from arshjul.agenda.year import months
from arshjul.domain.feature import OF_SHEETS
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, Matching, PoliceUnit
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import NEAR_MINUTES, Meet
from arshjul.errors import KeyName, Message
from arshjul.planning.check.contradictions import Doubt, Where, contradictions
from arshjul.planning.check.idle_entries import refusals
from arshjul.planning.check.offers import all_closed, copied_rows, no_offers
from arshjul.planning.check.other_years import other_years
from arshjul.planning.check.pinned_together import doubts_of_pins, pinned_together
from arshjul.planning.check.secret_places import secret_doubts
from arshjul.planning.check.slips import slips
from arshjul.planning.places.reasons import slots_taken
from arshjul.rules import HARD, possible
from arshjul.texts import counted

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
        """The demand of the whole plan."""
        return round(sum(self.demand.values()))


def doubts(context: ReplanContext) -> Iterator[Doubt]:
    """All doubts: what explains much, then operation by operation, those that concern several, and about offers."""
    yield from slips(context.scenario)
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
    yield from contradictions(context, none.operations, [one.operations.keys() for one in pinned])
    yield from other_years(context.scenario, none.parties)
    for name, where in _raised(context.scenario):
        text = Message(
            "The dated line raises the offer of {party}: set {at_most} to lower it.",
            {"party": name, "at_most": KeyName("at_most")},
        )
        yield Doubt("raises-offer", text, where)


def balances(context: ReplanContext) -> tuple[Balance, ...]:
    """The balance of every unit, then of every agency."""
    wanted = asked(context, places=possible)
    return (*_police(context, wanted), *_agencies(context, wanted))


def scarcities(scenario: Scenario, balances: Iterable[Balance]) -> Iterator[Doubt]:
    """The parties that are asked for more than they offer."""
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
    """A doubt about a calendar in which weekends and public holidays are open."""
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
    slots = 0
    for allowed in possible(context, promoted).values():
        slots |= allowed
    n = slots.bit_count()
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
    """Doubts about times to meet after a shift has begun, or not said in it, as it begins at quite another time."""
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
                {"who": name, "at": f"{meet.at:%H:%M}", "shifts": [f"{one.name} {one.start:%H:%M}" for one in late]},
            )
            yield Doubt("meet-late", text, (*where, "meet", "at"))


def _sheets(scenario: Scenario) -> Iterator[Doubt]:
    """Doubts about sections of information sheets that nobody would write, or that are never due."""
    where: Where = ("sheet", "sections")
    if OF_SHEETS not in scenario.uses:
        return
    if "I" in scenario.sheet.sections and not any(one.writes_people for one in scenario.agencies.values()):
        text = Message(
            "Section I has no author: give {key} to an agency.",
            {"key": KeyName("agencies.writes_people")},
        )
        yield Doubt("nobody-writes", text, where)
    meanings = (scenario.cycle.meaning(one.id) for one in scenario.cycle.milestones)
    if scenario.sheet.sections and "information-sheet" not in meanings:
        text = Message(
            "No milestone sets a due date for information sheets: give {key} to one.",
            {"key": KeyName("cycle.milestones.counts_as")},
        )
        yield Doubt("never-due", text, where)


def _ties_to_reserves(context: ReplanContext, where: Where, operation: Operation) -> Iterator[Doubt]:
    """Doubts about ties to a reserve, which is not placed until it is promoted."""
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


def _raised(scenario: Scenario) -> Iterator[tuple[str, Where]]:
    """The party and place of each line that raises an offer for some dates."""
    for number, unit in enumerate(scenario.police.values()):
        officers = [(line.when, line.at_most, line.officers) for line in unit.officers]
        yield from ((unit.name, ("police", number, "officers", line)) for line in _raising(officers))
    for number, agency in enumerate(scenario.agencies.values()):
        teams = [(line.when, line.at_most, line.teams) for line in agency.teams]
        yield from ((agency.name, ("agencies", number, "teams", line)) for line in _raising(teams))


def _raising(lines: list[tuple[Matching, bool, int]]) -> Iterator[int]:
    """The dated lines without `at_most` that offer more than every undated line before them."""
    usual = -1
    for number, (when, at_most, amount) in enumerate(lines):
        dated = when.first is not None or when.last is not None
        if at_most:
            continue
        if not dated:
            usual = max(usual, amount)
        elif 0 <= usual < amount:
            yield number


def _police(context: ReplanContext, wanted: Mapping[str, Needs]) -> Iterator[Balance]:
    for unit in context.scenario.police.values():
        balance = _balance(context, unit, wanted[unit.id], officers_offered(context, unit))
        open_to = (
            unit.id in (*context.scenario.units_for(operation), *operation.police_also)
            for operation in context.scenario.operations.values()
        )
        yield replace(balance, may_serve=sum(open_to))


def _agencies(context: ReplanContext, wanted: Mapping[str, Needs]) -> Iterator[Balance]:
    for agency in (one for one in context.scenario.agencies.values() if one.sends_teams):
        yield _balance(context, agency, wanted[agency.id], teams_offered(context, agency))


def _balance(context: ReplanContext, party: PoliceUnit | Agency, wanted: Needs, offered: Offered) -> Balance:
    names = [f"{month.first:%Y-%m}" for month in months(context.scenario.span)]
    demand = dict(zip(names, wanted.required, strict=True))
    return Balance(party.id, party.name, demand, dict(zip(names, offered.by_month, strict=True)), offered.total)
