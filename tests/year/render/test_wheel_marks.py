from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.render.wheel.marks import SHAPES, letters, shapes
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


@given(st.dictionaries(st.text(alphabet="abc", min_size=1), st.text(max_size=6), max_size=40))
def test_no_two_sectors_share_a_letter(words: dict[str, str]) -> None:
    made = letters(words)
    assert list(made) == list(words)
    assert len(set(made.values())) == len(words)
    assert all(made.values())


def test_letters_are_those_that_one_would_guess() -> None:
    words = {"r": "Restaurang", "s": "Skönhet", "c": "Städ", "b": "Bygg", "h": "Boende", "x": "Städ"}
    assert list(letters(words).values()) == ["R", "S", "St", "B", "Bo", "Sä"]


def test_a_word_without_a_letter_falls_back_on_its_id() -> None:
    assert letters({"other": "–"}) == {"other": "O"}


def test_shapes_differ_and_come_again_after_the_last() -> None:
    assert len({shape(20) for shape in SHAPES}) == len(SHAPES)
    many = shapes(str(number) for number in range(len(SHAPES) + 1))
    assert many[str(len(SHAPES))](20) == many["0"](20)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_text_stands_out_from_all_that_it_stands_on(colours: dict[str, str]) -> None:
    for ground in ("paper", "band", "month", "weekday", "closed", "avoided"):
        assert contrast(colours["ink"], colours[ground]) >= 4.5, ground
    for ground in ("paper", "band", "weekday", "closed", "avoided"):
        assert contrast(colours["soft"], colours[ground]) >= 4.5, ground
    assert contrast(colours["accent"], colours["paper"]) >= 4.5
    assert contrast(colours["accent"], colours["band"]) >= 4.5


@pytest.mark.parametrize("colour", [*SECTORS, *HEAT, *DARK_HEAT])
def test_letters_stand_out_from_their_marks(colour: str) -> None:
    assert contrast(letter_on(colour), colour) >= 4.5


@pytest.mark.parametrize("heat", [HEAT, DARK_HEAT[::-1]])
def test_more_heat_is_darker_on_paper_and_brighter_in_the_dark(heat: tuple[str, ...]) -> None:
    assert [luminance(colour) for colour in heat] == sorted((luminance(colour) for colour in heat), reverse=True)


def test_sector_colours_differ() -> None:
    assert len(set(SECTORS)) == len(SECTORS)
    assert all(one != other for one, other in combinations(SECTORS, 2))


def test_every_rule_of_the_sheet_is_the_pictures_own() -> None:
    bare = stylesheet().replace("@media screen and (prefers-color-scheme:dark){", "").replace("}}", "}")
    selectors = [selector for rule in bare.split("}")[:-1] for selector in rule.split("{")[0].split(",")]
    assert all(selector.startswith(".arshjul-wheel") for selector in selectors)
