"""The wheel for everybody: its bars tell the numbers, and nothing in it points at a date or a place."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from arshjul.year.agenda.year import PublicYear, public_year
from arshjul.year.render.wheel.public import public_wheel
from arshjul.year.texts import MONTHS, Words
from tests.builders import swedish
from tests.conftest import Golden
from tests.year.render import builder
from tests.year.render.test_wheel import PERIODS
from tests.year.render.test_wheel_svg import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Words("en")


def year(n: int, seed: int = 1, period: str = "a year") -> PublicYear:
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
    seen = year(n, period=period)
    bars = [text for text in texts(public_wheel(seen, ENGLISH)) if re.match(r"Weeks? \d", text)]
    told = [total.operations for total in seen.totals if total.operations is not None]
    tips = [text for text in bars if re.fullmatch(r"Weeks? [\d–]+: \d+ operations", text)]
    assert [int(tip.split(": ")[1].split()[0]) for tip in tips] == told


def test_hostile_names_stay_text() -> None:
    hostile = replace(year(30), name=HOSTILE)
    root = ElementTree.fromstring(public_wheel(hostile, swedish()))
    assert not list(root.iter(f"{SVG}script"))


def test_no_text_passes_the_column() -> None:
    root = ElementTree.fromstring(public_wheel(year(130), swedish()))
    lowest = max(float(text.get("y", 0)) for text in root.iter(f"{SVG}text"))
    assert lowest < float(root.get("viewBox", "").split()[3])


@pytest.mark.parametrize(("language", "words"), [("sv", swedish()), ("en", ENGLISH)])
def test_golden(golden: Golden, language: str, words: Words) -> None:
    golden(f"wheel-public-{language}.svg", public_wheel(year(130), words))
