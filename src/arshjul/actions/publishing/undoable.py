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
        """The versions of the plan that it published."""
        return tuple(range(self.after.plan.last_shared(self.before.plan) + 1, self.after.plan.revision + 1))

    def undone(self, now: Plan, *, again: bool) -> Undone:
        """The entry that takes it back in a replan of that plan.

        Refused if the plan does not go on from it, or it is taken back already.
        """
        values = {"n": self.after.plan.revision}
        if now.last_shared(self.after.plan) < self.after.plan.revision:
            text = Message("The plan here does not go on from its version {n}, which cannot be taken back.", values)
            raise Refused(text)
        if now.entries.undone.keys() >= {*self.versions}:
            raise Refused(Message("Version {n} of the plan is taken back already.", values))
        return undoing(self.before, self.after, now, again=again)


def undoable(db: Transaction, number: int | None = None) -> Undoable:
    """The publishing that the revision of that number shows, by default the served one.

    InputError if there is none; Refused if nothing was published before it that the plan could go back to.
    """
    number = revisions.pointer(db) if number is None else number
    made = None if number is None else revisions.published(db, number)
    if made is None:
        raise InputError(Message("There is no revision {n}.", {"n": number or "-"}))
    values = {"n": made.plan_revision}
    former = revisions.published(db, made.number - 1)
    if former is None:
        raise Refused(
            Message(
                "Version {n} of the plan is the first one that was published: there is nothing before it to go back "
                "to.",
                values,
            )
        )
    found = Undoable(made, _year(db, former), _year(db, made))
    before, after = found.before, found.after
    if before.scenario.name != after.scenario.name or after.plan.last_shared(before.plan) < before.plan.revision:
        raise Refused(
            Message(
                "Version {n} is a plan of its own, which does not go on from what was published before it: to go back "
                "to that, check it out of a backup and publish it.",
                values,
            )
        )
    if not found.versions:
        raise Refused(Message("Publishing version {n} of the plan anew has changed nothing in it.", values))
    return found


def undone_since(db: Transaction, former: Plan, plan: Plan) -> Iterator[tuple[Undone, Undoable]]:
    """The publishings that a plan takes back and the former one does not, each with the entry that says so."""
    known, all_made = former.entries.undone, revisions.revisions(db)
    new = {one.versions: one for version, one in plan.entries.undone.items() if version not in known}
    for undone in new.values():
        last = max(undone.versions)
        numbers = (one.number for one in all_made if (one.kind, one.plan_revision) == (revisions.PUBLISH, last))
        found = [undoable(db, number) for number in numbers]
        yield from ((undone, one) for one in found if former.last_shared(one.after.plan) >= last)


def _year(db: Transaction, revision: Revision) -> PlannedYear:
    one: ServedRevision = read_back(db, revision)
    return PlannedYear(whole_scenario(db, one), one.plan)
