"""A proposal: a replan that parties are asked about before it is agreed, and that is replanned by their answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from arshjul.errors import InputError, Message, Refused
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.domain.change import Changes, Move, changes
from arshjul.year.domain.entries.amendment import (
    Amendment,
    Cancelled,
    Edited,
    LeftOut,
    Nominated,
    OnOperation,
    OtherDates,
    Pinned,
    Unpinned,
    WithoutPolice,
)
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.letters.questions import ProposalQuestions
from arshjul.year.planning.replan.input import corrected
from arshjul.year.planning.verify import breaches

_ONE_OF = (Pinned, Unpinned, WithoutPolice, LeftOut, Cancelled)
"""The kinds of changes to an operation's place of which only the last counts."""


_ANEW = {"outcomes": "operation", "withdrawals": "id", "given_back": "id", "still": "withdrawal", "obstacles": "id"}
"""The lists of entries of which one that is given anew takes the place of the former, by what they are about."""


@dataclass(frozen=True)
class Proposal:
    """A replan of a plan, both with their scenarios as read. Not slotted: its changes are computed once and cached."""

    former: Scenario
    old: Plan
    scenario: Scenario
    plan: Plan

    @cached_property
    def changes(self) -> Changes:
        return changes(self.old.placed, self.plan.placed)

    @property
    def asking(self) -> ProposalQuestions:
        return ProposalQuestions(FormerPlan(self.former, self.old.placed), self.scenario, self.plan, self.changes)

    @property
    def moves(self) -> Iterator[Move]:
        yield from self.changes.changed
        yield from self.changes.new

    @property
    def is_of_its_plan(self) -> bool:
        """True if the new plan is a replan of this old plan, and not of another plan with the same number."""
        old, new, base = self.old, self.plan, self.plan.base
        if base is None or (base.revision, new.revision) != (old.revision, old.revision + 1):
            return False
        known_to = (plan.entries.up_to(old.revision) for plan in (new, old))
        same_year = new.earlier == old.revisions and next(known_to) == next(known_to)
        known = self.scenario.operations  # operations cancelled since are left out
        placed = corrected(self.former, old, self._before, base.as_of).placed
        return same_year and dict(base.placements) == {id: place for id, place in placed.items() if id in known}

    def parties(self) -> Mapping[str, frozenset[str]]:
        return {
            move.operation: _parties(self.former, move.old) | _parties(self.scenario, move.new) for move in self.moves
        }

    def entries(self, given: Entries, *, edited: bool) -> Entries:
        """Its own, unless given anew, and the given ones. Refused if its edited scenario is not given anew."""
        if not edited and self.is_of_an_edit:
            raise Refused(Message("The proposal has an edited scenario: give it with --scenario."))
        kept = self._kept(given)
        kept = kept.with_lists(
            changes=tuple(self._still(change) for change in kept.changes if not isinstance(change, Edited))
        )
        return kept.and_then(given.with_lists(changes=tuple(self._placed(change) for change in given.changes)))

    @property
    def is_of_an_edit(self) -> bool:
        return any(isinstance(change, Edited) for change in self._before.changes)

    def rests_on(self, given: Entries) -> bool:
        return self._kept(given) != self._kept(Entries())

    @property
    def _before(self) -> Entries:
        return self.plan.entries.of_revision(self.plan.revision)

    def _kept(self, given: Entries) -> Entries:
        before = self._before
        changes = (change for change in before.changes if not any(_instead(new, change) for new in given.changes))
        others = {
            name: tuple(entry for entry in getattr(before, name) if getattr(entry, key) not in _keys(given, name, key))
            for name, key in _ANEW.items()
        }
        return Entries.of(changes=tuple(changes), **others)

    def _placed(self, change: Amendment) -> Amendment:
        """An answer with the place that it is about, and the terms unless it has its own; other changes as they are."""
        if not isinstance(change, Answered) or change.operation not in self.plan.placed:
            return change
        asked = change.as_asked(self.scenario, self.plan.placed[change.operation])
        return replace(asked, terms=change.terms or asked.terms)

    def _still(self, change: Amendment) -> Amendment:
        """An earlier answer, with the present place if its party would be asked the same now."""
        placed = self._placed(change)
        if not isinstance(change, Answered) or not isinstance(placed, Answered):
            return change
        asked = change.as_asked(self.scenario, self.plan.placed.get(change.operation))
        return replace(placed, terms=change.terms) if change.is_to(asked) else change


def refuse_another(proposal: Proposal, as_of: datetime) -> None:
    """Refused if it is no replan of the present plan; InputError if it cannot be relied on."""
    old, new = proposal.old, proposal.plan
    if proposal.scenario.name != proposal.former.name:
        values = {"given": proposal.scenario.name, "plan": proposal.former.name}
        raise Refused(Message("The proposal is for the plan {given}: name one for {plan}.", values))
    if not proposal.is_of_its_plan:
        text = Message(
            "The proposal does not replan version {revision}: name one made from this folder.",
            {"revision": old.revision},
        )
        raise Refused(text)
    if as_of < new.as_of:
        moments = {"as_of": as_of, "proposals": new.as_of}
        text = Message(
            "{as_of} lies before the proposal's moment, {proposals}: give that or a later one with --as-of.", moments
        )
        raise InputError(text)
    broken = breaches(context_of(proposal.scenario, new), new)
    if broken:
        texts = [breach.text for breach in broken]
        raise InputError(Message("The proposal breaks rules: {wrong}.", {"wrong": texts}))


def _parties(scenario: Scenario, placement: Placement | None) -> frozenset[str]:
    if placement is None or placement.operation not in scenario.operations:
        return frozenset()
    return frozenset(scenario.parties_at(placement))


def _keys(given: Entries, name: str, key: str) -> set[str]:
    return {getattr(entry, key) for entry in getattr(given, name)}


def _instead(new: Amendment, old: Amendment) -> bool:
    if isinstance(new, Answered) or isinstance(old, Answered):
        return False
    if isinstance(new, Nominated) and isinstance(old, Nominated):
        return new.operation.id == old.operation.id
    if isinstance(new, OnOperation) and isinstance(old, OnOperation) and not isinstance(old, OtherDates):
        same = type(new) is type(old) or (isinstance(new, _ONE_OF) and isinstance(old, _ONE_OF))
        return new.operation == old.operation and same
    return replace(new, reported=None, revision=None) == replace(old, reported=None, revision=None)
