"""The shapes, or what they have besides their keys, of what is written otherwise than it is held: each says why."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Generic

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

from arshjul.errors import KeyName, Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.declaration import (
    TO,
    Day,
    FromReplan,
    Id,
    Operations,
    SomeOfficers,
    Teams,
    Text,
    Told,
    Unit,
    ends_before,
)
from arshjul.year.domain.entries.amendment import NOT_HELD, ByIdAlone, Cancelled, MilestoneHeld, Nominated
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.settings import LimitException, Meeting, Milestone
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.schema.declared import BASES, READERS, WHERE_ANY, custom_shape, shape
from arshjul.year.formats.shape import Mapped, Shape, Thing, WrittenEntry
from arshjul.year.formats.words import wrong, wrong_type

# fmt: off
# A field is a line.


class WrittenLimitException(Shape[LimitException]):
    """Some dates and, by key, each limit that differs there; which keys there are depends on where it stands."""

    thing = LimitException
    flat = {"span": shape(Span)}

    first: Annotated[Day, Told(Message("From"), Message("First date with a larger limit."))] = Field(alias="from")
    last: Annotated[Day, Told(Message("To"))] = Field(alias="to")

    def model_post_init(self, _: object) -> None:
        """Refuses an exception that ends before it begins, or has no limits."""
        for refusal in Span(self.first, self.last).refusals():
            raise wrong(refusal.kind, refusal.text, "to")
        if not self._limits():
            text = Message("The limit is missing: give {keys}.", {"keys": ", ".join(_limit_keys(type(self)))})
            raise wrong("bad-value", text)

    def _limits(self) -> dict[str, int]:
        given = {key: getattr(self, key) for key in _limit_keys(type(self))}
        return {key: limit for key, limit in given.items() if limit is not None}

    def domain_fields(self) -> dict[str, Any]:
        return {**super().domain_fields(), "limits": self._limits()}

    @classmethod
    def attributes(cls, thing: LimitException) -> dict[str, Any]:
        return {**super().attributes(thing), **{key: thing.limits.get(key) for key in _limit_keys(cls)}}


def _limit_keys(shape: type[WrittenLimitException]) -> list[str]:
    return [key for key in shape.model_fields if key not in WrittenLimitException.model_fields]


@custom_shape
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


class _Milestone(Shape[Milestone]):
    """A day before the operation is a number of its own, so that none is below zero."""

    keys_for = {
        "days": {
            "days_before": (Annotated[CycleDays | None, Told(Message("Days before"), Message("Or give Days after."))], None),
            "days_after": (Annotated[CycleDays | None, Told(Message("Days after"), Message("Or give Days before."))], None),
        },
    }

    def model_post_init(self: Any, _: object) -> None:
        if self.days_before is None and self.days_after is None:
            raise wrong("missing-key", Message("{before} or {after} is missing.", _DAYS), "days_before")
        if self.days_before is not None and self.days_after is not None:
            raise wrong("bad-value", Message("Both {before} and {after} are given: keep one.", _DAYS), "days_after")

    def domain_fields(self: Any) -> dict[str, Any]:
        days = self.days_after if self.days_before is None else -self.days_before
        return {**super().domain_fields(), "days": days or 0, "after": self.days_after == 0 or None}

    @classmethod
    def attributes(cls, thing: Milestone) -> dict[str, Any]:
        days = (None, thing.days) if thing.comes_after else (-thing.days, None)
        return {**super().attributes(thing), "days_before": days[0], "days_after": days[1]}


class _Withdrawal(WrittenEntry[Withdrawal]):
    """Without an end it says that it holds until further notice; `assumed` is the end before `still` put it off."""

    keys_for = {
        "last": {
            "last": (Annotated[Day | None, TO], Field(None, alias="to")),
            "until_further_notice": (Annotated[bool, WHERE_ANY, Told(Message("Until further notice"), Message("yes: no known end. Leave To empty."))], False),
        },
        "until": {
            "until": (Annotated[Day | None, FromReplan], None),
            "assumed": (Annotated[Day | None, FromReplan], None),
        },
    }

    def model_post_init(self: Any, _: object) -> None:
        if not self.police:
            raise wrong("bad-value", Message("The unit is missing: name one."), "police")
        if self.last is None and not self.until_further_notice:
            raise wrong("missing-key", Message("The end is missing: give {to} or {until}.", _ENDS), "to")
        if self.last is not None and self.until_further_notice:
            text = Message("Both {to} and {until} are given: keep one.", _ENDS)
            raise wrong("bad-value", text, "until_further_notice")

    @field_validator("last", check_fields=False)
    @classmethod
    def _ends_after(cls, last: date | None, info: ValidationInfo) -> date | None:
        """Checked with the field, so that another wrong field does not hide it."""
        first = info.data.get("first")
        if last is not None and first is not None and last < first:
            raise wrong("bad-value", ends_before(first, last))
        return last

    def domain_fields(self: Any) -> dict[str, Any]:
        """Units once each, and an assumed end only if the end is unknown."""
        until = None if self.last is not None else self.assumed or self.until
        return {**super().domain_fields(), "police": tuple(dict.fromkeys(self.police)), "until": until}

    @classmethod
    def attributes(cls, thing: Withdrawal) -> dict[str, Any]:
        """An unknown end is written as until further notice."""
        return {**super().attributes(thing), "until_further_notice": thing.last is None}


def _of_not_held(written: object) -> object:
    return None if written == NOT_HELD else written


class _Held(WrittenEntry[MilestoneHeld]):
    """The date is never left out; that it was not held after all is a word in its place."""

    keys_for = {"day": {"day": (Annotated[Day | None, BeforeValidator(_of_not_held), Told(Message("Dates"))], Field(alias="date"))}}

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


@custom_shape
class WrittenPlacement(WrittenPlace, _Operation):
    """An operation and its place."""


class WrittenFormerPlace(WrittenPlacement):
    """Where an operation stood; entries are written without what is empty, so that a place without a unit has no key."""

    police: Text | None = None


def moved(operation: str, **places: Shape[Placement] | None) -> dict[str, Any]:
    """The parts of a move, each place with the operation's name."""
    made = {key: one and Placement(operation=operation, **one.domain_fields()) for key, one in places.items()}
    return {"operation": operation, **made}


class WrittenAlone(WrittenEntry[Thing], Generic[Thing]):
    """A change that says no more than its operation: an id is enough."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(core)]}

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        if isinstance(given, str):
            return {"operation": given}
        if not isinstance(given, dict):
            raise wrong_type(Message("an id"))
        return given


class _Cancelled(WrittenAlone[Cancelled]):
    """plan.json adds the operation's place, without its name, which is there already."""

    keys_for = {
        "stood": {
            "day": (Annotated[Day | None, FromReplan], Field(None, alias="date")),
            "shift": (Annotated[Id | None, FromReplan], None),
            "police": (Annotated[Id | None, FromReplan], None),
            "optional_agencies": (Annotated[list[Id], FromReplan, WHERE_ANY], []),
            "any_of": (Annotated[list[Id], FromReplan, WHERE_ANY], []),
            "officers": (Annotated[SomeOfficers | None, FromReplan], None),
        },
    }


class _Meeting(Shape[Meeting]):
    """A meeting, whose omitted `agencies` or `dates` depend on the other keys."""

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

    def domain_fields(self) -> dict[str, Any]:
        made = super().domain_fields()
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


BASES |= {
    ByIdAlone: WrittenAlone,
    Cancelled: _Cancelled,
    Meeting: _Meeting,
    Milestone: _Milestone,
    MilestoneHeld: _Held,
    Nominated: _Nominated,
    Withdrawal: _Withdrawal,
}
READERS["former place"] = WrittenFormerPlace
