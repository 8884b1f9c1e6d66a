"""The shapes, or what they have besides their keys, of what is written otherwise than it is held: each says why."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Generic, get_args

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.declaration import (
    FROM,
    MOST,
    SHIFTS,
    TO,
    Clock,
    Day,
    Days,
    FromReplan,
    Id,
    MeetingId,
    Minutes,
    Officers,
    Operations,
    OwnId,
    OwnName,
    ShiftId,
    SomeOfficers,
    Spoken,
    Teams,
    Text,
    Told,
    Unit,
    UnitId,
    ValueKind,
    Whole,
    Worded,
    ends_before,
)
from arshjul.domain.entries.amendment import NOT_HELD, ByIdAlone, Cancelled, MilestoneHeld, Nominated, OfOperation
from arshjul.domain.level import Level
from arshjul.domain.operation import Operation, Repeat
from arshjul.domain.placement import Placement
from arshjul.domain.settings import LimitException, Meeting, Milestone, MilestoneMeaning, MilestoneParty
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import KeyName, Message
from arshjul.formats.schema.declared import BASES, by_hand, shape
from arshjul.formats.schema.values import WHERE_ANY
from arshjul.formats.shape import Mapped, Shape, Thing, WrittenEntry
from arshjul.formats.words import choice, wrong, wrong_type

# fmt: off
# A field is a line.


@by_hand
class WrittenRepeat(Shape[Repeat]):
    """`repeat`: the fewest and the most days are one list."""

    thing = Repeat

    times: Annotated[int, Field(ge=1, le=MOST), Unit("operations"), Told(Message("Repeats"), Message("Number of operations, each a follow-up of the one before."), prompt=Message("Times"))]
    every_days: Annotated[list[Days], Field(json_schema_extra={"minItems": 2, "maxItems": 2}), ValueKind("between"), Told(Message("Days between"), Message("Fewest and most: 28–42."), prompt=Message("Days between, fewest and most (28, 42)"))]

    def model_post_init(self, _: object) -> None:
        """Refuses days that are not the fewest and the most."""
        if len(self.every_days) != 2 or self.every_days[0] > self.every_days[1]:
            text = Message("Give the fewest and most days, like [28, 42].")
            raise wrong("bad-value", text, "every_days")

    def made_of(self) -> dict[str, Any]:
        return {"times": self.times, "min_days": self.every_days[0], "max_days": self.every_days[1]}

    @classmethod
    def attributes(cls, thing: Repeat) -> dict[str, Any]:
        return {"times": thing.times, "every_days": (thing.min_days, thing.max_days)}


class WrittenLimitException(Shape[LimitException]):
    """Some dates and, by key, each limit that differs there; which keys there are depends on where it stands."""

    thing = LimitException
    flat = {"span": shape(Span)}

    first: Annotated[Day, Told(Message("From"), Message("First date with a larger limit."))] = Field(alias="from")
    last: Annotated[Day, Told(Message("To"))] = Field(alias="to")

    def model_post_init(self, _: object) -> None:
        """Refuses an exception that ends before it begins, or has no limits."""
        for one in Span(self.first, self.last).refusals():
            raise wrong(one.kind, one.text, "to")
        if not self._limits():
            text = Message("The limit is missing: give {keys}.", {"keys": ", ".join(_limit_keys(type(self)))})
            raise wrong("bad-value", text)

    def _limits(self) -> dict[str, int]:
        given = {key: getattr(self, key) for key in _limit_keys(type(self))}
        return {key: limit for key, limit in given.items() if limit is not None}

    def made_of(self) -> dict[str, Any]:
        return {**super().made_of(), "limits": self._limits()}

    @classmethod
    def attributes(cls, thing: LimitException) -> dict[str, Any]:
        return {**super().attributes(thing), **{key: thing.limits.get(key) for key in _limit_keys(cls)}}


def _limit_keys(shape: type[WrittenLimitException]) -> list[str]:
    return [key for key in shape.model_fields if key not in WrittenLimitException.model_fields]


@by_hand
class WrittenLoadException(WrittenLimitException):
    """Exceptions to an agency's team shifts."""

    team_shifts_per_week: Annotated[Teams | None, Told(Message("Team shifts a week"), Message("For an agency."))] = None
    team_shifts_per_month: Annotated[Teams | None, Told(Message("Team shifts a month"), Message("For an agency."))] = None


class WrittenOperationsException(WrittenLimitException):
    """Exceptions to the number of operations a day or a week."""

    operations_per_day: Annotated[Operations | None, Told(Message("Operations a day"), Message("For all, without agency."))] = None
    operations_per_area_per_day: Annotated[Operations | None, Told(Message("Operations an area and day"), Message("For all, without agency."))] = None
    operations_per_week: Annotated[Operations | None, Told(Message("Operations a week"), Message("For all, without agency."))] = None


MOST_CYCLE_DAYS = 3660  # assumption: no milestone is ten years from its operation
_ENDS = {"to": KeyName("to"), "until": KeyName("until_further_notice")}


CycleDays = Annotated[int, Field(ge=0, le=MOST_CYCLE_DAYS), Unit("days")]


_DAYS = {"before": KeyName("days_before"), "after": KeyName("days_after")}


@by_hand
class WrittenMilestone(Shape[Milestone]):
    """A date around every operation: a day before it is a number of its own, and none below zero."""

    thing = Milestone

    id: OwnId
    name: OwnName
    days_before: Annotated[CycleDays | None, Told(Message("Days before"), Message("Or give Days after."))] = None
    days_after: Annotated[CycleDays | None, Told(Message("Days after"), Message("Or give Days before."))] = None
    start: Annotated[Clock | None, Told(Message("Start"), Message("Clock time, like 09:00."))] = None
    minutes: Annotated[Minutes, Told(Message("Minutes"), Message("Empty: 60."))] = 60
    counts_as: Annotated[MilestoneMeaning | None, choice(*get_args(MilestoneMeaning)), Told(Message("Counts as"), Message("In reports and reminders: evaluation, information sheet, nomination or planning. Empty: none of these.")), Worded({"evaluation": ("utvärdering", "evaluation"), "information-sheet": ("informationsblad", "information sheet"), "nomination": ("nominering", "nomination"), "planning": ("planering", "planning")})] = None
    at: Annotated[MeetingId | None, Told(Message("Dealt with at"), Message("A meeting's id: listed at the last one up to its date. Empty, or no such meeting: an entry of its own."))] = None
    parties: Annotated[list[Annotated[str, choice(*get_args(MilestoneParty))]], WHERE_ANY, Spoken({"all": Message("all that take part"), "lead": Message("the lead agency"), "police": Message("the police units")}), Told(Message("Who has it"), Message("all: participating agencies (default); lead: the lead agency; police: participating units too."))] = []

    def model_post_init(self, _: object) -> None:
        """Refuses a milestone with both distances, or none."""
        if self.days_before is None and self.days_after is None:
            raise wrong("missing-key", Message("{before} or {after} is missing.", _DAYS), "days_before")
        if self.days_before is not None and self.days_after is not None:
            raise wrong("bad-value", Message("Both {before} and {after} are given: keep one.", _DAYS), "days_after")

    def made_of(self) -> dict[str, Any]:
        days = self.days_after if self.days_before is None else -self.days_before
        return {**super().made_of(), "days": days or 0, "after": self.days_after == 0 or None}

    @classmethod
    def attributes(cls, thing: Milestone) -> dict[str, Any]:
        days = (None, thing.days) if thing.comes_after else (-thing.days, None)
        return {**super().attributes(thing), "days_before": days[0], "days_after": days[1]}


@by_hand
class WrittenWithdrawal(WrittenEntry[Withdrawal]):
    """A withdrawal: without an end it says that it holds until further notice.

    `until`, the last date that is assumed, is only in plan.json; `assumed` is what it was before `still` put it off.
    """

    thing = Withdrawal
    told = {"reported": Told(Message("Reported"), Message("When it was reported: 2027-05-12 06:30. Empty: at the replan."), prompt=Message("Reported (empty: now)"))}

    id: Annotated[Id, Told(Message("No"), Message("Number of the withdrawal or return."), also=("Id",))]
    police: Annotated[list[UnitId], Told(Message("Units"), Message("Units that withdraw officers."), also=("Enhet", "Unit"), prompt=Message("Unit"))]
    first: Annotated[Day, FROM] = Field(alias="from")
    last: Annotated[Day | None, TO] = Field(None, alias="to")
    until_further_notice: Annotated[bool, WHERE_ANY, Told(Message("Until further notice"), Message("yes: no known end. Leave To empty."))] = False
    shifts: Annotated[list[ShiftId] | None, SHIFTS] = None
    officers_left: Annotated[Officers, Told(Message("Officers left"), Message("Left in each shift. Empty: none."))] = 0
    cause: Annotated[Text, Told(Message("Cause"), Message("One word, like shooting. Read by you and the unit alone."))] = ""
    until: Annotated[Day | None, FromReplan] = None
    assumed: Annotated[Day | None, FromReplan] = None

    def model_post_init(self, _: object) -> None:
        """Refuses an end that is missing, given twice, or before the beginning, and a withdrawal without units."""
        if not self.police:
            raise wrong("bad-value", Message("The unit is missing: name one."), "police")
        if self.last is None and not self.until_further_notice:
            raise wrong("missing-key", Message("The end is missing: give {to} or {until}.", _ENDS), "to")
        if self.last is not None and self.until_further_notice:
            text = Message("Both {to} and {until} are given: keep one.", _ENDS)
            raise wrong("bad-value", text, "until_further_notice")

    @field_validator("last")
    @classmethod
    def _ends_after(cls, last: date | None, info: ValidationInfo) -> date | None:
        """Checked with the field, so that another wrong field does not hide it."""
        first = info.data.get("first")
        if last is not None and first is not None and last < first:
            raise wrong("bad-value", ends_before(first, last))
        return last

    def made_of(self) -> dict[str, Any]:
        """Units once each, and an assumed end only if the end is unknown."""
        until = None if self.last is not None else self.assumed or self.until
        return {**super().made_of(), "police": tuple(dict.fromkeys(self.police)), "until": until}

    @classmethod
    def attributes(cls, thing: Withdrawal) -> dict[str, Any]:
        """An unknown end is written as until further notice."""
        return {**super().attributes(thing), "until_further_notice": thing.last is None}


def _of_not_held(written: object) -> object:
    return None if written == NOT_HELD else written


@by_hand
class WrittenHeld(WrittenEntry[MilestoneHeld]):
    """`held`: the date is never left out; that it was not held after all is a word in its place."""

    thing = MilestoneHeld

    operation: OfOperation
    milestone: Annotated[Id, Told(Message("Milestone"), Message("held: milestone, by id."))]
    day: Annotated[Day | None, BeforeValidator(_of_not_held), Told(Message("Dates"))] = Field(alias="date")

    def mapping(self) -> Mapped:
        written = super().mapping()
        last: Mapped = {key: written.pop(key) for key in ("reported", "revision") if key in written}
        return {**written, "date": written.get("date", NOT_HELD), **last}


class _Nominated(WrittenEntry[Nominated]):
    """Without the operation's sites, which only scenario.json has."""

    @classmethod
    def attributes(cls, thing: Nominated) -> dict[str, Any]:
        return {**super().attributes(thing), "operation": replace(thing.operation, sites=())}


# fmt: on


@by_hand
class WrittenLevel(Shape[Level]):
    """A level of a filling, without the engines that proved it."""

    thing = Level

    id: Text
    value: Whole
    bound: Whole | None = None


class WrittenPlace(Shape[Placement]):
    """A slot and a unit, and the agencies that join, as in plan.json for an operation named elsewhere."""

    thing = Placement
    flat = {"slot": shape(Slot)}

    day: Day = Field(alias="date")
    shift: Text
    police: Text | None
    optional_agencies: list[Text] = []
    any_of: Annotated[list[Text], WHERE_ANY] = []
    officers: Annotated[int | None, Field(ge=1), WHERE_ANY] = None


class _Operation(Shape[Placement]):
    operation: Text


@by_hand
class WrittenPlacement(WrittenPlace, _Operation):
    """An operation and its place."""


class WrittenFormerPlace(WrittenPlacement):
    """Where an operation stood; entries are written without what is empty, so that a place without a unit has no key."""

    police: Text | None = None


def moved(operation: str, **places: Shape[Placement] | None) -> dict[str, Any]:
    """The parts of a move, each place with the operation's name."""
    made = {key: one and Placement(operation=operation, **one.made_of()) for key, one in places.items()}
    return {"operation": operation, **made}


class WrittenAlone(WrittenEntry[Thing], Generic[Thing]):
    """A change that says no more than its operation: an id is enough."""

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


@by_hand
class WrittenCancelled(WrittenAlone[Cancelled]):
    """plan.json adds the operation as it was, and its place, which has the operation's name already."""

    thing = Cancelled
    flat = {"stood": WrittenPlacement}

    operation: OfOperation
    was: Annotated[shape(Operation) | None, FromReplan] = None  # type: ignore[valid-type]
    day: Annotated[Day | None, FromReplan] = Field(None, alias="date")
    shift: Annotated[Id | None, FromReplan] = None
    police: Annotated[Id | None, FromReplan] = None
    optional_agencies: Annotated[list[Id], FromReplan, WHERE_ANY] = []
    any_of: Annotated[list[Id], FromReplan, WHERE_ANY] = []
    officers: Annotated[SomeOfficers | None, FromReplan] = None
    undone: Annotated[bool, FromReplan, WHERE_ANY] = False


class _Meeting(Shape[Meeting]):
    """What an omitted `agencies` or `dates` means depends on the other keys."""

    @model_validator(mode="after")
    def _dated(self: Any) -> Any:
        """Refuses a meeting without dates, and a duplicate date, which would be two events with one UID."""
        if not self.dates and self.every is None and "dates" not in self.model_fields_set:
            keys = {"dates": KeyName("dates"), "every": KeyName("every")}
            raise wrong("missing-key", Message("{dates} or {every} is missing.", keys), "dates")
        for position, day in enumerate(self.dates):
            if day in self.dates[:position]:
                raise wrong("bad-value", Message("The date stands twice: keep one."), "dates", position)
        return self

    def made_of(self) -> dict[str, Any]:
        made = super().made_of()
        if made["agencies"] is None:
            others_alone = made["parties"] and "agencies" not in self.model_fields_set
            made["agencies"] = () if others_alone else "all"
        return made

    @classmethod
    def attributes(cls, thing: Meeting) -> dict[str, Any]:
        return {**super().attributes(thing), "agencies": None if thing.agencies == "all" else thing.agencies}

    @model_serializer(mode="wrap")
    def _with_all_said(self: Any, written: SerializerFunctionWrapHandler) -> dict[str, object]:
        keys: dict[str, object] = written(self)
        if not self.dates and self.every is not None:
            del keys["dates"]
        if self.agencies is None:
            keys["agencies"] = "all"
        elif not self.agencies and self.parties:
            del keys["agencies"]
        return keys


BASES |= {ByIdAlone: WrittenAlone, Nominated: _Nominated, Meeting: _Meeting}
ValueKind.readers["former place"] = WrittenFormerPlace
