"""The entries of a year as files and plan.json have them: withdrawals, what is given back, outcomes."""

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationInfo, field_validator

from arshjul.domain.entries.entries import Choice
from arshjul.domain.entries.filling import Filling, Freed
from arshjul.domain.entries.outcome import RESULTS, Outcome, Result
from arshjul.domain.level import Level
from arshjul.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.errors import KeyName, Message
from arshjul.formats.shape import Mapped, Shape
from arshjul.formats.words import Day, Flag, Id, Moment, Text, Whole, Written, choice, ends_before, wrong

Thing = TypeVar("Thing")


_ENDS = {"to": KeyName("to"), "until": KeyName("until_further_notice")}


class WrittenEntry(Shape[Thing]):
    """What every entry may say; `revision` is for plan.json alone."""

    reported: Moment | None = None
    revision: Whole | None = None

    def mapping(self) -> Mapped:
        """What happened, and then when it was reported and which revision answered it."""
        written = super().mapping()
        last: Mapped = {key: written.pop(key) for key in ("reported", "revision") if key in written}
        return {**written, **last}


class WrittenWithdrawal(WrittenEntry[Withdrawal]):
    """Who withdrew what, and why. `until` is for plan.json alone."""

    thing = Withdrawal

    id: Id
    police: list[Id]
    first: Day = Field(alias="from")
    last: Day | None = Field(None, alias="to")
    until_further_notice: Flag = False
    shifts: list[Id] | None = None
    officers_left: Whole = 0
    cause: Text = ""
    until: Day | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses an end that is missing, given twice, or before the beginning, and nobody's withdrawal."""
        if not self.police:
            raise wrong("bad-value", Message("No unit is named: name one."), "police")
        if self.last is None and not self.until_further_notice:
            raise wrong("missing-key", Message("The end is missing: give {to} or {until}.", _ENDS), "to")
        if self.last is not None and self.until_further_notice:
            text = Message("Both {to} and {until} are given: keep one.", _ENDS)
            raise wrong("bad-value", text, "until_further_notice")

    @field_validator("last")
    @classmethod
    def _ends_after(cls, last: date | None, info: ValidationInfo) -> date | None:
        """Judged with the field, so that another wrong field does not hide it."""
        first = info.data.get("first")
        if last is not None and first is not None and last < first:
            raise wrong("bad-value", ends_before(first, last))
        return last

    def domain(self) -> Withdrawal:
        """The withdrawal, each unit once."""
        return Withdrawal(
            id=self.id,
            reported=self.reported,
            police=tuple(dict.fromkeys(self.police)),
            first=self.first,
            last=self.last,
            shifts=None if self.shifts is None else tuple(self.shifts),
            officers_left=self.officers_left,
            cause=self.cause,
            revision=self.revision,
            until=None if self.last is not None else self.until,
        )

    @classmethod
    def attributes(cls, thing: Withdrawal) -> dict[str, Any]:
        """An end that is not known is until further notice."""
        names = cls.model_fields.keys() - {"until_further_notice"}
        given: dict[str, Any] = {name: getattr(thing, name) for name in names}
        return {**given, "until_further_notice": thing.last is None}


class WrittenGivenBack(WrittenEntry[GivenBack]):
    """What is given back of a withdrawal."""

    thing = GivenBack

    id: Id
    withdrawal: Id
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    shifts: list[Id] | None = None
    officers: Whole | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")


class WrittenStill(WrittenEntry[Still]):
    """That a withdrawal until further notice goes on."""

    thing = Still

    withdrawal: Id


class WrittenChoice(WrittenEntry[Choice]):
    """The option of a replan that was chosen, as plan.json keeps it."""

    thing = Choice

    option: Text


class WrittenBinding(Written):
    """The objects of a frame."""

    operation: Id
    objects: list[Id]


class WrittenFreed(Shape[Freed]):
    """An object that is bound no more."""

    thing = Freed

    object: Id
    operation: Id
    rule: Text


class WrittenLevel(Shape[Level]):
    """A level of a filling."""

    thing = Level

    id: Text
    value: Whole
    bound: Whole | None = None

    def domain(self) -> Level:
        """The level."""
        return Level(self.id, self.value, self.bound)


class WrittenFilling(WrittenEntry[Filling]):
    """The doings of a filling, or a replan, with bindings, as plan.json keeps it."""

    thing = Filling

    bound: list[WrittenBinding] = []
    freed: list[WrittenFreed] = []
    levels: list[WrittenLevel] = []

    def domain(self) -> Filling:
        """The filling."""
        return Filling(
            {one.operation: tuple(one.objects) for one in self.bound},
            tuple(one.domain() for one in self.freed),
            tuple(one.domain() for one in self.levels),
            reported=self.reported,
            revision=self.revision,
        )

    @classmethod
    def attributes(cls, thing: Filling) -> dict[str, Any]:
        """Bindings as a list."""
        bound = [WrittenBinding(operation=frame, objects=list(objects)) for frame, objects in thing.bound.items()]
        return {**super().attributes(thing), "bound": bound}


class WrittenOutcome(WrittenEntry[Outcome]):
    """What became of an operation."""

    thing = Outcome

    operation: Id
    day: Day | None = Field(None, alias="date")
    result: Annotated[Result, choice(*RESULTS)]
    officers: Whole | None = None
    teams: dict[Id, Whole] = Field({}, exclude_if=lambda teams: not teams)
    figures: dict[Id, Whole] = Field({}, exclude_if=lambda figures: not figures)
    note: Text = Field("", exclude_if=lambda note: not note)
