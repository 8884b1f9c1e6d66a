"""The causes of a plan's changes as they were told: recorded with each revision, or found now for older ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from arshjul.year.domain.change import Causes, ChangeCause, Changes, Move
from arshjul.year.domain.entries.amendment import Cancelled, Undone
from arshjul.year.domain.history.lived_replans import past_replans
from arshjul.year.domain.operation import PartOfPlace, Placement
from arshjul.year.domain.plan import Plan, ReplanRecord
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.causes import CauseFinder


@dataclass(frozen=True, slots=True)
class ToldCauses:
    """Causes of a change, and the revision that made it."""

    revision: int
    causes: tuple[ChangeCause, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """An operation's place before and after one revision, and the recorded causes; None: they were not recorded."""

    revision: int
    kept: tuple[ChangeCause, ...] | None
    before: Placement | None
    after: Placement | None

    @property
    def leaves(self) -> bool:
        return self.before is not None and not self.before.same_place(self.after)


def told_causes(scenario: Scenario, plan: Plan, old: Placement, of: PartOfPlace = "place") -> tuple[ToldCauses, ...]:
    """The causes of the operation's leaving `old`, from all revisions that moved it since, in order.

    Only revisions that changed the part `of` its place count; if it has no place now, only the one that took its last.
    Empty if no revision of the plan made it leave. `scenario` may know more than the plan's own.
    """
    causeses: list[ToldCauses] = []
    for step in _steps(plan, old.operation, old):
        if not step.leaves or step.before is None:
            continue
        is_seen = step.before.part(of) != (None if step.after is None else step.after.part(of))
        causes = tuple(cause for cause in _causes(scenario, plan, step) if is_seen and not cause.absent)
        causeses += [ToldCauses(step.revision, causes)] if causes else []
        if step.after is None and old.operation not in plan.placed:
            return tuple(causeses)
        if step.before.same_place(old):
            return tuple(reversed(causeses))
    return ()


def told_absence(scenario: Scenario, plan: Plan, operation: str, agency: str) -> ToldCauses | None:
    """The causes why the agency no longer joins, from the last revision that ended it; None if there is none."""
    for step in _steps(plan, operation):
        causes = tuple(cause for cause in _causes(scenario, plan, step) if cause.absent == agency)
        if causes:
            return ToldCauses(step.revision, causes)
    return None


def put_back(plan: Plan, id: str) -> tuple[Placement, date] | None:
    """The place at which the operation stands since an earlier change was taken back, and the date of that change."""
    made = {revision.number: revision.as_of.date() for revision in plan.revisions}
    for undone in (change for change in plan.entries.standing().changes if isinstance(change, Undone)):
        for place in undone.places:
            if place.operation == id and place.same_place(plan.placed.get(id)):
                return place, min(made.get(version, plan.as_of.date()) for version in undone.versions)
    return None


def places_before(plan: Plan, id: str) -> Iterator[Placement]:
    """The places of the operation before each replan up to the plan, the last first."""
    yield from (step.before for step in _steps(plan, id) if step.before is not None)


def _steps(plan: Plan, id: str, known: Placement | None = None) -> Iterator[_Step]:
    """The operation's steps through the replans up to the plan, the last first.

    Earlier replans do not record who joined an operation that they left in place. `known` is its assumed place at
    cancellation if that was not recorded.
    """
    own = [change for change in plan.entries.changes if isinstance(change, Cancelled) and change.operation == id]
    cancelled = {change.revision: known if change.was is None else change.stood for change in own}
    undone = {change.revision for change in own if change.undone}
    after = plan.placed.get(id)
    if plan.base is not None:
        move = Move(id, plan.base.placements.get(id), after)
        yield _step(plan.placing.revision, plan.causes, move, cancelled, undone)
        after = move.old or cancelled.get(plan.placing.revision)
    for record in reversed(plan.earlier):
        move = next((move for move in record.changed if move.operation == id), Move(id, after, after))
        yield _step(record.number, record.causes, move, cancelled, undone)
        after = move.old or cancelled.get(record.number)


def _step(
    number: int,
    causes: Causes | None,
    move: Move,
    cancelled: dict[int | None, Placement | None],
    undone: set[int | None],
) -> _Step:
    """The step of one replan. A cancelled operation leaves its recorded place, since the base no longer has it."""
    stood = cancelled.get(number)
    if stood is not None:
        why = ChangeCause("undone" if number in undone else "decided", id=move.operation)
        return _Step(number, (why,), stood, None)
    return _Step(number, None if causes is None else causes.get(move.operation, ()), move.old, move.new)


def _causes(scenario: Scenario, plan: Plan, step: _Step) -> tuple[ChangeCause, ...]:
    """The recorded causes; else those found now, empty if the operation did not move."""
    if step.kept is not None:
        return step.kept
    if step.before is None or step.before == step.after:
        return ()
    finder, placed = _found_anew(scenario, plan, step.revision)
    return finder.of(step.before, placed)


def kept(scenario: Scenario, plan: Plan) -> tuple[ReplanRecord, ...]:
    """All replans up to the plan, each with its causes: the recorded ones, or those found now."""
    return tuple(
        record if record.causes is not None else _with_causes(scenario, plan, record) for record in plan.revisions
    )


def _with_causes(scenario: Scenario, plan: Plan, record: ReplanRecord) -> ReplanRecord:
    finder, placed = _found_anew(scenario, plan, record.number)
    return replace(record, causes=finder.all(placed))


def _found_anew(scenario: Scenario, plan: Plan, revision: int) -> tuple[CauseFinder, Mapping[str, Placement]]:
    """The finder of the causes of a revision's changes, and the places that it gave."""
    made = plan
    if revision != plan.placing.revision:
        made = next(replan.plan for replan in past_replans(scenario, plan) if replan.plan.revision == revision)
    return CauseFinder(context_of(scenario, made), made.entries, made.placing.revision, made.given), made.placed


def causes_told(scenario: Scenario, plan: Plan, changes: Changes) -> Causes:
    """The causes of each change, by operation; changes that no revision of the plan made are absent."""
    told = {move.operation: told_causes(scenario, plan, move.old) for move in changes.changed if move.old is not None}
    return {
        id: tuple(dict.fromkeys(cause for causes in found for cause in causes.causes))
        for id, found in told.items()
        if found
    }


def absences_told(scenario: Scenario, plan: Plan, lost: Mapping[str, tuple[str, ...]]) -> Causes:
    """The causes why these agencies no longer join, by operation, each with its agency as `absent`, where known."""
    if plan.base is None:
        return {}
    found = {id: [told_absence(scenario, plan, id, agency) for agency in agencies] for id, agencies in lost.items()}
    return {
        id: tuple(cause for causes in told if causes is not None for cause in causes.causes)
        for id, told in found.items()
    }
