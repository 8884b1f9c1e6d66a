"""A publishing as it can be taken back: the years before and after it."""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.actions.publishing.served_revision import ServedRevision, read_back, whole_scenario
from arshjul.domain.entries.amendment import Undone
from arshjul.domain.plan import Plan
from arshjul.errors import InputError, Message, Refused
from arshjul.planning.replan.undo import PlannedYear, undoing
from arshjul.store import revisions
from arshjul.store.revisions import Revision
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class Undoable:
    """A publishing, and the one before it. The scenarios have their sites."""

    revision: Revision
    before: PlannedYear
    after: PlannedYear

    @property
    def versions(self) -> tuple[int, ...]:
        return tuple(range(self.after.plan.last_shared(self.before.plan) + 1, self.after.plan.revision + 1))

    def undone(self, *, again: bool) -> Undone:
        return undoing(self.before, self.after, again=again)


def undoable(db: Transaction, number: int | None = None) -> Undoable:
    """`number`: of the revision that must show it. Refused if the plan could not go back to the one before."""
    last = None if (pointer := revisions.pointer(db)) is None else revisions.published(db, pointer)
    asked = last if number is None else revisions.published(db, number)
    if last is None or asked is None:
        raise InputError(Message("Revision {n} does not exist.", {"n": number or "-"}))
    if asked != last:
        values = {"n": asked.plan_revision, "last": last.plan_revision}
        text = Message(
            "Only the last published version, {last}, can be undone, not {n}: change the year instead.", values
        )
        raise Refused(text)
    return _undoable(db, last)


def _undoable(db: Transaction, made: Revision) -> Undoable:
    values = {"n": made.plan_revision}
    former = revisions.published(db, made.number - 1)
    if former is None:
        raise Refused(Message("Version {n} of the plan is the first one, and cannot be undone.", values))
    found = Undoable(made, planned_year(db, former), planned_year(db, made))
    before, after = found.before, found.after
    if before.scenario.name != after.scenario.name or after.plan.last_shared(before.plan) < before.plan.revision:
        raise Refused(
            Message(
                "Version {n} does not go on from the one before: "
                "check the earlier one out of a backup, and publish it.",
                values,
            )
        )
    if not found.versions:
        raise Refused(Message("Version {n} of the plan was published again without changes.", values))
    return found


def undone_since(db: Transaction, former: Plan, plan: Plan) -> Iterator[tuple[Undone, Undoable]]:
    """The publishings that a plan takes back and the former one does not, each with the entry that says so."""
    known, all_made = former.entries.undone, revisions.REVISIONS.all(db)
    new = {one.versions: one for version, one in plan.entries.undone.items() if version not in known}
    for undone in new.values():
        last = max(undone.versions)
        made = (one for one in all_made if (one.kind, one.plan_revision) == (revisions.PUBLISH, last))
        yield from ((undone, _undoable(db, one)) for one in made if former.last_shared(read_back(db, one).plan) >= last)


def planned_year(db: Transaction, revision: Revision) -> PlannedYear:
    one: ServedRevision = read_back(db, revision)
    return PlannedYear(whole_scenario(db, one), one.plan)
