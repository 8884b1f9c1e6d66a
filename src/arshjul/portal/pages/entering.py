"""Coming in by an address, and leaving. An address shows a button: programs that follow links use nothing up."""

from arshjul.actions.parties import sessions
from arshjul.actions.parties.entries import view_of
from arshjul.portal.visit import ANY_CONTACT, ANYBODY, PartyPage, PortalVisit
from arshjul.serving.pages import Answer, NoSuchPage, SeeOther

LANGUAGES = ("sv", "en")


def show(visit: PortalVisit) -> Answer:
    """Whose page it is, and the button."""
    found = sessions.admitted(visit.portal, visit.path["token"], visit.now)
    if found is None:
        raise NoSuchPage
    _, view = view_of(visit.portal, found.contact)
    name = found.contact.party.partition("-")[2] if view is None else view.name
    values = {"name": name, "view": view, "to": found.contact, "page": found.page, "address": visit.path["token"]}
    return visit.page("entering.html", values)


def come_in(visit: PortalVisit) -> Answer:
    """Opens a session for the contact of the address, and its page, whoever else came in by this browser."""
    found = sessions.admitted(visit.portal, visit.path["token"], visit.now)
    if found is None:
        raise NoSuchPage
    made = sessions.open_session(visit.portal, visit.path["token"], visit.cookie, visit.now)
    if made is None:
        raise NoSuchPage
    return SeeOther(f"/{found.page}?as={found.contact.id}", made)


def leave(visit: PortalVisit) -> Answer:
    """Ends the session."""
    if visit.session is not None:
        sessions.leave(visit.portal, visit.session)
    return SeeOther("/out", "")


def left(visit: PortalVisit) -> Answer:
    """The page after leaving."""
    return visit.page("left.html", {})


def speak(visit: PortalVisit) -> Answer:
    """Changes to the chosen language."""
    language = visit.form.text("language")
    if visit.session is not None and language in LANGUAGES:
        sessions.speak(visit.portal, visit.session, language)
    return SeeOther("/")


pages = (
    PartyPage("/k/{token}", "GET", ANYBODY, show),
    PartyPage("/k/{token}", "POST", ANYBODY, come_in),
    PartyPage("/out", "POST", ANY_CONTACT, leave),
    PartyPage("/out", "GET", ANYBODY, left),
    PartyPage("/language", "POST", ANY_CONTACT, speak),
)
