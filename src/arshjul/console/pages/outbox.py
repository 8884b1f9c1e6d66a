"""The outbox: calls to make, and waiting mail; both can be taken out after doing them by hand."""

from urllib.parse import quote

from arshjul.actions.mail.post import doubt_said, fault_said, take_out
from arshjul.actions.mail.to_tell import to_tell
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.domain.party_mail import PartyMail
from arshjul.errors import InputError, Message
from arshjul.serving.forms import whole_number


def show(visit: Visit) -> Answer:
    """All waiting messages, oldest first."""
    return Html("outbox.html", to_call(visit))


def to_call(visit: Visit) -> dict[str, object]:
    """The values of `calls.html`, and the mails that wait."""
    draft = visit.draft
    found = to_tell(visit.store, visit.now, draft.moment(visit.now))
    values = {"draft": draft, "calls": found.calls, "waits": found.mails, "parties": draft.contacts}
    said = {"fault_said": fault_said, "doubt_said": doubt_said, "mailto": mailto}
    return {**values, **said, "zone": draft.scenario.zone}


def mailto(address: str, mail: PartyMail, link: str = "") -> str:
    """The mailto address of a message, which opens it in a person's mail program to be sent by hand.

    `link` is where its reader answers.
    """
    said, text = (quote(part, safe="", errors="replace") for part in (mail.subject, mail.text(link)))
    return f"mailto:{quote(address, safe='@', errors='replace')}?subject={said}&body={text}"


def take(visit: Visit) -> Answer:
    """Takes messages out that were delivered by hand, or are not to be sent."""
    numbers = [whole_number(text) for text in visit.form.several("message")]
    if not all(isinstance(number, int) for number in numbers):
        raise InputError(Message("There is no such page."))
    take_out(visit.store, map(int, numbers), visit.person, visit.now)
    return SeeOther("/" if visit.form.text("from") == "today" else "/outbox")


pages = (
    Page("/outbox", "GET", "see-outbox", READING, show),
    Page("/outbox", "POST", "take-out-message", CHANGING, take),
)
