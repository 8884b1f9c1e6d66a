"""How often withdrawals come: assumptions weighed together with what logs show.

Every figure has a conjugate prior, so learning is counting: a Gamma for the number a year and the hours of notice, a
Beta for the share that takes a unit or a shift, or ends on a given day. With an empty log the prior is the answer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Context, Decimal
from math import fsum, sqrt
from statistics import NormalDist
from typing import NamedTuple

from arshjul.domain.calendar import Slot, local
from arshjul.domain.history.stressed import Estimate, basis
from arshjul.domain.risk import KINDS, OTHER, HeardLog, Kind
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal, first_told, in_force
from arshjul.errors import Message
from arshjul.texts import counted

YEAR_DAYS = 365.25
_Z = NormalDist().inv_cdf(0.975)
LONG_DAYS = 7
"""The days from which a withdrawal counts as a burst, whatever its stated cause. Assumed."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What is known of a kind, built on `withdrawals` in logs that cover `days`.

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


def learnt(scenario: Scenario, logs: Iterable[HeardLog]) -> tuple[Rates, ...]:
    """The rates of every kind, learnt from logs whose years do not overlap.

    Withdrawals of units that the scenario does not know are ignored.
    """
    heard = list(logs)
    kinds = (*scenario.withdrawal_rates.kinds, OTHER)
    of: dict[str, list[_Seen]] = {kind.cause: [] for kind in kinds}
    for log in heard:
        first = first_told(log.withdrawals)
        for one in in_force(log.withdrawals):
            if one.first in log.year and scenario.police.keys() & set(one.police):
                of[_kind(one)].append(_Seen(replace(one, reported=first[one.id]), log.year.last))
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
    heard, days = sum(one.withdrawals for one in known), max((one.days for one in known), default=0)
    if heard or not days:
        return basis(heard)
    return counted(
        days,
        "0 withdrawals in one day; assumed {assumed} a year, becomes {becomes}",
        "0 withdrawals in {n} days; assumed {assumed} a year, becomes {becomes}",
        assumed=sum(one.kind.per_year for one in known),
        becomes=round(sum(one.per_year for one in known)),
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
    known = [one for one in log if one.reported is not None]
    notice = sum(_notice_hours(scenario, one) for one in known)
    weekdays, months = Counter(one.first.weekday() for one in log), Counter(one.first.month for one in log)
    return Rates(
        kind=kind,
        withdrawals=n,
        days=days,
        shape=kind.per_year * assumed.years + n,
        years=assumed.years + days / YEAR_DAYS,
        ends=(weight + ended) / (weight * kind.days + lasted),
        notice_hours=(weight * kind.notice_hours + notice) / (weight + len(known)),
        units={
            id: _share(weight, kind.units_percent / 100, n, sum(id in one.police for one in log))
            for id in scenario.police
        },
        shifts={
            shift.id: _share(weight, 1, n, sum(one.shifts is None or shift.id in one.shifts for one in log))
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
