"""`Möten`: the agendas of meetings to come, and a point that the party wants to be spoken of."""

from arshjul.errors import Message
from arshjul.formats.schema.party_entry import AGENDA_POINT
from arshjul.portal.pages.sending import of_form, once, sent, wrong_with
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.forms import FieldProblem, Form, Problems
from arshjul.serving.pages import Answer

RIGHT = "evaluate"


def show(visit: PortalVisit) -> Answer:
    """The meetings, and the form."""
    return _page(visit, Form())


def propose(visit: PortalVisit) -> Answer:
    """Sends a point, and shows the receipt; the page again if something is wrong, or is asked about."""
    _, view = visit.view()
    chosen = {_name(one.id, str(one.day)): one for one in view.meetings.meetings}.get(visit.form.text("meeting"))
    if chosen is None or not chosen.is_invited:
        return _page(visit, visit.form, (FieldProblem("meeting", Message("Choose again.")),), 422)
    body: dict[str, object] = {"meeting": chosen.id, "date": chosen.day.isoformat(), "point": visit.form.text("point")}
    found = wrong_with(visit, view, AGENDA_POINT, body)
    return _page(visit, visit.form, found, 422) if found else sent(visit, AGENDA_POINT, body, view)


def _name(meeting: str, day: str) -> str:
    return f"{meeting} {day}"


def _page(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Answer:
    mark, view = visit.view()
    values = {
        **of_form(mark, view, form, found),
        "meetings": view.meetings.meetings,
        "called": {one.operation: one.summary for one in view.events if one.operation},
        "choices": [(_name(one.id, str(one.day)), one) for one in view.meetings.meetings if one.is_invited],
    }
    return visit.page("meetings.html", values, status)


pages = (
    PartyPage("/meetings", "GET", RIGHT, show),
    PartyPage("/meetings", "POST", RIGHT, once(propose)),
)
