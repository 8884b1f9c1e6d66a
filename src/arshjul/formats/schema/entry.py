"""The entries of a year as written in files and plan.json: withdrawals, what is given back, outcomes, what is learnt."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from arshjul.domain.declaration import (
    FROM,
    SHIFTS,
    TO,
    Day,
    FromReplan,
    Id,
    Officers,
    ShiftId,
    Text,
    Told,
    UnitId,
    Whole,
    ends_before,
)
from arshjul.domain.entries.amendment import Outcome
from arshjul.domain.entries.filling import Filling, Freed
from arshjul.domain.entries.learnt import LEARNT
from arshjul.domain.level import Level
from arshjul.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.errors import KeyName, Message
from arshjul.formats.schema.declared import shape
from arshjul.formats.shape import ById, Shape, WrittenEntry
from arshjul.formats.words import Flag, wrong

# fmt: off
# A field is a line.

_ENDS = {"to": KeyName("to"), "until": KeyName("until_further_notice")}


class WrittenWithdrawal(WrittenEntry[Withdrawal]):
    """A withdrawal: who withdrew what, and why.

    `until`, the last date that is assumed, is only in plan.json; `assumed` is what it was before `still` put it off.
    """

    thing = Withdrawal
    told = {"reported": Told(Message("Reported"), Message("When it was reported: 2027-05-12 06:30. Empty: at the replan."), prompt=Message("Reported (empty: now)"))}

    id: Annotated[Id, Told(Message("No"), Message("Number of the withdrawal or return."), also=("Id",))]
    police: Annotated[list[UnitId], Told(Message("Units"), Message("Units that withdraw officers."), also=("Enhet", "Unit"), prompt=Message("Unit"))]
    first: Annotated[Day, FROM] = Field(alias="from")
    last: Annotated[Day | None, TO] = Field(None, alias="to")
    until_further_notice: Annotated[Flag, Told(Message("Until further notice"), Message("yes: no known end. Leave To empty."))] = False
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


class WrittenBinding(Shape[Any]):
    """The objects of a frame."""

    operation: Id
    objects: list[Id]


class WrittenFreed(Shape[Freed]):
    """An object that is no longer bound."""

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


class WrittenFilling(WrittenEntry[Filling]):
    """The bindings made or freed by a filling or a replan, as kept in plan.json."""

    thing = Filling

    bound: Annotated[list[WrittenBinding], ById("operation", "objects")] = []
    freed: list[WrittenFreed] = []
    levels: list[WrittenLevel] = []


EVENTS: Mapping[str, type[Shape[Any]]] = {
    "outcomes": shape(Outcome),
    "withdrawals": WrittenWithdrawal,
    "given_back": shape(GivenBack),
    "still": shape(Still),
    **{name: shape(kind) for name, kind in LEARNT.items()},
}
"""The lists of what happens, in the order in which it is taken in."""
