"""The log of a year that went before: what rates of withdrawals are learnt from."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from arshjul.domain.calendar import Span
from arshjul.domain.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class HeardLog:
    """The withdrawals that began on the dates that are told of; a later report takes the place of one of its id."""

    year: Span
    withdrawals: tuple[Withdrawal, ...]

    def up_to(self, day: date) -> "HeardLog | None":
        """The log as known on that date: none, where it begins later."""
        if day < self.year.first:
            return None
        heard = tuple(one for one in self.withdrawals if one.first <= day)
        return replace(self, year=Span(self.year.first, min(day, self.year.last)), withdrawals=heard)

    def in_zone(self, zone: ZoneInfo) -> "HeardLog":
        """The same, its reports being moments of that zone: how long before a shift they came is what is learnt."""
        told = tuple(
            one if one.reported is None else replace(one, reported=one.reported.replace(tzinfo=zone))
            for one in self.withdrawals
        )
        return replace(self, withdrawals=told)

    def overlaps(self, span: Span) -> bool:
        """True if it tells of one of those dates."""
        return span.first <= self.year.last and self.year.first <= span.last
