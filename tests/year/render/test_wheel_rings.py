import random
from datetime import date
from math import dist, pi

from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.domain.calendar import Span
from arshjul.year.render.wheel.dial import BETWEEN, SMALLEST, Arc, Dial, Layout, layout, placed
from arshjul.year.render.wheel.drawing import MARKS_INNER, WEEKS
from tests.year.render.builder import YEAR_2027

DIAL = Dial(YEAR_2027, 0, 0)
OUTER = WEEKS[0]
sparse = st.lists(st.integers(0, 364), max_size=20).map(sorted)
dense = st.builds(
    lambda seed, n: sorted(random.Random(seed).choices(range(365), k=n)), st.integers(0, 10**6), st.integers(20, 120)
)


def arcs_of(numbers: list[int], days: int = 1) -> list[Arc]:
    """Marks on those days of the year, each on so many dates in a row."""
    first = YEAR_2027.first.toordinal()
    return [
        (DIAL.noon(date.fromordinal(first + number)), DIAL.noon(date.fromordinal(first + number + days - 1)))
        for number in numbers
    ]


def nearest(arcs: dict[str, list[Arc]], made: Layout) -> float:
    """The least distance between the middles of two marks, in whatever rings they stand."""
    points = [
        DIAL.point(angle, radius)
        for name, ring in made.rings.items()
        for (angle, _), radius in zip(arcs[name], ring.radii, strict=True)
    ]
    return min((dist(one, other) for n, one in enumerate(points) for other in points[:n]), default=OUTER)


@given(st.lists(sparse | dense, min_size=1, max_size=6))
def test_marks_do_not_touch_and_stay_in_their_rings(rings: list[list[int]]) -> None:
    arcs = {str(number): arcs_of(numbers) for number, numbers in enumerate(rings)}
    made = layout(arcs, MARKS_INNER, OUTER)
    assert list(made.rings) == list(arcs)
    if made.size > SMALLEST:
        assert nearest(arcs, made) >= made.size + BETWEEN - 1e-6
    edges = [OUTER, *(edge for ring in made.rings.values() for edge in (ring.outer, ring.inner)), MARKS_INNER]
    assert edges == sorted(edges, reverse=True)
    for name, ring in made.rings.items():
        assert len(ring.radii) == len(arcs[name])
        assert all(ring.inner < radius < ring.outer for radius in ring.radii)


def test_a_ring_without_marks_has_its_band() -> None:
    made = layout({"city": arcs_of([3, 4]), "syd": []}, MARKS_INNER, OUTER)
    assert made.rings["syd"].outer - made.rings["syd"].inner > made.size
    assert made.rings["syd"].radii == ()


def test_a_year_of_130_has_marks_of_four_millimetres_at_least() -> None:
    one_a_week = {
        area: arcs_of(list(range(start, 365, 11))) for area, start in (("a", 0), ("b", 3), ("c", 5), ("d", 8))
    }
    assert sum(len(marks) for marks in one_a_week.values()) >= 130
    assert layout(one_a_week, MARKS_INNER, OUTER).size >= 16


def test_more_marks_than_can_be_told_apart_are_crowded_and_none_is_lost() -> None:
    arcs = {"city": arcs_of([number for number in range(365) for _ in range(20)])}
    made = layout(arcs, MARKS_INNER, OUTER)
    assert made.size == SMALLEST
    assert len(made.rings["city"].radii) == 365 * 20


def test_a_mark_stands_in_the_middle_unless_the_one_before_is_near() -> None:
    far, near = pi / 4, 0.01

    def radii(angles: list[float], tracks: list[float]) -> list[float | None]:
        return list(placed([(angle, angle) for angle in angles], tracks, 22))

    assert radii([1.0, 1.0 + far], [100, 120, 140]) == [120, 120]
    assert radii([1.0, 1.0 + near, 1.0 + 2 * near], [100, 120, 140]) == [120, 140, 100]
    assert radii([1.0, 1.0 + near], [120]) == [120, None]


def test_a_mark_on_several_dates_keeps_its_track_until_the_last() -> None:
    enough = 0.2
    assert list(placed([(1.0, 1.0), (1.0 + enough, 1.0 + enough)], [120], 22)) == [120, 120]
    assert list(placed([(1.0, 1.1), (1.0 + enough, 1.0 + enough)], [120], 22)) == [120, None]


def test_a_period_of_one_date_is_a_whole_round() -> None:
    day = YEAR_2027.first
    dial = Dial(Span(day, day), 0, 0)
    assert dial.ends(day) - dial.starts(day) > 1.8 * pi
