"""How often withdrawals come, learnt from the log: what is assumed before it, and what the log says, weighed together.

Every figure has a conjugate prior, so learning is counting: a Gamma for how many a year and how long before, a Beta for
what share takes a unit, a shift, or ends with a day. Where the log is silent, the prior speaks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from arshjul.domain.calendar import Span, local
from arshjul.domain.risk import KINDS, OTHER, PRIOR_WITHDRAWALS, PRIOR_YEARS, Kind
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal, in_force
from arshjul.errors import Message
from arshjul.texts import counted

YEAR_DAYS = 365.25
LONG_DAYS = 7
"""A withdrawal of so many days is a burst, whatever is said of its cause. Assumed."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What is known of a kind. `withdrawals` are those of the log that it is built on.

    How many a year: Gamma-distributed, of that shape over `years`. `ends`: the chance that a day is the last.
    `units` and `shifts`: the share of withdrawals that takes each. `weekdays` and `months`: how much likelier
    than in the mean one begins then.
    """

    kind: Kind
    withdrawals: int
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
        """How many a year, in the mean."""
        return self.shape / self.years


def learnt(scenario: Scenario, log: Iterable[Withdrawal], as_of: datetime) -> tuple[Rates, ...]:
    """The rates of every kind, from what had begun by `as_of` in the plan's year."""
    day = min(as_of.date(), scenario.span.last)
    seen = Span(scenario.span.first, day)
    begun = [one for one in in_force(log) if one.first in seen]
    kinds = (*KINDS, OTHER)
    of: dict[str, list[Withdrawal]] = {kind.cause: [] for kind in kinds}
    for one in begun:
        of[_kind(one)].append(one)
    return tuple(_rates(scenario, kind, of[kind.cause], seen) for kind in kinds if kind.per_year or of[kind.cause])


def built_on(rates: Iterable[Rates]) -> Message:
    """What the rates rest on, as is said wherever one is shown."""
    n = sum(one.withdrawals for one in rates)
    if not n:
        return Message("built on no withdrawals: the rates are assumed")
    return counted(n, "built on one withdrawal, and on what is assumed", "built on {n} withdrawals")


def _kind(one: Withdrawal) -> str:
    """The cause under which it counts."""
    for kind in KINDS:
        if kind.cause == one.cause:
            return kind.cause
    burst = one.last is None or (one.last - one.first).days + 1 >= LONG_DAYS
    return next(kind.cause for kind in KINDS if kind.open_ended) if burst else OTHER.cause


def _rates(scenario: Scenario, kind: Kind, log: list[Withdrawal], seen: Span) -> Rates:
    n = len(log)
    days = max(0, (seen.last - seen.first).days + 1)
    ended = [one for one in log if one.last is not None and one.last <= seen.last]
    lasted = sum((min(one.last or seen.last, seen.last) - one.first).days + 1 for one in log)
    known = [one for one in log if one.reported is not None]
    notice = sum(_notice_hours(scenario, one) for one in known)
    by_weekday, by_month = [0] * 7, [0] * 12
    for one in log:
        by_weekday[one.first.weekday()] += 1
        by_month[one.first.month - 1] += 1
    open_days: list[int] = [0] * 12
    for day in seen.days() if days else ():
        open_days[day.month - 1] += 1
    return Rates(
        kind=kind,
        withdrawals=n,
        shape=kind.per_year * PRIOR_YEARS + n,
        years=PRIOR_YEARS + days / YEAR_DAYS,
        ends=(PRIOR_WITHDRAWALS + len(ended)) / (PRIOR_WITHDRAWALS * kind.days + lasted),
        notice_hours=(PRIOR_WITHDRAWALS * kind.notice_hours + notice) / (PRIOR_WITHDRAWALS + len(known)),
        units={id: _share(kind.units_percent / 100, n, sum(id in one.police for one in log)) for id in scenario.police},
        shifts={
            shift.id: _share(1, n, sum(one.shifts is None or shift.id in one.shifts for one in log))
            for shift in scenario.shifts
        },
        weekdays=tuple(_likelier(hits, n / 7, 7) for hits in by_weekday),
        months=tuple(
            _likelier(hits, n * there / max(days, 1), 12) for hits, there in zip(by_month, open_days, strict=True)
        ),
    )


def _notice_hours(scenario: Scenario, one: Withdrawal) -> float:
    starts = [shift.start for shift in scenario.shifts if one.shifts is None or shift.id in one.shifts]
    first = local(one.first, min(starts, default=time()), scenario.zone)
    return 0 if one.reported is None else max(0.0, (first - one.reported).total_seconds() / 3600)


def _share(before: float, n: int, hits: int) -> float:
    """The mean of the Beta distribution after `hits` of `n`."""
    return (before * PRIOR_WITHDRAWALS + hits) / (PRIOR_WITHDRAWALS + n)


def _likelier(hits: int, expected: float, parts: int) -> float:
    """How much likelier than in the mean: 1 where the log says nothing."""
    prior = PRIOR_WITHDRAWALS / parts
    return (prior + hits) / (prior + expected)
