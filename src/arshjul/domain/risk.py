"""How withdrawals come: as assumed, by kinds of causes with their figures, and as logs of other years have them."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from arshjul.domain.calendar import Span
from arshjul.domain.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class Kind:
    """A cause of withdrawals, in all units together.

    `days` is the mean duration, `notice_hours` the mean notice before the first shift; `units_percent` is the share of
    its withdrawals that take officers of a given unit. `open_ended`: a burst, reported without an end, which lasts for
    weeks and hits several units.
    """

    cause: str
    per_year: int
    days: int
    notice_hours: int
    units_percent: int
    open_ended: bool = False


OTHER = Kind("other", 0, days=1, notice_hours=24, units_percent=40)
"""Causes without a kind of their own: only a log tells how often they come."""

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
    """Assumptions about withdrawals before any log is read, and their weight beside one. Assumed.

    The assumed number a year weighs as much as `years` of log, the other figures as much as `withdrawals` of it.
    """

    years: int = 1
    withdrawals: int = 10
    kinds: tuple[Kind, ...] = KINDS


@dataclass(frozen=True, slots=True)
class HeardLog:
    """The withdrawals that began on the dates of `year`; of reports with one id only the last is there."""

    year: Span
    withdrawals: tuple[Withdrawal, ...]

    def up_to(self, day: date) -> "HeardLog | None":
        """The log as known on that date; None if it begins later."""
        if day < self.year.first:
            return None
        heard = tuple(withdrawal for withdrawal in self.withdrawals if withdrawal.first <= day)
        return replace(self, year=Span(self.year.first, min(day, self.year.last)), withdrawals=heard)

    def in_zone(self, zone: ZoneInfo) -> "HeardLog":
        """The log with its reports as moments of that zone, since the hours of notice are what is learnt from them."""
        told = tuple(
            withdrawal
            if withdrawal.reported is None
            else replace(withdrawal, reported=withdrawal.reported.replace(tzinfo=zone))
            for withdrawal in self.withdrawals
        )
        return replace(self, withdrawals=told)

    def overlaps(self, span: Span) -> bool:
        return span.first <= self.year.last and self.year.first <= span.last
