"""The problem of a filling, and the conditions on an object and its frame, nearest to fitting last.

Explanations give them in this order. Source: docs/formats.md#objects.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import ClassVar

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.placed_frame import PlacedFrame, placed_frames
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import AnySetting, Setting
from arshjul.year.domain.visit_object import Bindings, VisitObject, frame_of, stops_taken
from arshjul.year.rules.hard.lead_time import LEAD_TIME_DAYS
from arshjul.year.texts import counted

BIND_DAYS = Setting("bind_days", Message("Days from binding an object to the visit, at least"), 10, 14, "days")
FILL_DAYS = Setting("fill_days", Message("Days after that in which an empty frame is reported"), 11, 21, "days")


@dataclass(frozen=True)
class FillContext:
    """The frames and objects of a scenario at a moment, with the bindings.

    `as_of` is aware. `kept` are the objects that were bound before: they count in no level. Not slotted: derived values
    are computed on first use and cached.
    """

    scenario: Scenario
    placed: Mapping[str, Placement]
    as_of: datetime
    bindings: Bindings = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, scenario: Scenario, placed: Mapping[str, Placement], as_of: datetime, kept: Bindings | None = None
    ) -> "FillContext":
        """The context before anything is bound: `kept` are the bindings that stay."""
        return cls(scenario, placed, as_of, kept or {}, frozenset(frame_of(kept or {})))

    def binding(self, bindings: Bindings) -> "FillContext":
        return replace(self, bindings=bindings)

    @property
    def today(self) -> date:
        return self.as_of.date()

    @cached_property
    def frames(self) -> Mapping[str, PlacedFrame]:
        """All placed frames, in the order of their starts."""
        return placed_frames(self.scenario, self.placed)

    @cached_property
    def ahead(self) -> Mapping[str, PlacedFrame]:
        """The frames that start after the moment: objects can be bound to them."""
        moment = self.as_of.astimezone(UTC)
        return {id: frame for id, frame in self.frames.items() if frame.starts > moment}

    @cached_property
    def _ahead_by_place(self) -> Mapping[tuple[str, str], list[PlacedFrame]]:
        found: dict[tuple[str, str], list[PlacedFrame]] = {}
        for frame in self.ahead.values():
            for sector in dict.fromkeys(frame.sectors):
                found.setdefault((sector, frame.operation.area), []).append(frame)
        return found

    def near(self, wanted: VisitObject) -> list[PlacedFrame]:
        """The frames ahead in an object's sector and area, in the order of their starts: no other can take it."""
        return self._ahead_by_place.get((wanted.sector, wanted.area), [])

    @cached_property
    def bound_to(self) -> Mapping[str, str]:
        return frame_of(self.bindings)

    @cached_property
    def waiting(self) -> tuple[VisitObject, ...]:
        return tuple(object for id, object in self.scenario.objects.items() if id not in self.bound_to)

    def left(self, frame: PlacedFrame) -> int:
        return frame.frame.stops - stops_taken(self.scenario.objects, self.bindings.get(frame.id, ()))

    @cached_property
    def soon(self) -> Span:
        """The dates whose frames must be filled now: `fill_days` of them, from `bind_days` from today on."""
        settings = self.scenario.settings
        first = self.today + timedelta(days=settings[BIND_DAYS])
        return Span(first, first + timedelta(days=settings[FILL_DAYS] - 1))

    def empty_already(self) -> tuple[str, ...]:
        """The empty frames ahead before those dates: only objects at short notice can still be bound to them."""
        return tuple(
            id for id, frame in self.ahead.items() if frame.dates.first < self.soon.first and not self.bindings.get(id)
        )

    def empty(self) -> tuple[str, ...]:
        """The empty frames on those dates, in the order of their starts."""
        return tuple(
            id for id, frame in self.frames.items() if frame.dates.first in self.soon and not self.bindings.get(id)
        )


@dataclass(frozen=True, slots=True)
class Miss:
    """A frame that does not take an object: the rule, the reason, and what would help. `by`: how far it misses."""

    rule: str
    frame: PlacedFrame
    why: Message
    remedy: Message
    by: int = 1


class Fit:
    """A condition on an object and a frame: what it refuses, with the sentence, and its own check of bindings.

    `name` says why an object is no longer bound; `at_binding`: it is asked only when an object is bound.
    """

    id: ClassVar[str]
    name: ClassVar[Message]
    settings: ClassVar[tuple[AnySetting, ...]] = ()
    at_binding: ClassVar[bool] = False

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        """The reason why the object does not fit the frame; None if it does."""
        raise NotImplementedError

    def is_broken(self, bound: "BoundObject") -> bool:
        """True if the binding breaks this condition, judged from plan and scenario alone.

        `StopsLeft` checks by frame instead.
        """
        return False


@dataclass(frozen=True, slots=True)
class BoundObject:
    """An object bound to an operation of a plan, as a check sees it."""

    scenario: Scenario
    plan: Plan
    wanted: VisitObject
    operation: Operation
    placement: Placement


class SectorFits(Fit):
    """The frame visits the object's sector."""

    id = "sector"
    name = Message("the frame does not visit its sector")

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        if wanted.sector in frame.sectors:
            return None
        word = context.scenario.word
        values = {
            "frame": frame.id,
            "sectors": [word(sector) for sector in frame.sectors],
            "sector": word(wanted.sector),
        }
        why = Message("{frame} visits {sectors}", values)
        return Miss(self.id, frame, why, Message("{sector} in {frame} would help", values))

    def is_broken(self, bound: BoundObject) -> bool:
        frame = bound.operation.frame
        own = {bound.operation.sector} if frame is None or frame.sectors is None else set(frame.sectors)
        return bound.wanted.sector not in own


class AreaFits(Fit):
    """The frame is in the object's area."""

    id = "area"
    name = Message("the frame is in another area")

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        if wanted.area == frame.operation.area:
            return None
        areas = context.scenario.areas
        values = {"frame": frame.id, "there": areas[frame.operation.area].name, "area": areas[wanted.area].name}
        why = Message("{frame} is in {there}", values)
        return Miss(self.id, frame, why, Message("a frame in {area} would help", values))

    def is_broken(self, bound: BoundObject) -> bool:
        return bound.wanted.area != bound.operation.area


class WindowFits(Fit):
    """Every date of the frame lies in the object's window."""

    id = "window"
    name = Message("the frame is outside its window")

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        window, dates = wanted.window, frame.dates
        if window is None or (window.first <= dates.first and dates.last <= window.last):
            return None
        days = max((window.first - dates.first).days, (dates.last - window.last).days)
        values = {"frame": frame.id, "day": dates.first, "first": window.first, "last": window.last}
        why = Message("{frame} is on {day}, after the window to {last}", values)
        if dates.first < window.first:
            why = Message("{frame} is on {day}, before the window from {first}", values)
        remedy = counted(days, "a window longer by one day would help", "a window longer by {n} days would help")
        return Miss(self.id, frame, why, remedy, days)

    def is_broken(self, bound: BoundObject) -> bool:
        window, slots = bound.wanted.window, bound.operation.slots(bound.placement.slot)
        return window is not None and any(slot.day not in window for slot in slots)


class AgenciesCome(Fit):
    """The agencies that the object needs come to the frame."""

    id = "agencies"
    name = Message("a needed agency does not come")

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        absent = [agency for agency in wanted.agencies if agency not in frame.coming]
        if not absent:
            return None
        names = [context.scenario.agencies[agency].name for agency in absent]
        values = {"frame": frame.id, "agencies": names}
        remedy = Message("{agencies} at {frame} would help", values)
        return Miss(self.id, frame, Message("{frame} lacks {agencies}", values), remedy, len(absent))

    def is_broken(self, bound: BoundObject) -> bool:
        sent = bound.operation.sent(bound.placement.any_of)
        there = {bound.operation.lead_agency, *sent, *bound.placement.optional_agencies}
        return bool(set(bound.wanted.agencies) - there)


class OfficersSuffice(Fit):
    """The operation asks for as many officers as the object needs."""

    id = "officers"
    name = Message("the frame has too few officers")

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        short = wanted.officers - frame.operation.officers
        if short <= 0:
            return None
        values = {"frame": frame.id, "there": frame.operation.officers, "wanted": wanted.officers}
        why = Message("{frame} has {there} officers, it needs {wanted}", values)
        remedy = counted(
            short, "one more officer at {frame} would help", "{n} more officers at {frame} would help", **values
        )
        return Miss(self.id, frame, why, remedy, short)

    def is_broken(self, bound: BoundObject) -> bool:
        return bound.wanted.officers > bound.operation.officers


class LeadTimeMet(Fit):
    """The frame comes `lead_time_days` after the object's nomination, or later; with `short_notice` whenever."""

    id = "lead-time"
    name = Message("too soon after the nomination")
    at_binding = True

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        if wanted.nominated_on is None or wanted.short_notice:
            return None
        lead = context.scenario.settings[LEAD_TIME_DAYS]
        first = wanted.nominated_on + timedelta(days=lead)
        return _too_early(self.id, frame, (first - frame.dates.first).days, lead, first)

    def is_broken(self, bound: BoundObject) -> bool:
        wanted, lead = bound.wanted, timedelta(days=bound.scenario.settings[LEAD_TIME_DAYS])
        nominated = None if wanted.short_notice else wanted.nominated_on
        return nominated is not None and nominated + lead > bound.placement.slot.day


class BindDaysMet(Fit):
    """The frame comes `bind_days` after the moment, or later; with `short_notice` whenever."""

    id = "bind-days"
    name = Message("the frame comes too soon")
    settings = (BIND_DAYS,)
    at_binding = True

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        if wanted.short_notice:
            return None
        days = context.scenario.settings[BIND_DAYS]
        first = context.today + timedelta(days=days)
        return _too_early(self.id, frame, (first - frame.dates.first).days, days, first)

    def is_broken(self, bound: BoundObject) -> bool:
        days = (bound.placement.slot.day - bound.plan.as_of.date()).days
        return not bound.wanted.short_notice and days < bound.scenario.settings[BIND_DAYS]


def _too_early(rule: str, frame: PlacedFrame, days: int, limit: int, first: object) -> Miss | None:
    if days <= 0:
        return None
    values = {"frame": frame.id, "day": frame.dates.first, "limit": limit, "first": first}
    why = {
        "lead-time": Message("{frame} on {day} breaks {limit} days of lead time", values),
        "bind-days": Message("{frame} on {day} is nearer than {limit} days", values),
    }
    remedy = Message("a frame from {first} would help, or short_notice: true", values)
    return Miss(rule, frame, why[rule], remedy, days)


class StopsLeft(Fit):
    """The frame has stops enough for all that is bound to it."""

    id = "stops"
    name = Message("the frame has too few stops")

    def miss(self, context: FillContext, wanted: VisitObject, frame: PlacedFrame) -> Miss | None:
        left = context.left(frame)
        short = wanted.stops - left
        if short <= 0:
            return None
        values = {"frame": frame.id, "wanted": wanted.stops}
        why = counted(
            left,
            "it fits {frame} with one stop left, but needs {wanted}",
            "it fits {frame} with {n} stops left, but needs {wanted}",
            **values,
        )
        why = why if left > 0 else Message("it fits {frame}, now full", values)
        remedy = counted(short, "one more stop in {frame} would help", "{n} more stops in {frame} would help", **values)
        return Miss(self.id, frame, why, remedy, short)


FITS: tuple[Fit, ...] = (
    SectorFits(),
    AreaFits(),
    WindowFits(),
    AgenciesCome(),
    OfficersSuffice(),
    LeadTimeMet(),
    BindDaysMet(),
    StopsLeft(),
)
ORDER = {fit.id: number for number, fit in enumerate(FITS)}


def first_miss(context: FillContext, wanted: VisitObject, frame: PlacedFrame, *, is_bound: bool = False) -> Miss | None:
    """The first reason in the order of `FITS`; None if the object fits. `is_bound`: may it stay there?"""
    for fit in FITS:
        if not (is_bound and fit.at_binding):
            miss = fit.miss(context, wanted, frame)
            if miss is not None:
                return miss
    return None
