"""A code is mailed to the contact's function; entered here, it lets this session read for some hours."""

from starlette.responses import Response

from arshjul.actions.parties import codes
from arshjul.actions.parties.code_mail import mail_code
from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.errors import Message, StorageError
from arshjul.portal.access import ANY_CONTACT, PartyPage
from arshjul.portal.visit import PortalVisit


def show(visit: PortalVisit) -> Response:
    """What a code is for; the field to enter it, where one was sent."""
    return _page(visit)


def send(visit: PortalVisit) -> Response:
    """Mails a code to the contact's function."""
    contact, session = visit.contact, visit.session
    if session is None or visit.mail is None or not visit.can_send_code:
        return _page(visit, Message("No code can be sent: call the coordinator."), 422)
    _, view = visit.view()
    try:
        code = codes.ask(visit.portal, visit.cookie, session.digest, contact.id, visit.now)
    except codes.TooManyCodes as error:
        return _page(visit, error.message, 429)
    try:
        mail_code(visit.mail, contact.code_to, code, view, visit.words, visit.now)
    except StorageError as error:
        codes.take_back(visit.portal, session.digest, contact.id)
        return _page(visit, error.message, 503)
    return visit.see(f"/code?as={contact.id}&for={_back(visit)}")


def enter(visit: PortalVisit) -> Response:
    """Raises the session where the code is right."""
    contact, session = visit.contact, visit.session
    digest = "" if session is None else session.digest
    became = codes.enter(visit.portal, visit.cookie, digest, contact.id, visit.form.text("code"), visit.now)
    if became == "right":
        return visit.see(f"/{_back(visit)}?as={contact.id}")
    if became == "wrong" and not codes.tries_left(visit.portal, digest, contact.id, visit.now):
        return _page(visit, Message("Wrong code, and no tries left: send a new code."), 422)
    wrong = {
        "wrong": Message("Wrong code: look in the latest mail."),
        "none": Message("The code no longer holds: send a new code."),
    }
    return _page(visit, wrong[became], 422)


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


def _page(visit: PortalVisit, wrong: Message | None = None, status: int = 200) -> Response:
    contact, session = visit.contact, visit.session
    left = 0 if session is None else codes.tries_left(visit.portal, session.digest, contact.id, visit.now)
    values = {
        "wrong": wrong,
        "tries_left": left,
        "back": _back(visit),
        "can_send": visit.can_send_code,
    }
    return visit.page("code.html", values, status)


pages = (
    PartyPage("/code", "GET", ANY_CONTACT, show),
    PartyPage("/code", "POST", ANY_CONTACT, send),
    PartyPage("/code/enter", "POST", ANY_CONTACT, enter),
)
