"""The form of a situation picture, which portal and console have alike: its fields, and their choices."""

from collections.abc import Mapping, Sequence

from arshjul.domain.entries.picture import TREND_WORDS, SituationPicture, Theme
from arshjul.formats.schema.declared import shape
from arshjul.serving.fields import Kinds, Part, Rows, kinds_of
from arshjul.texts import Words

Choices = Sequence[tuple[str, str]]
PICTURE_FIELDS: Kinds = kinds_of(
    shape(SituationPicture), "id", "reported", themes=Rows(Part(kinds_of(shape(Theme), "decision", "reason")))
)


def picture_choices(areas: Choices, sectors: Choices, words: Words) -> Mapping[str, Choices]:
    """The choices by field."""
    return {
        "area": areas,
        "sector": sectors,
        "level": [(str(one), str(one)) for one in (1, 2, 3)],
        "trend": [(id, words.say(said)) for id, said in TREND_WORDS.items()],
    }
