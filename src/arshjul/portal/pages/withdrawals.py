"""A withdrawal of the unit's own: given back, or confirmed to go on; each is sent by one press."""

from starlette.responses import Response

from arshjul.actions.parties.entries import problems, today
from arshjul.agenda.cause import KINDS as CAUSES
from arshjul.domain.party_view import PartyView, ViewWithdrawal
from arshjul.errors import InputError, Message
from arshjul.formats.schema.party_entry import KINDS, NOTE, NUMBER
from arshjul.portal.access import PartyPage
from arshjul.portal.pages.sending import of_form, sent
from arshjul.portal.visit import NoSuchPage, PortalVisit
from arshjul.serving.fields import given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import Problems, in_field

BACK, STILL = "given-back", "still"
FIELDS = {BACK: kinds_of(KINDS[BACK].model, "id", "withdrawal"), STILL: {}}


def show(visit: PortalVisit) -> Response:
    """The withdrawal, and what can be sent about it: filled in to give back all that is left."""
    _, view = visit.view()
    one = _own(visit, view)
    first = max(one.first, today(view, visit.now))
    return _page(visit, Form({"from": (first.isoformat(),), "to": (one.last.isoformat(),)}))


def take(visit: PortalVisit) -> Response:
    """Sends it, and shows its receipt; the form again if something is wrong with it."""
    _, view = visit.view()
    kind = visit.form.text("kind")
    if kind not in FIELDS:
        raise NoSuchPage
    note = visit.form.text(NOTE)
    body = {**given(FIELDS[kind], visit.form), **({NOTE: note} if note else {}), "withdrawal": _own(visit, view).id}
    if found := problems(view, kind, body):
        return _page(visit, visit.form, tuple(in_field(one, KINDS[kind].list, NUMBER) for one in found), 422)
    return sent(visit, kind, body, view)


def _own(visit: PortalVisit, view: PartyView) -> ViewWithdrawal:
    """The withdrawal of the path, which the party's view has, and which is the unit's alone."""
    one = next((one for one in view.withdrawals if one.id == visit.path["withdrawal"]), None)
    if one is None:
        raise InputError(Message("There is no such withdrawal of yours any more: report what holds now."))
    if one.is_shared:
        raise InputError(Message("This withdrawal is of other units too: call the coordinator if it has changed."))
    return one


def _page(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Response:
    mark, view = visit.view()
    one = _own(visit, view)
    values = {
        **of_form(mark, view, form, found),
        "one": one,
        "shifts": [shift for shift in view.shifts if one.shifts is None or shift.id in one.shifts],
        "causes": CAUSES,
    }
    return visit.page("withdrawal.html", values, status)


pages = (
    PartyPage("/withdrawals/{withdrawal}", "GET", "report", show),
    PartyPage("/withdrawals/{withdrawal}", "POST", "report", take),
)
