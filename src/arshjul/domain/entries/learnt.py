"""What is learnt of an operation: what its parties say of it afterwards, and what is to become better."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Interval

from arshjul.domain.declaration import (
    AreaId,
    BareWords,
    ChoiceOf,
    Day,
    FieldRefusal,
    Id,
    Name,
    OperationId,
    PartyId,
    ProgrammeId,
    Text,
    Told,
    Unstated,
    Worded,
    WordId,
    WrittenKey,
)
from arshjul.domain.entries.card import PartyCard
from arshjul.domain.entries.meeting import AgendaPoint, MeetingAction, MeetingMinutes
from arshjul.domain.entries.obstacle import SharingObstacle
from arshjul.domain.entries.picture import SituationPicture
from arshjul.domain.entry import Entry
from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.errors import Message

AsPlanned = Literal["yes", "partly", "no"]
ImprovementKind = Literal["planning", "organisation", "equipment", "training", "practice"]
ImprovementState = Literal["open", "done", "dropped"]

MOST_IMPROVEMENTS = 3
"""Of one operation."""


Mark = Annotated[int, Interval(ge=1, le=5)]
"""1: not at all, to 5: fully."""
Helped = Annotated[int, Interval(ge=0, le=1)]

LETTERS = tuple(dict.fromkeys(id[0] for id in SECTIONS))
"""Of the sections of an information sheet."""

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class PartyEvaluation(Entry):
    """What one party says of an operation: two pages of four questions, the same for all.

    Marks are None where it cannot say.
    `worst_section`: of its information sheet. `action`: what the party proposes. `helped`: of improvements that stood
    on it, by id, 1 if it helped and 0 if not.
    """

    operation: Annotated[OperationId, Told(Message("Operation"), also=("Nr", "No"))]
    party: Annotated[PartyId, Told(Message("Party"))]
    as_planned: Annotated[AsPlanned, BareWords, Told(Message("As planned"), Message("yes, partly or no."), prompt=Message("Did it go as planned?")), Worded({"yes": ("ja", "yes"), "partly": ("delvis", "partly"), "no": ("nej", "no")})]
    lead_time: Annotated[Mark | None, Told(Message("Lead time"), Message("1 to 5."), prompt=Message("Were you told early enough?"))] = None
    information: Annotated[Mark | None, Told(Message("Information given"), Message("1 to 5."), prompt=Message("Did you have the information you needed?"))] = None
    worst_section: Annotated[str | None, ChoiceOf(LETTERS), Told(Message("Worst section"), Message("Letter of the section."), prompt=Message("Worst section of the information sheet?")), Worded({letter: (letter, letter) for letter in LETTERS})] = None
    right_object: Annotated[Mark | None, Told(Message("Right object"), Message("1 to 5."), prompt=Message("Was it the right object?"))] = None
    roles: Annotated[Mark | None, Told(Message("Roles"), Message("1 to 5."), prompt=Message("Was it clear who does what?"))] = None
    police: Annotated[Mark | None, Told(Message("Police part"), Message("1 to 5."), prompt=Message("How well did the police's part work?"))] = None
    keep: Annotated[Text, Unstated, Told(Message("To keep"), prompt=Message("One thing to keep"))] = ""
    change: Annotated[Text, Unstated, Told(Message("To change"), prompt=Message("One thing to change"))] = ""
    why: Annotated[Text, Unstated, Told(Message("Why change"), prompt=Message("Why?"))] = ""
    action: Annotated[Text, Unstated, Told(Message("Proposed"), prompt=Message("What do you propose?"))] = ""
    helped: Annotated[Mapping[Id, Helped], Unstated, Told(Message("Helped"), Message("By improvement, 1 yes, 0 no: F1 1, F2 0."), prompt=Message("Did it help?"))] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Applies:
    """Where an improvement is to be seen: operations that are among these in each respect; empty: any."""

    sectors: Annotated[tuple[WordId, ...], Unstated, Told(Message("Sectors"), Message("Of its operations. Empty: all."))] = ()
    areas: Annotated[tuple[AreaId, ...], Unstated, Told(Message("Areas"), Message("Of its operations. Empty: all."))] = ()
    programmes: Annotated[tuple[ProgrammeId, ...], Unstated, Told(Message("Programmes"), Message("Of its operations. Empty: all."))] = ()
    parties: Annotated[tuple[PartyId, ...], Unstated, Told(Message("Parties"), Message("Taking part in its operations. Empty: any."))] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement(Entry):
    """What is to become better after an operation, who sees to it, and when.

    A later one with the same id takes its place.
    Whether it is `checked` stands in no entry: evaluations of the operations that it applies to say so.
    """

    id: Annotated[Id, Told(Message("No"), Message("Like F1."), also=("Id",))]
    origin: Annotated[OperationId, WrittenKey("from"), Told(Message("After"), prompt=Message("After which operation"))]
    observation: Annotated[Name, Told(Message("Observation"), prompt=Message("What was seen"))]
    cause: Annotated[Text, Unstated, Told(Message("Cause"))] = ""
    kind: Annotated[ImprovementKind, Told(Message("Kind")), Worded({"planning": ("planering", "planning"), "organisation": ("organisation", "organisation"), "equipment": ("utrustning", "equipment"), "training": ("utbildning", "training"), "practice": ("övning", "practice")})]
    action: Annotated[Name, Told(Message("Measure"), Message("Read by parties of the next operation: no place or person."), prompt=Message("To be done, read by parties of the next operation"))]
    owner: Annotated[PartyId, Told(Message("Sees to it"))]
    due: Annotated[Day, Told(Message("Done by"))]
    applies: Annotated[Applies, Unstated] = Applies()
    state: Annotated[ImprovementState, Told(Message("State"), Message("open, done or dropped.")), Worded({"open": ("öppen", "open"), "done": ("gjord", "done"), "dropped": ("avskriven", "dropped")})] = "open"
    reason: Annotated[Text, Unstated, Told(Message("Reason"), Message("If dropped."))] = ""

    def refusals(self) -> Iterator[FieldRefusal]:
        """That it is dropped without a reason."""
        if self.state == "dropped" and not self.reason:
            yield FieldRefusal("missing-key", Message("The reason is missing: write why it is dropped."), ("reason",))


# fmt: on

LEARNT: Mapping[str, type[Entry]] = {
    "evaluations": PartyEvaluation,
    "improvements": Improvement,
    "obstacles": SharingObstacle,
    "cards": PartyCard,
    "agenda_points": AgendaPoint,
    "minutes": MeetingMinutes,
    "meeting_actions": MeetingAction,
    "pictures": SituationPicture,
}
"""The lists of entries that no plan has to answer: they count as soon as they are entered."""


def latest_evaluations(log: Iterable[PartyEvaluation]) -> Mapping[tuple[str, str], PartyEvaluation]:
    """What each party says of each operation, by both: what was said last holds, however late it came in."""
    found: dict[tuple[str, str], PartyEvaluation] = {}
    for one in log:
        before = found.get((one.operation, one.party))
        if before is None or before.reported is None or one.reported is None or before.reported <= one.reported:
            found[one.operation, one.party] = one
    return found


def latest_improvements(log: Iterable[Improvement]) -> Mapping[str, Improvement]:
    """The improvements as they stand, by id."""
    return {one.id: one for one in log}
