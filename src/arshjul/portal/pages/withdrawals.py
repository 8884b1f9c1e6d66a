"""A withdrawal of the unit's own: given back, checked on a page of its own; or confirmed to go on, by one press."""

from arshjul.actions.parties.entries import last_words, problems, today
from arshjul.agenda.cause import NAMES as CAUSES
from arshjul.domain.party_view import PartyView, ViewShift, ViewWithdrawal
from arshjul.errors import InputError, Message
from arshjul.formats.schema.party_entry import KINDS, NOTE, NUMBER, given_back_of
from arshjul.portal.pages.sending import STILL, ToSend, check_and_send, of_form
from arshjul.portal.said import span_said
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.fields import fields_of, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, NoSuchPage
from arshjul.serving.shown_form import FieldProblem, Problems, in_field

BACK = "given-back"
FIELDS = {BACK: kinds_of(KINDS[BACK].model, "id", "withdrawal"), STILL: {}}


def show(visit: PortalVisit) -> Answer:
    """The withdrawal, and what can be sent about it: filled in to give back all that is left, or as it was sent."""
    _, view = visit.view()
    one, corrects = _own(visit, view), visit.query.text("corrects")
    if corrects:
        before = last_words(visit.portal, visit.contact, corrects, BACK).body
        return _page(visit, Form.of([*fields_of(FIELDS[BACK], before), (NOTE, str(before.get(NOTE, "")))]))
    first = max(one.first, today(view, visit.now))
    return _page(visit, Form({"from": (first.isoformat(),), "to": (one.last.isoformat(),)}))


def _read(visit: PortalVisit) -> ToSend:
    _, view = visit.view()
    kind, note, of = visit.form.text("kind"), visit.form.text(NOTE), _own(visit, view)
    if kind not in FIELDS:
        raise NoSuchPage
    body = {**given(FIELDS[kind], visit.form), **({NOTE: note} if note else {}), "withdrawal": of.id}
    if body.get("shifts") == [one.id for one in _shifts(view, of)]:
        del body["shifts"]  # all that it took
    found = [in_field(one, KINDS[kind].list, NUMBER) for one in problems(view, kind, body)]
    if not found and kind == BACK:
        found = [FieldProblem(*one) for one in given_back_of(body).beyond(*of.taken)]
    before = visit.form.text("corrects")
    corrects = last_words(visit.portal, visit.contact, before, kind).row.id if before else ""
    return ToSend(kind, body, view, tuple(found), corrects)


def _own(visit: PortalVisit, view: PartyView) -> ViewWithdrawal:
    """The withdrawal of the path, which the party's view has, and which is the unit's alone."""
    one = next((one for one in view.withdrawals if one.id == visit.path["withdrawal"]), None)
    if one is None:
        raise InputError(Message("The withdrawal has gone: report a new one."))
    if one.is_shared:
        raise InputError(Message("Concerns more units: call the coordinator about changes."))
    return one


def _shifts(view: PartyView, one: ViewWithdrawal) -> list[ViewShift]:
    return [shift for shift in view.shifts if one.shifts is None or shift.id in one.shifts]


def _page(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Answer:
    mark, view = visit.view()
    one = _own(visit, view)
    values = {
        **of_form(mark, view, form, found),
        "one": one,
        "shifts": _shifts(view, one),
        "causes": CAUSES,
        "said": lambda one: span_said(visit.words, one.first, None if one.is_open else one.last),
        "corrects": visit.form.text("corrects") or visit.query.text("corrects"),
    }
    return visit.page("withdrawal.html", values, status)


pages = (
    PartyPage("/withdrawals/{withdrawal}", "GET", "report", show),
    *check_and_send("/withdrawals/{withdrawal}", "report", _read, _page),
)
