"""How much better a plan there may be is told in words, for each level that is not proven."""

import pytest

from arshjul.year.domain.level import Level
from arshjul.year.rules.objectives import gaps
from arshjul.year.texts import Words
from tests.builders import swedish


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (Level("musts", 1, 0), "högst ett måste till kan få plats"),
        (Level("points", 9, 4), "högst 5 prioritetspoäng till kan få plats"),
        (Level("changes", 46, 44), "högst 2 insatser till kan stå kvar"),
        (Level("changes", 46, 45), "högst en insats till kan stå kvar"),
        (
            Level("points-and-changes", 61, 60),
            "kan förbättras med högst en poäng, ej framtvingade ändringar inräknade",
        ),
        (Level("empty", 3, 1), "högst 2 ramar till kan fyllas"),
        (Level("quality", 5770, 5520), "högst 250 minuspoäng kan sparas"),
        (Level("quality", 5770, None), "möjlig förbättring okänd (Kvalitet)"),
        (Level("another", 5, 4), "another: högst 1 mindre"),
    ],
)
def test_the_gap_of_a_level_is_told_in_a_coordinators_words(level: Level, said: str) -> None:
    assert swedish().say(gaps([level])[level.id]) == said


def test_the_gap_of_a_later_level_holds_for_plans_that_are_as_good_on_those_before() -> None:
    told = gaps([Level("musts", 0, 0), Level("points", 9, 7), Level("changes", 46, 46), Level("quality", 90, 60)])
    assert {id: Words("en").say(text) for id, text in told.items()} == {
        "points": "at most 2 more priority points could fit",
        "quality": ("at most 30 penalty points could be saved, with the earlier aims as here"),
    }


def test_what_is_proven_has_no_gap() -> None:
    assert gaps([Level("musts", 0, 0), Level("quality", 90, 90)]) == {}
