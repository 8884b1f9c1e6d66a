"""The words of each language: texts/locale/LANGUAGE/LC_MESSAGES/arshjul.mo, opened on first use."""

from functools import cache
from gettext import GNUTranslations
from importlib.resources import files

from arshjul.errors import Message
from arshjul.year.texts import Words


@cache
def words(language: str) -> Words:
    """The words of a language, "sv" or "en". English needs no catalogue, since the code is written in it."""
    if language == "en":
        return Words("en", label=_label)
    catalogue = files("arshjul.year.texts").joinpath("locale", language, "LC_MESSAGES", "arshjul.mo")
    with catalogue.open("rb") as file:
        return Words(language, GNUTranslations(file), _label)


def _label(key: str) -> Message | None:
    from arshjul.year.formats.schema.scenario import labels  # noqa: PLC0415 - the shapes are loaded where an edit is told

    return labels().get(key)
