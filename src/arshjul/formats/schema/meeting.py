"""What comes of meetings, as written: portal, console, workbook and files have its fields from here."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.entries.meeting import (
    ACTION_STATES,
    ActionState,
    AgendaPoint,
    MeetingAction,
    MeetingMinutes,
)
from arshjul.errors import Message
from arshjul.formats.schema.fields import PartyId, Told, Worded
from arshjul.formats.schema.place import WHERE_ANY
from arshjul.formats.schema.written_entry import WrittenEntry
from arshjul.formats.words import Day, Id, Name, Text, choice

# fmt: off
# A field is a line.

_MEETING = Told(Message("Meeting"), Message("The meeting's id."))
_DAY = Told(Message("Date"))


class WrittenAgendaPoint(WrittenEntry[AgendaPoint]):
    """What a party wants to be spoken of at a meeting."""

    thing = AgendaPoint

    party: Annotated[PartyId, Told(Message("Party"))]
    meeting: Annotated[Id, _MEETING]
    day: Annotated[Day, _DAY] = Field(alias="date")
    point: Annotated[Name, Told(Message("Point"), Message("Not read by other parties."))]


class WrittenMinutes(WrittenEntry[MeetingMinutes]):
    """A meeting on one of its dates. One that is entered again for it takes the place of the former."""

    thing = MeetingMinutes

    meeting: Annotated[Id, _MEETING]
    day: Annotated[Day, _DAY] = Field(alias="date")
    agenda: Annotated[Text, Told(Message("Agenda"), Message("Read by all invited."), prompt=Message("Agenda, read by all invited"))] = Field("", exclude_if=lambda text: not text)
    came: Annotated[list[PartyId], WHERE_ANY, Told(Message("Came"), prompt=Message("Who came"))] = []
    said: Annotated[Text, Told(Message("What was said"), Message("Read by no party."), prompt=Message("Minutes, read by no party"))] = Field("", exclude_if=lambda text: not text)
    approved_on: Annotated[Day | None, Told(Message("Approved on"))] = Field(None, exclude_if=lambda day: day is None)


class WrittenMeetingAction(WrittenEntry[MeetingAction]):
    """What a party is to do after a meeting. One that is entered again under its id takes the place of the former."""

    thing = MeetingAction

    id: Annotated[Id, Told(Message("No"), Message("Like M1."), also=("Id",))]
    meeting: Annotated[Id, _MEETING]
    day: Annotated[Day, _DAY] = Field(alias="date")
    action: Annotated[Name, Told(Message("To be done"), Message("Read by the party: no place or person."), prompt=Message("To be done, read by the party"))]
    party: Annotated[PartyId, Told(Message("Sees to it"))]
    due: Annotated[Day, Told(Message("Done by"))]
    state: Annotated[ActionState, choice(*ACTION_STATES), Told(Message("State"), Message("open, done or dropped.")), Worded({"open": ("öppen", "open"), "done": ("gjord", "done"), "dropped": ("släppt", "dropped")})] = "open"
