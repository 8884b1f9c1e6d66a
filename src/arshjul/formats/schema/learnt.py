"""What is learnt of an operation, as written: portal, console, workbook and files have its fields from here."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from arshjul.domain.entries.learnt import (
    AS_PLANNED,
    IMPROVEMENT_KINDS,
    IMPROVEMENT_STATES,
    Applies,
    AsPlanned,
    Improvement,
    ImprovementKind,
    ImprovementState,
    PartyEvaluation,
)
from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.errors import Message
from arshjul.formats.schema.fields import AreaId, OperationId, PartyId, ProgrammeId, Told, Worded, WordId
from arshjul.formats.schema.place import WHERE_ANY
from arshjul.formats.schema.written_entry import WrittenEntry
from arshjul.formats.shape import Shape
from arshjul.formats.words import Day, Id, Name, Text, as_word, choice, wrong

# fmt: off
# A field is a line.

Mark = Annotated[int, Field(ge=1, le=5)]
"""1: not at all, to 5: fully."""
Helped = Annotated[int, Field(ge=0, le=1)]

LETTERS = tuple(dict.fromkeys(id[0] for id in SECTIONS))
"""Of the sections of an information sheet."""


class WrittenEvaluation(WrittenEntry[PartyEvaluation]):
    """What one party says of an operation afterwards: two pages of four questions, the same for all."""

    thing = PartyEvaluation

    operation: Annotated[OperationId, Told(Message("Operation"), also=("Nr", "No"))]
    party: Annotated[PartyId, Told(Message("Party"))]
    as_planned: Annotated[AsPlanned, choice(*AS_PLANNED), BeforeValidator(as_word), Told(Message("As planned"), Message("yes, partly or no."), prompt=Message("Did it go as planned?")), Worded({"yes": ("ja", "yes"), "partly": ("delvis", "partly"), "no": ("nej", "no")})]
    lead_time: Annotated[Mark | None, Told(Message("Lead time"), Message("1 to 5."), prompt=Message("Were you told early enough?"))] = None
    information: Annotated[Mark | None, Told(Message("Information given"), Message("1 to 5."), prompt=Message("Did you have the information you needed?"))] = None
    worst_section: Annotated[str | None, choice(*LETTERS), Told(Message("Worst section"), Message("Letter of the section."), prompt=Message("Worst section of the information sheet?")), Worded({letter: (letter, letter) for letter in LETTERS})] = None
    right_object: Annotated[Mark | None, Told(Message("Right object"), Message("1 to 5."), prompt=Message("Was it the right object?"))] = None
    roles: Annotated[Mark | None, Told(Message("Roles"), Message("1 to 5."), prompt=Message("Was it clear who does what?"))] = None
    police: Annotated[Mark | None, Told(Message("Police part"), Message("1 to 5."), prompt=Message("How well did the police's part work?"))] = None
    keep: Annotated[Text, Told(Message("To keep"), prompt=Message("One thing to keep"))] = Field("", exclude_if=lambda text: not text)
    change: Annotated[Text, Told(Message("To change"), prompt=Message("One thing to change"))] = Field("", exclude_if=lambda text: not text)
    why: Annotated[Text, Told(Message("Why change"), prompt=Message("Why?"))] = Field("", exclude_if=lambda text: not text)
    action: Annotated[Text, Told(Message("Proposed"), prompt=Message("What do you propose?"))] = Field("", exclude_if=lambda text: not text)
    helped: Annotated[dict[Id, Helped], Told(Message("Helped"), Message("By improvement, 1 yes, 0 no: F1 1, F2 0."), prompt=Message("Did it help?"))] = Field({}, exclude_if=lambda helped: not helped)


class WrittenApplies(Shape[Applies]):
    """The operations that an improvement is for."""

    thing = Applies

    sectors: Annotated[list[WordId], WHERE_ANY, Told(Message("Sectors"), Message("Of its operations. Empty: all."))] = []
    areas: Annotated[list[AreaId], WHERE_ANY, Told(Message("Areas"), Message("Of its operations. Empty: all."))] = []
    programmes: Annotated[list[ProgrammeId], WHERE_ANY, Told(Message("Programmes"), Message("Of its operations. Empty: all."))] = []
    parties: Annotated[list[PartyId], WHERE_ANY, Told(Message("Parties"), Message("Taking part in its operations. Empty: any."))] = []


class WrittenImprovement(WrittenEntry[Improvement]):
    """What is to become better. One that is entered again under its id takes the place of the former."""

    thing = Improvement

    id: Annotated[Id, Told(Message("No"), Message("Like F1."), also=("Id",))]
    origin: Annotated[OperationId, Told(Message("After"), prompt=Message("After which operation"))] = Field(alias="from")
    observation: Annotated[Name, Told(Message("Observation"), prompt=Message("What was seen"))]
    cause: Annotated[Text, Told(Message("Cause"))] = Field("", exclude_if=lambda text: not text)
    kind: Annotated[ImprovementKind, choice(*IMPROVEMENT_KINDS), Told(Message("Kind")), Worded({"planning": ("planering", "planning"), "organisation": ("organisation", "organisation"), "equipment": ("utrustning", "equipment"), "training": ("utbildning", "training"), "practice": ("övning", "practice")})]
    action: Annotated[Name, Told(Message("Measure"), Message("Read by parties of the next operation: no place or person."), prompt=Message("To be done, read by parties of the next operation"))]
    owner: Annotated[PartyId, Told(Message("Sees to it"))]
    due: Annotated[Day, Told(Message("Done by"))]
    applies: Annotated[WrittenApplies, WHERE_ANY] = Field(WrittenApplies(), exclude_if=lambda applies: applies == WrittenApplies())
    state: Annotated[ImprovementState, choice(*IMPROVEMENT_STATES), Told(Message("State"), Message("open, done or dropped.")), Worded({"open": ("öppen", "open"), "done": ("gjord", "done"), "dropped": ("avskriven", "dropped")})] = "open"
    reason: Annotated[Text, Told(Message("Reason"), Message("If dropped."))] = Field("", exclude_if=lambda text: not text)

    def model_post_init(self, _: object) -> None:
        """Refuses one that is dropped without a reason."""
        if self.state == "dropped" and not self.reason:
            raise wrong("missing-key", Message("The reason is missing: write why it is dropped."), "reason")
