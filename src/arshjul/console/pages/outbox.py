"""The outbox: calls to make, and waiting mail; both can be taken out after doing them by hand."""

from contextlib import suppress

from arshjul.actions.mail.post import doubt_said, fault_said, take_out
from arshjul.actions.publishing.as_time_passes import write_anew
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.forms import whole_number
from arshjul.console.mailto import mailto
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Message, StorageError
from arshjul.store import outbox
from arshjul.store.outbox import OutboxMessage


def show(visit: Visit) -> Answer:
    """All waiting messages, oldest first."""
    calls = to_call(visit)
    with visit.store.reading() as db:
        waits = [one for one in outbox.waiting(db) if not one.fault]
    return Html("outbox.html", {"waits": waits, **calls})


def to_call(visit: Visit) -> dict[str, object]:
    """The values of `calls.html`: the messages to read out, by party, most urgent first."""
    draft, calls = visit.draft, dict[str, list[OutboxMessage]]()
    with suppress(StorageError):  # the messages stay as they were written if nothing can be written now
        write_anew(visit.store, visit.now, draft.moment(visit.now))
    with visit.store.reading() as db:
        for one in outbox.to_call(db):
            calls.setdefault(one.party, []).append(one)
    values = {"draft": draft, "calls": calls, "parties": draft.contacts, "zone": draft.scenario.zone}
    return {**values, "fault_said": fault_said, "doubt_said": doubt_said, "mailto": mailto}


def take(visit: Visit) -> Answer:
    """Takes messages out that were delivered by hand, or are not to be sent."""
    numbers = []
    for text in visit.form.several("message"):
        number = whole_number(text)
        if not isinstance(number, int):
            raise InputError(Message("There is no such page."))
        numbers.append(number)
    take_out(visit.store, numbers, visit.person, visit.now)
    return SeeOther("/" if visit.form.text("from") == "today" else "/outbox")


pages = (
    Page("/outbox", "GET", "see-outbox", READING, show),
    Page("/outbox", "POST", "take-out-message", CHANGING, take),
)
