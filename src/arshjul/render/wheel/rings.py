"""The places of marks in their rings: each at its own date's angle, none upon another.

A ring is cut into tracks. A mark takes the track nearest the ring's middle in which the mark before
it leaves room, so a quiet month is a line and a busy one a swarm. Marks are as large as all rings
together allow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import sin

LARGEST, SMALLEST = 22.0, 5.0  # a mark's width: 5.5 mm to 1.25 mm
BETWEEN = 2.0  # what is left free between two marks, at least
LEAST_PADDING, MOST_PADDING = 4, 40  # of a ring on each side, beyond its outer tracks


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring's radii, and the radius at which each of its marks stands, in the order they were given."""

    inner: float
    outer: float
    radii: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The radius halfway."""
        return (self.inner + self.outer) / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """All rings by name, from the outermost inwards, and how wide a mark is."""

    size: float
    rings: Mapping[str, Ring]


def layout(angles: Mapping[str, Sequence[float]], inner: float, outer: float, largest: float = LARGEST) -> Layout:
    """The rings between two radii, with the largest marks that fit and then the widest margins.

    `angles`: each ring's marks, ascending, rings from the outermost inwards. Where even the
    smallest marks do not fit, they stand in as many tracks as there is room for, and overlap.
    """
    for size, padding in _sizes(largest):
        if _fits(angles, inner, outer, size, padding):
            best = next(p for p in range(MOST_PADDING, 0, -1) if _fits(angles, inner, outer, size, p))
            return Layout(size, _rings(angles, inner, outer, size, best))
    return Layout(SMALLEST, _crowded(angles, inner, outer))


def _sizes(largest: float) -> Iterator[tuple[float, int]]:
    size = largest
    while size >= SMALLEST:
        yield size, LEAST_PADDING
        size -= 0.5


def _fits(angles: Mapping[str, Sequence[float]], inner: float, outer: float, size: float, padding: float) -> bool:
    return len(_rings(angles, inner, outer, size, padding)) == len(angles)


def _rings(
    angles: Mapping[str, Sequence[float]], inner: float, outer: float, size: float, padding: float
) -> dict[str, Ring]:
    """The rings from outside in, as far as they reach before the inner radius."""
    rings: dict[str, Ring] = {}
    for name, marks in angles.items():
        ring = _ring(marks, inner, outer, size, padding)
        if ring is None:
            break
        rings[name] = ring
        outer = ring.inner
    return rings


def _ring(angles: Sequence[float], inner: float, outer: float, size: float, padding: float) -> Ring | None:
    """A ring from `outer` inwards with as few tracks as hold all marks; None if it passes `inner`."""
    pitch = size + BETWEEN
    for n_tracks in range(1, int((outer - inner) / pitch) + 1):
        bottom = outer - 2 * padding - n_tracks * pitch
        if bottom < inner:
            return None
        middle = (outer + bottom) / 2
        tracks = [middle + (number - (n_tracks - 1) / 2) * pitch for number in range(n_tracks)]
        radii = tuple(takewhile(lambda radius: radius is not None, placed(angles, tracks, pitch)))
        if len(radii) == len(angles):
            return Ring(bottom, outer, tuple(radius for radius in radii if radius is not None))
    return None


def placed(angles: Sequence[float], tracks: Sequence[float], distance: float) -> Iterator[float | None]:
    """Each mark's track: the one nearest the middle where it is that far from the last; None: in none."""
    middle = sum(tracks) / len(tracks)
    by_preference = sorted(tracks, key=lambda radius: (round(abs(radius - middle), 6), -radius))
    last: dict[float, float] = {}
    for angle in angles:
        free = (r for r in by_preference if r not in last or _chord(angle - last[r], r) >= distance)
        radius = next(free, None)
        if radius is not None:
            last[radius] = angle
        yield radius


def _crowded(angles: Mapping[str, Sequence[float]], inner: float, outer: float) -> dict[str, Ring]:
    """Rings of equal width; a mark that finds no free track takes them in turn."""
    rings = {}
    width = (outer - inner) / len(angles)
    pitch = SMALLEST + BETWEEN
    for number, (name, marks) in enumerate(angles.items()):
        top = outer - number * width
        n_tracks = max(1, int((width - 2 * LEAST_PADDING) / pitch))
        tracks = [top - width / 2 + (track - (n_tracks - 1) / 2) * pitch for track in range(n_tracks)]
        radii = placed(marks, tracks, pitch)
        crowded = [tracks[n % n_tracks] if radius is None else radius for n, radius in enumerate(radii)]
        rings[name] = Ring(top - width, top, tuple(crowded))
    return rings


def _chord(angle: float, radius: float) -> float:
    return 2 * radius * sin(angle / 2)
