"""Calls: parties are asked what they can offer between two dates."""

from dataclasses import dataclass
from datetime import date

from arshjul.domain.calendar import Span


@dataclass(frozen=True, slots=True)
class OfferCall:
    """A call for offers on the dates of `span`, to be answered by `due`; `parties` None: all.

    An offer after `changes_until` is a wish. `remind_days`: so many days before `due`, those are reminded who have not
    answered.
    """

    id: str
    span: Span
    due: date
    changes_until: date | None = None
    remind_days: tuple[int, ...] = ()
    parties: tuple[str, ...] | None = None

    @property
    def taken_until(self) -> date:
        """The last date on which an offer is more than a wish."""
        return self.changes_until or self.due

    def asks(self, party: str) -> bool:
        """True if the party of that id is asked."""
        return self.parties is None or party in self.parties
