"""plan.json: what arshjul writes of a plan, and what it needs of one that another program wrote.

Unknown keys are ignored: later versions may have more. And changes.json: the changes of a revision, and whom to tell
(docs/formats.md#plan-folder).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.change import TOLD_AS, ChangeCause, Move
from arshjul.year.domain.declaration import MOST, ById, Day, Id, Moment, Refers, Text
from arshjul.year.domain.entries import entries
from arshjul.year.domain.entries.amended import Given
from arshjul.year.domain.entries.amendment import Amendment, Edited, Undone
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Base, OperationName, Placing, Plan, Price, ReplanRecord, Unplaced
from arshjul.year.formats.schema.custom_shapes import WrittenPlace, WrittenPlacement, moved
from arshjul.year.formats.schema.declared import BASES, WHERE_ANY, shape
from arshjul.year.formats.shape import Shape
from arshjul.year.formats.words import Written, choice

Number = Annotated[int, Field(ge=1, le=MOST)]
Shift = Annotated[Text, Refers("shifts")]
Agency = Annotated[Text, Refers("agencies")]
Unit = Annotated[Text, Refers("police")]


class PlannedPlacement(WrittenPlacement):
    """An operation and its place in this plan."""

    operation: OperationName
    shift: Shift
    police: Unit | None
    optional_agencies: list[Agency] = []
    any_of: Annotated[list[Agency], WHERE_ANY] = []


class FormerPlacement(PlannedPlacement):
    """A placement in an earlier plan, of an operation that may be cancelled since."""

    operation: Text


class PlannedCauses(Shape[Any]):
    operation: Text
    causes: list[shape(ChangeCause)]  # type: ignore[valid-type]


OfChanges = Annotated[
    list[PlannedCauses] | None,
    ById("operation", "causes", in_order_of_ids=True),
    Field(exclude_if=lambda causes: causes is None),
]


class PlannedBase(Shape[Base]):
    """The start of a replan."""

    thing = Base

    revision: Number = 1
    as_of: Moment
    hit: list[Text] = []
    placements: Annotated[list[FormerPlacement], ById("operation", in_order_of_ids=True)]
    yielded: Annotated[list[Text], WHERE_ANY] = []


class PlannedMove(Shape[Move]):
    """A change made by a replan. `new` None: the operation lost its place."""

    thing = Move

    operation: Text
    old: WrittenPlace
    new: WrittenPlace | None = None

    def domain_fields(self) -> dict[str, Any]:
        return moved(self.operation, old=self.old, new=self.new)


class PlannedRevision(Shape[ReplanRecord]):
    """A replan before this plan."""

    thing = ReplanRecord

    number: Number = Field(alias="revision")
    as_of: Moment
    hit: list[Text] = []
    changed: list[PlannedMove] = []
    fresh: Annotated[list[Text], WHERE_ANY] = []
    causes: OfChanges = None


class PlannedBinding(Shape[Any]):
    operation: OperationName
    objects: list[Annotated[Text, Refers("objects")]]


class _Given(Shape[Given]):
    """`added` are the operations that were not given."""

    keys_for = {"operations": {"operations": (list[shape(Operation)], []), "added": (list[Id], [])}}  # type: ignore[misc]

    def domain_fields(self: Any) -> dict[str, Any]:
        operations = {operation.id: operation for operation in map(Shape.domain, self.operations)}
        return {**super().domain_fields(), "operations": operations | dict.fromkeys(self.added)}

    @classmethod
    def attributes(cls, thing: Given) -> dict[str, Any]:
        given = {id: operation for id, operation in thing.operations.items() if operation is not None}
        return {
            "operations": given.values(),
            "added": [id for id in thing.operations if id not in given],
            "teams": thing.teams,
        }


BASES[Given] = _Given


class PlannedPlan(Shape[Plan]):
    """plan.json without its entries, which are read and written one by one."""

    thing = Plan

    revision: Number = 1
    as_of: Moment
    first_as_of: Annotated[Moment | None, WHERE_ANY] = None
    scenario: Text | None = None
    status: Annotated[Literal["optimal", "feasible"], choice("optimal", "feasible")] = "feasible"
    option: Annotated[Text | None, WHERE_ANY] = None
    levels: list[shape(Level)] = []  # type: ignore[valid-type]
    placements: list[PlannedPlacement]
    unplaced: list[shape(Unplaced)] = []  # type: ignore[valid-type]
    prices: list[shape(Price)] = []  # type: ignore[valid-type]
    reserve: list[Text] = []
    bindings: Annotated[list[PlannedBinding], ById("operation", "objects"), WHERE_ANY] = []
    placed_by: Annotated[shape(Placing) | None, WHERE_ANY] = None  # type: ignore[valid-type]
    given: Annotated[shape(Given) | None, Field(exclude_if=lambda given: given is None)] = None  # type: ignore[valid-type]
    causes: OfChanges = None
    earlier: list[PlannedRevision] = Field([], alias="revisions")
    base: PlannedBase | None = None

    def domain_fields(self) -> dict[str, Any]:
        made = super().domain_fields()
        return {**made, "given": made["given"] or Given()}

    @classmethod
    def attributes(cls, thing: Plan) -> dict[str, Any]:
        """Its attributes and its status, which follows from the levels; of what was given None if it is nothing."""
        given = None if thing.given == Given() else thing.given
        return {**super().attributes(thing), "status": thing.status, "given": given}


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

    def domain_fields(self) -> dict[str, Any]:
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


EVENTS: Mapping[str, type[Shape[Any]]] = {name: shape(kind) for name, kind in entries.EVENTS.items()}

MODELS: Mapping[str, type[Shape[Any]]] = {name: shape(kind) for name, kind in entries.CHANGES.items()}
"""The lists of a file of changes. In plan.json each is a `kind` of change."""

LOGGED: Mapping[str, type[Shape[Any]]] = {**MODELS, "scenario": shape(Edited), "undone": shape(Undone)}
"""The changes kept in plan.json, by `kind`."""

KINDS: Mapping[type[Amendment], str] = {model.thing: kind for kind, model in LOGGED.items()}
