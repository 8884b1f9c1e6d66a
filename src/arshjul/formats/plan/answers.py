"""Answers to a proposal in files of changes: they are about what it changes, from those who have a part in that.

An answer may say which place it is about; then it is none to a proposal that has another.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from arshjul.domain.answer import Answered
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.errors import Message, Problem
from arshjul.formats.plan.schema.amendment import WrittenAnswered
from arshjul.formats.tree import Document, Loc


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal that answers are about: its operations, and for each changed one the parties with a part in it.

    `placed` says where it has each operation.
    """

    operations: Mapping[str, Operation]
    parties: Mapping[str, Collection[str]]
    placed: Mapping[str, Placement]


_PLACE = ("date", "shift", "police", "any_of")


def answer_mapping(one: Answered) -> dict[str, object]:
    """An answer with the place that it is about, as a file of changes has it."""
    place = {"date": one.slot and one.slot.day.isoformat(), "shift": one.slot and one.slot.shift}
    about = {"operation": one.operation, "party": one.party, "answer": one.answer}
    return {**about, **place, "police": one.police, "any_of": list(one.any_of)}


def is_answer(body: Mapping[str, object], proposed: Proposed) -> bool:
    """True if an answer in a file's words, which was kept, is one to the proposal as it is."""
    operation, party = str(body["operation"]), str(body["party"])
    about = _about(operation, party, proposed.placed.get(operation))
    is_asked = party in proposed.parties.get(operation, ())
    return is_asked and all(body[key] == about[key] for key in _PLACE if key in body)


def is_of_place(one: WrittenAnswered, place: Placement | None) -> bool:
    """True if what the answer says of its place is so there."""
    about = _about(one.operation, one.party, place)
    given = {"date": one.date and one.date.isoformat(), "shift": one.shift, "police": one.police, "any_of": one.any_of}
    return all(given[key] == about[key] for key in _PLACE if key in one.model_fields_set)


def _about(operation: str, party: str, place: Placement | None) -> dict[str, object]:
    """The question about a place, as an answer to it would be written."""
    at = () if place is None else (place.slot, place.police, place.optional_agencies, place.any_of)
    return answer_mapping(Answered(operation, party, "asked", *at))


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
    if not is_of_place(one, proposed.placed.get(one.operation)):
        values = {"operation": one.operation, "party": one.party}
        return Message(
            "The answer of {party} is about another place of {operation} than the proposal has: ask anew.", values
        )
    return None
