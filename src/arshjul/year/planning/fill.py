"""Binds objects to the frames of a plan: proven, explained, and checked before it is returned.

Reasons are told frame by frame, nearest to fitting first, with what would help. `standing` are the bindings that a
replan keeps, with the objects that it frees.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import groupby

from arshjul import solver
from arshjul.errors import EngineFault, Message, NoAnswer
from arshjul.year.agenda.lenders import StopsTaken, stops_by_frame
from arshjul.year.agenda.time_text import placed_when
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.placed_frame import PlacedFrame
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import Bindings, Filling, Freed, VisitObject, stops_taken
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.verify import binding_breaches, filling_claims, refuse_broken, refuse_moment
from arshjul.year.rules.fill.fits import BIND_DAYS, FITS, ORDER, FillContext, Miss, first_miss
from arshjul.year.rules.fill.quality import WISHES, filled_builder
from arshjul.year.texts import counted

NO_FRAME, NO_OBJECT, UNDONE = "frame", "object", "undone"
"""Stand in for the rule by which an object was freed: its frame, or itself, is gone, or its binding was taken back."""

_GONE: Mapping[str, Message] = {
    NO_FRAME: Message("the frame is no longer placed"),
    NO_OBJECT: Message("the object has been removed"),
    UNDONE: Message("the binding was undone"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    bindings: Bindings
    freed: tuple[Freed, ...]


def standing(scenario: Scenario, plan: Plan, placed: Mapping[str, Placement], as_of: datetime) -> Standing:
    """The bindings of a plan that stay when its frames move to `placed`, in the order in which they were bound.

    Frames that have begun keep all objects. A frame that stays keeps the objects that still fit, lead time and bind
    days aside; one that moves keeps those that fit at its new place.
    """
    nothing = FillContext.of(scenario, placed, as_of)
    kept: dict[str, tuple[str, ...]] = {}
    freed: list[Freed] = []
    for id, objects in plan.bindings.items():
        frame = nothing.frames.get(id)
        if frame is not None and id not in nothing.ahead:
            kept[id] = objects
            continue
        old = plan.placed.get(id)
        stood = frame is not None and old is not None and old.slot == frame.placement.slot
        there: tuple[str, ...] = ()
        for object in objects:
            rule = _gone_by(nothing.binding({id: there}), frame, object, stood)
            if rule is None:
                there += (object,)
            else:
                freed.append(Freed(object, id, rule))
        if there:
            kept[id] = there
    return Standing({id: kept[id] for id in nothing.frames if id in kept}, tuple(freed))


def rebound(plan: Plan, stays: Standing) -> tuple[Bindings, tuple[Freed, ...]]:
    """Bindings that a plan takes over from the former one: the objects bound once more by frame, and all freed."""
    freed = {freeing.object: freeing for freeing in stays.freed}
    for id, objects in plan.bindings.items():
        freed |= {
            object: Freed(object, id, UNDONE)
            for object in objects
            if object not in {*stays.bindings.get(id, ()), *freed}
        }
    known = plan.bindings
    fresh = {
        id: tuple(object for object in ids if object not in known.get(id, ())) for id, ids in stays.bindings.items()
    }
    return {id: objects for id, objects in fresh.items() if objects}, tuple(freed.values())


def _gone_by(context: FillContext, frame: PlacedFrame | None, object: str, stood: bool) -> str | None:
    if object not in context.scenario.objects:
        return NO_OBJECT
    if frame is None:
        return NO_FRAME
    miss = first_miss(context, context.scenario.objects[object], frame, is_bound=stood)
    return None if miss is None else miss.rule


def freed_said(one: Freed) -> Message:
    why = {**_GONE, **{fit.id: fit.name for fit in FITS}}[one.rule]
    values = {"object": one.object, "frame": one.operation, "why": why}
    return Message("{object} is no longer bound to {frame}: {why}.", values)


MOST_NAMED = 2
"""The most frames named for one reason; a year has more than anyone reads."""
MOST_SAID = 3
"""The most reasons in a sentence, nearest to fitting first."""


@dataclass(frozen=True, slots=True)
class FillReason:
    """A rule that keeps an object from frames, with its sentence. `frames` empty: there are none ahead."""

    rule: str
    frames: tuple[str, ...]
    text: Message


@dataclass(frozen=True, slots=True)
class Unbound:
    """An object that is not bound, with its reasons; `remedy`: what would help at the frame that it misses least."""

    object: str
    reasons: tuple[FillReason, ...]
    remedy: Message | None = None


def unbound(context: FillContext, wanted: VisitObject) -> Unbound:
    near = context.near(wanted)
    if not near:
        return Unbound(wanted.id, (_none_near(context, wanted),), _new_frame(context, wanted))
    misses = [miss for frame in near if (miss := first_miss(context, wanted, frame)) is not None]
    missed = {miss.frame.id for miss in misses}
    free = [frame.id for frame in near if frame.id not in missed]
    if free:
        text = Message(
            "it would fit {frame}; a longer search may bind it, unless leaving it out costs nothing", {"frame": free[0]}
        )
        return Unbound(wanted.id, (FillReason("stops", tuple(free), text),))
    nearest = min(misses, key=_farness)
    remedy = Message("Nearest is {frame}: {remedy}.", {"frame": nearest.frame.id, "remedy": nearest.remedy})
    return Unbound(wanted.id, tuple(_by_rule(misses)), remedy)


def _farness(miss: Miss) -> tuple[int, int, datetime]:
    return -ORDER[miss.rule], miss.by, miss.frame.starts


def _by_rule(misses: list[Miss]) -> Iterator[FillReason]:
    """A reason for each rule, in reverse order of the rules."""
    ordered = sorted(misses, key=_farness)
    for rule, same in groupby(ordered, key=lambda miss: miss.rule):
        there = list(same)
        said = [miss.why for miss in there[:MOST_NAMED]]
        if (rest := len(there) - MOST_NAMED) > 0:
            said.append(counted(rest, "one more frame", "{n} more frames"))
        yield FillReason(rule, tuple(miss.frame.id for miss in there), _joined(said))


def _joined(said: list[Message]) -> Message:
    return reduce(lambda text, more: Message("{text}; {more}", {"text": text, "more": more}), said)


def _none_near(context: FillContext, wanted: VisitObject) -> FillReason:
    if not context.ahead:
        return FillReason("sector", (), Message("no frame ahead"))
    values = {"sector": context.scenario.word(wanted.sector), "area": context.scenario.areas[wanted.area].name}
    elsewhere = [id for id, frame in context.ahead.items() if wanted.sector in frame.sectors]
    if elsewhere:
        return FillReason("area", tuple(elsewhere), Message("no frame ahead visits {sector} in {area}", values))
    return FillReason("sector", tuple(context.ahead), Message("no frame ahead visits {sector}", values))


def _new_frame(context: FillContext, wanted: VisitObject) -> Message:
    values = {"sector": context.scenario.word(wanted.sector), "area": context.scenario.areas[wanted.area].name}
    here = [id for id, frame in context.ahead.items() if frame.operation.area == wanted.area]
    if here:
        return Message("Add a frame for {sector} in {area}, or {sector} to {frame}.", {**values, "frame": here[0]})
    return Message("Add a frame for {sector} in {area}.", values)


def reason_said(one: Unbound) -> Message:
    said = Message("{why}.", {"why": _joined([reason.text for reason in one.reasons[:MOST_SAID]])})
    return said if one.remedy is None else Message("{said} {remedy}", {"said": said, "remedy": one.remedy})


@dataclass(frozen=True, slots=True)
class WaitingObject:
    """An object without a frame, with the reason; `fits`: there is a frame that would take it now."""

    wanted: VisitObject
    fits: bool
    why: Message


@dataclass(frozen=True, slots=True)
class FrameNow:
    """A placed frame with its objects. `last`: the last day on which objects without short notice can be bound."""

    frame: PlacedFrame
    objects: tuple[str, ...]
    stops: StopsTaken
    last: date


@dataclass(frozen=True, slots=True)
class ObjectsNow:
    """All objects, of the waiting those first that fit a frame now.

    `ahead` and `begun` are the frames that have objects, `empty` those soon to begin that have none; `freed`: why
    objects are no longer bound where the plan bound them.
    """

    waiting: tuple[WaitingObject, ...]
    ahead: tuple[FrameNow, ...]
    begun: tuple[FrameNow, ...]
    empty: tuple[FrameNow, ...]
    freed: tuple[Message, ...]


def objects_now(scenario: Scenario, plan: Plan, as_of: datetime) -> ObjectsNow:
    """The objects of the scenario, which may have others than the plan's own, beside the plan's frames."""
    stands = standing(scenario, plan, plan.placed, as_of)
    context = FillContext.of(scenario, plan.placed, as_of, stands.bindings)
    frames = [_frame(context, frame) for frame in context.frames.values()]
    ahead = [frame for frame in frames if frame.frame.id in context.ahead]
    waiting = [_waiting(context, wanted) for wanted in context.waiting]
    return ObjectsNow(
        waiting=tuple(sorted(waiting, key=lambda one: not one.fits)),
        ahead=tuple(frame for frame in ahead if frame.objects),
        begun=tuple(frame for frame in frames if frame.objects and frame.frame.id not in context.ahead),
        empty=tuple(frame for frame in ahead if not frame.objects and frame.frame.dates.first <= context.soon.last),
        freed=tuple(freed_said(freed) for freed in stands.freed),
    )


def _frame(context: FillContext, frame: PlacedFrame) -> FrameNow:
    scenario, objects = context.scenario, context.bindings.get(frame.id, ())
    stops = StopsTaken(stops_taken(scenario.objects, objects), frame.frame.stops)
    return FrameNow(frame, objects, stops, frame.dates.first - timedelta(days=scenario.settings[BIND_DAYS]))


def _waiting(context: FillContext, wanted: VisitObject) -> WaitingObject:
    for frame in context.near(wanted):
        if first_miss(context, wanted, frame) is None:
            values = {"frame": frame.id, "when": placed_when(context.scenario, frame.placement)}
            return WaitingObject(wanted, True, Message("Fits {frame}, {when}; not bound yet.", values))
    return WaitingObject(wanted, False, reason_said(unbound(context, wanted)))


@dataclass(frozen=True, slots=True)
class FillResult:
    """A plan with its frames filled. `scenario` holds the objects; `bound` are the new bindings.

    `empty` are the frames that are about to stay empty; `hopeless` the objects that no frame ahead could take, even an
    empty one; `seconds` are by proven level.
    """

    scenario: Scenario
    plan: Plan
    levels: tuple[Level, ...]
    bound: Bindings
    freed: tuple[Freed, ...]
    unbound: tuple[Unbound, ...]
    hopeless: tuple[str, ...]
    empty: tuple[str, ...]
    prices: tuple[Price, ...]
    seconds: Mapping[str, float]


def fill(
    scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject], as_of: datetime, effort: Effort
) -> FillResult:
    """The same placements. InputError if the moment lies before the plan's own, or the plan breaks a rule."""
    refuse_moment(plan, Entries(), as_of)
    refuse_broken(scenario, plan)
    scenario = _with_objects(scenario, plan, objects, as_of)
    before = standing(scenario, plan, plan.placed, as_of)
    context = FillContext.of(scenario, plan.placed, as_of, before.bindings)
    builder = filled_builder(context)
    solution = solver.solve(builder.board(), limit_s=effort.limit_s, seed=effort.seed, progress=effort.progress)
    if solution.choice is None:
        raise NoAnswer(Message("No binding within the time limit: give more time."))
    done = context.binding(builder.bindings(solution.choice))
    levels = tuple(Level(level.id, level.value, level.bound) for level in solution.levels if level.value is not None)
    bound = _new(context, done.bindings)
    filling = Filling(bound, before.freed, levels, reported=as_of, revision=plan.revision + 1)
    new = replace(
        plan,
        as_of=as_of,
        revision=plan.revision + 1,
        bindings=done.bindings,
        placed_by=plan.placing,
        entries=plan.entries.and_then(Entries((filling,))),
    )
    if wrong := [*(breach.text for breach in binding_breaches(scenario, new)), *filling_claims(scenario, new)]:
        raise EngineFault(Message("The binding fails its own check: {wrong}", {"wrong": wrong}))
    empty = context.binding({})
    return FillResult(
        scenario,
        new,
        levels,
        bound,
        before.freed,
        tuple(unbound(done, wanted) for wanted in done.waiting),
        tuple(
            visit_object.id
            for visit_object in done.waiting
            if all(first_miss(empty, visit_object, frame) for frame in empty.near(visit_object))
        ),
        done.empty(),
        tuple(price for wish in WISHES for price in wish.prices(done)),
        {level.id: level.seconds for level in solution.levels if level.proven},
    )


def _with_objects(scenario: Scenario, plan: Plan, objects: Mapping[str, VisitObject], as_of: datetime) -> Scenario:
    context = FillContext.of(scenario, plan.placed, as_of)
    started = [id for id in plan.bindings if id in context.frames and id not in context.ahead]
    held = {object for id in started for object in plan.bindings[id]}
    past = {id: object for id, object in scenario.objects.items() if id in held and id not in objects}
    return replace(scenario, objects={**past, **objects})


def _new(context: FillContext, bindings: Bindings) -> Bindings:
    found = {id: tuple(object for object in objects if object not in context.kept) for id, objects in bindings.items()}
    return {id: objects for id, objects in found.items() if objects}


def filling_lines(result: FillResult) -> Iterator[Message]:
    scenario, plan = result.scenario, result.plan
    yield from (freed_said(freed) for freed in result.freed)
    for frame, objects in result.bound.items():
        yield Message("{frame}: {objects}.", {"frame": frame_said(scenario, plan, frame), "objects": list(objects)})
    if not result.bound:
        yield Message("No object bound.")
    for unbound in result.unbound:
        if unbound.object not in result.hopeless:  # warnings tell of the hopeless ones
            yield Message("{object}: {why}", {"object": unbound.object, "why": reason_said(unbound)})
    yield from (empty_said(scenario, plan, frame) for frame in result.empty)


def frame_said(scenario: Scenario, plan: Plan, frame: str) -> Message:
    taken = stops_by_frame(scenario, plan)[frame].text
    when = placed_when(scenario, plan.placed[frame])
    return Message("{frame}, {when} ({taken})", {"frame": frame, "when": when, "taken": taken})


def empty_said(scenario: Scenario, plan: Plan, frame: str) -> Message:
    values = {"frame": frame, "when": placed_when(scenario, plan.placed[frame])}
    return Message("{frame}, {when}, is likely to stay empty.", values)
