"""The positions of marks in their rings: each at the angle of its dates, without overlap.

A ring is divided into tracks. A mark takes the track nearest the ring's middle in which the previous mark leaves room,
so that a quiet month is a line and a busy one a swarm. Marks are as large as all rings together allow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import sin

LARGEST, SMALLEST = 22.0, 5.0  # a mark's width: 5.5 mm to 1.25 mm
BETWEEN = 2.0  # the free space between two marks, at least
LEAST_PADDING, MOST_PADDING = 4, 40  # the free space at each side of a ring

Arc = tuple[float, float]
"""The angles of the first and the last date of something; usually equal."""


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
