"""The coordinator's changes as files and plan.json have them: what becomes other in a year that is under way."""

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from arshjul.domain.calendar import Slot, Span
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
from arshjul.domain.operation import Pin
from arshjul.domain.placement import Placement
from arshjul.errors import Message
from arshjul.formats.schema.entry import WrittenEntry
from arshjul.formats.schema.operation import WrittenOperation
from arshjul.formats.words import MOST, Dates, Day, Id, Text, Weekdays, Whole, choice, ends_before, wrong, wrong_type

Thing = TypeVar("Thing")


class WrittenTeamsLost(WrittenEntry[TeamsLost]):
    """`agencies`: one that loses teams."""

    thing = TeamsLost

    agency: Id
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    shifts: list[Id] | None = None
    weekdays: Weekdays | None = None
    teams_left: Whole = 0
    cause: Text = ""

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning."""
        if self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last))

    def domain(self) -> TeamsLost:
        """The loss."""
        shifts = None if self.shifts is None else tuple(self.shifts)
        weekdays = None if self.weekdays is None else frozenset(self.weekdays)
        return TeamsLost(
            self.agency,
            Span(self.first, self.last),
            shifts,
            weekdays,
            self.teams_left,
            self.cause,
            reported=self.reported,
            revision=self.revision,
        )

    @classmethod
    def attributes(cls, thing: TeamsLost) -> dict[str, Any]:
        """Its dates are the span's."""
        names = cls.model_fields.keys() - {"first", "last"}
        return {**{n: getattr(thing, n) for n in names}, "first": thing.span.first, "last": thing.span.last}


class WrittenNominated(WrittenEntry[Nominated]):
    """`operations`: a new one, as plan.json keeps it: without its sites, which scenario.json alone has."""

    thing = Nominated

    operation: WrittenOperation

    @classmethod
    def attributes(cls, thing: Nominated) -> dict[str, Any]:
        """The operation without its sites."""
        return {**super().attributes(thing), "operation": replace(thing.operation, sites=())}


class WrittenOnOperation(WrittenEntry[Thing]):
    """A change that names an operation and no more: its id alone will do."""

    operation: Id

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        if isinstance(given, str):
            return {"operation": given}
        if not isinstance(given, dict):
            raise wrong_type(Message("an id"))
        return given


class WrittenCancelled(WrittenOnOperation[Cancelled]):
    """`cancelled`; plan.json says besides what the operation was, and where it stood."""

    thing = Cancelled

    was: WrittenOperation | None = None
    date: Day | None = None
    shift: Id | None = None
    police: Id | None = None
    optional_agencies: list[Id] = Field([], exclude_if=operator.not_)
    any_of: list[Id] = Field([], exclude_if=operator.not_)

    def domain(self) -> Cancelled:
        """The change."""
        was, stood = None if self.was is None else self.was.domain(), None
        if self.date is not None and self.shift is not None:
            slot = Slot(self.date, self.shift)
            stood = Placement(self.operation, slot, self.police, tuple(self.optional_agencies), tuple(self.any_of))
        return Cancelled(self.operation, was, stood, reported=self.reported, revision=self.revision)

    @classmethod
    def attributes(cls, thing: Cancelled) -> dict[str, Any]:
        """The place's parts, where it had one."""
        stood = thing.stood
        day, shift = (None, None) if stood is None else stood.slot
        return {
            "operation": thing.operation,
            "was": thing.was,
            "date": day,
            "shift": shift,
            "police": None if stood is None else stood.police,
            "optional_agencies": () if stood is None else stood.optional_agencies,
            "any_of": () if stood is None else stood.any_of,
            "reported": thing.reported,
            "revision": thing.revision,
        }


class WrittenUnpinned(WrittenOnOperation[Unpinned]):
    """`unpinned`."""

    thing = Unpinned


class WrittenPromoted(WrittenOnOperation[Promoted]):
    """`promoted`."""

    thing = Promoted


class WrittenLeftOut(WrittenOnOperation[LeftOut]):
    """`left_out`."""

    thing = LeftOut


class WrittenWithoutPolice(WrittenOnOperation[WithoutPolice]):
    """`without_police`; plan.json says besides where it is held, who lent to it, and what it needed."""

    thing = WithoutPolice

    date: Day | None = None
    shift: Id | None = None
    police_also: Annotated[dict[Id, Whole], Field(exclude_if=operator.not_)] = {}
    officers: Annotated[Whole, Field(exclude_if=operator.not_)] = 0

    def domain(self) -> WithoutPolice:
        """The change."""
        slot = None if self.date is None or self.shift is None else Slot(self.date, self.shift)
        return WithoutPolice(
            self.operation, slot, self.police_also, self.officers, reported=self.reported, revision=self.revision
        )

    @classmethod
    def attributes(cls, thing: WithoutPolice) -> dict[str, Any]:
        """Date and shift are the slot's."""
        day, shift = thing.slot or (None, None)
        return {
            "operation": thing.operation,
            "date": day,
            "shift": shift,
            "police_also": thing.police_also,
            "officers": thing.officers,
            "reported": thing.reported,
            "revision": thing.revision,
        }


class WrittenPinned(WrittenEntry[Pinned]):
    """`pinned`: an operation and its slot, and perhaps its unit and the agencies chosen of its groups."""

    thing = Pinned

    operation: Id
    date: Day
    shift: Id
    police: Id | None = None
    any_of: list[Id] | None = None

    def domain(self) -> Pinned:
        """The change."""
        chosen = None if self.any_of is None else tuple(self.any_of)
        pin = Pin(Slot(self.date, self.shift), self.police, chosen)
        return Pinned(self.operation, pin, reported=self.reported, revision=self.revision)

    @classmethod
    def attributes(cls, thing: Pinned) -> dict[str, Any]:
        """The pin's parts."""
        return {
            "operation": thing.operation,
            "date": thing.pin.slot.day,
            "shift": thing.pin.slot.shift,
            "police": thing.pin.police,
            "any_of": thing.pin.any_of,
            "reported": thing.reported,
            "revision": thing.revision,
        }


class WrittenFewerOfficers(WrittenEntry[FewerOfficers]):
    """`fewer_officers`: how many are enough."""

    thing = FewerOfficers

    operation: Id
    officers: Annotated[int, Field(ge=1, le=MOST)]


class WrittenOtherDates(WrittenEntry[OtherDates]):
    """`not_on`: an agency asks for another date."""

    thing = OtherDates

    operation: Id
    agency: Id
    dates: list[Dates]
    cause: Text = ""


def _word(given: object) -> object:
    """YAML takes a bare yes or no for true or false."""
    return {True: "yes", False: "no"}[given] if isinstance(given, bool) else given


class WrittenAnswered(WrittenEntry[Answered]):
    """`answers`: what a party said; plan.json says besides about which place of the proposal, and on which terms."""

    thing = Answered

    operation: Id
    party: Id
    answer: Annotated[Reply, choice(*REPLIES), BeforeValidator(_word)]
    date: Day | None = None
    shift: Id | None = None
    police: Id | None = None
    optional_agencies: list[Id] = Field([], exclude_if=operator.not_)
    any_of: list[Id] = Field([], exclude_if=operator.not_)
    terms: Text = Field("", exclude_if=operator.not_)

    def domain(self) -> Answered:
        """The answer."""
        slot = None if self.date is None or self.shift is None else Slot(self.date, self.shift)
        return Answered(
            self.operation,
            self.party,
            self.answer,
            slot,
            self.police,
            tuple(self.optional_agencies),
            tuple(self.any_of),
            self.terms,
            reported=self.reported,
            revision=self.revision,
        )

    @classmethod
    def attributes(cls, thing: Answered) -> dict[str, Any]:
        """The place's parts."""
        day, shift = thing.slot or (None, None)
        return {
            "operation": thing.operation,
            "party": thing.party,
            "answer": thing.answer,
            "date": day,
            "shift": shift,
            "police": thing.police,
            "optional_agencies": thing.joining,
            "any_of": thing.any_of,
            "terms": thing.terms,
            "reported": thing.reported,
            "revision": thing.revision,
        }


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
