"""The problem of a filling: a plan's frames, the objects, and the bindings so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from arshjul.domain.calendar import Span
from arshjul.domain.operation import Placement
from arshjul.domain.placed_frame import PlacedFrame, placed_frames
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Setting
from arshjul.domain.visit_object import Bindings, VisitObject, frame_of, stops_taken
from arshjul.errors import Message

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
        return tuple(one for id, one in self.scenario.objects.items() if id not in self.bound_to)

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
