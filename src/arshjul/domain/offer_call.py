"""Calls: parties are asked what they can offer between two dates."""

from dataclasses import dataclass
from datetime import date

from arshjul.domain.calendar import Span
from arshjul.domain.parties import Agency, PoliceUnit


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

    def asks(self, party: Agency | PoliceUnit) -> bool:
        """True if the party is asked; of all those that may have something to offer."""
        if self.parties is None:
            return not isinstance(party, Agency) or party.sends_teams
        return party.id in self.parties
