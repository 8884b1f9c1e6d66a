"""The entries of a year as written in files and plan.json: what happens, and what the coordinator changes."""

from collections.abc import Mapping
from typing import Any

from arshjul.domain.entries.amendment import (
    Amendment,
    Cancelled,
    Edited,
    FewerOfficers,
    LeftOut,
    MilestoneHeld,
    Nominated,
    OtherDates,
    Outcome,
    Pinned,
    Promoted,
    TeamsLost,
    Undone,
    Unpinned,
    WithoutPolice,
)
from arshjul.domain.entries.answer import Answered
from arshjul.domain.entries.learnt import (
    AgendaPoint,
    Improvement,
    MeetingAction,
    MeetingMinutes,
    PartyCard,
    PartyEvaluation,
)
from arshjul.domain.entries.obstacle import SharingObstacle
from arshjul.domain.entries.picture import SituationPicture
from arshjul.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.formats.schema.declared import shape
from arshjul.formats.shape import Shape

EVENTS: Mapping[str, type[Shape[Any]]] = {
    "outcomes": shape(Outcome),
    "withdrawals": shape(Withdrawal),
    "given_back": shape(GivenBack),
    "still": shape(Still),
    "evaluations": shape(PartyEvaluation),
    "improvements": shape(Improvement),
    "obstacles": shape(SharingObstacle),
    "cards": shape(PartyCard),
    "agenda_points": shape(AgendaPoint),
    "minutes": shape(MeetingMinutes),
    "meeting_actions": shape(MeetingAction),
    "pictures": shape(SituationPicture),
}
"""The lists of what happens, in the order in which it is taken in."""

_CHANGES: Mapping[str, type[Amendment]] = {
    "operations": Nominated,
    "cancelled": Cancelled,
    "promoted": Promoted,
    "unpinned": Unpinned,
    "pinned": Pinned,
    "not_on": OtherDates,
    "agencies": TeamsLost,
    "fewer_officers": FewerOfficers,
    "without_police": WithoutPolice,
    "left_out": LeftOut,
    "held": MilestoneHeld,
    "answers": Answered,
}

MODELS: Mapping[str, type[Shape[Any]]] = {kind: shape(change) for kind, change in _CHANGES.items()}
"""The lists of a file of changes, in the order in which they are applied. In plan.json each is a `kind` of change."""

LOGGED: Mapping[str, type[Shape[Any]]] = {**MODELS, "scenario": shape(Edited), "undone": shape(Undone)}
"""The changes kept in plan.json, by `kind`."""

KINDS: Mapping[type[Amendment], str] = {model.thing: kind for kind, model in LOGGED.items()}
