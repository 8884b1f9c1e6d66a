"""How withdrawals come, as far as is known before any log is read: kinds of causes with their figures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A cause of withdrawals, in all units together.

    `days` is how long one lasts, `notice_hours` how long before its first shift it is told, both in the mean;
    `units_percent` how many of its withdrawals take officers of a given unit. `open_ended`: a burst, told without
    an end, which comes for weeks and in several units.
    """

    cause: str
    per_year: int
    days: int
    notice_hours: int
    units_percent: int
    open_ended: bool = False


OTHER = Kind("other", 0, days=1, notice_hours=24, units_percent=40)
"""Causes that have no kind of their own: only a log tells how often they come."""

# Sourced: special events are not rare (4.7 a year and region, decisions of 2015-2021, tn.se), and come late and without
# an end (Riksrevisionen, 2023). Assumed: all other figures; they are those of the years of scenarios/goteborg-2027.
KINDS = (
    Kind("shooting", 21, days=2, notice_hours=4, units_percent=37),
    Kind("accident", 9, days=2, notice_hours=4, units_percent=37),
    Kind("match", 3, days=1, notice_hours=276, units_percent=34),
    Kind("demonstration", 3, days=1, notice_hours=276, units_percent=34),
    Kind("special-event", 5, days=15, notice_hours=12, units_percent=60, open_ended=True),
)


@dataclass(frozen=True, slots=True)
class AssumedRates:
    """What is assumed of withdrawals before any log is read, and how much it weighs beside one. Assumed.

    So many `years` of log weigh as much as what is assumed to come in a year, so many `withdrawals` as much as the
    other figures.
    """

    years: int = 1
    withdrawals: int = 10
    kinds: tuple[Kind, ...] = KINDS
