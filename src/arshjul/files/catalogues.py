"""The catalogues of words, opened when a language is first asked for."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from arshjul.texts import Words


@cache
def words(language: str) -> Words:
    """The words of a language, "sv" or "en"; English is what the texts are written in."""
    catalogue = NullTranslations()
    written = files("arshjul.texts") / "locale" / language / "LC_MESSAGES" / "arshjul.mo"
    if written.is_file():
        with written.open("rb") as file:
            catalogue = GNUTranslations(file)
    return Words(language, catalogue)
