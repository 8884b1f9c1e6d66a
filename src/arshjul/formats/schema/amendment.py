"""The coordinator's changes as written in files and plan.json."""

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from arshjul.domain.declaration import (
    FROM,
    TO,
    WEEKDAYS,
    AgencyId,
    Day,
    FromReplan,
    Id,
    OperationId,
    PartyId,
    ShiftId,
    SomeOfficers,
    Teams,
    Text,
    Told,
    Whole,
    Worded,
)
from arshjul.domain.entries.amendment import (
    NOT_HELD,
    Amendment,
    Cancelled,
    Edited,
    FewerOfficers,
    LeftOut,
    MilestoneHeld,
    Nominated,
    OtherDates,
    Pinned,
    Promoted,
    TeamsLost,
    Undone,
    Unpinned,
    WithoutPolice,
)
from arshjul.domain.entries.answer import MOST_INSTEAD, REPLIES, Answered, Reply
from arshjul.domain.operation import Operation
from arshjul.errors import Message
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.entry import WrittenBinding
from arshjul.formats.schema.place import Dates, WrittenDates, WrittenPin, WrittenPlacement, WrittenSlot
from arshjul.formats.shape import ById, Mapped, WrittenEntry
from arshjul.formats.words import Flag, Weekdays, as_word, choice, wrong_type

# fmt: off
# A field is a line.

Thing = TypeVar("Thing")


class _OfAgency(WrittenEntry[Thing]):
    agency: Annotated[AgencyId, Told(Message("Agency"), Message("not on: who asks. teams lost: whose."))]


class WrittenTeamsLost(WrittenDates[TeamsLost], _OfAgency[TeamsLost]):
    """`agencies`: an agency that loses teams."""

    thing = TeamsLost
    told = {"from": FROM, "to": TO}

    id: Annotated[Id | None, Told(Message("No"), Message("teams lost: its number. The last row of a number holds."))] = None
    shifts: Annotated[list[ShiftId] | None, Told(Message("Shifts"), Message("pinned: shift. teams lost: shifts; empty: all."), also=("Shift",), prompt=Message("Shifts (none ticked: all)"))] = None
    weekdays: Annotated[Weekdays | None, WEEKDAYS] = None
    teams_left: Annotated[Teams, Told(Message("Number"), prompt=Message("Teams left"))] = 0
    cause: Annotated[Text, Told(Message("Cause"))] = ""


class WrittenNominated(WrittenEntry[Nominated]):
    """`operations`: a new one, as kept in plan.json: without its sites, which only scenario.json has."""

    thing = Nominated

    operation: shape(Operation)  # type: ignore[valid-type]

    @classmethod
    def attributes(cls, thing: Nominated) -> dict[str, Any]:
        """The operation without its sites."""
        return {**super().attributes(thing), "operation": replace(thing.operation, sites=())}


class WrittenOnOperation(WrittenEntry[Thing]):
    """A change that names an operation."""

    operation: Annotated[OperationId, Told(Message("Operation"), Message("The operation's number. Empty for teams lost."), also=("Nr", "No"))]


class WrittenAlone(WrittenOnOperation[Thing]):
    """A change that names an operation and has no other keys: its id alone is enough."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """An id, or the mapping."""
        return {"anyOf": [{"type": "string"}, handler(core)]}

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

    was: Annotated[shape(Operation) | None, FromReplan] = None  # type: ignore[valid-type]
    day: Annotated[Day | None, FromReplan] = Field(None, alias="date")
    shift: Annotated[Id | None, FromReplan] = None
    police: Annotated[Id | None, FromReplan] = None
    optional_agencies: Annotated[list[Id], FromReplan] = Field([], exclude_if=operator.not_)
    any_of: Annotated[list[Id], FromReplan] = Field([], exclude_if=operator.not_)
    officers: Annotated[SomeOfficers | None, FromReplan] = Field(None, exclude_if=operator.not_)
    undone: Annotated[Flag, FromReplan] = Field(False, exclude_if=operator.not_)


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
    """`without_police`; plan.json adds its place."""

    thing = WithoutPolice
    flat = {"slot": WrittenSlot}

    day: Day | None = Field(None, alias="date")
    shift: Id | None = None


class WrittenPinned(WrittenPin, WrittenOnOperation[Pinned]):
    """`pinned`: an operation and its slot, and optionally its unit and the agencies chosen from its groups."""

    thing = Pinned
    flat = {"pin": WrittenPin}
    told = {
        "date": Told(Message("Dates"), prompt=Message("Date")),
        "shift": Told(Message("Shifts"), prompt=Message("Shift")),
        "police": Told(Message("Unit"), Message("pinned: unit. Empty: any.")),
        "any_of": Told(Message("Chosen"), Message("pinned: agency of each group in One of. Empty: any."), prompt=Message("One of")),
    }


class WrittenFewerOfficers(WrittenOnOperation[FewerOfficers]):
    """`fewer_officers`: the number that is enough."""

    thing = FewerOfficers

    officers: Annotated[SomeOfficers, Told(Message("Number"), Message("fewer officers: enough. teams lost: left; empty: none."))]


class WrittenOtherDates(WrittenOnOperation[OtherDates]):
    """`not_on`: an agency asks for another date."""

    thing = OtherDates

    agency: Annotated[AgencyId, Told(Message("Agency"), Message("not on: who asks. teams lost: whose."))]
    dates: Annotated[list[Dates], Told(Message("Dates"), Message("pinned, held: date. not on: dates, weeks and periods."), prompt=Message("Not on these dates"))]
    cause: Annotated[Text, Told(Message("Cause"), Message("Read by you and the agency alone."))] = ""


def _of_not_held(written: object) -> object:
    return None if written == NOT_HELD else written


class WrittenHeld(WrittenOnOperation[MilestoneHeld]):
    """`held`: a milestone of an operation, and the date on which it was held, or that it was not after all."""

    thing = MilestoneHeld

    milestone: Annotated[Id, Told(Message("Milestone"), Message("held: milestone, by id."))]
    day: Annotated[Day | None, BeforeValidator(_of_not_held), Told(Message("Dates"))] = Field(alias="date")

    def mapping(self) -> Mapped:
        """The keys, of which the date is never left out."""
        written = super().mapping()
        last: Mapped = {key: written.pop(key) for key in ("reported", "revision") if key in written}
        return {**written, "date": written.get("date", NOT_HELD), **last}


class WrittenAnswered(WrittenOnOperation[Answered]):
    """`answers`: a party's answer; plan.json adds the place of the proposal, the terms, and the party's remark.

    `instead`: slots at which it could come.
    """

    thing = Answered
    flat = {"slot": WrittenSlot}

    party: Annotated[PartyId, Told(Message("Party"), Message("answer: who answers."))]
    answer: Annotated[Reply, choice(*REPLIES), BeforeValidator(as_word), Told(Message("Answer"), Message("answer: asked, yes, no or later.")), Worded({"asked": ("frågad", "asked"), "yes": ("ja", "yes"), "no": ("nej", "no"), "later": ("senare", "later")})]
    day: Day | None = Field(None, alias="date")
    shift: Id | None = None
    police: Id | None = None
    joining: Annotated[list[Id], FromReplan] = Field([], alias="optional_agencies", exclude_if=operator.not_)
    any_of: list[Id] = Field([], exclude_if=operator.not_)
    terms: Text = Field("", exclude_if=operator.not_)
    remark: Text = Field("", exclude_if=operator.not_)
    instead: list[WrittenSlot] = Field([], exclude_if=operator.not_, max_length=MOST_INSTEAD)


class WrittenEdited(WrittenEntry[Edited]):
    """An edit of the scenario, as kept in plan.json."""

    thing = Edited

    new: list[Id] = []
    changed: dict[Id, list[Text]] = {}
    gone: list[Id] = []
    sections: list[Text] = []


class WrittenFormerPlace(WrittenPlacement):
    """Where an operation stood; entries are written without what is empty, so that a place without a unit has no key."""

    police: Text | None = None


class WrittenUndone(WrittenEntry[Undone]):
    """A publishing that was taken back, as kept in plan.json: its versions, and where operations stood before it."""

    thing = Undone

    versions: list[Whole]
    again: Annotated[Flag, Field(exclude_if=operator.not_)] = False
    places: Annotated[list[WrittenFormerPlace], Field(exclude_if=operator.not_)] = []
    left_out: Annotated[list[Id], Field(exclude_if=operator.not_)] = []
    past: Annotated[list[Id], Field(exclude_if=operator.not_)] = []
    bindings: Annotated[list[WrittenBinding], ById("operation", "objects"), Field(exclude_if=operator.not_)] = []


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

LOGGED: Mapping[str, type[WrittenEntry[Any]]] = {**MODELS, "scenario": WrittenEdited, "undone": WrittenUndone}
"""The changes kept in plan.json, by `kind`."""

KINDS: Mapping[type[Amendment], str] = {model.thing: kind for kind, model in LOGGED.items()}
