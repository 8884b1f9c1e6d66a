"""`Kalender`: addresses of the party's own calendar, made here after a code, and shown once."""

import secrets
from zoneinfo import ZoneInfo

from arshjul.actions.parties.entries import SentEntry, new_row, send, sent_before, sent_entries
from arshjul.actions.parties.sessions import TOKEN_BYTES, digest
from arshjul.agenda.channel import CONTENT_NAMES, PROGRAMS
from arshjul.agenda.party_entry import STATES
from arshjul.domain.contact import MOST_CALENDARS
from arshjul.errors import Message
from arshjul.formats.schema.party_entry import CALENDAR
from arshjul.portal.pages.sending import new_key
from arshjul.portal.visit import ANY_CONTACT, PartyPage, PortalVisit
from arshjul.serving.pages import Answer, SeeOther

OPEN = ("sent", "waits", "handed")


def make(visit: PortalVisit) -> Answer:
    """Makes an address, and shows it: here alone, and once."""
    contact, content = visit.contact, visit.form.text("content")
    if not visit.is_raised:
        return SeeOther(f"/code?as={contact.id}")
    _, view = visit.view()
    if not visit.feeds_url or content not in _contents(visit):
        return show(visit, wrong=Message("There is no such calendar."), status=422)
    if sent_before(visit.portal, contact, visit.form.text("key")) is not None:
        return show(visit, wrong=Message("The address has been shown once: make a new one if it is lost."), status=409)
    if len(_open(visit)) >= MOST_CALENDARS:
        return show(
            visit,
            wrong=Message("You have {most} addresses already: call the coordinator.", {"most": MOST_CALENDARS}),
            status=409,
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    body = {"digest": digest(token), "content": content}
    row = new_row(contact, visit.form.text("key"), CALENDAR, body, visit.form.text("seen"), "", visit.now)
    if send(visit.portal, contact, "" if visit.session is None else visit.session.digest, row, body, view).id != row.id:
        return show(visit, wrong=Message("The address has been shown once: make a new one if it is lost."), status=409)
    return show(visit, made=f"{visit.feeds_url}/feeds/{token}.ics")


def _own(visit: PortalVisit) -> list[SentEntry]:
    return [one for one in sent_entries(visit.portal, visit.contact) if one.row.kind == CALENDAR]


def _open(visit: PortalVisit) -> list[SentEntry]:
    return [one for one in _own(visit) if one.state in OPEN]


def _contents(visit: PortalVisit) -> dict[str, Message]:
    _, view = visit.view()
    return {id: name for id, name in CONTENT_NAMES.items() if view.has_milestones or id != "milestones"}


def show(visit: PortalVisit, made: str = "", wrong: Message | None = None, status: int = 200) -> Answer:
    mark, view = visit.view()
    values = {
        "view": view,
        "own": _own(visit),
        "zone": ZoneInfo(view.timezone),
        "states": STATES,
        "contents": _contents(visit),
        "made": made,
        "web": f"webcal://{made.partition('://')[2]}",
        "programs": PROGRAMS,
        "is_raised": visit.is_raised,
        "can_make": bool(visit.feeds_url) and len(_open(visit)) < MOST_CALENDARS,
        "is_served": bool(visit.feeds_url),
        "most": MOST_CALENDARS,
        "key": new_key(),
        "seen": mark,
        "wrong": wrong,
    }
    return visit.page("calendars.html", values, status)


pages = (
    PartyPage("/calendars", "GET", ANY_CONTACT, show),
    PartyPage("/calendars", "POST", ANY_CONTACT, make),
)
