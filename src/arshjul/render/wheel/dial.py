"""The dial: the position of a date on the circle, and arcs and sectors between dates.

The period runs clockwise from the top and leaves a gap there for the names of the rings. Angles are radians from the
top; lengths are in the picture's units, four to a millimetre.
"""

from dataclasses import dataclass
from datetime import date
from math import cos, pi, radians, sin

from arshjul.domain.calendar import Span
from arshjul.render.wheel.svg import Svg, element, path

GAP = radians(22)


@dataclass(frozen=True, slots=True)
class Dial:
    span: Span
    x: float
    y: float

    @property
    def n_days(self) -> int:
        return (self.span.last - self.span.first).days + 1

    @property
    def day_angle(self) -> float:
        return (2 * pi - GAP) / self.n_days

    def starts(self, day: date) -> float:
        return GAP / 2 + (day - self.span.first).days * self.day_angle

    def ends(self, day: date) -> float:
        return self.starts(day) + self.day_angle

    def middle(self, span: Span) -> float:
        return (self.starts(span.first) + self.ends(span.last)) / 2

    def noon(self, day: date) -> float:
        return self.starts(day) + self.day_angle / 2

    def point(self, angle: float, radius: float) -> tuple[float, float]:
        return self.x + radius * sin(angle), self.y - radius * cos(angle)

    def sector(self, start: float, end: float, inner: float, outer: float) -> str:
        """Path data for the part of a ring between two angles."""
        large = int(end - start > pi)
        return path(
            *("M", *self.point(start, outer), "A", outer, outer, 0, large, 1, *self.point(end, outer)),
            *("L", *self.point(end, inner), "A", inner, inner, 0, large, 0, *self.point(start, inner), "Z"),
        )

    def piece(self, span: Span, inner: float, outer: float) -> str:
        """Path data for the part of a ring that the given dates cover."""
        return self.sector(self.starts(span.first), self.ends(span.last), inner, outer)

    def whole(self, inner: float, outer: float) -> str:
        """Path data for a ring from the period's start to its end."""
        return self.piece(self.span, inner, outer)

    def arc(self, radius: float) -> str:
        """Path data for an arc from the period's start to its end."""
        start, end = self.starts(self.span.first), self.ends(self.span.last)
        large = int(end - start > pi)
        return path("M", *self.point(start, radius), "A", radius, radius, 0, large, 1, *self.point(end, radius))

    def ray(self, angle: float, inner: float, outer: float) -> str:
        return path("M", *self.point(angle, inner), "L", *self.point(angle, outer))

    def along(self, text: str, angle: float, radius: float, **attributes: object) -> Svg:
        """A text at right angles to the ray of that angle, never upside down."""
        x, y = self.point(angle, radius)
        turn = angle * 180 / pi
        if pi / 2 < angle < 3 * pi / 2:
            turn -= 180
        return element(
            "text",
            text,
            x=x,
            y=y,
            dy=".35em",
            text_anchor="middle",
            transform=f"rotate({path(turn, x, y)})",
            **attributes,
        )

    def room(self, span: Span, radius: float) -> float:
        return (self.ends(span.last) - self.starts(span.first)) * radius

    def gap_room(self, radius: float) -> float:
        """The width of the gap at the top, at that radius."""
        return 2 * radius * sin(GAP / 2)
