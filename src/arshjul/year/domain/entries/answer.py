"""Answers of parties when they are asked about a proposal, which is a replan that is not yet agreed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from annotated_types import MaxLen

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.declaration import (
    BareWords,
    Flat,
    FromReplan,
    Id,
    MayBeGone,
    PartyId,
    Text,
    Told,
    Unstated,
    Worded,
    WrittenKey,
)
from arshjul.year.domain.entries.amendment import OnOperation
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.share import terms

Reply = Literal["asked", "yes", "no", "later"]
REPLIES: tuple[Reply, ...] = ("asked", "yes", "no", "later")
OPEN: tuple[Reply, ...] = ("asked", "later")
"""The answers that bind nothing: none yet, and that one comes later."""

MOST_INSTEAD = 6
"""The most slots that a party is offered to choose from instead."""


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Answered(OnOperation):
    """A party's answer about an operation's place in a proposal; `asked`: it has been asked and not answered.

    `slot` None: the proposal leaves the operation out. `joining` are the optional agencies that join there. `terms` are
    what the party was asked (domain.share); empty: not recorded, and the answer is about the place alone. `remark` is
    the party's own, for the coordinator alone. `instead` are the slots at which it could come instead, which binds
    nothing.
    """

    party: Annotated[PartyId, Told(Message("Party"), Message("answer: who answers."))]
    answer: Annotated[Reply, BareWords, Told(Message("Answer"), Message("answer: asked, yes, no or later.")), Worded({"asked": ("frågad", "asked"), "yes": ("ja", "yes"), "no": ("nej", "no"), "later": ("senare", "later")})]
    slot: Annotated[Slot | None, Flat, MayBeGone] = None
    police: Id | None = None
    joining: Annotated[tuple[Id, ...], WrittenKey("optional_agencies"), Unstated, FromReplan] = ()
    any_of: Annotated[tuple[Id, ...], Unstated] = ()
    terms: Annotated[Text, Unstated] = ""
    remark: Annotated[Text, Unstated] = ""
    instead: Annotated[tuple[Slot, ...], MaxLen(MOST_INSTEAD), Unstated] = ()

    @property
    def staffing(self) -> Staffing:
        return Staffing(self.police, self.any_of)

    @property
    def place(self) -> Placement | None:
        """The place that it is about; None if the proposal leaves the operation out."""
        if self.slot is None:
            return None
        return Placement(self.operation, self.slot, self.police, self.joining, self.any_of)

    def is_about(self, placement: Placement | None) -> bool:
        return placement is not None and (self.slot, self.staffing) == (placement.slot, placement.staffing)

    def parties(self, scenario: Scenario) -> frozenset[str]:
        """All who take part there: the agencies, and the units that lend officers."""
        operation, units = scenario.operations[self.operation], scenario.lenders(self.operation, self.police)
        return frozenset((*scenario.parties_of(operation, self.any_of), *self.joining, *units))

    def as_asked(self, scenario: Scenario, placement: Placement | None) -> "Answered":
        """The same answer with the place and the terms that its party is asked about there."""
        if placement is None:
            return replace(self, slot=None, police=None, joining=(), any_of=(), terms="")
        return replace(
            self,
            slot=placement.slot,
            police=placement.police,
            joining=placement.optional_agencies,
            any_of=placement.any_of,
            terms=terms(scenario, placement, self.party),
        )

    def is_to(self, asked: "Answered") -> bool:
        """True if it answers that question: it has the same terms or, if its own are not recorded, the same place."""
        return self.terms == asked.terms if self.terms else self.same_place(asked)

    def same_place(self, other: "Answered") -> bool:
        return (self.slot, self.staffing) == (other.slot, other.staffing)

    def keeps_away(self, operation: Operation, placement: Placement) -> bool:
        """True if this answer, a no, forbids the operation that placement.

        A required or leading agency forbids the date, a unit the slot. An optional agency forbids nothing: it only does
        not join there.
        """
        if self.slot is None:
            return False
        needed = self.party in operation.sent(placement.any_of) or self.party == operation.lead_agency
        lends = placement.police is not None and self.party in {placement.police, *operation.police_also}
        there = operation.slots(placement.slot)
        return (needed and self.slot.day in {slot.day for slot in there}) or (lends and self.slot in there)


# fmt: on


def refusals(answers: Iterable[Answered]) -> Mapping[str, tuple[Answered, ...]]:
    """The refusals in force, by operation: a later answer of the same party about the same slot replaces its no."""
    last = {(answer.operation, answer.party, answer.slot): answer for answer in answers}
    found: dict[str, tuple[Answered, ...]] = {}
    for answered in last.values():
        if answered.answer == "no" and answered.slot is not None:
            found[answered.operation] = (*found.get(answered.operation, ()), answered)
    return found


def declined(answers: Iterable[Answered], placement: Placement) -> frozenset[str]:
    """The parties whose refusal of the placement's date and shift is in force."""
    return frozenset(
        refusal.party for refusal in refusals(answers).get(placement.operation, ()) if refusal.slot == placement.slot
    )


def agreed(scenario: Scenario, answers: Iterable[Answered]) -> Mapping[str, Answered]:
    """The operations to which all participants said yes, each with the place that they were asked about last.

    A yes counts only if its terms are those on which the party would be asked now.
    """
    there = tuple(answers)
    place = {answered.operation: answered for answered in there if answered.operation in scenario.operations}
    last = {(answered.operation, answered.party): answered for answered in there}

    def is_yes(asked: Answered, slot: Slot, party: str) -> bool:
        one = last.get((asked.operation, party))
        if one is None or one.answer != "yes":
            return False
        placement = Placement(asked.operation, slot, asked.police, asked.joining, asked.any_of)
        return one.is_to(one.as_asked(scenario, placement))

    return {
        id: asked
        for id, asked in place.items()
        if asked.slot is not None and all(is_yes(asked, asked.slot, party) for party in asked.parties(scenario))
    }


def unanswered(answers: Iterable[Answered]) -> Iterator[Answered]:
    """The questions that are not decided by an answer, also where one is to come later."""
    last = {(answer.operation, answer.party): answer for answer in answers}
    yield from (answered for answered in last.values() if answered.answer in OPEN)
