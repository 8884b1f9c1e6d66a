"""`Anmäl`: what falls away, in six presses; checked on a page of its own, with what it touches, and then sent."""

from collections.abc import Mapping
from datetime import date, timedelta

from starlette.responses import Response

from arshjul.actions.parties.entries import (
    kind_of_report,
    problems,
    sent_entry,
    today,
    touched,
)
from arshjul.agenda.cause import KINDS as CAUSES
from arshjul.agenda.party_entry import TITLES
from arshjul.domain.party_view import PartyView
from arshjul.errors import InputError, Message
from arshjul.formats.schema.party_entry import KINDS, NOTE, NUMBER
from arshjul.portal.access import PartyPage
from arshjul.portal.pages.sending import of_form, sent
from arshjul.portal.visit import PortalVisit
from arshjul.serving.fields import Kinds, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import FieldProblem, Problems, in_field

PERIODS = {
    "today": Message("Today"),
    "tomorrow": Message("Today and tomorrow"),
    "until": Message("Up to and including …"),
    "open": Message("Until further notice"),
}
"""How long, by the name of each choice."""

PERIOD = "period"


def fields(kind: str) -> Kinds:
    """The kinds of field of that kind of entry."""
    return kinds_of(KINDS[kind].model, *KINDS[kind].known, "weekdays", "from", "until_further_notice")


def left_key(kind: str) -> str:
    """The key that says how many are left."""
    return "officers_left" if kind == "report" else "teams_left"


def show(visit: PortalVisit) -> Response:
    """The form, empty; or as filled in before, to put it right."""
    corrects = visit.query.text("corrects")
    if not corrects:
        return _form(visit, Form({"cause": ("",)}))
    sent = sent_entry(visit.portal, visit.contact, corrects)
    _, view = visit.view()
    if sent.row.kind != kind_of_report(view):
        raise InputError(Message("There is no such page."))
    body = sent.body
    filled = {key: tuple(map(str, value)) if isinstance(value, list) else (str(value),) for key, value in body.items()}
    period = "open" if "until_further_notice" in body else "until"
    return _form(visit, Form({**filled, PERIOD: (period,), "corrects": (corrects,)}))


def check(visit: PortalVisit) -> Response:
    """What it touches, before it is sent; the form again if something is wrong with it."""
    mark, view = visit.view()
    kind, day = kind_of_report(view), today(view, visit.now)
    body = body_of(visit.form, kind, day)
    if found := problems_of(view, kind, body, visit.form):
        return _form(visit, visit.form, found, 422)
    values = {
        "view": view,
        "kind": kind,
        "title": TITLES[kind],
        "touched": touched(view, body, day),
        "period": PERIODS[visit.form.text(PERIOD)],
        "body": body,
        "shift_names": {one.id: one.name for one in view.shifts},
        "causes": CAUSES,
        "fields": [(name, one) for name, sent in visit.form.fields.items() if name != "token" for one in sent],
        "seen": mark,
    }
    return visit.page("report_check.html", values)


def take(visit: PortalVisit) -> Response:
    """Sends it, and shows its receipt."""
    _, view = visit.view()
    kind = kind_of_report(view)
    body = body_of(visit.form, kind, today(view, visit.now))
    if found := problems_of(view, kind, body, visit.form):
        return _form(visit, visit.form, found, 422)
    corrects = visit.form.text("corrects")
    if corrects:
        sent_entry(visit.portal, visit.contact, corrects)
    return sent(visit, kind, body, view, corrects)


def body_of(form: Form, kind: str, day: date) -> dict[str, object]:
    """The entry of the form: from today, and as long as it says."""
    body = {**given(fields(kind), form), **({NOTE: note} if (note := form.text(NOTE)) else {})}
    period = form.text(PERIOD)
    body["from"] = form.text("from") or day.isoformat()
    if period in ("today", "tomorrow"):
        body["to"] = (day + timedelta(days=period == "tomorrow")).isoformat()
    elif period == "open":
        body.pop("to", None)
        body["until_further_notice"] = True
    return body


def problems_of(view: PartyView, kind: str, body: Mapping[str, object], form: Form) -> Problems:
    """What is wrong with it, at the fields of the form."""
    found = [in_field(one, KINDS[kind].list, NUMBER) for one in problems(view, kind, body)]
    if "to" not in body:  # said below, in words that are no keys
        found = [one for one in found if one.field != "to"]
    period, last = form.text(PERIOD), form.text("to")
    if period not in PERIODS or (kind == "teams" and period == "open"):
        found.insert(0, FieldProblem(PERIOD, Message("Say how long it lasts.")))
    elif period == "until" and not last:
        found.append(FieldProblem("to", Message("Write the last date.")))
    elif period != "until" and last and last != body.get("to"):
        values = {"period": PERIODS[period], "until": PERIODS["until"]}
        text = Message("You chose {period}, and wrote a last date: choose {until}, or clear the date.", values)
        found.append(FieldProblem("to", text))
    known = {one.id for one in view.shifts}
    shifts = body.get("shifts")
    if isinstance(shifts, list) and not known.issuperset(shifts):
        found.append(FieldProblem("shifts", Message("There is no such shift.")))
    return tuple(found)


def _form(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Response:
    mark, view = visit.view()
    kind = kind_of_report(view)
    values = {
        **of_form(mark, view, form, found),
        "kind": kind,
        "title": TITLES[kind],
        "periods": {name: text for name, text in PERIODS.items() if kind == "report" or name != "open"},
        "left": left_key(kind),
        "list": KINDS[kind].list,
        "causes": CAUSES,
    }
    return visit.page("report.html", values, status)


pages = (
    PartyPage("/report", "GET", "report", show),
    PartyPage("/report", "POST", "report", check),
    PartyPage("/report/send", "POST", "report", take),
)
