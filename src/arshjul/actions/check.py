"""What can be said of a scenario before any solving: what is odd, what cannot be, what is scarce."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from arshjul.actions.contradictions import contradictions
from arshjul.agenda.lenders import Offered, officers_offered, teams_offered
from arshjul.agenda.year import months
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, Matching, PoliceUnit
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message, Problem
from arshjul.formats.scenario.scenario import ScenarioFile
from arshjul.planning.reasons import slots_taken
from arshjul.rules import HARD, possible
from arshjul.texts import Words, counted

FEW_SLOTS = 3


@dataclass(frozen=True, slots=True)
class Balance:
    """What the operations ask of a party, against what it offers and has agreed to, by month.

    An operation's demand is spread evenly over its possible slots, and over the units that may serve it.
    `offered` is the supply of the whole plan: less than the months' sum, where months share a limited week.
    """

    party: str
    name: str
    demand: Mapping[str, float]
    supply: Mapping[str, int]
    offered: int

    @property
    def asked(self) -> int:
        """The demand of the whole plan."""
        return round(sum(self.demand.values()))


@dataclass(frozen=True, slots=True)
class Checked:
    """Warnings, and the balance of every unit and agency."""

    scenario: Scenario
    warnings: tuple[Problem, ...]
    balances: tuple[Balance, ...]

    @property
    def balance(self) -> list[dict[str, object]]:
        """The balances for a program."""
        return [
            {
                "party": b.party,
                "demand": b.asked,
                "supply": b.offered,
                "by_month": {m: {"demand": round(b.demand.get(m, 0), 1), "supply": n} for m, n in b.supply.items()},
            }
            for b in self.balances
        ]

    def lines(self, words: Words) -> Iterator[str]:
        """The balances as a table: demand and supply of the year, and the share asked for in each month, in percent."""
        width = max((len(b.name) for b in self.balances), default=0)
        months = sorted({month for b in self.balances for month in b.supply})
        heads = [words.month(date(int(month[:4]), int(month[5:]), 1))[:3] for month in months]
        asked, offered = words("asked"), words("offered")
        yield " ".join([" " * width, asked.rjust(8), offered.rjust(8), *(head.rjust(4) for head in heads)])
        for b in self.balances:
            shares = [_percent(b.demand.get(month, 0), b.supply.get(month, 0)).rjust(4) for month in months]
            yield " ".join([b.name.ljust(width), f"{b.asked:8}", f"{b.offered:8}", *shares])


def _percent(demand: float, supply: int) -> str:
    if not supply:
        return "-" if demand < 0.5 else "!"
    return f"{100 * demand / supply:.0f}"


def check(read: ScenarioFile) -> Checked:
    """Judges a scenario that was read without errors."""
    scenario = read.scenario
    context = ReplanContext.of(scenario)
    found = list(read.warnings)
    for number, operation in enumerate(scenario.operations.values()):
        found += (read.problem(kind, text, *where) for kind, text, where in _operation(context, number, operation))
    found += (read.problem(one.kind, one.text, *one.where) for one in contradictions(context))
    for name, where, line in _raised(scenario):
        text = Message(
            "The dated line raises what {party} offers: add `at_most: true` if it is meant to lower it.",
            {"party": name},
        )
        found.append(read.problem("raises-offer", text, *where, line))
    balances = (*_police(context), *_agencies(context))
    for balance in balances:
        if balance.asked > balance.offered:
            text = Message(
                "{party} is asked for {demand} in all and offers {supply}: something will be left out.",
                {"party": balance.name, "demand": balance.asked, "supply": balance.offered},
            )
            section = "police" if balance.party in scenario.police else "agencies"
            order = list(scenario.police if section == "police" else scenario.agencies)
            found.append(read.problem("scarce", text, section, order.index(balance.party)))
    return Checked(scenario, tuple(found), balances)


def _operation(
    context: ReplanContext, number: int, operation: Operation
) -> Iterator[tuple[str, Message, tuple[str | int, ...]]]:
    where = ("operations", number)
    slots = 0
    for allowed in possible(context, operation).values():
        slots |= allowed
    n = slots.bit_count()
    if n == 0:
        why = [slots_taken(rule, n) for rule, n in _takers(context, operation)]
        values = {"operation": operation.id, "why": why}
        yield "no-slot", Message("{operation} can never be placed: {why}.", values), where
    elif n <= FEW_SLOTS and operation.fixed is None:
        text = counted(
            n, "{operation} has one possible slot.", "{operation} has {n} possible slots.", operation=operation.id
        )
        yield "few-slots", text, where
    if operation.fixed is not None and n == 0:
        text = Message("A rule forbids the pin of {operation}: it stays unplaced.", {"operation": operation.id})
        yield "fixed", text, (*where, "fixed")


def _takers(context: ReplanContext, operation: Operation) -> list[tuple[str, int]]:
    """The rules that take the operation's slots from it, and how many of those that the others before left."""
    taken: Counter[str] = Counter()
    units = context.scenario.units_for(operation)
    if not units:
        return [("placement", context.slots.grid.size)]
    for unit in units:
        left = context.slots.grid.all
        for rule in HARD:
            allowed = rule.allowed(context, operation, unit)
            taken[rule.id] += (left & ~allowed).bit_count()
            left &= allowed
    return [(rule, n) for rule, n in taken.most_common() if n]


def _raised(scenario: Scenario) -> Iterator[tuple[str, tuple[str | int, ...], int]]:
    """Party, place and number of the lines that raise an offer for some dates."""
    for number, unit in enumerate(scenario.police.values()):
        officers = [(line.when, line.at_most, line.officers) for line in unit.officers]
        yield from ((unit.name, ("police", number, "officers"), line) for line in _raising(officers))
    for number, agency in enumerate(scenario.agencies.values()):
        teams = [(line.when, line.at_most, line.teams) for line in agency.teams]
        yield from ((agency.name, ("agencies", number, "teams"), line) for line in _raising(teams))


def _raising(lines: list[tuple[Matching, bool, int]]) -> Iterator[int]:
    """The dated lines without `at_most` that offer more than any line before them that is not dated."""
    usual = -1
    for number, (when, at_most, amount) in enumerate(lines):
        dated = when.first is not None or when.last is not None
        if at_most:
            continue
        if not dated:
            usual = max(usual, amount)
        elif 0 <= usual < amount:
            yield number


def _police(context: ReplanContext) -> Iterator[Balance]:
    for unit in context.scenario.police.values():
        demand = _spread(context, partial(_officers, unit.id))
        yield _balance(context, unit, demand, officers_offered(context, unit))


def _agencies(context: ReplanContext) -> Iterator[Balance]:
    for agency in context.scenario.agencies.values():
        demand = _spread(context, partial(_teams, agency.id))
        yield _balance(context, agency, demand, teams_offered(context, agency))


def _balance(
    context: ReplanContext, party: PoliceUnit | Agency, demand: Mapping[str, float], offered: Offered
) -> Balance:
    names = (f"{month.first:%Y-%m}" for month in months(context.scenario.span))
    return Balance(party.id, party.name, demand, dict(zip(names, offered.by_month, strict=True)), offered.total)


def _spread(context: ReplanContext, need: Callable[[Operation, str | None], int]) -> dict[str, float]:
    """What the operations need by month, each spread evenly over its possible slots and units."""
    demand: dict[str, float] = defaultdict(float)
    for operation in context.scenario.operations.values():
        by_unit = context.scenario.units_for(operation)
        if not any(need(operation, unit) for unit in by_unit):
            continue
        slots = {unit: context.slots.grid.numbers(allowed) for unit, allowed in possible(context, operation).items()}
        total = sum(len(numbers) for numbers in slots.values())
        for unit, numbers in slots.items():
            for number in numbers:
                demand[_month(context, number)] += need(operation, unit) / total
    return demand


def _officers(unit: str, operation: Operation, served_by: str | None) -> int:
    return operation.officers if served_by == unit else 0


def _teams(agency: str, operation: Operation, served_by: str | None) -> int:  # noqa: ARG001 - whoever serves it
    return operation.agencies.get(agency, 0)


def _month(context: ReplanContext, slot: int) -> str:
    return context.slots.month(slot // len(context.slots.grid.shifts))
