"""The coordinator's changes as files and plan.json have them: what becomes other in a year that is under way."""

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
    """`agencies`: one that loses teams."""

    thing = TeamsLost

    shifts: list[ShiftId] | None = None
    weekdays: Weekdays | None = None
    teams_left: Whole = 0
    cause: Text = ""


class WrittenNominated(WrittenEntry[Nominated]):
    """`operations`: a new one, as plan.json keeps it: without its sites, which scenario.json alone has."""

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
    """A change that names an operation and no more: its id alone will do."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        if isinstance(given, str):
            return {"operation": given}
        if not isinstance(given, dict):
            raise wrong_type(Message("an id"))
        return given


class WrittenCancelled(WrittenAlone[Cancelled]):
    """`cancelled`; plan.json says besides what the operation was, and where it stood."""

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
    """`without_police`; plan.json says besides where it is held, who lent to it, and what it needed."""

    thing = WithoutPolice
    flat = {"slot": WrittenSlot}

    day: Day | None = Field(None, alias="date")
    shift: Id | None = None
    police_also: Annotated[dict[Id, Whole], Field(exclude_if=operator.not_)] = {}
    officers: Annotated[Whole, Field(exclude_if=operator.not_)] = 0


class WrittenPinned(WrittenPin, WrittenOnOperation[Pinned]):
    """`pinned`: an operation and its slot, and perhaps its unit and the agencies chosen of its groups."""

    thing = Pinned
    flat = {"pin": WrittenPin}


class WrittenFewerOfficers(WrittenOnOperation[FewerOfficers]):
    """`fewer_officers`: how many are enough."""

    thing = FewerOfficers

    officers: Annotated[int, Field(ge=1, le=MOST)]


class WrittenOtherDates(WrittenOnOperation[OtherDates]):
    """`not_on`: an agency asks for another date."""

    thing = OtherDates

    agency: AgencyId
    dates: list[Dates]
    cause: Text = ""


def _word(given: object) -> object:
    """YAML takes a bare yes or no for true or false."""
    return {True: "yes", False: "no"}[given] if isinstance(given, bool) else given


class WrittenAnswered(WrittenOnOperation[Answered]):
    """`answers`: what a party said; plan.json says besides about which place of the proposal, and on which terms."""

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
    """That the scenario was edited, as plan.json keeps it."""

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
    "answers": WrittenAnswered,
}
"""The lists of a file of changes, in the order in which they are made. In plan.json each is a `kind` of change."""

LOGGED: Mapping[str, type[WrittenEntry[Any]]] = {**MODELS, "scenario": WrittenEdited}
"""What plan.json keeps of changes, by `kind`."""

KINDS: Mapping[type[Amendment], str] = {model.thing: kind for kind, model in LOGGED.items()}
