"""`meet` and `share`: what those who take part are told besides their own part."""

from typing import Annotated

from arshjul.domain.taking_part import Meet, Sharing
from arshjul.errors import Message
from arshjul.formats.schema.fields import Told
from arshjul.formats.shape import Shape
from arshjul.formats.words import Clock, Decision, LineOrNone

# fmt: off
# A field is a line.


class WrittenMeet(Shape[Meet]):
    """`meet`: the place and time at which all who take part meet."""

    thing = Meet

    place: Annotated[LineOrNone, Told(Message("Meeting place"), Message("Where participants gather, never a site's address. At most 120 characters. A time of its own needs a place of its own. Empty: place and time of the area."))]
    at: Annotated[Clock | None, Told(Message("They meet at"), Message("Clock time, like 07:30. Empty: none."), prompt=Message("They meet at (07:30)"))] = None


class WrittenSharing(Shape[Sharing]):
    """`share`: what participants see of each other."""

    thing = Sharing

    participants: Annotated[Decision, Told(Message("Participants see each other"), Message("no: participants see neither each other nor the units. Empty: as the sheet Rules, there yes."))] = True
