"""The outbox: calls to make, and waiting mail; both can be ticked after doing them by hand, and put back."""

from functools import partial
from typing import Any
from urllib.parse import quote

from arshjul.actions.mail.mailing import Mailing, part_book, take_back, tick, ticks, to_tell
from arshjul.actions.mail.post import doubt_said, fault_said
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.errors import InputError, Message
from arshjul.planning.letters.party_mail import calendar_said
from arshjul.serving.forms import whole_number
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.texts import Words


def show(visit: Visit) -> Answer:
    """All waiting messages, oldest first."""
    return Html("outbox.html", {**to_call(visit), "ticks": ticks(visit.store, visit.now)})


def to_call(visit: Visit) -> dict[str, Any]:
    """The values of `calls.html`, and the mails that wait."""
    draft = visit.draft
    found = to_tell(visit.store, visit.now, draft.moment(visit.now))
    values: dict[str, Any] = {"draft": draft, "calls": found.calls, "waits": found.mails, "parties": draft.contacts}
    values["at_contacts"] = found.at_contacts
    said = {"fault_said": fault_said, "doubt_said": doubt_said, "mailto": partial(_mail_by_hand, visit.year_words)}
    return {**values, **said, "zone": draft.scenario.zone}


def _mail_by_hand(words: Words, address: str, mailing: Mailing) -> str:
    """Without the whole list, which mail programs cut off: it is in the workbook."""
    enclosed = calendar_said(words) if mailing.is_first else ""
    return mailto(address, mailing.subject, mailing.in_short().text(enclosed=enclosed))


def mailto(address: str, subject: str, text: str) -> str:
    """The mailto address of a mail, which opens it in a person's mail program to be sent by hand."""
    said, body = (quote(part, safe="", errors="replace") for part in (subject, text))
    return f"mailto:{quote(address, safe='@', errors='replace')}?subject={said}&body={body}"


def give_part(visit: Visit) -> Answer:
    """A party's part as a workbook, to be attached to a mail that is sent by hand."""
    book = part_book(visit.store, visit.path["party"])
    if book is None:
        raise InputError(Message("There is no such page."))
    return Bytes(book.data, WORKBOOK, book.name)


def take(visit: Visit) -> Answer:
    """Takes messages out that were told by hand."""
    tick(visit.store, _numbers(visit), visit.person, visit.now)
    return SeeOther("/?ticked=told" if visit.form.text("from") == "today" else "/outbox")


def put_back(visit: Visit) -> Answer:
    """Lets messages wait again that were ticked by mistake."""
    take_back(visit.store, _numbers(visit), visit.person, visit.now)
    return SeeOther("/outbox")


def _numbers(visit: Visit) -> list[int]:
    numbers = [whole_number(text) for text in visit.form.several("message")]
    if not all(isinstance(number, int) for number in numbers):
        raise InputError(Message("There is no such page."))
    return [*map(int, numbers)]


pages = (
    Page("/outbox/{party}", "GET", "see-part-workbook", READING, give_part),
    Page("/outbox", "GET", "see-outbox", READING, show),
    Page("/outbox", "POST", "take-out-message", CHANGING, take),
    Page("/outbox/back", "POST", "put-message-back", CHANGING, put_back),
)
