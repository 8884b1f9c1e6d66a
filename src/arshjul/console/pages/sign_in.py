"""Signing in and out, and the language. A link shows a button, so that programs that follow links use none up."""

from arshjul.console import sessions
from arshjul.console.visit import ALL, ANYBODY, Page, Visit
from arshjul.serving.pages import Answer, Html, SeeOther


def show(visit: Visit) -> Answer:
    """The button of a link. A signed-in person is redirected to the first page."""
    if visit.session is not None:
        return SeeOther("/")
    if not sessions.is_invited(visit.store, visit.path["link"], visit.now):
        raise sessions.no_link()
    return Html("sign_in.html", {"link": visit.path["link"]})


def come_in(visit: Visit) -> Answer:
    """Signs in the holder of the link, once. After a second click the person is already signed in."""
    if visit.session is not None:
        return SeeOther("/")
    token = sessions.come_in(visit.store, visit.path["link"], visit.words.language, visit.now)
    return SeeOther("/", token)


def leave(visit: Visit) -> Answer:
    if visit.session is not None:
        sessions.leave(visit.store, visit.session, visit.now)
    return SeeOther("/out", "")


def left(_: Visit) -> Answer:
    return Html("signed_out.html")


LANGUAGES = ("sv", "en")


def speak(visit: Visit) -> Answer:
    language = visit.form.text("language")
    if visit.session is not None and language in LANGUAGES:
        sessions.speak(visit.store, visit.session, language)
    return SeeOther("/")


pages = (
    Page("/in/{link}", "GET", "see-link", ANYBODY, show),
    Page("/in/{link}", "POST", "sign-in", ANYBODY, come_in),
    Page("/out", "POST", "sign-out", ALL, leave),
    Page("/out", "GET", "see-signed-out", ANYBODY, left),
    Page("/language", "POST", "choose-language", ALL, speak),
)
