"""What comes of the year's own meetings: points that parties propose, minutes, and what is to be done after them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from arshjul.domain.entry import Entry

ActionState = Literal["open", "done", "dropped"]
ACTION_STATES: tuple[ActionState, ...] = get_args(ActionState)


@dataclass(frozen=True, slots=True)
class AgendaPoint(Entry):
    """What a party wants to be spoken of at a meeting."""

    party: str
    meeting: str
    day: date
    point: str


@dataclass(frozen=True, slots=True)
class MeetingMinutes(Entry):
    """A meeting on one of its dates: what is on its agenda, and afterwards who came, and what was said.

    Whoever is invited reads the agenda, the coordinator alone the rest. `approved_on`: None until it is approved.
    """

    meeting: str
    day: date
    agenda: str = ""
    came: tuple[str, ...] = ()
    said: str = ""
    approved_on: date | None = None

    @property
    def was_held(self) -> bool:
        """True if they say who came, or what was said."""
        return bool(self.came or self.said)


@dataclass(frozen=True, slots=True)
class MeetingAction(Entry):
    """What a party is to do after a meeting, and by when: the party and the coordinator see it until it is done."""

    id: str
    meeting: str
    day: date
    action: str
    party: str
    due: date
    state: ActionState = "open"

    def is_overdue(self, today: date) -> bool:
        """True if it is open, and was to be done before that date."""
        return self.state == "open" and self.due < today


def latest_actions(log: Iterable[MeetingAction]) -> Mapping[str, MeetingAction]:
    """The actions as they stand, by id."""
    return {one.id: one for one in log}
