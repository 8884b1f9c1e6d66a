"""Compares the revision that a plan folder continues with the served one.

Two coordinators can replan at the same time. The folder itself shows what its maker saw: a replan holds the old
placements, and a plan made anew over an older one has its changes from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from arshjul.errors import Message, Refused
from arshjul.office.publishing.served_revision import ServedRevision
from arshjul.office.store.revisions import Revision
from arshjul.year.domain.change import Move
from arshjul.year.domain.entries.amendment import edit_sentences
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.changes_json import read_changes, scenario_before
from arshjul.year.formats.plan.plan_folder import CHANGES, PlanFolder, scenario_digest
from arshjul.year.planning.letters.notices import notices
from arshjul.year.planning.replan.edit import difference

SEEN_LETTERS = 12
"""The number of letters of a revision's hash by which a person names it."""

_NO_CHANGE = Message("Nothing has changed.")


class StaleRevision(Refused):
    """Refused: another revision is served than the one that was seen.

    `current` is its number, `hash` its hash; `differences` are its changes since the plan that was seen or, under that
    `heading`, what would change if this one replaced it. `is_another`: it is of another plan altogether.
    """

    def __init__(
        self,
        message: Message,
        current: Revision,
        heading: Message,
        differences: tuple[Message, ...],
        *,
        is_another: bool = False,
    ) -> None:
        super().__init__(message)
        self.current = current.number
        self.hash = current.hash
        self.reason = current.reason
        self.heading = heading
        self.differences = differences
        self.is_another = is_another


def refuse_stale(
    read: PlanFolder, current: ServedRevision | None, whole: Scenario | None, seen: int | str | None
) -> None:
    """`seen`: the revision's hash, its beginning, or its number; None: derived from the folder. `whole`: with sites."""
    if current is None or whole is None:
        return
    if seen is not None:
        seen, hash = str(seen), current.revision.hash
        if seen != str(current.revision.number) and not (len(seen) >= SEEN_LETTERS and hash.startswith(seen)):
            raise stale(read, current)
    elif is_another(read.scenario, current.scenario) or not _goes_on_from(read, current.plan):
        raise stale(read, current)
    else:
        _refuse_other_scenario(read, current, whole)


def _mark(revision: Revision) -> str:
    """The beginning of its hash, shown to people, since after a restore another revision can have its number."""
    return revision.hash[:SEEN_LETTERS]


def stale(read: PlanFolder, current: ServedRevision) -> StaleRevision:
    if is_another(read.scenario, current.scenario):
        return _of_another(read, current)
    message = Message(
        "Revision {current} was not seen when this plan was made. Replan from it, or give --seen {seen} to replace it.",
        {"current": current.revision.number, "seen": _mark(current.revision)},
    )
    before = _started_from(read)
    if before is None:
        heading = Message("This plan would change:")
        differences = notices(read.scenario, current.scenario, current.plan.placed, read.plan).sentences
    else:
        heading = Message("The revision has changed, since the base of this plan:")
        differences = notices(current.scenario, read.scenario, before, current.plan).sentences
    return StaleRevision(message, current.revision, heading if differences else _NO_CHANGE, differences)


def _refuse_other_scenario(read: PlanFolder, current: ServedRevision, whole: Scenario) -> None:
    """A first plan names no scenario."""
    given, served = scenario_before(read.data(CHANGES), CHANGES), scenario_digest(whole)
    if given in ("", served):
        return
    values = {
        "given": given[:SEEN_LETTERS],
        "served": served[:SEEN_LETTERS],
        "current": current.revision.number,
        "seen": _mark(current.revision),
    }
    message = Message(
        "Revision {current} has the scenario {served}, but changes.json names {given}. "
        "Replan from `arshjul checkout`, or give --seen {seen} and lose the edits.",
        values,
    )
    gone = read.scenario.operations.keys() - whole.operations.keys()
    heading = Message("Differences in the published scenario:")
    sentences = tuple(edit_sentences(difference(read.scenario, whole, gone)))
    raise StaleRevision(message, current.revision, heading, sentences)


def is_another(scenario: Scenario, served: Scenario) -> bool:
    """True if it is the plan of another year or another town, which may have the same name."""
    apart = scenario.span.last < served.span.first or served.span.last < scenario.span.first
    return scenario.name != served.name or apart or not scenario.areas.keys() & served.areas.keys()


def _of_another(read: PlanFolder, current: ServedRevision) -> StaleRevision:
    news = notices(read.scenario, current.scenario, current.plan.placed, seen_from(read.plan, current, read.plan.as_of))
    values = {
        "current": current.revision.number,
        "seen": _mark(current.revision),
        "served": _plan_said(current.scenario),
        "own": _plan_said(read.scenario),
    }
    if read.scenario.name == current.scenario.name:
        message = Message(
            "Revision {current} is another plan, {served}. Replacing it by {own} moves "
            "operations with the same id and cancels the others. Publish to another database "
            "with --db, or give --seen {seen}.",
            values,
        )
        heading = Message("This plan would change:")
        return StaleRevision(message, current.revision, heading, news.sentences, is_another=True)
    message = Message(
        "Revision {current} is another plan, {served}. Replacing it by {own} cancels its "
        "coming operations. Publish to another database with --db, or give --seen {seen}.",
        values,
    )
    called_off = news.sentences[: len(news.changes.dropped)]
    heading = Message("Would be cancelled:") if called_off else Message("Nothing would be cancelled.")
    return StaleRevision(message, current.revision, heading, called_off, is_another=True)


def _plan_said(scenario: Scenario) -> Message:
    values = {"name": scenario.name, "first": scenario.span.first, "last": scenario.span.last}
    return Message('"{name}" ({first} to {last})', values)


def seen_from(plan: Plan, before: ServedRevision | None, as_of: datetime, now: datetime | None = None) -> Plan:
    """Or from when its subscribers last saw it, if that is later. `now` as in `ServedRevision.floor`."""
    latest = as_of if before is None else max(as_of, before.floor(now))
    return replace(plan, as_of=latest.astimezone(plan.as_of.tzinfo))


def _goes_on_from(read: PlanFolder, plan: Plan) -> bool:
    before = _started_from(read)
    if before is None or read.plan.revision != plan.revision + 1 or before.keys() != plan.placed.keys():
        return False
    known = (entries.up_to(plan.revision) for entries in (read.plan.entries, plan.entries))
    if next(known) != next(known):  # of another revision
        return False
    return all(placement.same_place(plan.placed[id]) for id, placement in before.items())


def _started_from(read: PlanFolder) -> Mapping[str, Placement] | None:
    """None for a first plan. A replan's base has no place for a cancelled operation, but changes.json does."""
    base = read.plan.base
    if read.plan.placed_by is not None:  # a filling, which has moved nothing
        return read.plan.placed
    if base is None and read.plan.revision == 1:
        return None
    changes = read_changes(read.data(CHANGES), CHANGES)
    before = dict(read.plan.placed if base is None else base.placements)
    if changes is None:
        return None if base is None else before
    if base is not None:
        return {**_old_places(changes.dropped), **before}
    new = {change.operation for change in changes.new}
    return {**{id: place for id, place in before.items() if id not in new}, **_old_places(changes.changed)}


def _old_places(moves: Iterable[Move]) -> dict[str, Placement]:
    return {move.operation: move.old for move in moves if move.old is not None}
