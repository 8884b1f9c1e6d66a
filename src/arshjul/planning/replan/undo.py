"""A publishing that is taken back: scenario and places as before it, as far as nothing later has changed them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.agenda.when import place_said
from arshjul.domain.entries.amendment import Cancelled, Undone
from arshjul.domain.entries.entries import Entries
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext, context_of
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import Bindings
from arshjul.errors import Message, Refused
from arshjul.planning.replan.edit import rebased, started_in, with_objects_of
from arshjul.planning.verify.verify import breaches
from arshjul.rules.hard.not_past import NotPast


@dataclass(frozen=True, slots=True)
class PlannedYear:
    """A scenario and its plan."""

    scenario: Scenario
    plan: Plan


def undoing(before: PlannedYear, after: PlannedYear, now: Plan, *, again: bool) -> Undone:
    """The entry that takes back what led from one plan to a later one.

    An operation that has been moved once more since stays where it is.
    """
    shared = after.plan.last_shared(before.plan)
    old, new = before.plan.placed, after.plan.placed
    changed = [id for id in {**old, **new} if old.get(id) != new.get(id)]
    ids = [id for id in changed if _stays(new.get(id), now.placed.get(id))]
    moved = [id for id in changed if id in before.scenario.operations and not _stays(old.get(id), new.get(id))]
    return Undone(
        versions=tuple(range(shared + 1, after.plan.revision + 1)),
        again=again,
        places=tuple(old[id] for id in ids if id in old),
        left_out=tuple(id for id in ids if id not in old),
        stay=tuple(id for id in moved if id not in ids and not _stays(old.get(id), now.placed.get(id))),
        bindings=_former_bindings(before.plan.bindings, after.plan.bindings, now.bindings),
        before=before.scenario,
        after=after.scenario,
    )


def _former_bindings(before: Bindings, after: Bindings, now: Bindings) -> Bindings:
    """The former objects of the frames whose objects are still as they were bound, without those bound elsewhere."""
    frames = [id for id in {**before, **after} if before.get(id) != after.get(id) == now.get(id)]
    elsewhere = {object for id, objects in now.items() if id not in frames for object in objects}
    return {id: tuple(one for one in before.get(id, ()) if one not in elsewhere) for id in frames}


def _stays(then: Placement | None, now: Placement | None) -> bool:
    return now is None if then is None else then.same_place(now)


def staying(scenario: Scenario, plan: Plan) -> Mapping[str, Message]:
    """The operations that a plan does not put back though their change is taken back, each with why, in a sentence."""
    context = context_of(scenario, plan)
    yielded = frozenset() if plan.base is None else plan.base.yielded
    found = {}
    for id, place in context.demands.restored.items():
        if id in yielded:
            found[id] = _why(context, plan, place)
        elif id not in scenario.operations:
            values = {"operation": id, "place": place_said(scenario, place)}
            found[id] = Message("{operation} stays cancelled: {place} has passed.", values)
    return {**found, **_changed_again(scenario, plan)}


def _changed_again(scenario: Scenario, plan: Plan) -> Mapping[str, Message]:
    """The operations ahead that stay as they are since they were changed again later, each with by what and how."""
    entries, found = plan.entries, {}
    for id in (id for one in entries.undone_by(plan.placing.revision) for id in one.stay):
        changed = (one.number for one in plan.revisions if any(move.operation == id for move in one.changed))
        cancelled = (one.revision or 0 for one in entries.changes if isinstance(one, Cancelled) and one.operation == id)
        values: dict[str, object] = {
            "operation": id,
            "n": max((n for n in (*changed, *cancelled) if n < plan.placing.revision), default=0),
        }
        place = plan.placed.get(id)
        if place is None and id in scenario.operations:
            said = Message(
                "{operation} does not go back: it was changed again by version {n} of the plan, and has no place.",
                values,
            )
        elif place is None:
            said = Message("{operation} does not go back: it was cancelled by version {n} of the plan.", values)
        elif not scenario.has_begun(place.slot, plan.placing.as_of):
            values["place"] = place_said(scenario, place)
            said = Message(
                "{operation} does not go back: it was changed again by version {n} of the plan, and stands {place}.",
                values,
            )
        else:
            continue
        found[id] = said
    return found


def _why(context: ReplanContext, plan: Plan, place: Placement) -> Message:
    others = tuple(one for one in plan.placements if one.operation != place.operation)
    out = tuple(one for one in plan.unplaced if one.operation != place.operation)
    there = replace(plan, placements=(*others, replace(place, optional_agencies=())), unplaced=out)
    found = breaches(context, there)
    # What has passed is too late for every notice as well, which would be no more to know.
    told = [breach for breach in found if breach.rule == NotPast.id] or found
    values = {
        "operation": place.operation,
        "place": place_said(context.scenario, place),
        "why": [breach.text for breach in told],
    }
    return Message("{operation} cannot go back to {place}: {why}.", values)


def with_former_bindings(plan: Plan, entered: Entries, begun: Collection[str]) -> Plan:
    """The plan with places and objects as before what is taken back; frames that have begun keep theirs."""
    places = {place.operation: place for one in _undone(entered) for place in one.places}
    bindings = {id: objects for one in _undone(entered) for id, objects in one.bindings.items() if id not in begun}
    return replace(
        plan,
        placements=tuple({**plan.placed, **places}.values()),
        bindings={id: objects for id, objects in {**plan.bindings, **bindings}.items() if objects},
    )


def taken_back(
    scenario: Scenario, given: Scenario | None, plan: Plan, entered: Entries, as_of: datetime
) -> tuple[Scenario | None, Entries]:
    """The given scenario, or else the present one, without what is taken back; None if that is the present one.

    The entries then say which operations are gone with that, and which were cancelled and stay so, since their place
    lies before `as_of`. Refused if the year would end before what has begun.
    """
    _refuse_begun_year(scenario, plan, entered, as_of)
    changes = (_with_passed(one, scenario, as_of) if isinstance(one, Undone) else one for one in entered.changes)
    entered = replace(entered, changes=tuple(changes))
    given = _former(scenario, given, entered)
    return given, _with_gone(scenario, given, plan, entered, as_of)


def _refuse_begun_year(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> None:
    begun = (scenario.last_day(plan.placed[id]) for id in started_in(scenario, plan, entered, as_of))
    latest = max(begun, default=as_of.date())
    for one in _undone(entered):
        if one.before is None or one.before.span.last == scenario.span.last:
            continue
        if one.before.span.last < max(latest, as_of.date()):
            values = {"n": list(one.versions), "last": one.before.span.last}
            raise Refused(
                Message(
                    "Version {n} of the plan let the year go on after {last}, and that time has begun: it cannot be "
                    "taken back any more. Cancel or move what is wrong after that date, each operation by itself, or "
                    "take a later publishing back.",
                    values,
                )
            )


def _with_passed(undone: Undone, scenario: Scenario, as_of: datetime) -> Undone:
    gone = (place for place in undone.places if place.operation not in scenario.operations)
    passed = tuple(place.operation for place in gone if scenario.has_begun(place.slot, as_of))
    return replace(undone, still_cancelled=passed)


def _former(scenario: Scenario, given: Scenario | None, entered: Entries) -> Scenario | None:
    """The scenario without what is taken back.

    What was changed later stays changed. Operations keep the sites that they have now, and calls are no part of it.
    """
    present = found = scenario if given is None else given
    for one in _undone(entered):
        if one.before is not None and one.after is not None:
            before = one.before
            for id in one.still_cancelled:
                before = Cancelled(id).on(before)
            found = replace(rebased(one.after, found, before).scenario, calls=present.calls)
    if found == present:
        return given
    known = {id: one.sites for id, one in present.operations.items()}
    operations = {id: replace(one, sites=known.get(id, one.sites)) for id, one in found.operations.items()}
    return replace(found, operations=operations, objects=present.objects, calls=present.calls)


def with_former_objects(scenario: Scenario, plan: Plan, entered: Entries, begun: Collection[str]) -> Scenario:
    """The scenario with the objects to visit as before what is taken back, each as far as it was not changed later.

    Objects of frames that have begun stay as they are, and so do new ones that were bound elsewhere since. They keep
    the sites that they have now.
    """
    objects = scenario.objects
    for one in _undone(entered):
        if one.before is not None and one.after is not None:
            now = replace(scenario, objects=objects)
            former = with_objects_of(now, one.after, one.before).objects
            held = [
                id
                for frame, ids in plan.bindings.items()
                for id in ids
                if id in objects and (frame in begun or (frame not in one.bindings and id not in former))
            ]
            known = {id: object.sites for id, object in objects.items()}
            former = {id: replace(object, sites=known.get(id, object.sites)) for id, object in former.items()}
            objects = {**former, **{id: objects[id] for id in held}}
    return replace(scenario, objects=objects)


def _with_gone(scenario: Scenario, given: Scenario | None, plan: Plan, entered: Entries, as_of: datetime) -> Entries:
    """The entries with a cancellation of each operation that is new by what is taken back, and has not begun."""
    started = started_in(scenario, plan, entered, as_of)
    known = {change.operation for change in entered.changes if isinstance(change, Cancelled)}
    gone = [
        id
        for one in _undone(entered)
        if one.before is not None and one.after is not None
        for id in one.after.operations
        if id not in one.before.operations and id in scenario.operations
        if given is not None and id not in given.operations and id not in known and id not in started
    ]
    return replace(entered, changes=(*entered.changes, *(Cancelled(id, undone=True) for id in dict.fromkeys(gone))))


def _undone(entered: Entries) -> Iterator[Undone]:
    yield from (change for change in entered.changes if isinstance(change, Undone))
