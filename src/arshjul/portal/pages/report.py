"""`Avboka`: what falls away, in six presses; checked on a page of its own, with what it touches, and then sent.

A withdrawal of the unit's own is given back in the same way; or confirmed to go on, by one press.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from arshjul.errors import InputError, Message
from arshjul.portal.actions.entries import SentEntry, kind_of_report, last_words, moment, today, touched
from arshjul.portal.entry_text import span_said
from arshjul.portal.pages.sending import STILL, ToSend, check_and_send, declared_problems, of_form
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.fields import Kinds, fields_of, given, kinds_of
from arshjul.serving.forms import FieldProblem, Form, Problems
from arshjul.serving.pages import Answer, NoSuchPage
from arshjul.year.agenda.cause import NAMES as CAUSES
from arshjul.year.domain.party_view import PartyView, ViewShift, ViewWithdrawal
from arshjul.year.formats.schema.party_entry import KINDS, NOTE, given_back_of

PERIODS = {
    "today": Message("Today"),
    "tomorrow": Message("Today and tomorrow"),
    "until": Message("Through …"),
    "open": Message("Until further notice"),
    "later": Message("From a later date …"),
}
"""The period, by the name of each choice."""

HEADINGS = {"report": Message("Call off officers"), "teams": Message("Call off teams")}

PERIOD = "period"
DATES = {"from": Message("Enter the first date."), "to": Message("Enter the last date.")}


def fields(kind: str) -> Kinds:
    return kinds_of(KINDS[kind].model, *KINDS[kind].known, "weekdays", "from", "until_further_notice")


def left_key(kind: str) -> str:
    return "officers_left" if kind == "report" else "teams_left"


def show(visit: PortalVisit) -> Answer:
    _, view = visit.view()
    before = _corrected(visit, view)
    if before is None:
        return _form(visit, Form({PERIOD: ("today",), "shifts": tuple(shift.id for shift in view.shifts)}))
    body = dict(before.body)
    period = "open" if "until_further_notice" in body else "until"
    if str(body["from"]) > today(view, visit.now).isoformat():
        period = "later"
    else:
        del body["from"]
    body.setdefault("shifts", [shift.id for shift in view.shifts])
    filled = {key: tuple(map(str, value)) if isinstance(value, list) else (str(value),) for key, value in body.items()}
    return _form(visit, Form({**filled, PERIOD: (period,)}))


def _corrected(visit: PortalVisit, view: PartyView) -> SentEntry | None:
    """The entry that this one is to take the place of; None if it stands by itself."""
    id = visit.form.text("corrects") or visit.query.text("corrects")
    return last_words(visit.portal, visit.contact, id, kind_of_report(view)) if id else None


def _read(visit: PortalVisit) -> ToSend:
    _, view = visit.view()
    kind, day, before = kind_of_report(view), today(view, visit.now), _corrected(visit, view)
    begins = day.isoformat() if before is None else str(before.body["from"])
    body = body_of(visit.form, kind, day, begins, [shift.id for shift in view.shifts])
    if problems := problems_of(view, kind, body, visit.form, begins, {} if before is None else before.body):
        return ToSend(kind, body, view, problems)
    return ToSend(kind, body, view, (), "" if before is None else before.row.id, touched(view, body, day))


def body_of(form: Form, kind: str, day: date, begins: str, shifts: Sequence[str]) -> dict[str, object]:
    """The entry of the form: as long as it says, and from that day unless it begins later; all shifts are none."""
    body = {**given(fields(kind), form), **({NOTE: note} if (note := form.text(NOTE)) else {})}
    if body.get("shifts") == list(shifts):
        del body["shifts"]
    period = form.text(PERIOD)
    body["from"] = form.text("from") if period == "later" else begins
    if period in ("today", "tomorrow"):
        body["to"] = (day + timedelta(days=period == "tomorrow")).isoformat()
    elif period == "open" or (period == "later" and kind == "report" and "to" not in body):
        body.pop("to", None)
        body["until_further_notice"] = True
    return body


def problems_of(
    view: PartyView, kind: str, body: Mapping[str, object], form: Form, begins: str, before: Mapping[str, object]
) -> Problems:
    """Problems, at the fields of the form. `before`: the report it corrects, whose dates were filled in."""
    period, is_teams = form.text(PERIOD), kind == "teams"
    needed = {"until": ("to",), "later": ("from", "to") if is_teams else ("from",)}.get(period, ())
    lacking = [key for key in needed if not form.text(key)]
    problems = declared_problems(view, kind, body)
    problems = [
        problem for problem in problems if problem.field not in lacking and (problem.field != "to" or "to" in body)
    ]  # said below
    problems += [FieldProblem(key, DATES[key]) for key in lacking]
    if period not in PERIODS or (is_teams and period == "open"):
        return FieldProblem(PERIOD, Message("Choose a period.")), *problems
    if not problems and str(body["from"]) < begins:
        problems.append(FieldProblem("from", Message("The date is past: choose a later one, or another period.")))
    for key, means in (("from", ("later",)), ("to", ("until", "later"))):
        typed = form.text(key)
        if period not in means and typed not in ("", body.get(key), before.get(key)):
            values = {"period": PERIODS[period], "other": PERIODS[means[0]]}
            text = Message("{period} takes no date here: choose {other}, or clear the date.", values)
            problems.append(FieldProblem(key, text))
    known, shifts = {shift.id for shift in view.shifts}, body.get("shifts")
    if isinstance(shifts, list) and not known.issuperset(shifts):
        problems.append(FieldProblem("shifts", Message("There is no such shift.")))
    return tuple(problems)


def _form(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Answer:
    mark, view = visit.view()
    kind, before = kind_of_report(view), _corrected(visit, view)
    values = {
        **of_form(mark, view, form, found),
        "kind": kind,
        "heading": HEADINGS[kind],
        "now": moment(view, visit.now),
        "periods": {name: text for name, text in PERIODS.items() if kind == "report" or name != "open"},
        "left": left_key(kind),
        "list": KINDS[kind].list,
        "causes": CAUSES,
        "before": before,
        "began": None if before is None else date.fromisoformat(str(before.body["from"])),
    }
    return visit.page("report.html", values, status)


BACK = "given-back"
FIELDS = {BACK: kinds_of(KINDS[BACK].model, "id", "withdrawal"), STILL: {}}


def show_withdrawal(visit: PortalVisit) -> Answer:
    """The withdrawal, and what can be sent about it: filled in to give back all that is left, or as it was sent."""
    _, view = visit.view()
    one, corrects = _own(visit, view), visit.query.text("corrects")
    if corrects:
        before = last_words(visit.portal, visit.contact, corrects, BACK).body
        return _withdrawal(visit, Form.of([*fields_of(FIELDS[BACK], before), (NOTE, str(before.get(NOTE, "")))]))
    first = max(one.first, today(view, visit.now))
    return _withdrawal(visit, Form({"from": (first.isoformat(),), "to": (one.last.isoformat(),)}))


def _read_back(visit: PortalVisit) -> ToSend:
    _, view = visit.view()
    kind, note, of = visit.form.text("kind"), visit.form.text(NOTE), _own(visit, view)
    if kind not in FIELDS:
        raise NoSuchPage
    body = {**given(FIELDS[kind], visit.form), **({NOTE: note} if note else {}), "withdrawal": of.id}
    if body.get("shifts") == [shift.id for shift in _shifts(view, of)]:
        del body["shifts"]  # all that it took
    problems = declared_problems(view, kind, body)
    if not problems and kind == BACK:
        problems = [FieldProblem(*problem) for problem in given_back_of(body).beyond(*of.taken)]
    before = visit.form.text("corrects")
    corrects = last_words(visit.portal, visit.contact, before, kind).row.id if before else ""
    return ToSend(kind, body, view, tuple(problems), corrects)


def _own(visit: PortalVisit, view: PartyView) -> ViewWithdrawal:
    """The withdrawal of the path, which the party's view has, and which is the unit's alone."""
    one = next((withdrawal for withdrawal in view.withdrawals if withdrawal.id == visit.path["withdrawal"]), None)
    if one is None:
        raise InputError(Message("The withdrawal has gone: report a new one."))
    if one.is_shared:
        raise InputError(Message("Concerns more units: call the coordinator about changes."))
    return one


def _shifts(view: PartyView, one: ViewWithdrawal) -> list[ViewShift]:
    return [shift for shift in view.shifts if one.shifts is None or shift.id in one.shifts]


def _withdrawal(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Answer:
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
    PartyPage("/report", "GET", "report", show),
    *check_and_send("/report", _read, _form),
    PartyPage("/withdrawals/{withdrawal}", "GET", "report", show_withdrawal),
    *check_and_send("/withdrawals/{withdrawal}", _read_back, _withdrawal),
)
