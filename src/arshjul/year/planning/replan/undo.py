"""The last publishing taken back: scenario and places as before it, but for what has begun."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.errors import Message, Refused
from arshjul.year.agenda.time_text import place_said
from arshjul.year.domain.entries.amendment import Undone
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext, context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.replan.edit import started_in
from arshjul.year.planning.verify import breaches, with_place
from arshjul.year.rules.hard.not_past import NotPast


@dataclass(frozen=True, slots=True)
class PlannedYear:
    scenario: Scenario
    plan: Plan

    @property
    def given(self) -> Scenario:
        return self.plan.given.scenario(self.scenario)


def undoing(before: PlannedYear, after: PlannedYear, *, again: bool) -> Undone:
    old, new = before.plan.placed, after.plan.placed
    changed = [id for id in {**old, **new} if old.get(id) != new.get(id)]
    former, now = before.plan.bindings, after.plan.bindings
    return Undone(
        versions=tuple(range(after.plan.last_shared(before.plan) + 1, after.plan.revision + 1)),
        again=again,
        places=tuple(old[id] for id in changed if id in old),
        left_out=tuple(id for id in changed if id not in old),
        bindings={id: former.get(id, ()) for id in {**former, **now} if former.get(id) != now.get(id)},
        before=before.given,
    )


def staying(scenario: Scenario, plan: Plan) -> Mapping[str, Message]:
    context = context_of(scenario, plan)
    yielded = frozenset() if plan.base is None else plan.base.yielded
    found = {}
    for id, place in context.demands.restored.items():
        if id in yielded:
            found[id] = _why(context, plan, place)
        elif id not in scenario.operations:
            values = {"operation": id, "place": place_said(scenario, place)}
            found[id] = Message("{operation} stays cancelled: {place} has passed.", values)
    return found


def _why(context: ReplanContext, plan: Plan, place: Placement) -> Message:
    found = breaches(context, with_place(plan, place))
    # What has passed is too late for every notice as well, which would be no more to know.
    told = [breach for breach in found if breach.rule == NotPast.id] or found
    why = [breach.text for breach in told]
    values = {"operation": place.operation, "place": place_said(context.scenario, place), "why": why}
    return Message("{operation} cannot go back to {place}: {why}.", values)


def with_former_bindings(plan: Plan, entered: Entries, begun: Collection[str]) -> Plan:
    """The plan with places and objects as before what is taken back; frames that have begun keep theirs."""
    places = {place.operation: place for undone in _undone(entered) for place in undone.places}
    bindings = {
        id: objects for undone in _undone(entered) for id, objects in undone.bindings.items() if id not in begun
    }
    return replace(
        plan,
        placements=tuple({**plan.placed, **places}.values()),
        bindings={id: objects for id, objects in {**plan.bindings, **bindings}.items() if objects},
    )


def past_told(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> Entries:
    """The entries; what they take back and is past stays cancelled. Refused if the year ended before what has begun."""
    if not any(_undone(entered)):
        return entered
    _refuse_begun_year(scenario, plan, entered, as_of)
    return Entries(
        tuple(_with_past(entry, scenario, as_of) if isinstance(entry, Undone) else entry for entry in entered)
    )


def _with_past(undone: Undone, scenario: Scenario, as_of: datetime) -> Undone:
    past = tuple(place.operation for place in undone.places if scenario.moments(place.slot)[0] <= as_of)
    return replace(undone, past=past)


def _refuse_begun_year(scenario: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> None:
    begun = (scenario.last_day(plan.placed[id]) for id in started_in(scenario, plan, entered, as_of))
    latest = max(begun, default=as_of.date())
    for undone in _undone(entered):
        if undone.before is None or undone.before.span.last == scenario.span.last:
            continue
        if undone.before.span.last < max(latest, as_of.date()):
            values = {"n": list(undone.versions), "last": undone.before.span.last}
            text = Message(
                "Version {n} extended the year past {last}, which has passed, so it cannot be undone. Cancel "
                "or move later operations one by one.",
                values,
            )
            raise Refused(text)


def with_former_objects(scenario: Scenario, plan: Plan, entered: Entries, begun: Collection[str]) -> Scenario:
    """Objects of begun frames stay, and new ones that were bound elsewhere since. All keep their present sites."""
    objects = scenario.objects
    for undone in _undone(entered):
        if undone.before is not None:
            held = [
                id
                for frame, ids in plan.bindings.items()
                for id in ids
                if id in objects
                and (frame in begun or (frame not in undone.bindings and id not in undone.before.objects))
            ]
            known = {id: object.sites for id, object in objects.items()}
            former = {
                id: replace(object, sites=known.get(id, object.sites)) for id, object in undone.before.objects.items()
            }
            objects = {**former, **{id: objects[id] for id in held}}
    return replace(scenario, objects=objects)


def _undone(entered: Entries) -> Iterator[Undone]:
    yield from (change for change in entered.changes if isinstance(change, Undone))
