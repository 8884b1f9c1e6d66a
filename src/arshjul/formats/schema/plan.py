"""plan.json: what arshjul writes of a plan, and what it needs of one that another program wrote.

Further keys are passed over: more may follow in later versions.
"""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from arshjul.domain.calendar import Slot
from arshjul.domain.cause import TOLD_AS, Causes, ChangeCause, Kind
from arshjul.domain.change import Move
from arshjul.domain.entries.entries import Entries
from arshjul.domain.level import Level
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Placing, Plan, Price, Reason, Unplaced
from arshjul.domain.revision import ReplanRecord
from arshjul.errors import Message
from arshjul.formats.words import MOST, Day, Moment, Text, Whole, Written, choice

_LARGEST = 2**53  # what every reader of JSON keeps exactly
Number = Annotated[int, Field(ge=1, le=MOST)]
Amount = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]


class Lenient(Written):
    """A mapping that may hold more than is known here."""

    model_config = ConfigDict(extra="ignore")


class PlannedPlace(Lenient):
    """A slot and a unit, and who joins there."""

    date: Day
    shift: Text
    police: Text | None
    optional_agencies: list[Text] = []
    any_of: list[Text] = []

    def domain(self, operation: str) -> Placement:
        """The placement of an operation there."""
        slot, joining, chosen = Slot(self.date, self.shift), tuple(self.optional_agencies), tuple(self.any_of)
        return Placement(operation, slot, self.police, joining, chosen)


class PlannedPlacement(PlannedPlace):
    """An operation and its place."""

    operation: Text

    @property
    def placement(self) -> Placement:
        """The two together."""
        return self.domain(self.operation)


class PlannedReason(Lenient):
    """Why an operation is unplaced."""

    rule: Text
    slots: Whole
    text: Text = ""


class PlannedUnplaced(Lenient):
    """An operation without a place."""

    operation: Text
    reasons: list[PlannedReason] = []

    def domain(self) -> Unplaced:
        """The operation, its reasons in the words they were written in."""
        return Unplaced(self.operation, tuple(Reason(r.rule, r.slots, as_said(r.text)) for r in self.reasons))


class PlannedPrice(Lenient):
    """What a soft rule charges."""

    rule: Text
    about: Text
    points: Amount
    text: Text = ""

    def domain(self) -> Price:
        """The price."""
        return Price(self.rule, self.about, self.points, as_said(self.text))


class PlannedLevel(Lenient):
    """An aim, its value, and what is proven of it."""

    id: Text
    value: Amount
    bound: Amount | None = None
    proved_by: list[Text] = []


class PlannedCause(Lenient):
    """A cause of an operation's change."""

    kind: Annotated[Kind, choice(*TOLD_AS)]
    id: Text = ""
    party: Text = ""
    given: Text = ""
    absent: Text = ""

    def domain(self) -> ChangeCause:
        """The cause."""
        return ChangeCause(self.kind, self.id, self.party, self.given, self.absent)


class PlannedCauses(Lenient):
    """The causes of one operation's change."""

    operation: Text
    causes: list[PlannedCause]


def _causes(planned: list[PlannedCauses] | None) -> Causes | None:
    """By operation; None where none were kept."""
    if planned is None:
        return None
    return {of.operation: tuple(one.domain() for one in of.causes) for of in planned}


class PlannedBase(Lenient):
    """What a replan started from."""

    revision: Number = 1
    as_of: Moment
    placements: list[PlannedPlacement]
    hit: list[Text] = []
    yielded: list[Text] = []

    def domain(self, zone: ZoneInfo) -> Base:
        """The base; its moment lies in that zone."""
        placements = {p.operation: p.placement for p in self.placements}
        return Base(
            revision=self.revision,
            as_of=self.as_of.replace(tzinfo=zone),
            placements=placements,
            hit=frozenset(self.hit),
            yielded=frozenset(self.yielded),
        )


class PlannedMove(Lenient):
    """A change that a replan made. No `new`: the operation lost its place."""

    operation: Text
    old: PlannedPlace
    new: PlannedPlace | None = None

    def domain(self) -> Move:
        """The change."""
        new = None if self.new is None else self.new.domain(self.operation)
        return Move(self.operation, self.old.domain(self.operation), new)


class PlannedRevision(Lenient):
    """A replan before this plan."""

    revision: Number
    as_of: Moment
    hit: list[Text] = []
    changed: list[PlannedMove] = []
    causes: list[PlannedCauses] | None = None

    def domain(self, zone: ZoneInfo) -> ReplanRecord:
        """The replan; its moment lies in that zone."""
        changed = tuple(move.domain() for move in self.changed)
        as_of, hit = self.as_of.replace(tzinfo=zone), frozenset(self.hit)
        return ReplanRecord(self.revision, as_of, hit, changed, _causes(self.causes))


class PlannedBinding(Lenient):
    """The objects of a frame."""

    operation: Text
    objects: list[Text]


class PlannedPlacing(Lenient):
    """The revision that decided the placements, where a filling came after it."""

    revision: Number
    as_of: Moment

    def domain(self, zone: ZoneInfo) -> Placing:
        """The same; its moment lies in that zone."""
        return Placing(self.revision, self.as_of.replace(tzinfo=zone))


class PlannedPlan(Lenient):
    """plan.json as a whole."""

    revision: Number = 1
    as_of: Moment
    scenario: Text | None = None
    status: Annotated[Literal["optimal", "feasible"], choice("optimal", "feasible")] = "feasible"
    levels: list[PlannedLevel] = []
    placements: list[PlannedPlacement]
    unplaced: list[PlannedUnplaced] = []
    prices: list[PlannedPrice] = []
    base: PlannedBase | None = None
    unpinned: list[Text] = []
    option: Text | None = None
    revisions: list[PlannedRevision] = []
    bindings: list[PlannedBinding] = []
    placed_by: PlannedPlacing | None = None
    causes: list[PlannedCauses] | None = None

    def domain(self, zone: ZoneInfo, entries: Entries) -> Plan:
        """The plan with the entries that it answers; its moments lie in that zone."""
        return Plan(
            as_of=self.as_of.replace(tzinfo=zone),
            placements=tuple(planned.placement for planned in self.placements),
            unplaced=tuple(unplaced.domain() for unplaced in self.unplaced),
            levels=tuple(Level(one.id, one.value, one.bound, tuple(one.proved_by)) for one in self.levels),
            prices=tuple(price.domain() for price in self.prices),
            entries=entries,
            base=None if self.base is None else self.base.domain(zone),
            unpinned=frozenset(self.unpinned),
            revision=self.revision,
            option=self.option,
            earlier=tuple(revision.domain(zone) for revision in self.revisions),
            bindings={one.operation: tuple(one.objects) for one in self.bindings},
            placed_by=None if self.placed_by is None else self.placed_by.domain(zone),
            causes=_causes(self.causes),
        )


def as_said(text: str) -> Message:
    """A sentence that was put into a language already."""
    return Message("{text}", {"text": text})
