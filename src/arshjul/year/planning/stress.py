"""A plan's resilience in ordinary years: simulated withdrawals, each answered by a replan, and the years counted.

Withdrawals are drawn from rates. The same seed draws the same year for every plan.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from math import inf, sqrt
from random import Random
from statistics import NormalDist, fmean, stdev

from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.revised import tell
from arshjul.year.domain.calendar import Span, local
from arshjul.year.domain.change import changes
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.history.rates import YEAR_DAYS, Rates
from arshjul.year.domain.history.stress_figures import Estimate, PartyStressed, Stressed, Totals
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_former_lenders
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan.input import ReplanInput, replan_input
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.planning.report.figures import SHORT_NOTICE_DAYS

_Z = NormalDist().inv_cdf(0.975)
_T = (12.706, 4.303, 3.182)  # the quantiles of Student's distribution for 1, 2 and 3 degrees of freedom


@dataclass(slots=True)
class Lived:
    """A year that a plan has met. `held` take place on their first date; fields ending in `_of` are by party."""

    held: frozenset[str] = frozenset()
    changes: int = 0
    short_notices: int = 0
    changes_of: Counter[str] = field(default_factory=Counter)
    short_notices_of: Counter[str] = field(default_factory=Counter)
    points: int = 0
    answered: int = 0
    proven: int = 0


def live(
    scenario: Scenario, plan: Plan, withdrawals: tuple[Withdrawal, ...], option: str, effort: Effort
) -> tuple[Lived, Plan]:
    """Withdrawals are met in order of report, those of one moment together."""
    year, first, answer = Lived(), plan, _Answering(scenario, option, replace(effort, bare=True), plan)
    ordered = sorted(withdrawals, key=lambda withdrawal: (withdrawal.reported or first.as_of, withdrawal.id))
    for moment, reported in groupby(ordered, key=lambda one: one.reported or first.as_of):
        before, plan = plan, answer(plan, Entries(tuple(reported)), moment)
        moved = changes(before.placed, plan.placed).changed
        near = {move.operation for move in moved if move.notice_days(plan.as_of.date()) < SHORT_NOTICE_DAYS}
        year.answered += 1
        year.proven += answer.proven
        year.changes += len(moved)
        year.short_notices += len(near)
        former = FormerPlan(with_former_lenders(scenario, plan), before.placed)
        for party, operations in tell(former, scenario, plan.placed).items():
            year.changes_of[party] += len(operations)
            year.short_notices_of[party] += len(near.intersection(operations))
    places = ((id, place, plan.placed.get(id)) for id, place in first.placed.items())
    year.held = frozenset(id for id, old, new in places if new is not None and new.slot.day == old.slot.day)
    worth = scenario.objective.priority_points
    year.points = sum(worth[scenario.operations[id].priority] for id in plan.placed)
    return year, plan


class _Answering:
    def __init__(self, scenario: Scenario, option: str, effort: Effort, plan: Plan) -> None:
        self.scenario, self.option, self.effort = scenario, option, effort
        self.slots, self.proven = SlotTables.of(scenario), plan.status == "optimal"

    def __call__(self, plan: Plan, reported: Entries, moment: datetime) -> Plan:
        given = replan_input(self.scenario, plan, reported, moment, checked=True, slots=self.slots)
        self.slots = given.context.slots
        if _stays(given, plan, reported, self.proven):
            self.proven = True
            return _as_it_was(given, plan)
        new = replan_from(given, plan, self.effort, (self.option,)).options[self.option]
        self.proven = new.status == "optimal"
        return new


def _stays(given: ReplanInput, plan: Plan, reported: Entries, proven: bool) -> bool:
    """True if a replan would find no better plan: nothing is hit, and no unplaced operation could come in.

    If nothing is given back, every plan that is possible now was possible before. It was no better than the proven plan
    then, and is not now, since it changes more. Two kinds may nevertheless come in: operations without points, since
    leaving them out cost nothing and their return is no change; and operations tied to one that has begun since, which
    ties nobody.
    """
    if given.context.hit:
        return False
    known = {withdrawal.id for withdrawal in plan.entries.withdrawals}
    given_back = any(withdrawal.id in known for withdrawal in reported.withdrawals)
    tied = {id for group in given.scenario.ties() for id in group}
    points = given.scenario.objective.priority_points
    out = [given.scenario.operations[unplaced.operation] for unplaced in plan.unplaced]
    return not plan.unplaced or (
        proven
        and not given_back
        and all(operation.is_must or points[operation.priority] > 0 for operation in out)
        and not any(operation.id in tied for operation in out)
    )


def _as_it_was(given: ReplanInput, plan: Plan) -> Plan:
    """The plan as the next revision. It has no levels: its own counted changes from an older base."""
    return replace(
        plan,
        as_of=given.as_of,
        levels=(),
        entries=given.entries,
        base=given.context.base,
        given=given.given,
        revision=plan.revision + 1,
    )


def summed_up(scenario: Scenario, plan: Plan, years: Sequence[Lived]) -> Stressed:
    placed, parties = plan.placed, (*scenario.agencies, *scenario.police)
    return Stressed(
        placed=len(placed),
        totals=Totals(
            held=mean((len(year.held) for year in years), most=len(placed)),
            changes=mean(year.changes for year in years),
            short_notices=mean(year.short_notices for year in years),
            points=mean(year.points for year in years),
        ),
        operations={id: chance(sum(id in year.held for year in years), len(years)) for id in placed},
        months=_by_month(plan, years),
        parties={
            party: PartyStressed(
                mean(year.changes_of[party] for year in years), mean(year.short_notices_of[party] for year in years)
            )
            for party in parties
        },
        answered=sum(year.answered for year in years),
        proven=sum(year.proven for year in years),
    )


def _by_month(plan: Plan, years: Sequence[Lived]) -> dict[str, Estimate]:
    months: dict[str, set[str]] = defaultdict(set)
    for place in sorted(plan.placements, key=lambda place: place.slot):
        months[f"{place.slot.day:%Y-%m}"].add(place.operation)
    return {
        month: mean((len(there & year.held) / len(there) for year in years), most=1) for month, there in months.items()
    }


def chance(hits: int, n: int) -> Estimate:
    """A share of years with Wilson's interval, which stays between 0 and 1 and is not too narrow at either end."""
    share, z2 = hits / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def mean(values: Iterable[float], most: float = inf) -> Estimate:
    """The mean of at least two years with Student's interval, given that values lie between 0 and `most`."""
    given = list(values)
    middle = fmean(given)
    half = _t(len(given) - 1) * stdev(given) / sqrt(len(given))
    return Estimate(middle, max(0.0, middle - half), min(float(most), middle + half))


def _t(freedom: int) -> float:
    """The 97.5 % quantile of Student's distribution (Abramowitz and Stegun 26.7.5, good to 0.01 from 4 on)."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    z, n = _Z, freedom
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )


_GIVEN_BACK_AT = time(15)


def drawn_year(
    scenario: Scenario, rates: tuple[Rates, ...], seed: int, number: int, as_of: datetime
) -> tuple[Withdrawal, ...]:
    """The withdrawals of the year of that number, from the date after `as_of` to the plan's last, by report.

    An open-ended one has two reports under its id: its beginning, without an end, and its end. Each kind is drawn
    independently, so that another rate of one leaves the others unchanged.
    """
    ahead = Span(max(scenario.span.first, as_of.date() + timedelta(days=1)), scenario.span.last)
    drawn = [
        report
        for rate in rates
        for report in _of_kind(scenario, rate, Random(f"{seed} {number} {rate.kind.cause}"), ahead, as_of)
    ]
    return tuple(sorted(drawn, key=lambda one: (one.reported or as_of, one.id)))


def _of_kind(scenario: Scenario, rates: Rates, rng: Random, ahead: Span, as_of: datetime) -> Iterator[Withdrawal]:
    days = list(ahead.days())
    if not days or not scenario.police:
        return
    weights = [rates.weekdays[day.weekday()] * rates.months[day.month - 1] for day in days]
    a_year = rng.gammavariate(rates.shape, 1 / rates.years)
    for n in range(_how_many(a_year * len(days) / YEAR_DAYS, rng)):
        first = rng.choices(days, weights)[0]
        last = first
        while rng.random() >= rates.ends and last < scenario.span.last:
            last += timedelta(days=1)
        units, shifts = _some(rates.units, rng), _some(rates.shifts, rng)
        told = max(as_of, _told(scenario, rates, first, shifts, rng))
        everywhere = None if len(shifts) == len(scenario.shifts) else shifts
        id = f"drawn-{rates.kind.cause}-{n + 1}"
        known = None if rates.kind.open_ended else last
        yield Withdrawal(id, told, units, first, known, everywhere, cause=rates.kind.cause)
        if rates.kind.open_ended:
            back = max(told + timedelta(minutes=5), local(last, _GIVEN_BACK_AT, scenario.zone))
            yield Withdrawal(id, back, units, first, last, everywhere, cause=rates.kind.cause)


def _how_many(mean: float, rng: Random) -> int:
    """A number drawn from a Poisson distribution with that mean: the events of a process before the time is over."""
    n, moment = 0, rng.expovariate(1)
    while moment < mean:
        n, moment = n + 1, moment + rng.expovariate(1)
    return n


def _some(shares: Mapping[str, float], rng: Random) -> tuple[str, ...]:
    """Each with its share as its probability: one is drawn for certain, the others with what they then lack."""
    total = sum(shares.values())
    if total < 1:
        shares = {id: share / total for id, share in shares.items()}
        total = 1.0
    certain = rng.choices(list(shares), list(shares.values()))[0]
    chosen = []
    for id, share in shares.items():
        alone = share / total
        also = 1.0 if alone >= 1 else (share - alone) / (1 - alone)
        if rng.random() < also or id == certain:
            chosen.append(id)
    return tuple(chosen)


def _told(scenario: Scenario, rates: Rates, first: date, shifts: tuple[str, ...], rng: Random) -> datetime:
    start = min(shift.start for shift in scenario.shifts if shift.id in shifts)
    minutes = rng.expovariate(1 / max(rates.notice_hours * 60, 1))
    return local(first, start, scenario.zone) - timedelta(minutes=5 * round(minutes / 5))
