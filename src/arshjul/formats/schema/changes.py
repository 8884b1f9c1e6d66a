"""changes.json: the changes of a revision, and the parties to tell (docs/formats.md#plan-folder)."""

from typing import Annotated, Any

from pydantic import Field

from arshjul.domain.calendar import Slot
from arshjul.domain.change import TOLD_AS, ChangeCause, Move
from arshjul.domain.declaration import Day, Text
from arshjul.domain.placement import Placement
from arshjul.formats.schema.by_hand import moved
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.values import WHERE_ANY
from arshjul.formats.shape import Shape
from arshjul.formats.words import Written


class ToldPlace(Shape[Placement]):
    """An operation's place: date, shift, unit, and the agencies chosen from its groups, if it has any."""

    thing = Placement
    flat = {"slot": shape(Slot)}

    day: Day = Field(alias="date")
    shift: Text
    police: Text | None
    any_of: Annotated[list[Text], WHERE_ANY] = []


class ToldCause(Shape[ChangeCause]):
    """A cause, with the party or else the id that it is about."""

    thing = ChangeCause

    kind: Text
    party: Annotated[Text, WHERE_ANY] = ""
    id: Annotated[Text, WHERE_ANY] = ""

    @classmethod
    def attributes(cls, thing: ChangeCause) -> dict[str, Any]:
        """The kind under which it is told."""
        return {"kind": TOLD_AS[thing.kind], "party": thing.party, "id": "" if thing.party else thing.id}


class ToldMove(Shape[Move]):
    """A change, with the first cause that applies; if there are several, also all of them."""

    thing = Move

    operation: Text
    old: Annotated[ToldPlace | None, WHERE_ANY] = None
    new: Annotated[ToldPlace | None, WHERE_ANY] = None
    cause: Annotated[ToldCause | None, WHERE_ANY] = None
    causes: Annotated[list[ToldCause], WHERE_ANY] = []

    def made_of(self) -> dict[str, Any]:
        return moved(self.operation, old=self.old, new=self.new)


class ToldAbsence(Written):
    """An agency that joined an operation and no longer does, with the causes as those of a change."""

    operation: Text
    agency: Text
    cause: Annotated[ToldCause | None, WHERE_ANY] = None
    causes: Annotated[list[ToldCause], WHERE_ANY] = []


class ToldParty(Written):
    """A party, and the operations that it must be told of."""

    party: Text
    operations: list[Text]


class ToldChanges(Written):
    """The whole file; every list is there, empty in a first plan.

    `from_scenario`: the SHA-256 of the former plan's scenario; "" in a first plan.
    """

    moved: list[ToldMove]
    unit_changed: list[ToldMove]
    dropped: list[ToldMove]
    new: list[ToldMove]
    confirmed: list[Text] = []
    hit: list[Text] = []
    lost_agencies: dict[Text, list[Text]] = {}
    absences: list[ToldAbsence] = []
    tell: list[ToldParty] = []
    from_scenario: Annotated[Text, WHERE_ANY] = ""
