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

_MEETING = Told(Message("Meeting"), Message("The meeting's id, as the cycle has it."))
_DAY = Told(Message("Date"), Message("One of the meeting's dates."))


class WrittenAgendaPoint(WrittenEntry[AgendaPoint]):
    """What a party wants to be spoken of at a meeting."""

    thing = AgendaPoint

    party: Annotated[PartyId, Told(Message("Party"), Message("The agency or unit that proposes it."))]
    meeting: Annotated[Id, _MEETING]
    day: Annotated[Day, _DAY] = Field(alias="date")
    point: Annotated[Name, Told(Message("Point"), Message("No other party reads it."), prompt=Message("What we want to speak of"))]


class WrittenMinutes(WrittenEntry[MeetingMinutes]):
    """A meeting on one of its dates. One that is entered again for it takes the place of the former."""

    thing = MeetingMinutes

    meeting: Annotated[Id, _MEETING]
    day: Annotated[Day, _DAY] = Field(alias="date")
    agenda: Annotated[Text, Told(Message("Agenda"), Message("Those who are invited read it."), prompt=Message("Agenda: those who are invited read it"))] = Field("", exclude_if=lambda text: not text)
    came: Annotated[list[PartyId], WHERE_ANY, Told(Message("Came"), Message("Who was there."), prompt=Message("Who came"))] = []
    said: Annotated[Text, Told(Message("What was said"), Message("No party reads it."), prompt=Message("Minutes: no party reads them"))] = Field("", exclude_if=lambda text: not text)
    approved_on: Annotated[Day | None, Told(Message("Approved on"))] = Field(None, exclude_if=lambda day: day is None)


class WrittenMeetingAction(WrittenEntry[MeetingAction]):
    """What a party is to do after a meeting. One that is entered again under its id takes the place of the former."""

    thing = MeetingAction

    id: Annotated[Id, Told(Message("No"), Message("Number of the action: M1."), also=("Id",))]
    meeting: Annotated[Id, _MEETING]
    day: Annotated[Day, _DAY] = Field(alias="date")
    action: Annotated[Name, Told(Message("To be done"), Message("The party reads it: no place, and no person."), prompt=Message("What is to be done: the party reads it"))]
    party: Annotated[PartyId, Told(Message("Sees to it"), Message("The agency or unit that sees to it."))]
    due: Annotated[Day, Told(Message("Done by"))]
    state: Annotated[ActionState, choice(*ACTION_STATES), Told(Message("State"), Message("open, done or dropped.")), Worded({"open": ("öppen", "open"), "done": ("gjord", "done"), "dropped": ("släppt", "dropped")})] = "open"
