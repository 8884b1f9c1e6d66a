"""Lessons: evaluations of operations, improvements, parties' cards, and results of meetings."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, ClassVar, Literal, get_args

from annotated_types import Interval, MinLen

from arshjul.errors import Message
from arshjul.year.domain.declaration import (
    AreaId,
    BareWords,
    ChoiceOf,
    Day,
    Entry,
    FieldRefusal,
    Id,
    ListWords,
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
from arshjul.year.domain.entries.obstacle import SharingObstacle
from arshjul.year.domain.entries.picture import SituationPicture
from arshjul.year.domain.information_sheet.declared import SECTIONS

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
    """One party's evaluation of an operation: two pages of four questions, the same for all.

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
    """An improvement after an operation, who sees to it, and when.

    A later one with the same id takes its place.
    Whether it is `checked` stands in no entry: evaluations of the operations that it applies to say so.
    """

    prefix: ClassVar = "F"

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
        if self.state == "dropped" and not self.reason:
            yield FieldRefusal("missing-key", Message("The reason is missing: write why it is dropped."), ("reason",))


# fmt: on


def latest_evaluations(log: Iterable[PartyEvaluation]) -> Mapping[tuple[str, str], PartyEvaluation]:
    """The latest evaluation by operation and party, however late it came in."""
    found: dict[tuple[str, str], PartyEvaluation] = {}
    for evaluation in log:
        before = found.get((evaluation.operation, evaluation.party))
        if (
            before is None
            or before.reported is None
            or evaluation.reported is None
            or before.reported <= evaluation.reported
        ):
            found[evaluation.operation, evaluation.party] = evaluation
    return found


def latest_improvements(log: Iterable[Improvement]) -> Mapping[str, Improvement]:
    return {improvement.id: improvement for improvement in log}


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class PartyCard(Entry):
    """A party's card. `sectors`: of the operations that it stands on; empty: on all. `review_by`: then it is old.

    `told_when` is when the party wants to be told, `before` what it needs before; `phone` is that of a function. One that
    is entered again takes the place of the former.
    """

    party: Annotated[PartyId, Told(Message("Party"))]
    may: Annotated[Text, MinLen(1), Told(Message("May do"), Message("All may read it: no persons."), prompt=Message("What we may do"))]
    may_not: Annotated[Text, Unstated, Told(Message("May not do"), prompt=Message("What we may not do"))] = ""
    looks_for: Annotated[Text, Unstated, Told(Message("Looks for"), prompt=Message("What we look for"))] = ""
    told_when: Annotated[Text, Unstated, Told(Message("To be told"), prompt=Message("When we want to be told"))] = ""
    before: Annotated[Text, Unstated, Told(Message("Needed before"), prompt=Message("What we need before"))] = ""
    phone: Annotated[Text, Unstated, Told(Message("Function to call"), prompt=Message("Whom to call: a function and telephone, no person"))] = ""
    sectors: Annotated[tuple[WordId, ...], Unstated, Told(Message("Sectors"), Message("Of its operations. Empty: all."))] = ()
    review_by: Annotated[Day | None, Unstated, Told(Message("Look through by"), Message("Marked as old from then on."), prompt=Message("To be looked through by"))] = None


# fmt: on


@dataclass(frozen=True, slots=True)
class CardVersion:
    """A party's card as it stands, and how many it has had with it."""

    card: PartyCard
    version: int


def latest_cards(log: Iterable[PartyCard]) -> Mapping[str, CardVersion]:
    """The card of each party: what was said last holds, however late it was entered."""
    there = list(log)
    versions = Counter(card.party for card in there)
    said = sorted(there, key=lambda one: one.reported.timestamp() if one.reported else 0.0)
    return {card.party: CardVersion(card, versions[card.party]) for card in said}


ActionState = Literal["open", "done", "dropped"]
ACTION_STATES: tuple[ActionState, ...] = get_args(ActionState)


# fmt: off
# A field is a line.

_Meeting = Annotated[Id, Told(Message("Meeting"), Message("The meeting's id."))]
_Date = Annotated[Day, WrittenKey("date"), Told(Message("Date"))]


@dataclass(frozen=True, slots=True)
class AgendaPoint(Entry):
    """A point that a party wants on a meeting's agenda."""

    party: Annotated[PartyId, Told(Message("Party"))]
    meeting: _Meeting
    day: _Date
    point: Annotated[Name, Told(Message("Point"), Message("Not read by other parties."))]


@dataclass(frozen=True, slots=True)
class MeetingMinutes(Entry):
    """A meeting on one of its dates: what is on its agenda, and afterwards who came, and what was said.

    Whoever is invited reads the agenda, the coordinator alone the rest. `approved_on`: None until it is approved. One
    that is entered again takes the place of the former.
    """

    meeting: _Meeting
    day: _Date
    agenda: Annotated[Text, Unstated, Told(Message("Agenda"), Message("Read by all invited."), prompt=Message("Agenda, read by all invited"))] = ""
    came: Annotated[tuple[PartyId, ...], Unstated, Told(Message("Came"), prompt=Message("Who came"))] = ()
    said: Annotated[Text, Unstated, Told(Message("What was said"), Message("Read by no party."), prompt=Message("Minutes, read by no party"))] = ""
    approved_on: Annotated[Day | None, Unstated, Told(Message("Approved on"))] = None

    @property
    def was_held(self) -> bool:
        """True if they say who came, or what was said."""
        return bool(self.came or self.said)


@dataclass(frozen=True, slots=True)
class MeetingAction(Entry):
    """A party's task after a meeting, and its date: the party and the coordinator see it until it is done.

    One that is entered again under its id takes the place of the former.
    """

    prefix: ClassVar = "M"

    id: Annotated[Id, Told(Message("No"), Message("Like M1."), also=("Id",))]
    meeting: _Meeting
    day: _Date
    action: Annotated[Name, Told(Message("To be done"), Message("Read by the party: no place or person."), prompt=Message("To be done, read by the party"))]
    party: Annotated[PartyId, Told(Message("Sees to it"))]
    due: Annotated[Day, Told(Message("Done by"))]
    state: Annotated[ActionState, Told(Message("State"), Message("open, done or dropped.")), Worded({"open": ("öppen", "open"), "done": ("gjord", "done"), "dropped": ("släppt", "dropped")})] = "open"

    def is_overdue(self, today: date) -> bool:
        return self.state == "open" and self.due < today


# fmt: on


def latest_actions(log: Iterable[MeetingAction]) -> Mapping[str, MeetingAction]:
    return {action.id: action for action in log}


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

PLAIN: Mapping[str, ListWords] = {name: kind.plain for name, kind in LEARNT.items() if kind.plain is not None}
"""Lists without pages of their own."""
