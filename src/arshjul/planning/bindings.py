"""The bindings that a replan keeps, and the objects that it frees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.domain.operation import Placement
from arshjul.domain.placed_frame import PlacedFrame
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import Bindings, Freed
from arshjul.errors import Message
from arshjul.rules.fill.context import FillContext
from arshjul.rules.fill.fits import FITS, first_miss

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
    """What a plan takes back of the former one's bindings: the objects bound once more by frame, and all freed."""
    freed = {one.object: one for one in stays.freed}
    for id, objects in plan.bindings.items():
        freed |= {one: Freed(one, id, UNDONE) for one in objects if one not in {*stays.bindings.get(id, ()), *freed}}
    known = plan.bindings
    fresh = {id: tuple(one for one in ids if one not in known.get(id, ())) for id, ids in stays.bindings.items()}
    return {id: objects for id, objects in fresh.items() if objects}, tuple(freed.values())


def _gone_by(context: FillContext, frame: PlacedFrame | None, object: str, stood: bool) -> str | None:
    if object not in context.scenario.objects:
        return NO_OBJECT
    if frame is None:
        return NO_FRAME
    found = first_miss(context, context.scenario.objects[object], frame, is_bound=stood)
    return None if found is None else found.rule


def freed_said(one: Freed) -> Message:
    why = {**_GONE, **{fit.id: fit.name for fit in FITS}}[one.rule]
    values = {"object": one.object, "frame": one.operation, "why": why}
    return Message("{object} is no longer bound to {frame}: {why}.", values)
