"""The check of a plan's bindings, from plan and scenario alone, by the rules' own checks.

It covers what can be judged without the earlier plan: form, that every object fits its frame, lead time and bind days
of the last filling, and the values of its levels.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from arshjul.domain.entries.filling import Filling
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.rules.fill.context import BIND_DAYS, FILL_DAYS, FillContext
from arshjul.rules.fill.fits import FITS, BoundObject
from arshjul.rules.fill.quality import WISHES
from arshjul.rules.objectives import level_titled
from arshjul.rules.rule import Breach


def binding_breaches(scenario: Scenario, plan: Plan) -> Iterator[Breach]:
    """The bindings that cannot be: the operations are frames, the rule is the one that the object breaks."""
    last = _last_filling(plan)
    fresh = {} if last is None else {object: frame for frame, objects in last.bound.items() for object in objects}
    for id, objects in plan.bindings.items():
        operation, placement = scenario.operations[id], plan.placed.get(id)
        if operation.frame is None or placement is None:
            yield Breach("frame", (id,), Message("{frame} has objects, but is no placed frame", {"frame": id}))
            continue
        taken, is_ahead = 0, scenario.moments(placement.slot)[0] > plan.as_of
        for object in objects:
            wanted = scenario.objects[object]
            taken += wanted.stops
            bound, is_fresh = BoundObject(scenario, plan, wanted, operation, placement), fresh.get(object) == id
            for fit in FITS:
                if (is_fresh if fit.at_binding else is_ahead) and fit.is_broken(bound):
                    said = {"object": object, "frame": id, "rule": fit.id}
                    yield Breach(fit.id, (id,), Message("{object} does not fit {frame}: {rule}", said))
        if taken > operation.frame.stops and is_ahead:
            values = {"frame": id, "stops": operation.frame.stops, "taken": taken}
            yield Breach("stops", (id,), Message("{frame} has {stops} stops, its objects take {taken}", values))


def filling_claims(scenario: Scenario, plan: Plan) -> Iterator[Message]:
    """The untrue claims of a plan's last filling: the values of its levels, and the bindings that it reports."""
    last = _last_filling(plan)
    if last is None:
        return
    for frame, objects in last.bound.items():
        if absent := [object for object in objects if object not in plan.bindings.get(frame, ())]:
            yield Message("{objects} are missing from {frame}", {"objects": absent, "frame": frame})
    counted = _values(scenario, plan, last)
    if [level.id for level in last.levels] != list(counted):
        yield Message("the binding has no levels")
    for level in last.levels:
        values = {"level": level_titled(level.id), "claimed": level.value, "counted": counted.get(level.id)}
        if level.value != counted.get(level.id):
            yield Message("level {level}: the plan says {claimed}, counted are {counted}", values)
        if level.bound is not None and level.bound > level.value:
            yield Message("level {level}: its bound lies above its value", values)


def _last_filling(plan: Plan) -> Filling | None:
    """The filling that made this revision; None if it is no filling."""
    own = [filling for filling in plan.entries.fillings if filling.revision == plan.revision and not filling.is_replan]
    return own[-1] if own else None


def _values(scenario: Scenario, plan: Plan, last: Filling) -> Mapping[str, int]:
    """The values of the levels, counted on the bindings."""
    bound = {object for objects in plan.bindings.values() for object in objects}
    left_out = [one for one in scenario.objects.values() if one.id not in bound]
    fresh = {object for objects in last.bound.values() for object in objects}
    first = plan.as_of.date() + timedelta(days=scenario.settings[BIND_DAYS])
    until = first + timedelta(days=scenario.settings[FILL_DAYS])
    empty = [
        placement.operation
        for placement in plan.placements
        if scenario.operations[placement.operation].frame is not None
        and first <= placement.slot.day < until
        and not plan.bindings.get(placement.operation)
    ]
    context = FillContext(scenario, plan.placed, plan.as_of, plan.bindings, frozenset(bound - fresh))
    return {
        "musts": sum(one.must for one in left_out),
        "points": sum(scenario.objective.priority_points[one.priority] for one in left_out),
        "empty": len(empty),
        "quality": sum(price.points for wish in WISHES for price in wish.prices(context)),
    }
