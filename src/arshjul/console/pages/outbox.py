"""The outbox: who has to be called, what waits to be mailed; each can be sent by hand, and taken out."""

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
    """Everything that waits, the first first."""
    calls = to_call(visit)
    with visit.store.reading() as db:
        waits = [one for one in outbox.waiting(db) if not one.fault]
    return Html("outbox.html", {"waits": waits, **calls})


def to_call(visit: Visit) -> dict[str, object]:
    """The values of `calls.html`: by party, those who have to be called first first, what there is to say."""
    draft, calls = visit.draft, dict[str, list[OutboxMessage]]()
    with suppress(StorageError):  # what waits is told as it was written, where nothing can be written now
        write_anew(visit.store, visit.now, draft.moment(visit.now))
    with visit.store.reading() as db:
        for one in outbox.to_call(db):
            calls.setdefault(one.party, []).append(one)
    values = {"draft": draft, "calls": calls, "parties": draft.contacts, "zone": draft.scenario.zone}
    return {**values, "fault_said": fault_said, "doubt_said": doubt_said, "mailto": mailto}


def take(visit: Visit) -> Answer:
    """Takes messages out, since they were sent by hand or said, or are to be sent no more."""
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
