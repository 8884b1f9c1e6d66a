"""What comes of the year's own meetings: points that parties propose, minutes, and what is to be done after them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, get_args

from arshjul.domain.declaration import Day, Id, Name, PartyId, Text, Told, Unstated, Worded, WrittenKey
from arshjul.domain.entry import Entry
from arshjul.errors import Message

ActionState = Literal["open", "done", "dropped"]
ACTION_STATES: tuple[ActionState, ...] = get_args(ActionState)


# fmt: off
# A field is a line.

_Meeting = Annotated[Id, Told(Message("Meeting"), Message("The meeting's id."))]
_Date = Annotated[Day, WrittenKey("date"), Told(Message("Date"))]


@dataclass(frozen=True, slots=True)
class AgendaPoint(Entry):
    """What a party wants to be spoken of at a meeting."""

    party: Annotated[PartyId, Told(Message("Party"))]
    meeting: _Meeting
    day: _Date
    point: Annotated[Name, Told(Message("Point"), Message("Not read by other parties."))]


@dataclass(frozen=True, slots=True)
class MeetingMinutes(Entry):
    """A meeting on one of its dates: what is on its agenda, and afterwards who came, and what was said.

    Whoever is invited reads the agenda, the coordinator alone the rest. `approved_on`: None until it is approved. One
    that is entered again takes the place of the former.
    """

    meeting: _Meeting
    day: _Date
    agenda: Annotated[Text, Unstated, Told(Message("Agenda"), Message("Read by all invited."), prompt=Message("Agenda, read by all invited"))] = ""
    came: Annotated[tuple[PartyId, ...], Unstated, Told(Message("Came"), prompt=Message("Who came"))] = ()
    said: Annotated[Text, Unstated, Told(Message("What was said"), Message("Read by no party."), prompt=Message("Minutes, read by no party"))] = ""
    approved_on: Annotated[Day | None, Unstated, Told(Message("Approved on"))] = None

    @property
    def was_held(self) -> bool:
        """True if they say who came, or what was said."""
        return bool(self.came or self.said)


@dataclass(frozen=True, slots=True)
class MeetingAction(Entry):
    """What a party is to do after a meeting, and by when: the party and the coordinator see it until it is done.

    One that is entered again under its id takes the place of the former.
    """

    id: Annotated[Id, Told(Message("No"), Message("Like M1."), also=("Id",))]
    meeting: _Meeting
    day: _Date
    action: Annotated[Name, Told(Message("To be done"), Message("Read by the party: no place or person."), prompt=Message("To be done, read by the party"))]
    party: Annotated[PartyId, Told(Message("Sees to it"))]
    due: Annotated[Day, Told(Message("Done by"))]
    state: Annotated[ActionState, Told(Message("State"), Message("open, done or dropped.")), Worded({"open": ("öppen", "open"), "done": ("gjord", "done"), "dropped": ("släppt", "dropped")})] = "open"

    def is_overdue(self, today: date) -> bool:
        return self.state == "open" and self.due < today


# fmt: on


def latest_actions(log: Iterable[MeetingAction]) -> Mapping[str, MeetingAction]:
    return {one.id: one for one in log}
