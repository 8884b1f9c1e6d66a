"""The outbox: what waits to be mailed, what could not be, and why; each can be sent by hand, and taken out."""

from arshjul.actions.post import fault_said, take_out
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.mailto import mailto
from arshjul.console.visit import Visit
from arshjul.store import outbox


def show(visit: Visit) -> Answer:
    """Everything that waits, the first first."""
    with visit.store.reading() as db:
        waits = outbox.waiting(db)
    values = {"draft": visit.draft, "waits": waits, "fault_said": fault_said, "mailto": mailto}
    return Html("outbox.html", {**values, "zone": visit.scenario.zone})


def take(visit: Visit) -> Answer:
    """Takes a message out, since it was sent by hand, or is to be sent no more."""
    take_out(visit.store, visit.form.row("message"), visit.person, visit.now)
    return SeeOther("/outbox")


pages = (
    Page("/outbox", "GET", "see-outbox", READING, show),
    Page("/outbox", "POST", "take-out-message", CHANGING, take),
)
