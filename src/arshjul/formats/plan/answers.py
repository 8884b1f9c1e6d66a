"""Answers to a proposal in files of changes: they are about what it changes, from those who have a part in that."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from arshjul.domain.operation import Operation
from arshjul.errors import Message, Problem
from arshjul.formats.plan.schema.amendment import WrittenAnswered
from arshjul.formats.tree import Document, Loc


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal that answers are about: its operations, and for each changed one the parties with a part in it."""

    operations: Mapping[str, Operation]
    parties: Mapping[str, Collection[str]]


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
    if one.party in asked:
        return None
    others = {"operation": one.operation, "party": one.party, "parties": sorted(asked)}
    return Message("{party} has no part in {operation}, which {parties} have: name one of them.", others)
