"""The coordinator's changes as written in files and plan.json."""

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from arshjul.domain.entries.amendment import (
    Amendment,
    Cancelled,
    Edited,
    FewerOfficers,
    Held,
    LeftOut,
    Nominated,
    OtherDates,
    Pinned,
    Promoted,
    TeamsLost,
    Unpinned,
    WithoutPolice,
)
from arshjul.domain.entries.answer import REPLIES, Answered, Reply
from arshjul.errors import Message
from arshjul.formats.schema.entry import WrittenEntry
from arshjul.formats.schema.fields import AgencyId, FromReplan, OperationId, PartyId, ShiftId
from arshjul.formats.schema.operation import WrittenOperation, WrittenPin
from arshjul.formats.schema.place import Dates, WrittenDates, WrittenPlacement, WrittenSlot
from arshjul.formats.words import MOST, Day, Id, Text, Weekdays, Whole, choice, wrong_type

Thing = TypeVar("Thing")


class _OfAgency(WrittenEntry[Thing]):
    agency: AgencyId


class WrittenTeamsLost(WrittenDates[TeamsLost], _OfAgency[TeamsLost]):
    """`agencies`: an agency that loses teams."""

    thing = TeamsLost

    shifts: list[ShiftId] | None = None
    weekdays: Weekdays | None = None
    teams_left: Whole = 0
    cause: Text = ""


class WrittenNominated(WrittenEntry[Nominated]):
    """`operations`: a new one, as kept in plan.json: without its sites, which only scenario.json has."""

    thing = Nominated

    operation: WrittenOperation

    @classmethod
    def attributes(cls, thing: Nominated) -> dict[str, Any]:
        """The operation without its sites."""
        return {**super().attributes(thing), "operation": replace(thing.operation, sites=())}


class WrittenOnOperation(WrittenEntry[Thing]):
    """A change that names an operation."""

    operation: OperationId


class WrittenAlone(WrittenOnOperation[Thing]):
    """A change that names an operation and has no other keys: its id alone is enough."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        if isinstance(given, str):
            return {"operation": given}
        if not isinstance(given, dict):
            raise wrong_type(Message("an id"))
        return given


class WrittenCancelled(WrittenAlone[Cancelled]):
    """`cancelled`; plan.json adds the operation as it was, and its place."""

    thing = Cancelled
    flat = {"stood": WrittenPlacement}

    was: Annotated[WrittenOperation | None, FromReplan] = None
    day: Annotated[Day | None, FromReplan] = Field(None, alias="date")
    shift: Annotated[Id | None, FromReplan] = None
    police: Annotated[Id | None, FromReplan] = None
    optional_agencies: Annotated[list[Id], FromReplan] = Field([], exclude_if=operator.not_)
    any_of: Annotated[list[Id], FromReplan] = Field([], exclude_if=operator.not_)


class WrittenUnpinned(WrittenAlone[Unpinned]):
    """`unpinned`."""

    thing = Unpinned


class WrittenPromoted(WrittenAlone[Promoted]):
    """`promoted`."""

    thing = Promoted


class WrittenLeftOut(WrittenAlone[LeftOut]):
    """`left_out`."""

    thing = LeftOut


class WrittenWithoutPolice(WrittenAlone[WithoutPolice]):
    """`without_police`; plan.json adds its place, the units that lent officers, and the number that it needed."""

    thing = WithoutPolice
    flat = {"slot": WrittenSlot}

    day: Day | None = Field(None, alias="date")
    shift: Id | None = None
    police_also: Annotated[dict[Id, Whole], Field(exclude_if=operator.not_)] = {}
    officers: Annotated[Whole, Field(exclude_if=operator.not_)] = 0


class WrittenPinned(WrittenPin, WrittenOnOperation[Pinned]):
    """`pinned`: an operation and its slot, and optionally its unit and the agencies chosen from its groups."""

    thing = Pinned
    flat = {"pin": WrittenPin}


class WrittenFewerOfficers(WrittenOnOperation[FewerOfficers]):
    """`fewer_officers`: the number that is enough."""

    thing = FewerOfficers

    officers: Annotated[int, Field(ge=1, le=MOST)]


class WrittenOtherDates(WrittenOnOperation[OtherDates]):
    """`not_on`: an agency asks for another date."""

    thing = OtherDates

    agency: AgencyId
    dates: list[Dates]
    cause: Text = ""


class WrittenHeld(WrittenOnOperation[Held]):
    """`held`: a milestone of an operation, and the date on which it was held."""

    thing = Held

    milestone: Id
    day: Day = Field(alias="date")


def _word(given: object) -> object:
    """The word for a truth value, since YAML reads a bare yes or no as one."""
    return {True: "yes", False: "no"}[given] if isinstance(given, bool) else given


class WrittenAnswered(WrittenOnOperation[Answered]):
    """`answers`: a party's answer; plan.json adds the place of the proposal, and the terms."""

    thing = Answered
    flat = {"slot": WrittenSlot}

    party: PartyId
    answer: Annotated[Reply, choice(*REPLIES), BeforeValidator(_word)]
    day: Day | None = Field(None, alias="date")
    shift: Id | None = None
    police: Id | None = None
    joining: Annotated[list[Id], FromReplan] = Field([], alias="optional_agencies", exclude_if=operator.not_)
    any_of: list[Id] = Field([], exclude_if=operator.not_)
    terms: Text = Field("", exclude_if=operator.not_)


class WrittenEdited(WrittenEntry[Edited]):
    """An edit of the scenario, as kept in plan.json."""

    thing = Edited

    new: list[Id] = []
    changed: dict[Id, list[Text]] = {}
    gone: list[Id] = []
    sections: list[Text] = []


MODELS: Mapping[str, type[WrittenEntry[Any]]] = {
    "operations": WrittenNominated,
    "cancelled": WrittenCancelled,
    "promoted": WrittenPromoted,
    "unpinned": WrittenUnpinned,
    "pinned": WrittenPinned,
    "not_on": WrittenOtherDates,
    "agencies": WrittenTeamsLost,
    "fewer_officers": WrittenFewerOfficers,
    "without_police": WrittenWithoutPolice,
    "left_out": WrittenLeftOut,
    "held": WrittenHeld,
    "answers": WrittenAnswered,
}
"""The lists of a file of changes, in the order in which they are applied. In plan.json each is a `kind` of change."""

LOGGED: Mapping[str, type[WrittenEntry[Any]]] = {**MODELS, "scenario": WrittenEdited}
"""The changes kept in plan.json, by `kind`."""

KINDS: Mapping[type[Amendment], str] = {model.thing: kind for kind, model in LOGGED.items()}
