"""`calls`: what parties are asked to offer, and until when."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from arshjul.domain.contact import OfferCall
from arshjul.domain.declaration import Day, OwnId, PartyId, Told, Unit
from arshjul.errors import Message
from arshjul.formats.schema.place import WrittenDates
from arshjul.formats.words import wrong

# fmt: off
# A field is a line.

MOST_REMIND_DAYS = 366  # assumption: nobody is reminded a year ahead
RemindDays = Annotated[int, Field(ge=0, le=MOST_REMIND_DAYS), Unit("days")]


class WrittenCall(WrittenDates[OfferCall]):
    """A call for offers."""

    thing = OfferCall

    id: OwnId
    due: Annotated[Day, Told(Message("Answer by"), Message("Last day to answer; later offers are marked late."))]
    changes_until: Annotated[Day | None, Told(Message("Changes until"), Message("Last day to change offers; later ones are wishes. Empty: Answer by."))] = None
    remind_days: Annotated[list[RemindDays] | None, Told(Message("Remind days before"), Message("Days before Answer by with a reminder to those who have not answered: 14, 3, 0. Empty: never."))] = None
    parties: Annotated[list[PartyId] | None, Told(Message("Parties"), Message("Agencies and units to ask. Empty: all."), prompt=Message("Parties (none ticked: all)"))] = None

    def model_post_init(self, _: object) -> None:
        """Refuses changes that end before the answers are due."""
        super().model_post_init(_)
        if self.changes_until is not None and self.changes_until < self.due:
            raise wrong("bad-value", _too_early(self.changes_until, self.due), "changes_until")

    def made_of(self) -> dict[str, Any]:
        """Without days to remind on: none."""
        return {**super().made_of(), "remind_days": tuple(self.remind_days or ())}

    @classmethod
    def attributes(cls, thing: OfferCall) -> dict[str, Any]:
        """None for no days to remind on."""
        return {**super().attributes(thing), "remind_days": thing.remind_days or None}


def _too_early(until: date, due: date) -> Message:
    values = {"until": str(until), "due": str(due)}
    return Message("The last day for changes, {until}, is before the last day to answer, {due}.", values)
