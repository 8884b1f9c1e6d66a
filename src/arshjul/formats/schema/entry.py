"""The entries of a year as written in files and plan.json: withdrawals, what is given back, outcomes, what is learnt."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from arshjul.domain.entries.entries import Choice
from arshjul.domain.entries.filling import Filling, Freed
from arshjul.domain.entries.outcome import RESULTS, Outcome, Result
from arshjul.domain.level import Level
from arshjul.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.errors import KeyName, Message
from arshjul.formats.schema.card import WrittenCard
from arshjul.formats.schema.fields import AgencyId, FromReplan, OperationId, ShiftId, Told, UnitId, WithdrawalId, Worded
from arshjul.formats.schema.learnt import WrittenEvaluation, WrittenImprovement
from arshjul.formats.schema.meeting import WrittenAgendaPoint, WrittenMeetingAction, WrittenMinutes
from arshjul.formats.schema.obstacle import WrittenObstacle
from arshjul.formats.schema.picture import WrittenPicture
from arshjul.formats.schema.place import FROM, SHIFTS, TO
from arshjul.formats.schema.written_entry import WrittenEntry
from arshjul.formats.shape import ById, Shape
from arshjul.formats.words import Day, Flag, Id, Officers, Teams, Text, Whole, choice, ends_before, wrong

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


class WrittenGivenBack(WrittenEntry[GivenBack]):
    """Officers given back of a withdrawal."""

    thing = GivenBack

    id: Annotated[Id, Told(Message("No"))]
    withdrawal: Annotated[WithdrawalId, Told(Message("Of"), Message("The withdrawal returned or prolonged."))]
    first: Annotated[Day | None, FROM] = Field(None, alias="from")
    last: Annotated[Day | None, TO] = Field(None, alias="to")
    shifts: Annotated[list[ShiftId] | None, SHIFTS] = None
    officers: Annotated[Officers | None, Told(Message("Officers left"), prompt=Message("Officers (empty: as before the withdrawal)"))] = None

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")


class WrittenStill(WrittenEntry[Still]):
    """A confirmation that a withdrawal until further notice continues; plan.json adds its last date."""

    thing = Still

    withdrawal: Annotated[WithdrawalId, Told(Message("Of"))]
    until: Annotated[Day | None, FromReplan] = None


class WrittenChoice(WrittenEntry[Choice]):
    """The option of a replan that was chosen, as kept in plan.json."""

    thing = Choice

    option: Text


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


class WrittenOutcome(WrittenEntry[Outcome]):
    """The outcome of an operation."""

    thing = Outcome

    operation: Annotated[OperationId, Told(Message("Operation"), also=("Nr", "No",))]
    day: Annotated[Day | None, Told(Message("Date"), Message("Empty: its date in the plan."))] = Field(None, alias="date")
    result: Annotated[Result, choice(*RESULTS), Told(Message("Result"), Message("done, without police, aborted (begun) or called off (not begun)."), prompt=Message("Outcome")), Worded({"done": ("genomförd", "done"), "without-police": ("utan polis", "without police"), "aborted": ("avbruten", "aborted"), "called-off": ("inställd", "called off")})]
    officers: Annotated[Officers | None, Told(Message("Officers"), Message("Officers who came"), prompt=Message("Officers who came"))] = None
    teams: Annotated[dict[AgencyId, Teams], Told(Message("Teams"), Message("Teams who came: miljo 1, skatteverket 1."), prompt=Message("Teams that came"))] = Field({}, exclude_if=lambda teams: not teams)
    figures: Annotated[dict[Id, Whole], Told(Message("Figures"), Message("By id: controls 4, persons 11."), prompt=Message("What was counted"))] = Field({}, exclude_if=lambda figures: not figures)
    note: Annotated[Text, Told(Message("Note"))] = Field("", exclude_if=lambda note: not note)


EVENTS: Mapping[str, type[WrittenEntry[Any]]] = {
    "outcomes": WrittenOutcome,
    "withdrawals": WrittenWithdrawal,
    "given_back": WrittenGivenBack,
    "still": WrittenStill,
    "evaluations": WrittenEvaluation,
    "improvements": WrittenImprovement,
    "obstacles": WrittenObstacle,
    "cards": WrittenCard,
    "agenda_points": WrittenAgendaPoint,
    "minutes": WrittenMinutes,
    "meeting_actions": WrittenMeetingAction,
    "pictures": WrittenPicture,
}
"""The lists of what happens, in the order in which it is taken in."""
