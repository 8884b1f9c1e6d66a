"""Every rule's own check over a finished plan, without a solver and without a board.

It recomputes from dates what the plan claims: that every rule holds, what each soft rule charges, and the value of
every level. A bound cannot be recomputed without solving, but it can be checked that none lies above its value.

Of bindings it covers what can be judged without the earlier plan: form, that every object fits its frame, lead time and
bind days of the last filling, and the values of its levels.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from arshjul.errors import InputError, Message
from arshjul.year.agenda.time_text import placed_when
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.change import changes
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Base, Plan, Price
from arshjul.year.domain.replan_context import ReplanContext, context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import Filling
from arshjul.year.rules import HARD, SOFT, objectives, rule_titled
from arshjul.year.rules.builder import QUALITY
from arshjul.year.rules.causes import CauseFinder, hit
from arshjul.year.rules.fill.fits import BIND_DAYS, FILL_DAYS, FITS, BoundObject, FillContext
from arshjul.year.rules.fill.quality import WISHES
from arshjul.year.rules.objectives import level_titled
from arshjul.year.rules.rule import Breach
from arshjul.year.texts import counted, titled


@dataclass(frozen=True, slots=True)
class Verdict:
    breaches: tuple[Breach, ...] = ()
    claims: tuple[Message, ...] = ()

    @property
    def clean(self) -> bool:
        return not (self.breaches or self.claims)


def verify(context: ReplanContext, plan: Plan, charged: tuple[Price, ...] | None = None) -> Verdict:
    """A broken form is reported alone: the rest relies on it. `charged`: the plan's prices, if just counted."""
    return Verdict(breaches(context, plan), claims(context, plan, charged) if _whole(context, plan) else ())


def breaches(context: ReplanContext, plan: Plan) -> tuple[Breach, ...]:
    """The breaches of the hard rules; only those of the form if the form is broken."""
    form = tuple(HARD[0].breaches(context, plan))
    if not _whole(context, plan):
        return form
    return form + tuple(breach for rule in HARD[1:] for breach in rule.breaches(context, plan))


def with_place(plan: Plan, place: Placement) -> Plan:
    """The plan with an operation at that place, without its optional agencies."""
    others = tuple(placement for placement in plan.placements if placement.operation != place.operation)
    out = tuple(unplaced for unplaced in plan.unplaced if unplaced.operation != place.operation)
    return replace(plan, placements=(*others, replace(place, optional_agencies=())), unplaced=out)


def refuse_broken(scenario: Scenario, plan: Plan) -> None:
    """Raises InputError if the plan breaks a hard rule: nothing can start from it."""
    if broken := [breach.text for breach in breaches(context_of(scenario, plan), plan)]:
        raise InputError(Message("The base plan breaks rules: {wrong}.", {"wrong": broken}))


def refuse_moment(plan: Plan, entered: Entries, as_of: datetime) -> None:
    """InputError if the moment lies before the plan's own, or before a report."""
    if as_of < plan.as_of:
        moments = {"as_of": as_of, "plans": plan.as_of}
        raise InputError(
            Message("{as_of} lies before the plan's moment, {plans}: give that or a later one with --as-of.", moments)
        )
    for entry in entered:
        if entry.reported is not None and entry.reported > as_of:
            keys = ("id", "operation", "withdrawal", "agency", "versions")
            name = next(str(getattr(entry, key)) for key in keys if hasattr(entry, key))
            values = {"id": name, "reported": entry.reported, "as_of": as_of}
            text = Message(
                "{id} was reported {reported}, after {as_of}: give a moment from then on with --as-of.",
                values,
            )
            raise InputError(text)


def _whole(context: ReplanContext, plan: Plan) -> bool:
    placed = [placement.operation for placement in plan.placements]
    return len(set(placed)) == len(placed) and set(placed) <= context.scenario.operations.keys()


def prices(context: ReplanContext, plan: Plan) -> tuple[Price, ...]:
    return tuple(price for rule in SOFT for price in rule.prices(context, plan))


def values(context: ReplanContext, plan: Plan, charged: tuple[Price, ...] | None = None) -> dict[str, int]:
    """The value of every level that a plan can have, counted on the plan; `charged` as in `verify`."""
    return counted_values(context.scenario, context.base, plan, prices(context, plan) if charged is None else charged)


def counted_values(scenario: Scenario, base: Base | None, plan: Plan, charged: tuple[Price, ...]) -> dict[str, int]:
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
    charged = prices(context, plan) if charged is None else charged
    wrong = list(_absent(context, plan))
    levels = values(context, plan, charged)
    for level in plan.levels:
        if level.id not in levels:
            wrong.append(Message("the level {level} is missing", {"level": level.id}))
        wrong += _of_level(level, levels.get(level.id, level.value))
    ours = Counter((price.rule, price.about, price.points) for price in charged)
    theirs = Counter((price.rule, price.about, price.points) for price in plan.prices)
    for price in sorted((ours - theirs) | (theirs - ours)):
        rule, about, points = price
        text = counted(
            points,
            "price {rule} for {about}, one penalty point: {claimed} in the plan, {counted} counted",
            "price {rule} for {about}, {n} penalty points: {claimed} in the plan, {counted} counted",
            rule=rule_titled(rule),
            about=about,
            claimed=theirs[price],
            counted=ours[price],
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
            text = counted(
                operation.frame.stops,
                "{frame} has one stop, its objects take {taken}",
                "{frame} has {n} stops, its objects take {taken}",
                frame=id,
                taken=taken,
            )
            yield Breach("stops", (id,), text)


def filling_claims(scenario: Scenario, plan: Plan) -> Iterator[Message]:
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
        yield from _of_level(level, counted.get(level.id))


def _of_level(level: Level, counted: int | None) -> Iterator[Message]:
    values = {"level": level_titled(level.id), "claimed": level.value, "counted": counted}
    if level.value != counted:
        yield Message("level {level}: the plan says {claimed}, counted are {counted}", values)
    if level.bound is not None and level.bound > level.value:
        yield Message("level {level}: its bound lies above its value", values)


def _last_filling(plan: Plan) -> Filling | None:
    own = [filling for filling in plan.entries.fillings if filling.revision == plan.revision and not filling.is_replan]
    return own[-1] if own else None


def _values(scenario: Scenario, plan: Plan, last: Filling) -> Mapping[str, int]:
    bound = {object for objects in plan.bindings.values() for object in objects}
    left_out = [object for object in scenario.objects.values() if object.id not in bound]
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
        "musts": sum(visit_object.must for visit_object in left_out),
        "points": sum(scenario.objective.priority_points[visit_object.priority] for visit_object in left_out),
        "empty": len(empty),
        "quality": sum(price.points for wish in WISHES for price in wish.prices(context)),
    }


_STATUSES = {"optimal": Message("proven"), "feasible": Message("not proven")}


def judge(scenario: Scenario, plan: Plan, status: str | None = None) -> Verdict:
    """The verdict on a plan. `scenario` as read; `status` is what its file claims."""
    context = context_of(scenario, plan)
    verdict = verify(context, plan)
    claims = [*verdict.claims, *_levels(plan)]
    if status is not None and status != plan.status:
        claims.append(
            Message(
                "the plan calls itself {claimed}, its levels say {status}",
                {"claimed": titled(_STATUSES, status), "status": titled(_STATUSES, plan.status)},
            )
        )
    claims += _of_base(context, plan)
    claims += filling_claims(scenario, plan)
    broken = (*verdict.breaches, *binding_breaches(scenario, plan))
    return Verdict(tuple(_with_places(scenario, plan, breach) for breach in broken), tuple(claims))


def _with_places(scenario: Scenario, plan: Plan, breach: Breach) -> Breach:
    """The breach with its operations and when they are placed in its text, which may name the party alone."""
    there = [
        Message("{operation} ({when})", {"operation": id, "when": placed_when(scenario, plan.placed[id])})
        for id in breach.operations
        if id in plan.placed and id in scenario.operations
    ]
    text = Message("{text}: {operations}", {"text": breach.text, "operations": there})
    return replace(breach, text=text) if there else breach


def _of_base(context: ReplanContext, plan: Plan) -> Iterator[Message]:
    base = plan.base
    if base is None:
        return
    if base.as_of != plan.placing.as_of:
        yield Message("the plan is of {plan}, but its base of {base}", {"plan": plan.placing.as_of, "base": base.as_of})
    if base.placements.keys() <= context.scenario.operations.keys():
        lost = hit(context)
        if missing := lost - base.hit:
            yield Message("affected, but not so in the plan: {operations}", {"operations": sorted(missing)})
        if surplus := base.hit - lost:
            yield Message("not affected, but so in the plan: {operations}", {"operations": sorted(surplus)})
    yield from _yielded(context, plan, base)
    yield from _of_causes(context, plan, base)


def _of_causes(context: ReplanContext, plan: Plan, base: Base) -> Iterator[Message]:
    if plan.causes is None or not base.placements.keys() <= context.scenario.operations.keys():
        return
    changed = {move.operation for move in changes(base.placements, plan.placed).changed}
    if silent := {id for id in changed if all(cause.absent for cause in plan.causes.get(id, ()))}:
        yield Message("changed without a cause in the plan: {operations}", {"operations": sorted(silent)})
    finder = CauseFinder(context, plan.entries, plan.placing.revision, plan.given)
    for id in sorted(plan.causes):
        old = base.placements.get(id)
        biting = set() if old is None else {withdrawal.id for withdrawal in finder.withdrawals(old)}
        for told in plan.causes[id]:
            if told.kind == "withdrawal" and told.id not in biting:
                values = {"operation": id, "withdrawal": told.id}
                yield Message("{operation} left its place for {withdrawal}, which leaves enough", values)


def _yielded(context: ReplanContext, plan: Plan, base: Base) -> Iterator[Message]:
    for id in sorted(base.yielded):
        tried = replace(context, base=replace(base, yielded=base.yielded - {id}))
        held = tried.settled_places.get(id)
        if held is None:
            yield Message("{operation} yielded, but nothing holds it", {"operation": id})
            continue
        if context.slots.grid.number(held.slot) is None or held.police not in (None, *context.scenario.police):
            continue  # the shift or the unit no longer exists
        if not breaches(tried, with_place(plan, held)):
            yield Message("{operation} could lie where agreed, or where it was, but does not", {"operation": id})


def _levels(plan: Plan) -> Iterator[Message]:
    wanted = objectives.PLAN_LEVELS if plan.option is None else objectives.REPLAN_LEVELS.get(plan.option, ())
    found = tuple(level.id for level in plan.levels)
    if found and found != wanted:
        values = {kind: [level_titled(id) for id in ids] for kind, ids in (("found", found), ("wanted", wanted))}
        yield Message("the levels are {found}, they should be {wanted}", values)
