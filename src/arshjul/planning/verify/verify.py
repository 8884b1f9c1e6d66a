"""Every rule's own check over a finished plan, without a solver and without a board.

It recomputes from dates what the plan claims: that every rule holds, what each soft rule charges, and the value of
every level. A bound cannot be recomputed without solving, but it can be checked that none lies above its value.

Of bindings it covers what can be judged without the earlier plan: form, that every object fits its frame, lead time and
bind days of the last filling, and the values of its levels.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Base, Plan, Price
from arshjul.domain.replan_context import ReplanContext, context_of
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import Filling
from arshjul.errors import InputError, Message
from arshjul.rules import HARD, SOFT, objectives, rule_titled
from arshjul.rules.builder import QUALITY
from arshjul.rules.fill.context import BIND_DAYS, FILL_DAYS, FillContext
from arshjul.rules.fill.fits import FITS, BoundObject
from arshjul.rules.fill.quality import WISHES
from arshjul.rules.objectives import level_titled
from arshjul.rules.rule import Breach


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a plan: it is clean if `breaches` and `claims` are empty."""

    breaches: tuple[Breach, ...] = ()
    claims: tuple[Message, ...] = ()

    @property
    def clean(self) -> bool:
        """True if the plan keeps every rule and claims nothing untrue."""
        return not (self.breaches or self.claims)


def verify(context: ReplanContext, plan: Plan, charged: tuple[Price, ...] | None = None) -> Verdict:
    """Judges a plan in its context. A broken form is reported alone, since the rest relies on it.

    `charged` are the plan's prices if they were just counted; else they are counted here.
    """
    is_whole = _whole(context, plan)
    return Verdict(breaches(context, plan), claims(context, plan, charged) if is_whole else ())


def breaches(context: ReplanContext, plan: Plan) -> tuple[Breach, ...]:
    """The breaches of the hard rules; only those of the form if the form is broken."""
    form = tuple(HARD[0].breaches(context, plan))
    if not _whole(context, plan):
        return form
    return form + tuple(breach for rule in HARD[1:] for breach in rule.breaches(context, plan))


def refuse_broken(scenario: Scenario, plan: Plan) -> None:
    """Raises InputError if the plan breaks a hard rule: nothing can start from it."""
    if broken := [breach.text for breach in breaches(context_of(scenario, plan), plan)]:
        raise InputError(Message("The base plan breaks rules: {wrong}.", {"wrong": broken}))


def _whole(context: ReplanContext, plan: Plan) -> bool:
    """True if every placement is of an operation of the scenario, each of a different one."""
    placed = [placement.operation for placement in plan.placements]
    return len(set(placed)) == len(placed) and set(placed) <= context.scenario.operations.keys()


def prices(context: ReplanContext, plan: Plan) -> tuple[Price, ...]:
    """The prices of every soft rule."""
    return tuple(price for rule in SOFT for price in rule.prices(context, plan))


def values(context: ReplanContext, plan: Plan, charged: tuple[Price, ...] | None = None) -> dict[str, int]:
    """The value of every level that a plan can have, counted on the plan; `charged` as in `verify`."""
    return counted_values(context.scenario, context.base, plan, prices(context, plan) if charged is None else charged)


def counted_values(scenario: Scenario, base: Base | None, plan: Plan, charged: tuple[Price, ...]) -> dict[str, int]:
    """The value of every level, of a plan that was made from this base, and what the soft rules charge it."""
    objective = scenario.objective
    before, hit = ({}, frozenset()) if base is None else (base.placements, base.hit)
    unplaced = [operation for operation in scenario.planned.values() if operation.id not in plan.placed]
    changed = {id for id, placement in before.items() if not placement.same_place(plan.placed.get(id))}
    points = sum(objective.priority_points[operation.priority] for operation in unplaced)
    return {
        objectives.MUSTS: sum(operation.is_must for operation in unplaced),
        objectives.POINTS: points,
        objectives.CHANGES: len(changed),
        objectives.BALANCE: points + objective.change_points * len(changed - hit),
        QUALITY: sum(price.points for price in charged),
    }


def _absent(context: ReplanContext, plan: Plan) -> Iterator[Message]:
    """Optional agencies that could join, and do not."""
    scenario = context.scenario
    busy: Counter[tuple[str, Slot]] = Counter()
    for placement in plan.placements:
        operation = scenario.operations[placement.operation]
        joining = {agency: operation.optional_agencies.get(agency, 0) for agency in placement.optional_agencies}
        for slot in operation.slots(placement.slot):
            for agency, teams in (*operation.sent(placement.any_of).items(), *joining.items()):
                busy[agency, slot] += teams
    for placement in plan.placements:
        operation = scenario.operations[placement.operation]
        slots = operation.slots(placement.slot)
        for agency, teams in operation.optional_agencies.items():
            free = min(scenario.agencies[agency].offer(slot) - busy[agency, slot] for slot in slots)
            if agency in placement.optional_agencies or operation.id in context.history:
                continue
            if free >= teams and not context.demands.stays_away(operation.id, agency, placement.slot):
                values = {"agency": scenario.agencies[agency].name, "operation": operation.id}
                yield Message("{agency} could join {operation}, but does not", values)


def claims(context: ReplanContext, plan: Plan, charged: tuple[Price, ...] | None = None) -> tuple[Message, ...]:
    """The plan's untrue claims about itself; `charged` as in `verify`."""
    charged = prices(context, plan) if charged is None else charged
    wrong = list(_absent(context, plan))
    counted = values(context, plan, charged)
    for level in plan.levels:
        if level.id not in counted:
            wrong.append(Message("the level {level} is missing", {"level": level.id}))
        elif level.value != counted[level.id]:
            wrong.append(
                Message(
                    "level {level}: the plan says {claimed}, counted are {counted}",
                    {"level": objectives.level_titled(level.id), "claimed": level.value, "counted": counted[level.id]},
                )
            )
        if level.bound is not None and level.bound > level.value:
            wrong.append(
                Message("level {level}: its bound lies above its value", {"level": objectives.level_titled(level.id)})
            )
    ours = Counter((price.rule, price.about, price.points) for price in charged)
    theirs = Counter((price.rule, price.about, price.points) for price in plan.prices)
    for (rule, about, points), n in sorted(((ours - theirs) + (theirs - ours)).items()):
        text = Message(
            "price {rule} for {about}, {points} penalty points: {n} times in the plan or the count only",
            {"rule": rule_titled(rule), "about": about, "points": points, "n": n},
        )
        wrong.append(text)
    return tuple(wrong)


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
