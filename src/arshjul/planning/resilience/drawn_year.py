"""A simulated year of withdrawals, drawn from rates. The same seed draws the same year for every plan."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from random import Random

from arshjul.domain.calendar import Span, local
from arshjul.domain.history.rates import YEAR_DAYS, Rates
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal

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
    """At least one of the ids, each with its share as its probability.

    One is drawn for certain, the others with the probability that they then still lack.
    """
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
