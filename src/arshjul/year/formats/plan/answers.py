"""Answers to a proposal in files of changes: they are about its changes, and from parties to those.

An answer may state the terms on which its party was asked, or the place; then it is no answer to a proposal that asks
the party something else.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from arshjul.errors import Message, Problem
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.tree import Document, Loc


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal that answers are about: `parties` are those to each changed operation."""

    scenario: Scenario
    parties: Mapping[str, Collection[str]]
    placed: Mapping[str, Placement]


_PLACE = ("date", "shift", "police", "any_of")


def answer_mapping(one: Answered) -> dict[str, object]:
    place = {"date": one.slot and one.slot.day.isoformat(), "shift": one.slot and one.slot.shift}
    about = {"operation": one.operation, "party": one.party, "answer": one.answer}
    remark = {"remark": one.remark} if one.remark else {}
    slots = [{"date": slot.day.isoformat(), "shift": slot.shift} for slot in one.instead]
    instead = {"instead": slots} if slots else {}
    return {**about, **place, "police": one.police, "any_of": list(one.any_of), "terms": one.terms, **remark, **instead}


def answers_kept(bodies: Sequence[Mapping[str, Any]], scenario: Scenario) -> tuple[Answered, ...]:
    """The last to each question; without answers about a unit or date that the scenario does not have."""
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
                remark=body.get("remark", ""),
                instead=tuple(slots_of(body.get("instead", ()))),
                reported=reported.replace(tzinfo=scenario.zone),
            )
            key = (one.operation, one.party, one.slot, one.staffing, one.terms)
            found.pop(key, None)
            found[key] = one
    told = tuple(found.values())
    return tuple(replace(answered, joining=_joining(answered, told, scenario)) for answered in told)


def slots_of(written: Iterable[Mapping[str, str]]) -> Iterator[Slot]:
    yield from (Slot(date.fromisoformat(slot["date"]), slot["shift"]) for slot in written)


def _joining(one: Answered, told: Iterable[Answered], scenario: Scenario) -> tuple[str, ...]:
    """The optional agencies that were asked about the same place of its operation."""
    asked = {other.party for other in told if other.operation == one.operation and other.same_place(one)}
    return tuple(id for id in scenario.operations[one.operation].optional_agencies if id in asked)


def is_answer(body: Mapping[str, object], proposed: Proposed) -> bool:
    operation, party = str(body["operation"]), str(body["party"])
    return party in proposed.parties.get(operation, ()) and _is_to(body, _question(operation, party, proposed))


def _is_to(given: Mapping[str, object], asked: Mapping[str, object]) -> bool:
    """True if the answer's terms, or without terms its place, are those of the question."""
    if given.get("terms"):
        return given["terms"] == asked["terms"]
    return all(given[key] == asked[key] for key in _PLACE if key in given)


def _question(operation: str, party: str, proposed: Proposed) -> dict[str, object]:
    asked = Answered(operation, party, "asked").as_asked(proposed.scenario, proposed.placed.get(operation))
    return answer_mapping(asked)


def judge_answers(
    document: Document,
    answers: Iterable[tuple[Loc, Any]],
    proposed: Proposed | None,
    seen: set[tuple[str, str]],
) -> list[Problem]:
    """Answers to no question of the proposal; `seen` are the operations and parties of all earlier files."""
    refused = []
    for loc, one in answers:
        if (one.operation, one.party) in seen:
            text = Message("{party} answers twice: keep one answer.", {"party": one.party})
            document.add("bad-value", loc, text)
        seen.add((one.operation, one.party))
        why = _strange(one, proposed)
        if why is not None:
            refused.append(document.problem("bad-value", loc, why))
    return refused


def _strange(one: Any, proposed: Proposed | None) -> Message | None:
    """The reason why an answer does not belong to the proposal; None if it does."""
    if proposed is None:
        return Message("Answers need a proposal: name its folder with --proposal.")
    if one.operation not in proposed.parties:
        values = {"operation": one.operation}
        return Message("The proposal does not change {operation}: remove its answers.", values)
    asked = proposed.parties[one.operation]
    if one.party not in asked:
        others = {"operation": one.operation, "party": one.party, "parties": sorted(asked)}
        return Message("{party} takes no part in {operation}: name one of {parties}.", others)
    given = one.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if not _is_to(given, _question(one.operation, one.party, proposed)):
        values = {"operation": one.operation, "party": one.party}
        return Message("{party} answered about another slot of {operation}: ask again.", values)
    return None
