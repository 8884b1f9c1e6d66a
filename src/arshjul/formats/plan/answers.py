"""Answers to a proposal in files of changes: they are about what it changes, from those who have a part in that.

An answer may say on which terms its party was asked, or which place it is about; then it is none to a proposal that
asks the party something else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from arshjul.domain.calendar import Slot
from arshjul.domain.entries.answer import Answered
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message, Problem
from arshjul.formats.schema.amendment import WrittenAnswered
from arshjul.formats.tree import Document, Loc


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal that answers are about: its operations, and for each changed one the parties with a part in it.

    `placed` says where it has each operation.
    """

    scenario: Scenario
    parties: Mapping[str, Collection[str]]
    placed: Mapping[str, Placement]


_PLACE = ("date", "shift", "police", "any_of")


def answer_mapping(one: Answered) -> dict[str, object]:
    """An answer with the place that it is about, as a file of changes has it."""
    place = {"date": one.slot and one.slot.day.isoformat(), "shift": one.slot and one.slot.shift}
    about = {"operation": one.operation, "party": one.party, "answer": one.answer}
    return {**about, **place, "police": one.police, "any_of": list(one.any_of), "terms": one.terms}


def answers_kept(bodies: Sequence[Mapping[str, Any]], scenario: Scenario) -> tuple[Answered, ...]:
    """Answers in a file's words that were kept, each with the place that it says itself; the last to a question.

    `scenario` has their operations. What is about a unit that it has not, or about no date of it, is left away.
    """
    found: dict[tuple[object, ...], Answered] = {}
    shifts = {shift.id for shift in scenario.shifts}
    for body in bodies:
        day = body.get("date")
        slot = None if day is None else Slot(date.fromisoformat(day), body["shift"])
        police, reported = body.get("police"), datetime.fromisoformat(body["reported"])
        known_slot = slot is None or (slot.day in scenario.span and slot.shift in shifts)
        if known_slot and (police is None or police in scenario.police):
            one = Answered(
                body["operation"],
                body["party"],
                body["answer"],
                slot,
                police,
                any_of=tuple(body.get("any_of", ())),
                terms=body.get("terms", ""),
                reported=reported.replace(tzinfo=scenario.zone),
            )
            key = (one.operation, one.party, one.slot, one.staffing, one.terms)
            found.pop(key, None)
            found[key] = one
    told = tuple(found.values())
    return tuple(replace(one, joining=_joining(one, told, scenario)) for one in told)


def _joining(one: Answered, told: Iterable[Answered], scenario: Scenario) -> tuple[str, ...]:
    """The optional agencies that were asked about the same place of its operation."""
    asked = {other.party for other in told if other.operation == one.operation and other.same_place(one)}
    return tuple(id for id in scenario.operations[one.operation].optional_agencies if id in asked)


def is_answer(body: Mapping[str, object], proposed: Proposed) -> bool:
    """True if an answer in a file's words, which was kept, is one to the proposal as it is."""
    operation, party = str(body["operation"]), str(body["party"])
    return party in proposed.parties.get(operation, ()) and _is_to(body, _question(operation, party, proposed))


def _is_to(given: Mapping[str, object], asked: Mapping[str, object]) -> bool:
    """True if what an answer says of its question is so: its terms, or where it says none, its place."""
    if given.get("terms"):
        return given["terms"] == asked["terms"]
    return all(given[key] == asked[key] for key in _PLACE if key in given)


def _question(operation: str, party: str, proposed: Proposed) -> dict[str, object]:
    """The question to that party, as an answer to it would be written."""
    asked = Answered(operation, party, "asked").as_asked(proposed.scenario, proposed.placed.get(operation))
    return answer_mapping(asked)


def judge_answers(
    document: Document,
    answers: Iterable[tuple[Loc, WrittenAnswered]],
    proposed: Proposed | None,
    seen: set[tuple[str, str]],
) -> list[Problem]:
    """The answers that are refused: those that are not of the proposal. Notes those that stand twice.

    `seen` are the operations and parties of all files before this one.
    """
    refused = []
    for loc, one in answers:
        if (one.operation, one.party) in seen:
            text = Message("{party} answers for the operation twice: keep one.", {"party": one.party})
            document.add("bad-value", loc, text)
        seen.add((one.operation, one.party))
        why = _strange(one, proposed)
        if why is not None:
            refused.append(document.problem("bad-value", loc, why))
    return refused


def _strange(one: WrittenAnswered, proposed: Proposed | None) -> Message | None:
    """Why an answer is not of the proposal; None where it is."""
    if proposed is None:
        return Message("An answer is one to a proposal: name its folder with --proposal.")
    if one.operation not in proposed.parties:
        values = {"operation": one.operation}
        return Message("The proposal does not change {operation}: leave its answers out.", values)
    asked = proposed.parties[one.operation]
    if one.party not in asked:
        others = {"operation": one.operation, "party": one.party, "parties": sorted(asked)}
        return Message("{party} has no part in {operation}, which {parties} have: name one of them.", others)
    given = one.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if not _is_to(given, _question(one.operation, one.party, proposed)):
        values = {"operation": one.operation, "party": one.party}
        return Message(
            "The answer of {party} is about another place of {operation} than the proposal has: ask anew.", values
        )
    return None
