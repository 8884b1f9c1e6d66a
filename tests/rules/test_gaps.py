"""How much better a plan there may be is told in words, for each level that is not proven."""

import pytest

from arshjul.domain.level import Level
from arshjul.rules.objectives import gaps
from arshjul.texts import Words
from tests.builders import swedish


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (Level("musts", 1, 0), "högst ett måste till kunde ha fått plats"),
        (Level("points", 9, 4), "högst 5 prioritetspoäng till kunde ha fått plats"),
        (Level("changes", 46, 44), "högst 2 insatser till kunde ha stått kvar"),
        (Level("changes", 46, 45), "högst en insats till kunde ha stått kvar"),
        (
            Level("points-and-changes", 61, 60),
            "högst en poäng mindre kunde ha gått förlorad, ändringar av insatser som inte berörts inräknade",
        ),
        (Level("empty", 3, 1), "högst 2 ramar till kunde ha fyllts"),
        (Level("quality", 5770, 5520), "högst 250 minuspoäng för önskemål kunde ha sparats"),
        (Level("quality", 5770, None), "ingen vet hur mycket bättre en plan kunde vara (Kvalitet)"),
        (Level("another", 5, 4), "another: högst 1 mindre"),
    ],
)
def test_the_gap_of_a_level_is_told_in_a_coordinators_words(level: Level, said: str) -> None:
    assert swedish().say(gaps([level])[level.id]) == said


def test_the_gap_of_a_later_level_holds_for_plans_that_are_as_good_on_those_before() -> None:
    told = gaps([Level("musts", 0, 0), Level("points", 9, 7), Level("changes", 46, 46), Level("quality", 90, 60)])
    assert {id: Words("en").say(text) for id, text in told.items()} == {
        "points": "at most 2 priority points less might have been left out",
        "quality": (
            "with the aims before it as they are here, at most 30 penalty points for wishes might have been spared"
        ),
    }


def test_what_is_proven_has_no_gap() -> None:
    assert gaps([Level("musts", 0, 0), Level("quality", 90, 90)]) == {}
