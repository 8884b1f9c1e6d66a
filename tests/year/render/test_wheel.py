import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations
from math import dist, pi
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.agenda.year import STATUS_NAMES, PublicYear, Status, YearView, public_year, year
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.parties import Area
from arshjul.year.domain.scenario import Scenario
from arshjul.year.render.wheel import labels
from arshjul.year.render.wheel.dial import BETWEEN, SMALLEST, Arc, Dial, Layout, layout, placed
from arshjul.year.render.wheel.drawing import MARKS_INNER, WEEKS, wheel
from arshjul.year.render.wheel.marks import SHAPES, key, letters, shapes
from arshjul.year.render.wheel.palette import (
    DARK,
    DARK_HEAT,
    HEAT,
    LIGHT,
    SECTORS,
    contrast,
    letter_on,
    luminance,
    stylesheet,
)
from arshjul.year.render.wheel.public import public_wheel
from arshjul.year.render.wheel.sheet import blocks
from arshjul.year.render.wheel.svg import BOLD, Svg, clean, element, fitted, joined, number, width, wrapped
from arshjul.year.texts import MONTHS, Words
from tests.builders import swedish
from tests.conftest import Golden
from tests.examples import examples
from tests.year.render import builder
from tests.year.render.builder import YEAR_2027

HOSTILE = "</text></svg><script>alert(1)</script>\" onload='alert(1)' ]]> &amp; \x00\x0b\u202e"
SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Words("en")
PERIODS = {
    "a year": builder.YEAR_2027,
    "three months": Span(date(2027, 3, 1), date(2027, 5, 31)),
    "fourteen months": Span(date(2027, 1, 1), date(2028, 2, 29)),
    "four weeks": Span(date(2027, 5, 3), date(2027, 5, 30)),
    "a turn of the year": Span(date(2026, 12, 21), date(2027, 1, 20)),
}


def view(n: int, seed: int = 1, span: Span = builder.YEAR_2027, unplaced: int = 0) -> YearView:
    made = builder.scenario(n, seed, span)
    return year(made, builder.plan(made, seed, unplaced))


def drawn(seen: YearView, words: Words = ENGLISH, orientation: str = "landscape") -> ElementTree.Element:
    return ElementTree.fromstring(wheel(seen, words, orientation))  # type: ignore[arg-type]


def told(root: ElementTree.Element) -> list[str]:
    """The texts that show when one points at something."""
    return ["".join(title.itertext()) for title in root.iter(f"{SVG}title")]


@given(n=st.integers(0, 60), seed=st.integers(0, 50), period=st.sampled_from(sorted(PERIODS)))
@examples(10, 100)
def test_every_placed_operation_is_drawn_once(n: int, seed: int, period: str) -> None:
    seen = view(n, seed, PERIODS[period], unplaced=n // 7)
    marks = Counter(match[0] for text in told(drawn(seen)) if (match := re.match(r"OP-\d+", text)))
    assert marks == {planned.id: 1 for planned in seen.operations}


def test_one_on_several_dates_has_its_shape_on_each_and_the_legend_says_so() -> None:
    def shapes(seen: YearView, kind: str) -> int:
        return len([g for g in drawn(seen).iter(f"{SVG}g") if kind in g.get("class", "").split()])

    plain = view(12)
    several = replace(plain, operations=tuple(replace(one, days=1 + n % 3) for n, one in enumerate(plain.operations)))
    in_legend, further = 1, sum(operation.days - 1 for operation in several.operations)
    assert (shapes(plain, "later"), shapes(several, "later")) == (0, further + in_legend)
    assert "on several dates" in "".join(drawn(several).itertext())
    assert "on several dates" not in "".join(drawn(plain).itertext())


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_everything_stands_on_the_sheet(period: str, orientation: str) -> None:
    root = drawn(view(40, span=PERIODS[period]), swedish(), orientation)
    width, height = (float(size) for size in root.attrib["viewBox"].split()[2:])
    for text in root.iter(f"{SVG}text"):
        if "x" in text.attrib and text.get("transform"):
            assert 0 < float(text.attrib["x"]) < width
            assert 0 < float(text.attrib["y"]) < height


def test_what_is_without_police_or_of_no_known_end_or_changed_is_marked_and_explained() -> None:
    made = builder.scenario(2)
    operations = {id: replace(operation, officers=0) for id, operation in made.operations.items()}
    made = replace(made, operations=operations)
    root = drawn(year(made, builder.plan(made)))
    kinds = Counter(group.get("class") for group in root.iter(f"{SVG}g") if group.get("class"))
    assert kinds["mark hollow"] == 3  # and one in the legend
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "0 operations with police" in texts
    assert "2 without police" in texts
    made = builder.scenario(60)
    seen = year(made, builder.replan(made, builder.plan(made)))
    root = drawn(seen)
    halos = [circle for circle in root.iter(f"{SVG}circle") if circle.get("class") == "halo"]
    assert len(halos) == sum(planned.changed for planned in seen.operations) + 1  # and one in the legend
    assert any(path.get("class") == "now" for path in root.iter(f"{SVG}path"))
    seen = view(12)
    went: list[Status] = ["done", "aborted", "passed", "passed"]
    gone = (replace(o, status=s) for o, s in zip(seen.operations, went, strict=False))
    plain, marked = drawn(seen), drawn(replace(seen, operations=(*gone, *seen.operations[4:])))
    for word, n in (("over", 1), ("unknown", 2)):
        assert [found.get("class") for found in plain.iter()].count(word) == 0
        assert [found.get("class") for found in marked.iter()].count(word) == n + 1, "the marks, and one in the legend"
    assert {"broken off", "date passed, outcome missing"} <= {text.text for text in marked.iter(f"{SVG}text")}
    # Nobody has said whether it took place.
    assert swedish().say(STATUS_NAMES["passed"]) == "datum passerat, utfall saknas"
    assert STATUS_NAMES["passed"].template == "date passed, outcome missing"


def test_a_period_is_said_as_short_as_can_be_and_a_short_one_has_its_dates_and_weeks_named() -> None:
    for first, last, said in [
        (date(2027, 1, 1), date(2027, 12, 31), "1 januari–31 december 2027"),
        (date(2027, 1, 1), date(2028, 2, 29), "1 januari 2027–29 februari 2028"),
        (date(2027, 5, 3), date(2027, 5, 30), "3–30 maj 2027"),
        (date(2027, 5, 3), date(2027, 5, 3), "3 maj 2027"),
    ]:
        assert labels.span(Span(first, last), swedish()) == said
    texts = [text.text for text in drawn(view(4, span=PERIODS["four weeks"]), swedish()).iter(f"{SVG}text")]
    assert {"vecka 18", "vecka 21", "3", "30"} <= set(texts)
    assert "vecka 18" not in [text.text for text in drawn(view(4), swedish()).iter(f"{SVG}text")]


def hostile(made: Scenario, text: str = HOSTILE) -> Scenario:
    """The same with that text for every word that a coordinator may write."""
    return replace(
        made,
        name=text,
        areas={id: replace(area, name=text) for id, area in made.areas.items()},
        police={id: replace(unit, name=text) for id, unit in made.police.items()},
        agencies={id: replace(agency, name=text) for id, agency in made.agencies.items()},
        names={id: text + id for id in made.names},
        shifts=tuple(replace(shift, name=text) for shift in made.shifts),
        cycle=replace(
            made.cycle,
            milestones=tuple(replace(milestone, name=text) for milestone in made.cycle.milestones),
            meetings=tuple(replace(meeting, name=text) for meeting in made.cycle.meetings),
        ),
        operations={id: replace(operation, title=text) for id, operation in made.operations.items()},
    )


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_hostile_names_stay_text(orientation: str) -> None:
    plain = builder.scenario(20)
    made = hostile(plain)
    root = drawn(year(made, builder.plan(made)), swedish(), orientation)
    known = {element.tag for element in drawn(year(plain, builder.plan(plain)), swedish(), orientation).iter()}
    assert {element.tag for element in root.iter()} <= known
    assert not [name for element in root.iter() for name in element.attrib if name.lower().startswith("on")]


def test_it_refers_to_nothing_outside_runs_nothing_has_no_site_and_needs_no_operation() -> None:
    text = wheel(view(40), swedish()).decode()
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    for word in ("href", "<script", "url(", "@import", "<foreignObject", "<image"):
        assert word not in text
    made = builder.with_sites(builder.scenario(40))
    assert builder.CANARY.encode() not in wheel(year(made, builder.plan(made, unplaced=3)), swedish())
    made = builder.scenario(0)
    made = replace(made, cycle=replace(made.cycle, meetings=(), milestones=()))
    assert "0 operations with police" in [
        text.text for text in drawn(year(made, builder.plan(made))).iter(f"{SVG}text")
    ]


def test_long_legends_headings_and_names_stay_on_the_sheet() -> None:
    made = builder.scenario(120)
    operations = {
        o.id: replace(o, sector=f"sector-{number % 60}", officers=2)
        for number, o in enumerate(made.operations.values())
    }
    made = replace(made, operations=operations, names={f"sector-{n}": f"Bransch nummer {n}" for n in range(60)})
    texts = [text.text for text in drawn(year(made, builder.plan(made)), swedish()).iter(f"{SVG}text")]
    assert [f"Bransch nummer {n} 2" for n in range(60)] == [
        text for text in texts if text and text.startswith("Bransch")
    ]
    legend = blocks(view(12), key(view(12)), swedish(), 250)
    parts = ElementTree.fromstring(f"<g>{''.join(str(block.drawn) for block in legend)}</g>").iter("text")
    headings = [text.text or "" for text in parts if text.get("class") == "strong" and text.get("font-size") == "14.5"]
    assert len(headings) > 5, "one of them takes two lines"
    assert max(width(heading, 14.5 * BOLD) for heading in headings) <= 250
    named = drawn(replace(view(3), name="Göteborg 2027, 300 insatser")).iter(f"{SVG}text")
    name = [text.text or "" for text in named if text.get("font-size") == "34"]
    assert name == ["Göteborg 2027, 300", "insatser"]


@pytest.mark.parametrize(("language", "words"), [("sv", swedish()), ("en", ENGLISH)])
def test_golden(golden: Golden, language: str, words: Words) -> None:
    golden(f"wheel-{language}.svg", wheel(view(12, unplaced=1), words))


def test_many_areas_have_their_names_and_numbers_in_sight() -> None:
    """Of twelve areas no heading of the table by month is cut, and each ring has its number beside its name."""
    made = builder.scenario(48)
    areas = {f"a{n}": Area(f"a{n}", f"Område {chr(65 + n)}") for n in range(12)}
    operations = {
        id: replace(one, area=f"a{n % 12}", police=tuple(made.police))
        for n, (id, one) in enumerate(made.operations.items())
    }
    placed = builder.plan(made)
    root = drawn(year(replace(made, areas=areas, operations=operations), placed))
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert not [text for text in texts if "…" in text]
    assert {text for text in texts if re.fullmatch(r"Område [A-L] [\d+]+", text)}
    assert {area.name for area in areas.values()} <= set(texts), "as rows of the table"


@given(st.dictionaries(st.text("abc", min_size=1), st.text("abSsåÅ –1", max_size=6), max_size=40))
def test_no_two_sectors_share_a_letter(words: dict[str, str]) -> None:
    made = letters(words)
    assert list(made) == list(words)
    assert len(set(made.values())) == len(words)
    assert all(made.values())


def test_letters_are_those_that_one_would_guess_and_shapes_differ() -> None:
    words = {"r": "Restaurang", "s": "Skönhet", "c": "Städ", "b": "Bygg", "h": "Boende", "x": "Städ"}
    assert list(letters(words).values()) == ["R", "S", "St", "B", "Bo", "Sä"]
    assert letters({"other": "–"}) == {"other": "O"}
    assert len({shape(20) for shape in SHAPES}) == len(SHAPES)
    many = shapes(str(number) for number in range(len(SHAPES) + 1))
    assert many[str(len(SHAPES))](20) == many["0"](20)


def test_text_stands_out_from_all_that_it_stands_on_and_colours_differ() -> None:
    for colours in [LIGHT, DARK]:
        for ground in ("paper", "band", "month", "weekday", "closed", "avoided"):
            assert contrast(colours["ink"], colours[ground]) >= 4.5, ground
        for ground in ("paper", "band", "weekday", "closed", "avoided"):
            assert contrast(colours["soft"], colours[ground]) >= 4.5, ground
        assert contrast(colours["accent"], colours["paper"]) >= 4.5
        assert contrast(colours["accent"], colours["band"]) >= 4.5
    for colour in [*SECTORS, *HEAT, *DARK_HEAT]:
        assert contrast(letter_on(colour), colour) >= 4.5
    for heat in [HEAT, DARK_HEAT[::-1]]:
        assert [luminance(colour) for colour in heat] == sorted((luminance(colour) for colour in heat), reverse=True)
    assert len(set(SECTORS)) == len(SECTORS)
    assert all(one != other for one, other in combinations(SECTORS, 2))
    bare = stylesheet().replace("@media screen and (prefers-color-scheme:dark){", "").replace("}}", "}")
    selectors = [selector for rule in bare.split("}")[:-1] for selector in rule.split("{")[0].split(",")]
    assert all(selector.startswith(".arshjul-wheel") for selector in selectors)


@given(st.text())
def test_text_comes_out_of_a_parser_as_it_went_in(text: str) -> None:
    parsed = ElementTree.fromstring(element("text", text, aria_label=text))
    read = text.replace("\r\n", "\n").replace("\r", "\n")  # XML 1.0, 2.11
    assert (parsed.text or "").replace("\r", "\n") == clean(read)
    assert parsed.get("aria-label", "").split() == clean(text).split()
    assert list(parsed) == []


def test_hostile_text_is_text() -> None:
    parsed = ElementTree.fromstring(element("g", element("text", HOSTILE), class_=HOSTILE))
    assert [child.tag for child in parsed] == ["text"]
    assert list(parsed.attrib) == ["class"]


def test_characters_that_nobody_may_use_are_dropped_and_numbers_are_short() -> None:
    for char in ["\x00", "\x0b", "\x7f", "\x85", "\u2028", "\u202e", "\ufffe", "\ud800"]:
        assert clean(f"a{char}b") == "ab"
    assert joined([element("g"), "<g/>"]) == Svg("<g/>&lt;g/&gt;")
    for value, written in [(1.0, "1"), (-0.04, "0"), (2.26, "2.3"), (7, "7"), (1e6, "1000000")]:
        assert number(value) == written


@given(st.text(alphabet="abcåWi ", max_size=60), st.floats(30, 400))
def test_a_fitted_text_fits(text: str, room: float) -> None:
    shown = fitted(text, 12, room)
    assert width(shown, 12) <= room
    assert shown == text or shown.endswith("…")


@given(st.lists(st.text(alphabet="abcåWi", min_size=1, max_size=9), max_size=20), st.floats(120, 400))
def test_wrapped_lines_fit_and_lose_no_word(words: list[str], room: float) -> None:
    lines = wrapped(" ".join(words), 12, room)
    assert all(width(line, 12) <= room for line in lines)
    assert " ".join(lines).split() == words


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


def test_rings_have_room_for_the_marks_of_a_year_and_crowded_ones_lose_none() -> None:
    made = layout({"city": arcs_of([3, 4]), "syd": []}, MARKS_INNER, OUTER)
    assert made.rings["syd"].outer - made.rings["syd"].inner > made.size
    assert made.rings["syd"].radii == ()
    one_a_week = {
        area: arcs_of(list(range(start, 365, 11))) for area, start in (("a", 0), ("b", 3), ("c", 5), ("d", 8))
    }
    assert sum(len(marks) for marks in one_a_week.values()) >= 130
    assert layout(one_a_week, MARKS_INNER, OUTER).size >= 16
    arcs = {"city": arcs_of([number for number in range(365) for _ in range(20)])}
    made = layout(arcs, MARKS_INNER, OUTER)
    assert made.size == SMALLEST
    assert len(made.rings["city"].radii) == 365 * 20
    day = YEAR_2027.first
    dial = Dial(Span(day, day), 0, 0)
    assert dial.ends(day) - dial.starts(day) > 1.8 * pi


def test_a_mark_stands_in_the_middle_unless_the_one_before_is_near_and_keeps_its_track() -> None:
    far, near = pi / 4, 0.01

    def radii(angles: list[float], tracks: list[float]) -> list[float | None]:
        return list(placed([(angle, angle) for angle in angles], tracks, 22))

    assert radii([1.0, 1.0 + far], [100, 120, 140]) == [120, 120]
    assert radii([1.0, 1.0 + near, 1.0 + 2 * near], [100, 120, 140]) == [120, 140, 100]
    assert radii([1.0, 1.0 + near], [120]) == [120, None]
    enough = 0.2
    assert list(placed([(1.0, 1.0), (1.0 + enough, 1.0 + enough)], [120], 22)) == [120, 120]
    assert list(placed([(1.0, 1.1), (1.0 + enough, 1.0 + enough)], [120], 22)) == [120, None]


# The wheel for everybody: its bars tell the numbers, and nothing in it points at a date or a place.


def public(n: int, seed: int = 1, period: str = "a year") -> PublicYear:
    made = builder.scenario(n, seed, PERIODS[period])
    return public_year(made, builder.plan(made, seed))


def texts(picture: bytes) -> list[str]:
    return ["".join(found.itertext()) for found in ElementTree.fromstring(picture).iter()]


@pytest.mark.parametrize("words", [swedish(), ENGLISH])
@pytest.mark.parametrize("n", [3, 130, 300])
def test_nothing_points_at_a_date_or_a_place(n: int, words: Words) -> None:
    made = builder.scenario(n)
    text = " ".join(texts(public_wheel(public_year(made, builder.plan(made)), words)))
    secret = [*made.operations, *made.areas, *made.names, *made.names.values()]
    secret += [name for agency in made.agencies.values() for name in (agency.id, agency.name)]
    secret += [name for unit in made.police.values() for name in (unit.id, unit.name)]
    secret += [area.name for area in made.areas.values()] + [shift.name for shift in made.shifts]
    secret += [operation.title for operation in made.operations.values()]
    name = made.name  # which has the town's name in it
    for word in secret:
        assert not re.search(rf"\b{re.escape(word)}\b", text.replace(name, ""), re.IGNORECASE), word
    months = "|".join(MONTHS[words.language])
    assert not re.search(rf"\d+ (?:{months})|\d{{4}}-\d\d-\d\d|\d\d:\d\d", text)


@pytest.mark.parametrize("period", sorted(PERIODS))
@pytest.mark.parametrize("n", [0, 4, 5, 60, 130])
def test_every_number_that_may_be_told_has_its_bar(n: int, period: str) -> None:
    seen = public(n, period=period)
    bars = [text for text in texts(public_wheel(seen, ENGLISH)) if re.match(r"Weeks? \d", text)]
    told = [total.operations for total in seen.totals if total.operations is not None]
    tips = [text for text in bars if re.fullmatch(r"Weeks? [\d–]+: \d+ operations", text)]
    assert [int(tip.split(": ")[1].split()[0]) for tip in tips] == told


def test_hostile_names_stay_text_in_public_and_no_text_passes_the_column() -> None:
    hostile = replace(public(30), name=HOSTILE)
    root = ElementTree.fromstring(public_wheel(hostile, swedish()))
    assert not list(root.iter(f"{SVG}script"))
    root = ElementTree.fromstring(public_wheel(public(130), swedish()))
    lowest = max(float(text.get("y", 0)) for text in root.iter(f"{SVG}text"))
    assert lowest < float(root.get("viewBox", "").split()[3])


@pytest.mark.parametrize(("language", "words"), [("sv", swedish()), ("en", ENGLISH)])
def test_golden_public(golden: Golden, language: str, words: Words) -> None:
    golden(f"wheel-public-{language}.svg", public_wheel(public(130), words))
