"""The written forms of a span, a slot, a pin, a repeat, a date or a period: alone, or among the keys of something else."""

import operator
from datetime import date
from typing import Annotated, Any, ClassVar, Generic

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.declaration import (
    FROM,
    MOST,
    TO,
    AgencyId,
    Day,
    Days,
    ShiftId,
    Text,
    Told,
    Unit,
    UnitId,
    ValueKind,
    ends_before,
)
from arshjul.domain.operation import Pin, Repeat
from arshjul.domain.placement import Placement
from arshjul.errors import Message
from arshjul.formats.shape import Shape, Thing
from arshjul.formats.words import WrittenDay, is_json, wrong, wrong_type

WHERE_ANY = Field(exclude_if=operator.not_)
"""A key that is omitted if it is empty."""


class WrittenPeriod(Shape[Span]):
    """`{from, to}`, both included."""

    thing = Span

    first: Annotated[Day, FROM] = Field(alias="from")
    last: Annotated[Day, TO] = Field(alias="to")

    def model_post_init(self, _: object) -> None:
        """Refuses a period that ends before it begins."""
        if self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last))


class WrittenDates(Shape[Thing], Generic[Thing]):
    """The keys of something with a first and a last date."""

    flat = {"span": WrittenPeriod}

    first: Annotated[Day, Told(Message("From"))] = Field(alias="from")
    last: Annotated[Day, Told(Message("To"))] = Field(alias="to")

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning."""
        if self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")


class WrittenSlot(Shape[Any]):
    """A date and a shift; a slot by itself, or its keys among others."""

    thing: ClassVar[type] = Slot

    day: Day = Field(alias="date")
    shift: ShiftId


# fmt: off


class WrittenPin(WrittenSlot):
    """`fixed`: a date and a shift, and optionally a unit and the agencies chosen from its groups."""

    thing: ClassVar[type] = Pin
    flat = {"slot": WrittenSlot}

    police: Annotated[UnitId | None, Told(Message("Fixed unit"), Message("Pinned unit. Empty: any."))] = None
    any_of: Annotated[list[AgencyId] | None, Told(Message("Fixed choice"), Message("Pinned agency of each group in One of."))] = None


class WrittenRepeat(Shape[Repeat]):
    """`repeat`."""

    thing = Repeat

    times: Annotated[int, Field(ge=1, le=MOST), Unit("operations"), Told(Message("Repeats"), Message("Number of operations, each a follow-up of the one before."), prompt=Message("Times"))]
    every_days: Annotated[list[Days], Field(json_schema_extra={"minItems": 2, "maxItems": 2}), ValueKind("between"), Told(Message("Days between"), Message("Fewest and most: 28–42."), prompt=Message("Days between, fewest and most (28, 42)"))]

    def model_post_init(self, _: object) -> None:
        """Refuses days that are not the fewest and the most."""
        if len(self.every_days) != 2 or self.every_days[0] > self.every_days[1]:
            text = Message("Give the fewest and most days, like [28, 42].")
            raise wrong("bad-value", text, "every_days")

    def made_of(self) -> dict[str, Any]:
        """The days apart."""
        return {"times": self.times, "min_days": self.every_days[0], "max_days": self.every_days[1]}

    @classmethod
    def attributes(cls, thing: Repeat) -> dict[str, Any]:
        """The days in one list."""
        return {"times": thing.times, "every_days": (thing.min_days, thing.max_days)}


# fmt: on


class _Operation(Shape[Placement]):
    operation: Text


class WrittenPlace(Shape[Placement]):
    """A slot and a unit, and the agencies that join, as in plan.json for an operation named elsewhere."""

    thing = Placement
    flat = {"slot": WrittenSlot}

    day: Day = Field(alias="date")
    shift: Text
    police: Text | None
    optional_agencies: list[Text] = []
    any_of: Annotated[list[Text], WHERE_ANY] = []
    officers: Annotated[int | None, Field(ge=1), WHERE_ANY] = None


class WrittenPlacement(WrittenPlace, _Operation):
    """An operation and its place."""


def moved(operation: str, **places: Shape[Placement] | None) -> dict[str, Any]:
    """The parts of a move, each place with the operation's name."""
    made = {key: one and Placement(operation=operation, **one.made_of()) for key, one in places.items()}
    return {"operation": operation, **made}


def as_period(given: object, info: ValidationInfo, wanted: Message) -> object:
    """A date as the period that it is, a mapping as it is; other things are refused: `wanted` says what may stand."""
    if isinstance(given, dict):
        return given
    if isinstance(given, date) or (isinstance(given, str) and is_json(info)):
        return {"from": given, "to": given}
    raise wrong_type(wanted, text_like=False)


def period_as_written(period: Shape[Any]) -> object:
    """A period of one date, with nothing else said of it, as that date."""
    keys = period.mapping()
    return keys["from"] if keys == {"from": keys["to"], "to": keys["to"]} else keys


def _as_period(given: object, info: ValidationInfo) -> object:
    return as_period(given, info, Message("a date like 2027-03-01, or {{from: …, to: …}}"))


Dates = Annotated[
    WrittenPeriod,
    BeforeValidator(_as_period, json_schema_input_type=WrittenDay | WrittenPeriod),
    PlainSerializer(period_as_written),
    ValueKind("period"),
]
"""A date, or a period of them."""

ValueKind.readers["date or period"] = Dates
