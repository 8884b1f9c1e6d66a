"""Rates of withdrawals: assumptions weighed together with what logs show.

Every figure has a conjugate prior, so learning is counting: a Gamma for the number a year and the hours of notice, a
Beta for the share that takes a unit or a shift, or ends on a given day. With an empty log the prior is the answer.

The year of a plan is such a log too: its withdrawals as long as they lasted, and those that outcomes reveal.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Context, Decimal
from math import fsum, sqrt
from statistics import NormalDist
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, local
from arshjul.year.domain.entries.amendment import Outcome
from arshjul.year.domain.history.stress_figures import Estimate, basis
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import KINDS, OTHER, Kind, Withdrawal, WithdrawalHistory, first_told, in_force
from arshjul.year.texts import counted

YEAR_DAYS = 365.25
_Z = NormalDist().inv_cdf(0.975)
LONG_DAYS = 7
"""The days from which a withdrawal counts as a burst, whatever its stated cause. Assumed."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The observed rate of a kind, from `withdrawals` in logs that cover `days`.

    The number a year is Gamma-distributed, of that `shape` over `years`. `ends` is the chance that a day is the last
    one. `units` and `shifts` give the share of withdrawals that takes each. `weekdays` and `months` give how much
    likelier than on average one begins then.
    """

    kind: Kind
    withdrawals: int
    days: int
    shape: float
    years: float
    ends: float
    notice_hours: float
    units: Mapping[str, float]
    shifts: Mapping[str, float]
    weekdays: tuple[float, ...]
    months: tuple[float, ...]

    @property
    def per_year(self) -> float:
        return self.shape / self.years

    @property
    def a_year(self) -> Estimate:
        """The number a year, with a 95 % interval (Wilson and Hilferty's quantiles)."""
        step, middle = _Z / (3 * sqrt(self.shape)), 1 - 1 / (9 * self.shape)
        low, high = (self.per_year * max(0.0, middle + sign * step) ** 3 for sign in (-1, 1))
        return Estimate(self.per_year, low, high)


def learnt(scenario: Scenario, logs: Iterable[WithdrawalHistory]) -> tuple[Rates, ...]:
    """The rates of every kind, learnt from logs whose years do not overlap.

    Withdrawals of units that the scenario does not know are ignored.
    """
    heard = list(logs)
    kinds = (*scenario.withdrawal_rates.kinds, OTHER)
    of: dict[str, list[_Seen]] = {kind.cause: [] for kind in kinds}
    for log in heard:
        first = first_told(log.withdrawals)
        for withdrawal in in_force(log.withdrawals):
            if withdrawal.first in log.year and scenario.police.keys() & set(withdrawal.police):
                of[_kind(withdrawal)].append(_Seen(replace(withdrawal, reported=first[withdrawal.id]), log.year.last))
    days = Counter(day.month for log in heard for day in log.year.days())
    return tuple(_rates(scenario, kind, of[kind.cause], days) for kind in kinds if kind.per_year or of[kind.cause])


def withdrawn_share(rates: Iterable[Rates], unit: str, slot: Slot) -> float:
    """The chance that a shift of the unit is withdrawn: that at least one withdrawal covers it.

    Open-ended withdrawals cover every weekday alike.
    """
    covering = fsum(
        rate.per_year
        / YEAR_DAYS
        / rate.ends
        * rate.units[unit]
        * rate.shifts[slot.shift]
        * rate.months[slot.day.month - 1]
        * (1 if rate.kind.open_ended else rate.weekdays[slot.day.weekday()])
        for rate in rates
    )
    return 1 - _exp(-covering)


def _exp(power: float) -> float:
    """The exponential, rounded correctly on every machine.

    Prices in whole tenths depend on it, and `verify` recomputes them. The C libraries differ in the last bit, and so do
    Python versions in a plain sum: enough to change a rounding.
    """
    return float(_CONTEXT.exp(Decimal(power)))


_CONTEXT = Context(prec=40)


class _Seen(NamedTuple):
    """A withdrawal, and the last date up to which it was seen."""

    one: Withdrawal
    until: date


def built_on(rates: Iterable[Rates]) -> Message:
    """The basis of the rates in words, shown beside each figure."""
    known = list(rates)
    heard, days = sum(rate.withdrawals for rate in known), max((rate.days for rate in known), default=0)
    if heard or not days:
        return basis(heard)
    return counted(
        days,
        "0 withdrawals in one day; assumed {assumed} a year, becomes {becomes}",
        "0 withdrawals in {n} days; assumed {assumed} a year, becomes {becomes}",
        assumed=sum(rate.kind.per_year for rate in known),
        becomes=round(sum(rate.per_year for rate in known)),
    )


def priced_by(scenario: Scenario) -> Message | None:
    """A sentence that dates are priced by the scenario's history, and its basis; None if it has no history."""
    if not scenario.history:
        return None
    rates = learnt(scenario, scenario.history)
    basis = built_on(rates)
    if not any(rate.withdrawals for rate in rates):
        return Message("{basis}: `often_withdrawn` says which dates are often withdrawn.", {"basis": basis})
    return Message("Dates often withdrawn are priced by experience: {basis}.", {"basis": basis})


def _kind(one: Withdrawal) -> str:
    """The cause under which it counts."""
    for kind in KINDS:
        if kind.cause == one.cause:
            return kind.cause
    burst = one.last is None or (one.last - one.first).days + 1 >= LONG_DAYS
    return next(kind.cause for kind in KINDS if kind.open_ended) if burst else OTHER.cause


def _rates(scenario: Scenario, kind: Kind, seen: list[_Seen], days_in_month: Mapping[int, int]) -> Rates:
    log, n = [one for one, _ in seen], len(seen)
    assumed, weight = scenario.withdrawal_rates, scenario.withdrawal_rates.withdrawals
    days = sum(days_in_month.values())
    ended = sum(one.last is not None and one.last <= until for one, until in seen)
    lasted = sum((min(one.last or until, until) - one.first).days + 1 for one, until in seen)
    known = [withdrawal for withdrawal in log if withdrawal.reported is not None]
    notice = sum(_notice_hours(scenario, withdrawal) for withdrawal in known)
    weekdays, months = (
        Counter(withdrawal.first.weekday() for withdrawal in log),
        Counter(withdrawal.first.month for withdrawal in log),
    )
    return Rates(
        kind=kind,
        withdrawals=n,
        days=days,
        shape=kind.per_year * assumed.years + n,
        years=assumed.years + days / YEAR_DAYS,
        ends=(weight + ended) / (weight * kind.days + lasted),
        notice_hours=(weight * kind.notice_hours + notice) / (weight + len(known)),
        units={
            id: _share(weight, kind.units_percent / 100, n, sum(id in withdrawal.police for withdrawal in log))
            for id in scenario.police
        },
        shifts={
            shift.id: _share(
                weight, 1, n, sum(withdrawal.shifts is None or shift.id in withdrawal.shifts for withdrawal in log)
            )
            for shift in scenario.shifts
        },
        weekdays=tuple(_likelier(weight / 7, weekdays[day], n / 7) for day in range(7)),
        months=tuple(
            _likelier(weight / 12, months[month], n * days_in_month.get(month, 0) / max(days, 1))
            for month in range(1, 13)
        ),
    )


def _notice_hours(scenario: Scenario, one: Withdrawal) -> float:
    starts = [shift.start for shift in scenario.shifts if one.shifts is None or shift.id in one.shifts]
    first = local(one.first, min(starts, default=time()), scenario.zone)
    return 0 if one.reported is None else max(0.0, (first - one.reported).total_seconds() / 3600)


def _share(weight: int, before: float, n: int, hits: int) -> float:
    """The mean of the Beta distribution after `hits` of `n`."""
    return (before * weight + hits) / (weight + n)


def _likelier(weight: float, hits: int, expected: float) -> float:
    """The factor above the average rate; 1 if the log is empty."""
    return (weight + hits) / (weight + expected)


def withdrawal_history(scenario: Scenario, plan: Plan) -> WithdrawalHistory | None:
    """The log that the plan's entries make, up to the date of its last news; None if that is before the year begins."""
    first = first_told(plan.entries.standing().withdrawals)
    reports = (replace(withdrawal, reported=first[withdrawal.id]) for withdrawal in plan.entries.in_force())
    told = tuple(as_it_lasted for report in reports for as_it_lasted in _as_it_lasted(scenario, report))
    return WithdrawalHistory(scenario.span, (*told, *_found_missing(scenario, plan, told))).up_to(watched_to(plan))


def watched_to(plan: Plan) -> date:
    """The last date that the plan knows about: that of its own moment, or of the latest report in it.

    It is unknown whether officers were withdrawn later.
    """
    return max([plan.as_of.date(), *(entry.reported.date() for entry in plan.entries if entry.reported is not None)])


def partial_year_warning(scenario: Scenario, plan: Plan, folder: str) -> Message | None:
    """A warning that the plan covers only a part of its year, or nothing of it; None if it covers all."""
    values = {"folder": folder, "day": watched_to(plan), "first": scenario.span.first, "last": scenario.span.last}
    if watched_to(plan) < scenario.span.first:
        return Message(
            "{folder} ends on {day}, before its year begins on {first}: nothing is learnt from it.",
            values,
        )
    if watched_to(plan) < scenario.span.last:
        return Message("{folder} counts to {day}, its last entry, and not to {last}.", values)
    return None


def _as_it_lasted(scenario: Scenario, one: Withdrawal) -> Iterator[Withdrawal]:
    """The withdrawal without the dates at its ends that were given back entirely; nothing if all were.

    Dates given back in between or in part do not make it shorter.
    """
    until = one.last or scenario.span.last
    first, last = one.first, until
    while one.given_back and last >= first and _is_given_back(scenario, one, last):
        last -= timedelta(days=1)
    while one.given_back and first <= last and _is_given_back(scenario, one, first):
        first += timedelta(days=1)
    if first <= last:
        yield replace(
            one, first=first, last=one.last if last == until else last, until=None, given_back=(), revision=None
        )


def _is_given_back(scenario: Scenario, one: Withdrawal, day: date) -> bool:
    shifts = [shift.id for shift in scenario.shifts] if one.shifts is None else one.shifts
    return all(one.ceiling(Slot(day, shift), day) is None for shift in shifts)


def _found_missing(scenario: Scenario, plan: Plan, told: Iterable[Withdrawal]) -> Iterator[Withdrawal]:
    """A withdrawal of a single shift for each outcome that shows an operation without the unit's officers.

    Such an operation was to have police and was carried out without, or with fewer than it needs. One that was called
    off says nothing unless the officers were counted. Slots that a reported withdrawal covers are not repeated.
    """
    seen: set[tuple[str, Slot]] = set()
    known = [(withdrawal, withdrawal.last or scenario.span.last) for withdrawal in told]
    stood = _stood(plan)
    for (operation, day), outcome in plan.entries.known_outcomes().items():
        place = None if day is None else stood.get((operation, day))
        if place is None or place.police is None or not _lacked_police(scenario, outcome):
            continue
        where = place.police, place.slot
        if where in seen or any(place.police in one.police and one.covers(place.slot, last) for one, last in known):
            continue
        seen.add(where)
        yield Withdrawal(
            f"{operation}-{place.slot.day}", None, (place.police,), place.slot.day, place.slot.day, (place.slot.shift,)
        )


def _lacked_police(scenario: Scenario, outcome: Outcome) -> bool:
    if outcome.result == "without-police":
        return True
    operation = scenario.operations.get(outcome.operation)
    return operation is not None and outcome.officers is not None and outcome.officers < operation.least


def _stood(plan: Plan) -> Mapping[tuple[str, date], Placement]:
    """Each placement that the plan has or had, by operation and first date."""
    moves = (move.old for revision in plan.revisions for move in revision.changed)
    places = (*(old for old in moves if old is not None), *plan.placements)
    return {(place.operation, place.slot.day): place for place in places}
