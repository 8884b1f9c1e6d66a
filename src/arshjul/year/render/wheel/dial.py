"""The dial: the position of a date on the circle, arcs and sectors between dates, and the rings of marks.

The period runs clockwise from the top and leaves a gap there for the names of the rings. Angles are radians from the
top; lengths are in the picture's units, four to a millimetre. A ring is divided into tracks. A mark takes the track
nearest the ring's middle in which the previous mark leaves room, so that a quiet month is a line and a busy one a
swarm. Marks are as large as all rings together allow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from math import cos, pi, radians, sin

from arshjul.year.domain.calendar import Span
from arshjul.year.render.wheel.svg import Svg, element, path

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
        return self.sector(self.starts(span.first), self.ends(span.last), inner, outer)

    def whole(self, inner: float, outer: float) -> str:
        return self.piece(self.span, inner, outer)

    def arc(self, radius: float) -> str:
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


LARGEST, SMALLEST = 22.0, 5.0  # a mark's width: 5.5 mm to 1.25 mm
BETWEEN = 2.0  # the free space between two marks, at least
LEAST_PADDING, MOST_PADDING = 4, 40  # the free space at each side of a ring
Arc = tuple[float, float]  # the angles of the first and the last date of something; usually equal


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring's radii, and the radius of each of its marks, in the order in which they were given."""

    inner: float
    outer: float
    radii: tuple[float, ...]

    @property
    def middle(self) -> float:
        return (self.inner + self.outer) / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """All rings by name, from the outermost inwards, and the width of a mark."""

    size: float
    rings: Mapping[str, Ring]


def layout(arcs: Mapping[str, Sequence[Arc]], inner: float, outer: float) -> Layout:
    """The rings between two radii, with the largest marks that fit and then the widest margins.

    `arcs`: the marks of each ring, ascending; rings from the outermost inwards. If even the smallest marks do not fit,
    they get as many tracks as there is room for, and overlap.
    """
    for size, padding in _sizes():
        if _fits(arcs, inner, outer, size, padding):
            best = next(p for p in range(MOST_PADDING, 0, -1) if _fits(arcs, inner, outer, size, p))
            return Layout(size, _rings(arcs, inner, outer, size, best))
    return Layout(SMALLEST, _crowded(arcs, inner, outer))


def _sizes() -> Iterator[tuple[float, int]]:
    size = LARGEST
    while size >= SMALLEST:
        yield size, LEAST_PADDING
        size -= 0.5


def _fits(arcs: Mapping[str, Sequence[Arc]], inner: float, outer: float, size: float, padding: float) -> bool:
    return len(_rings(arcs, inner, outer, size, padding)) == len(arcs)


def _rings(
    arcs: Mapping[str, Sequence[Arc]], inner: float, outer: float, size: float, padding: float
) -> dict[str, Ring]:
    """The rings from the outermost inwards, as far as there is room above the inner radius."""
    rings: dict[str, Ring] = {}
    for name, marks in arcs.items():
        ring = _ring(marks, inner, outer, size, padding)
        if ring is None:
            break
        rings[name] = ring
        outer = ring.inner
    return rings


def _ring(arcs: Sequence[Arc], inner: float, outer: float, size: float, padding: float) -> Ring | None:
    """A ring from `outer` inwards with the fewest tracks that hold all marks; None if it would pass `inner`."""
    pitch = size + BETWEEN
    for n_tracks in range(1, int((outer - inner) / pitch) + 1):
        bottom = outer - 2 * padding - n_tracks * pitch
        if bottom < inner:
            return None
        middle = (outer + bottom) / 2
        tracks = [middle + (number - (n_tracks - 1) / 2) * pitch for number in range(n_tracks)]
        radii = tuple(takewhile(lambda radius: radius is not None, placed(arcs, tracks, pitch)))
        if len(radii) == len(arcs):
            return Ring(bottom, outer, tuple(radius for radius in radii if radius is not None))
    return None


def placed(arcs: Sequence[Arc], tracks: Sequence[float], distance: float) -> Iterator[float | None]:
    """Each mark's track: the nearest to the middle at that distance from its last mark; None if there is none."""
    middle = sum(tracks) / len(tracks)
    by_preference = sorted(tracks, key=lambda radius: (round(abs(radius - middle), 6), -radius))
    last: dict[float, float] = {}
    for first, end in arcs:
        free = (r for r in by_preference if r not in last or _chord(first - last[r], r) >= distance)
        radius = next(free, None)
        if radius is not None:
            last[radius] = end
        yield radius


def _crowded(arcs: Mapping[str, Sequence[Arc]], inner: float, outer: float) -> dict[str, Ring]:
    """Rings of equal width; marks without a free track use the tracks in turn."""
    rings = {}
    width = (outer - inner) / len(arcs)
    pitch = SMALLEST + BETWEEN
    for number, (name, marks) in enumerate(arcs.items()):
        top = outer - number * width
        n_tracks = max(1, int((width - 2 * LEAST_PADDING) / pitch))
        tracks = [top - width / 2 + (track - (n_tracks - 1) / 2) * pitch for track in range(n_tracks)]
        radii = placed(marks, tracks, pitch)
        crowded = [tracks[n % n_tracks] if radius is None else radius for n, radius in enumerate(radii)]
        rings[name] = Ring(top - width, top, tuple(crowded))
    return rings


def _chord(angle: float, radius: float) -> float:
    return 2 * radius * sin(angle / 2)
