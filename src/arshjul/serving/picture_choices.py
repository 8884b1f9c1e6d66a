"""The choices of the form of a situation picture, which portal and console have alike."""

from collections.abc import Mapping, Sequence

from arshjul.domain.entries.picture import TREND_WORDS
from arshjul.texts import Words

Choices = Sequence[tuple[str, str]]


def picture_choices(areas: Choices, sectors: Choices, words: Words) -> Mapping[str, Choices]:
    """The choices by field."""
    return {
        "area": areas,
        "sector": sectors,
        "level": [(str(one), str(one)) for one in (1, 2, 3)],
        "trend": [(id, words.say(said)) for id, said in TREND_WORDS.items()],
    }
