"""`meet` and `share`: what those who take part are told besides their own part."""

from typing import Annotated

from arshjul.domain.declaration import Clock, Decision, LineOrNone, Told
from arshjul.domain.taking_part import Meet, Sharing
from arshjul.errors import Message
from arshjul.formats.shape import Shape

# fmt: off
# A field is a line.


class WrittenMeet(Shape[Meet]):
    """`meet`: the place and time at which all who take part meet."""

    thing = Meet

    place: Annotated[LineOrNone, Told(Message("Meeting place"), Message("Where all who take part gather, never the address of a site. At most 120 characters. Empty for an operation: place and time of its area. An operation with a time of its own names its place too."))]
    at: Annotated[Clock | None, Told(Message("They meet at"), Message("Clock time, like 07:30. Empty: it is not said."), prompt=Message("They meet at (07:30)"))] = None


class WrittenSharing(Shape[Sharing]):
    """`share`: what participants see of each other."""

    thing = Sharing

    participants: Annotated[Decision, Told(Message("Participants see each other"), Message("no: those who take part see neither each other nor the police units. Empty: as the sheet Rules says, and there yes."))] = True
