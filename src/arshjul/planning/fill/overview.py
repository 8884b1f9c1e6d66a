"""All objects at a moment: the frame of each, or why it has none yet, and the frames that are about to stay empty."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arshjul.agenda.visits import StopsTaken
from arshjul.agenda.when import placed_when
from arshjul.domain.placed_frame import PlacedFrame
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import VisitObject, stops_taken
from arshjul.errors import Message
from arshjul.planning.bindings import freed_said, standing
from arshjul.planning.fill.reasons import reason_said, unbound
from arshjul.rules.fill.context import BIND_DAYS, FillContext
from arshjul.rules.fill.fits import first_miss


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
    ahead = [one for one in frames if one.frame.id in context.ahead]
    waiting = [_waiting(context, wanted) for wanted in context.waiting]
    return ObjectsNow(
        waiting=tuple(sorted(waiting, key=lambda one: not one.fits)),
        ahead=tuple(one for one in ahead if one.objects),
        begun=tuple(one for one in frames if one.objects and one.frame.id not in context.ahead),
        empty=tuple(one for one in ahead if not one.objects and one.frame.dates.first <= context.soon.last),
        freed=tuple(freed_said(one) for one in stands.freed),
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
