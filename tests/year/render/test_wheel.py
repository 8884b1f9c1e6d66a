import re
from collections import Counter
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.agenda.year import STATUS_NAMES, Status, YearView, year
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.parties import Area
from arshjul.year.domain.scenario import Scenario
from arshjul.year.render.wheel import labels
from arshjul.year.render.wheel.drawing import wheel
from arshjul.year.render.wheel.marks import key
from arshjul.year.render.wheel.sheet import blocks
from arshjul.year.render.wheel.svg import BOLD, width
from arshjul.year.texts import Words
from tests.builders import swedish
from tests.conftest import Golden
from tests.examples import examples
from tests.year.render import builder
from tests.year.render.test_wheel_svg import HOSTILE

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


def test_the_same_view_gives_the_same_bytes() -> None:
    assert wheel(view(130), swedish()) == wheel(view(130), swedish())


def test_a_mark_tells_what_its_reader_may_know_and_no_title() -> None:
    made = builder.scenario(1)
    seen = year(made, builder.plan(made))
    (mark,) = [text for text in told(drawn(seen, swedish())) if text.startswith("OP-001")]
    assert mark == (
        "OP-001 · Restaurang · Hisingen\ntorsdag 25 februari 2027, Dag 09:00–15:00\nLPO Hisingen, 2 poliser\n"
        "Miljöförvaltningen, Arbetsmiljöverket, Räddningstjänsten\nplanerad"
    )
    assert made.operations["OP-001"].title.encode() not in wheel(seen, swedish())


def test_the_picture_has_a_name_and_a_description() -> None:
    root = drawn(view(30, unplaced=2))
    assert root.get("role") == "img"
    names = root.attrib["aria-labelledby"].split()
    title, description = (next(e for e in root.iter() if e.get("id") == name).text or "" for name in names)
    assert "Göteborg 2027" in title
    assert "2 unplaced" in description
    assert "December" in description


def test_an_operation_without_police_is_hollow_and_counted_apart() -> None:
    made = builder.scenario(2)
    operations = {id: replace(operation, officers=0) for id, operation in made.operations.items()}
    made = replace(made, operations=operations)
    root = drawn(year(made, builder.plan(made)))
    kinds = Counter(group.get("class") for group in root.iter(f"{SVG}g") if group.get("class"))
    assert kinds["mark hollow"] == 3  # and one in the legend
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "0 operations with police" in texts
    assert "2 without police" in texts


def test_a_revision_shows_what_it_changed_and_its_date() -> None:
    made = builder.scenario(60)
    seen = year(made, builder.replan(made, builder.plan(made)))
    root = drawn(seen)
    halos = [circle for circle in root.iter(f"{SVG}circle") if circle.get("class") == "halo"]
    assert len(halos) == sum(planned.changed for planned in seen.operations) + 1  # and one in the legend
    assert any(path.get("class") == "now" for path in root.iter(f"{SVG}path"))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2027, 1, 1), date(2027, 12, 31), "1 januari–31 december 2027"),
        (date(2027, 1, 1), date(2028, 2, 29), "1 januari 2027–29 februari 2028"),
        (date(2027, 5, 3), date(2027, 5, 30), "3–30 maj 2027"),
        (date(2027, 5, 3), date(2027, 5, 3), "3 maj 2027"),
    ],
)
def test_a_period_is_said_as_short_as_can_be(first: date, last: date, said: str) -> None:
    assert labels.span(Span(first, last), swedish()) == said


def test_a_short_period_has_its_dates_and_its_weeks_named() -> None:
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


def test_it_refers_to_nothing_outside_and_runs_nothing() -> None:
    text = wheel(view(40), swedish()).decode()
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    for word in ("href", "<script", "url(", "@import", "<foreignObject", "<image"):
        assert word not in text


def test_no_site_reaches_the_picture() -> None:
    made = builder.with_sites(builder.scenario(40))
    assert builder.CANARY.encode() not in wheel(year(made, builder.plan(made, unplaced=3)), swedish())


def test_a_plan_without_operations_or_meetings_is_a_wheel_too() -> None:
    made = builder.scenario(0)
    made = replace(made, cycle=replace(made.cycle, meetings=(), milestones=()))
    assert "0 operations with police" in [
        text.text for text in drawn(year(made, builder.plan(made))).iter(f"{SVG}text")
    ]


def test_a_long_legend_is_set_smaller_and_stays_on_the_sheet() -> None:
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


@pytest.mark.parametrize(("language", "words"), [("sv", swedish()), ("en", ENGLISH)])
def test_golden(golden: Golden, language: str, words: Words) -> None:
    golden(f"wheel-{language}.svg", wheel(view(12, unplaced=1), words))


def test_a_date_that_has_passed_tells_no_outcome() -> None:
    # Nobody has said whether it took place.
    assert swedish().say(STATUS_NAMES["passed"]) == "datum passerat, utfall saknas"
    assert STATUS_NAMES["passed"].template == "date passed, outcome missing"


def test_what_was_broken_off_and_what_nobody_has_told_are_marked_and_explained() -> None:
    seen = view(12)
    went: list[Status] = ["done", "aborted", "passed", "passed"]
    operations = (*(replace(o, status=s) for o, s in zip(seen.operations, went, strict=False)), *seen.operations[4:])
    plain, marked = drawn(seen), drawn(replace(seen, operations=operations))
    for word, n in (("over", 1), ("unknown", 2)):
        assert [found.get("class") for found in plain.iter()].count(word) == 0
        assert [found.get("class") for found in marked.iter()].count(word) == n + 1, "the marks, and one in the legend"
    assert {"broken off", "date passed, outcome missing"} <= {text.text for text in marked.iter(f"{SVG}text")}


def test_no_heading_of_the_legend_is_wider_than_its_column() -> None:
    legend = blocks(view(12), key(view(12)), swedish(), 250)
    texts = ElementTree.fromstring(f"<g>{''.join(str(block.drawn) for block in legend)}</g>").iter("text")
    headings = [text.text or "" for text in texts if text.get("class") == "strong" and text.get("font-size") == "14.5"]
    assert len(headings) > 5, "one of them takes two lines"
    assert max(width(heading, 14.5 * BOLD) for heading in headings) <= 250


def test_a_long_name_stays_on_the_sheet() -> None:
    texts = list(drawn(replace(view(3), name="Göteborg 2027, 300 insatser")).iter(f"{SVG}text"))
    name = [text.text or "" for text in texts if text.get("font-size") == "34"]
    assert name == ["Göteborg 2027, 300", "insatser"]


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
