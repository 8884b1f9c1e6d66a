"""Coming in by an address, leaving, the code that reading takes, and the devices that are signed in as the contact.

An address shows a button: programs that follow links use nothing up.
"""

from zoneinfo import ZoneInfo

from arshjul.actions.parties import codes, sessions
from arshjul.actions.parties.codes import mail_code
from arshjul.actions.parties.entries import view_of
from arshjul.actions.parties.sessions import devices, end_device
from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.errors import Message, StorageError
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


def show_code(visit: PortalVisit) -> Answer:
    """What a code is for; the field to enter it, where one was sent."""
    return _code(visit)


def send_code(visit: PortalVisit) -> Answer:
    """Mails a code to the contact's function."""
    contact, session = visit.contact, visit.session
    if session is None or visit.mail is None or not visit.can_send_code:
        return _code(visit, Message("No code can be sent: call the coordinator."), 422)
    _, view = visit.view()
    try:
        code = codes.ask(visit.portal, visit.cookie, session.digest, contact.id, visit.now)
    except codes.TooManyCodes as error:
        return _code(visit, error.message, 429)
    try:
        mail_code(visit.mail, contact.code_to, code, view, visit.words, visit.now)
    except StorageError as error:
        codes.take_back(visit.portal, session.digest, contact.id)
        return _code(visit, error.message, 503)
    return SeeOther(f"/code?as={contact.id}&for={_back(visit)}")


def enter_code(visit: PortalVisit) -> Answer:
    """Raises the session where the code is right."""
    contact, session = visit.contact, visit.session
    digest = "" if session is None else session.digest
    became = codes.enter(visit.portal, visit.cookie, digest, contact.id, visit.form.text("code"), visit.now)
    if became == "right":
        return SeeOther(f"/{_back(visit)}?as={contact.id}")
    if became == "wrong" and not codes.tries_left(visit.portal, digest, contact.id, visit.now):
        return _code(visit, Message("Wrong code, and no tries left: send a new code."), 422)
    wrong = {
        "wrong": Message("Wrong code: look in the latest mail."),
        "none": Message("The code no longer holds: send a new code."),
    }
    return _code(visit, wrong[became], 422)


def _back(visit: PortalVisit) -> str:
    """The page that the code is wanted for: a sheet, one's own section there, their list, calendars, or devices."""
    asked = visit.form.text("for") or visit.query.text("for")
    if asked == "devices":
        return asked
    page, _, rest = asked.partition("/")
    operation, _, section = rest.partition("/")
    if page != "sheets" or section not in ("", *SECTIONS):
        return "calendars"
    _, view = visit.view()
    return asked if operation in ("", *(one.operation for one in view.sheets)) else "calendars"


def _code(visit: PortalVisit, wrong: Message | None = None, status: int = 200) -> Answer:
    contact, session = visit.contact, visit.session
    left = 0 if session is None else codes.tries_left(visit.portal, session.digest, contact.id, visit.now)
    values = {
        "wrong": wrong,
        "tries_left": left,
        "back": _back(visit),
        "can_send": visit.can_send_code,
    }
    return visit.page("code.html", values, status)


def show_devices(visit: PortalVisit) -> Answer:
    """Since when each is signed in, and when it was last used."""
    _, view = visit.view()
    values = {
        "view": view,
        "devices": devices(visit.portal, visit.contact.id),
        "own": "" if visit.session is None else visit.session.digest,
        "is_raised": visit.is_raised,
        "zone": ZoneInfo(view.timezone),
    }
    return visit.page("devices.html", values)


def sign_device_out(visit: PortalVisit) -> Answer:
    """Signs a device out. Whoever has the address alone keeps nobody out."""
    if not visit.is_raised:
        return SeeOther(f"/code?as={visit.contact.id}&for=devices")
    end_device(visit.portal, visit.contact.id, visit.form.text("device"))
    return SeeOther(f"/devices?as={visit.contact.id}")


pages = (
    PartyPage("/k/{token}", "GET", ANYBODY, show),
    PartyPage("/k/{token}", "POST", ANYBODY, come_in),
    PartyPage("/out", "POST", ANY_CONTACT, leave),
    PartyPage("/out", "GET", ANYBODY, left),
    PartyPage("/language", "POST", ANY_CONTACT, speak),
    PartyPage("/code", "GET", ANY_CONTACT, show_code),
    PartyPage("/code", "POST", ANY_CONTACT, send_code),
    PartyPage("/code/enter", "POST", ANY_CONTACT, enter_code),
    PartyPage("/devices", "GET", ANY_CONTACT, show_devices),
    PartyPage("/devices", "POST", ANY_CONTACT, sign_device_out),
)
