"""The language of the console for the signed-in person."""

from arshjul.console import sessions
from arshjul.console.access import ALL, Page
from arshjul.console.answers import Answer, SeeOther
from arshjul.console.visit import Visit

LANGUAGES = ("sv", "en")


def speak(visit: Visit) -> Answer:
    """Changes to the chosen language."""
    language = visit.form.text("language")
    if visit.session is not None and language in LANGUAGES:
        sessions.speak(visit.store, visit.session, language)
    return SeeOther("/")


pages = (Page("/language", "POST", "choose-language", ALL, speak),)
