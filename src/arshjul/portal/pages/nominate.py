"""`Nominera`: an operation, or an object for a frame; and what was sent, taken back while it waits.

Which business is meant is written nowhere here: a text that seems to tell it is asked about.
"""

from datetime import timedelta

from arshjul.errors import Message
from arshjul.portal.actions.entries import sent_entry, sent_of, today
from arshjul.portal.entry_text import names_in
from arshjul.portal.pages.sending import EntryPage, Read, far_dates, new_key, once, sent, wrong_with
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.fields import SEVERAL, given, kinds_of
from arshjul.serving.forms import FieldProblem
from arshjul.serving.pages import Answer, NoSuchPage
from arshjul.year.agenda.party_entry import STATES, TITLES, reference
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.party_view import PartyView
from arshjul.year.formats.schema.party_entry import KINDS, NOMINATIONS, OBJECT, OPERATION, RETRACTION

RIGHT = "nominate"
FIELDS = {kind: kinds_of(KINDS[kind].model, agencies=SEVERAL) for kind in NOMINATIONS}

AHEAD = timedelta(days=730)  # a date that is wanted and lies farther away is asked about, as one that has been is
REFUSED = "refused"  # the state of a wish to take back what was decided by then; it may wait again


def show(visit: PortalVisit) -> Answer:
    _, view = visit.view()
    all_sent = sent_of(visit.portal, visit.contact, (*NOMINATIONS, RETRACTION))
    gone = {entry.row.corrects for entry in all_sent if entry.row.kind == RETRACTION and entry.state != REFUSED}
    own = [entry for entry in all_sent if entry.row.kind in NOMINATIONS]
    values = {
        "view": view,
        "sent": own,
        "open": {entry.row.id for entry in own if entry.state in ("sent", "waits")} - gone,
        "keys": {entry.row.id: new_key() for entry in own},
        "states": STATES,
        "titles": TITLES,
        "reference": reference,
        "sectors": names_in(view)["sector"],
    }
    return visit.page("nominate.html", values)


def _of(kind: str) -> EntryPage:
    def read(visit: PortalVisit, view: PartyView) -> Read:
        body = given(FIELDS[kind], visit.form)
        day = today(view, visit.now)
        dates = {key: visit.form.text(key) for key in ("window.from", "window.to") if visit.form.text(key)}
        asked = far_dates(dates, Span(day, day + AHEAD))
        return body, wrong_with(visit, view, kind, body, _unknown(view, body), asked)

    title = {"title": TITLES[kind]}
    return EntryPage(f"/nominate/{kind}", kind, "nomination.html", read=read, values=lambda *_: title, back="/nominate")


def _unknown(view: PartyView, body: dict[str, object]) -> list[FieldProblem]:
    found = []
    for key, known in names_in(view).items():
        value = body.get(key, [])
        if not set(value if isinstance(value, list) else [value]) <= known.keys():
            found.append(FieldProblem(key, Message("Choose again.")))
    return found


def take_back(visit: PortalVisit) -> Answer:
    one = sent_entry(visit.portal, visit.contact, visit.form.text("entry"))
    if one.row.kind not in NOMINATIONS:
        raise NoSuchPage
    _, view = visit.view()
    return sent(visit, RETRACTION, {}, view, one.row.id)


pages = (
    PartyPage("/nominate", "GET", RIGHT, show),
    *_of(OPERATION).pages,
    *_of(OBJECT).pages,
    PartyPage("/nominate/take-back", "POST", RIGHT, once(take_back)),
)
