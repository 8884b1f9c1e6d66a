"""A publishing as it can be taken back: the years before and after it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from arshjul.errors import InputError, Message, Refused
from arshjul.office.publishing.served_revision import ServedRevision, read_back, whole_scenario
from arshjul.office.store import audit, drafts, revisions
from arshjul.office.store.drafts import StoredEntry
from arshjul.office.store.events import PublishingUndone
from arshjul.office.store.revisions import Revision
from arshjul.office.store.store import Transaction
from arshjul.year.domain.entries.amendment import Cancelled, Nominated, Undone
from arshjul.year.domain.entries.entries import FACTS, as_entered
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.operation import Operation, single
from arshjul.year.domain.plan import Plan
from arshjul.year.formats.plan.entries import subject
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.plan import EVENTS, KINDS, LOGGED, MODELS
from arshjul.year.planning.replan.undo import PlannedYear, undoing

_CANCELLED, _NOMINATED, _OUTCOMES, _UNDONE = KINDS[Cancelled], KINDS[Nominated], "outcomes", KINDS[Undone]

_FACTS = frozenset(name for name, model in {**LOGGED, **EVENTS}.items() if issubclass(model.thing, FACTS))
"""The lists of entries that are facts, whatever became of the plan that answered them, but for what was called off."""


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
        made = (
            revision for revision in all_made if (revision.kind, revision.plan_revision) == (revisions.PUBLISH, last)
        )
        yield from (
            (undone, _undoable(db, revision))
            for revision in made
            if former.last_shared(read_back(db, revision).plan) >= last
        )


def planned_year(db: Transaction, revision: Revision) -> PlannedYear:
    one: ServedRevision = read_back(db, revision)
    return PlannedYear(whole_scenario(db, one), one.plan)


def settle_undone(db: Transaction, former: Plan, plan: Plan, actor: str, now: datetime) -> None:
    """Lets the entries wait again whose publishing a new plan takes back, if that plan says so, or takes them back too.

    `former` is the plan that was served. What is taken back no longer, since that was taken back itself, holds again.
    What nominated an operation that has begun, or cancelled or called off one whose date has passed, holds too. What
    waits to take back a publishing that is no longer the last cannot do so any more.
    """
    for undone, made in undone_since(db, former, plan):
        there = _answered(db, former, undone.versions)
        kept = _kept(undone, plan)
        mine = [entry for entry, _ in there if entry.taken_back_at is None and not _is_fact(entry, kept)]
        if undone.again:
            drafts.numbered(entry.number for entry in mine).set(db, revision=None)
            from_folders = {*undone.versions} - {version for _, version in there}
            drafts.add_entries(db, _written(former, from_folders, kept), actor, now)
        else:
            drafts.numbered(entry.number for entry in mine).set(db, taken_back_at=now, taken_back_by=actor)
        audit.add(db, now, actor, PublishingUndone(made.revision.number, made.revision.hash))
    for entry, version in _answered(db, plan, former.entries.undone.keys() - plan.entries.undone.keys()):
        drafts.numbered([entry.number]).set(db, revision=version, taken_back_at=None, taken_back_by=None)
    for entry in [entry for entry in drafts.entries(db) if entry.waits and entry.list == _UNDONE]:
        drafts.take_back(db, entry.number, actor, now)
    keep_latest(db, actor, now)


def keep_latest(db: Transaction, actor: str, now: datetime) -> None:
    """Takes back what waits, where a later entry that waits is about the same: none of one thing could be answered."""
    latest: dict[tuple[str, object], int] = {}
    for entry in [entry for entry in drafts.entries(db) if entry.waits]:
        about = subject(entry.list, entry.item)
        if about is not None:
            if about in latest:
                drafts.take_back(db, latest[about], actor, now)
            latest[about] = entry.number


def answered_by(plan: Plan, one: StoredEntry) -> int | None:
    """The version that answered an entry; None if the plan does not have it, whatever number it bears."""
    entry = None if one.list == _UNDONE else _entered(one, plan)
    return next((known.revision for known in plan.entries.standing() if as_entered(known) == entry), None)


def _entered(one: StoredEntry, plan: Plan) -> object:
    context, body = {"json": True, "zone": plan.as_of.tzinfo}, one.item
    if one.list == _NOMINATED:
        first = next(iter(single(shape(Operation).model_validate(body, context=context).domain())))
        return Nominated(replace(first, repeat=None))
    return {**EVENTS, **MODELS}[one.list].model_validate(body, context=context).domain()


def _answered(db: Transaction, plan: Plan, versions: Collection[int]) -> list[tuple[StoredEntry, int]]:
    """The entries that these versions of the plan answered, each with its own, whatever has become of them since.

    By what they say: the number that an entry bears can be that of a version of the draft, or be gone.
    """
    entries = (known for known in plan.entries.standing() if known.revision in versions)
    there = [(as_entered(known), known.revision) for known in entries if not isinstance(known, Undone)]
    stored = drafts.entries(db) if there else ()
    answering = ((one, _entered(one, plan)) for one in stored if one.list not in (_UNDONE, *LEARNT))
    return [(one, version) for one, entry in answering for known, version in there if known == entry and version]


def _kept(undone: Undone, plan: Plan) -> frozenset[tuple[str, str]]:
    """Nominations, cancellations and withdrawals that hold all the same, each by its list and operation."""
    nominated = plan.placed.keys() - {place.operation for place in undone.places}
    past = ((name, id) for id in undone.past for name in (_CANCELLED, _OUTCOMES))
    return frozenset({*past, *((_NOMINATED, id) for id in nominated)})


def _is_fact(one: StoredEntry, kept: Collection[tuple[str, str]]) -> bool:
    body = one.item
    is_kept = (one.list, body.get("id") or body.get("operation")) in kept
    return is_kept or (one.list in _FACTS and body.get("result") != "called-off")


def _written(
    former: Plan, versions: set[int], kept: Collection[tuple[str, str]]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Facts aside, with their lists. What is gone since it was new in something taken back was cancelled by nobody."""
    for version in sorted(versions):
        entries = former.entries.of_revision(version)
        for name, model in EVENTS.items():
            if name not in _FACTS:
                yield from ((name, _body(model.of(one).mapping())) for one in getattr(entries, name))
        for change in entries.changes:
            name = KINDS[type(change)]
            if name in MODELS and name not in _FACTS and not (isinstance(change, Cancelled) and change.undone):
                written = LOGGED[name].of(change).mapping()
                body = cast(Mapping[str, object], written["operation"]) if name == _NOMINATED else written
                if (name, body.get("id") or body.get("operation")) not in kept:
                    yield name, _body(body)


def _body(written: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in written.items() if value is not None and key not in ("revision", "until")}
