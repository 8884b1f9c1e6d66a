"""Coming in by an address, leaving, the code that reading takes, devices that are signed in, and `Kalender`.

An address shows a button: programs that follow links use nothing up. Addresses of the party's own calendar are made
here after a code, and shown once.
"""

import secrets
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from arshjul.errors import Message, StorageError
from arshjul.portal.actions import codes, sessions
from arshjul.portal.actions.codes import mail_code
from arshjul.portal.actions.entries import SentEntry, new_row, send, sent_before, sent_of, view_of
from arshjul.portal.actions.sessions import TOKEN_BYTES, devices, digest, end_device
from arshjul.portal.pages.sending import new_key
from arshjul.portal.visit import ANY_CONTACT, ANYBODY, PartyPage, PortalVisit
from arshjul.serving.pages import Answer, NoSuchPage, SeeOther
from arshjul.year.agenda.channel import CONTENT_NAMES, PROGRAMS
from arshjul.year.agenda.party import party_named
from arshjul.year.agenda.party_entry import STATES
from arshjul.year.domain.contact import MOST_CALENDARS
from arshjul.year.domain.information_sheet.declared import SECTIONS
from arshjul.year.formats.schema.party_entry import CALENDAR

LANGUAGES = ("sv", "en")


def show(visit: PortalVisit) -> Answer:
    admitted = sessions.admitted(visit.portal, visit.path["token"], visit.now)
    if admitted is None:
        raise NoSuchPage
    _, view = view_of(visit.portal, admitted.contact)
    name = party_named(admitted.contact.party).id if view is None else view.name
    values = {"name": name, "view": view, "to": admitted.contact, "page": admitted.page, "address": visit.path["token"]}
    return visit.page("entering.html", values)


def come_in(visit: PortalVisit) -> Answer:
    """Opens a session for the contact of the address, and its page, whoever else came in by this browser."""
    admitted = sessions.admitted(visit.portal, visit.path["token"], visit.now)
    if admitted is None:
        raise NoSuchPage
    made = sessions.open_session(visit.portal, visit.path["token"], visit.cookie, visit.now)
    if made is None:
        raise NoSuchPage
    return SeeOther(f"/{admitted.page}?as={admitted.contact.id}", made)


def leave(visit: PortalVisit) -> Answer:
    if visit.session is not None:
        sessions.leave(visit.portal, visit.session)
    return SeeOther("/out", "")


def left(visit: PortalVisit) -> Answer:
    return visit.page("left.html", {})


def speak(visit: PortalVisit) -> Answer:
    language = visit.form.text("language")
    if visit.session is not None and language in LANGUAGES:
        sessions.speak(visit.portal, visit.session, language)
    return SeeOther("/")


def send_code(visit: PortalVisit) -> Answer:
    contact, session = visit.contact, visit.session
    if session is None or visit.mail is None or not visit.can_send_code:
        return show_code(visit, Message("No code can be sent: call the coordinator."), 422)
    _, view = visit.view()
    try:
        code = codes.ask(visit.portal, visit.cookie, session.digest, contact.id, visit.now)
    except codes.TooManyCodes as error:
        return show_code(visit, error.message, 429)
    try:
        mail_code(visit.mail, contact.code_to, code, view, visit.words, visit.now)
    except StorageError as error:
        codes.take_back(visit.portal, session.digest, contact.id)
        return show_code(visit, error.message, 503)
    return SeeOther(f"/code?as={contact.id}&for={_back(visit)}")


def enter_code(visit: PortalVisit) -> Answer:
    contact, session = visit.contact, visit.session
    digest = "" if session is None else session.digest
    became = codes.enter(visit.portal, visit.cookie, digest, contact.id, visit.form.text("code"), visit.now)
    if became == "right":
        return SeeOther(f"/{_back(visit)}?as={contact.id}")
    if became == "wrong" and not codes.tries_left(visit.portal, digest, contact.id, visit.now):
        return show_code(visit, Message("Wrong code, and no tries left: send a new code."), 422)
    wrong = {
        "wrong": Message("Wrong code: look in the latest mail."),
        "none": Message("The code no longer holds: send a new code."),
    }
    return show_code(visit, wrong[became], 422)


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
    return asked if operation in ("", *(sheet.operation for sheet in view.sheets)) else "calendars"


def show_code(visit: PortalVisit, wrong: Message | None = None, status: int = 200) -> Answer:
    contact, session = visit.contact, visit.session
    left = 0 if session is None else codes.tries_left(visit.portal, session.digest, contact.id, visit.now)
    values = {"wrong": wrong, "tries_left": left, "back": _back(visit), "can_send": visit.can_send_code}
    return visit.page("code.html", values, status)


def show_devices(visit: PortalVisit) -> Answer:
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


OPEN = ("sent", "waits", "handed")
SHOWN_ONCE = Message("The address has been shown once: make a new one if it is lost.")


def make(visit: PortalVisit) -> Answer:
    contact, content = visit.contact, visit.form.text("content")
    if not visit.is_raised:
        return SeeOther(f"/code?as={contact.id}")
    _, view = visit.view()
    if not visit.feeds_url or content not in _contents(visit):
        return show_calendars(visit, wrong=Message("There is no such calendar."), status=422)
    if sent_before(visit.portal, contact, visit.form.text("key")) is not None:
        return show_calendars(visit, wrong=SHOWN_ONCE, status=409)
    if _n_open(_own_calendars(visit)) >= MOST_CALENDARS:
        return show_calendars(
            visit,
            wrong=Message("You have {most} addresses already: call the coordinator.", {"most": MOST_CALENDARS}),
            status=409,
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    body = {"digest": digest(token), "content": content}
    row = new_row(contact, visit.form.text("key"), CALENDAR, body, visit.form.text("seen"), "", visit.now)
    if send(visit.portal, contact, "" if visit.session is None else visit.session.digest, row, body, view).id != row.id:
        return show_calendars(visit, wrong=SHOWN_ONCE, status=409)
    return show_calendars(visit, made=f"{visit.feeds_url}/feeds/{token}.ics")


def _own_calendars(visit: PortalVisit) -> list[SentEntry]:
    return sent_of(visit.portal, visit.contact, (CALENDAR,))


def _n_open(own: Iterable[SentEntry]) -> int:
    return sum(entry.state in OPEN for entry in own)


def _contents(visit: PortalVisit) -> dict[str, Message]:
    _, view = visit.view()
    return {id: name for id, name in CONTENT_NAMES.items() if view.has_milestones or id != "milestones"}


def show_calendars(visit: PortalVisit, made: str = "", wrong: Message | None = None, status: int = 200) -> Answer:
    (mark, view), own = visit.view(), _own_calendars(visit)
    values = {
        "view": view,
        "own": own,
        "zone": ZoneInfo(view.timezone),
        "states": STATES,
        "contents": _contents(visit),
        "made": made,
        "web": f"webcal://{made.partition('://')[2]}",
        "programs": PROGRAMS,
        "is_raised": visit.is_raised,
        "can_make": bool(visit.feeds_url) and _n_open(own) < MOST_CALENDARS,
        "is_served": bool(visit.feeds_url),
        "most": MOST_CALENDARS,
        "key": new_key(),
        "seen": mark,
        "wrong": wrong,
    }
    return visit.page("calendars.html", values, status)


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
    PartyPage("/calendars", "GET", ANY_CONTACT, show_calendars),
    PartyPage("/calendars", "POST", ANY_CONTACT, make),
)
