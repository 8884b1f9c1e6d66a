"""The log of withdrawals of an earlier year, from which rates are learnt."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from arshjul.domain.calendar import Span
from arshjul.domain.withdrawal import Withdrawal


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
        """True if it covers any of those dates."""
        return span.first <= self.year.last and self.year.first <= span.last
