"""`Utvärdera`: two pages of four questions about an operation, saved at each `Nästa`; nothing is asked twice."""

from arshjul.errors import Message
from arshjul.portal.actions.entries import Begun, begun, is_said, problems, today
from arshjul.portal.pages.sending import of_form, once, sent
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.fields import declared, filled, given, kinds_of, section_choices
from arshjul.serving.forms import FieldProblem, Form, Problems, in_field
from arshjul.serving.pages import Answer, NoSuchPage, SeeOther
from arshjul.year.domain.business_traces import of_business
from arshjul.year.domain.contact import TO_EVALUATE
from arshjul.year.domain.entries.learnt import PartyEvaluation
from arshjul.year.domain.information_sheet.declared import SECTIONS
from arshjul.year.domain.party_view import PartyView, ViewEvaluation
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.party_entry import EVALUATING, EVALUATION, KINDS, NUMBER

RIGHT = "evaluate"
LIST = KINDS[EVALUATION].list
FIELDS = kinds_of(shape(PartyEvaluation), "reported", "operation", "party")
PAGES = (
    ("as_planned", "lead_time", "information", "worst_section", "right_object"),
    ("helped", "roles", "police", "keep", "change", "why", "action"),
)
"""The questions of each page; the worst section goes with the information, why and what to do with the change."""
SURE = "sure"
MEANWHILE = Message("Your party has answered meanwhile, and nothing was sent. Send yours to replace that answer.")


def show(visit: PortalVisit) -> Answer:
    """Open evaluations, given ones, and outcomes of earlier ones; from a mail, the asked one alone."""
    _, view = visit.view()
    day = today(view, visit.now)
    said = is_said(visit.portal, view)
    opened = [evaluation for evaluation in view.evaluations if evaluation.is_open(day)]
    due = [evaluation for evaluation in opened if evaluation.operation not in said]
    if visit.only_page and len(opened) == len(due) == 1:
        return SeeOther(f"/{TO_EVALUATE}/{due[0].operation}?as={visit.contact.id}")
    values = {
        "view": view,
        "due": due,
        "said": [evaluation for evaluation in opened if evaluation.operation in said],
        "names": {evaluation.operation: _name(view, evaluation) for evaluation in view.evaluations},
    }
    return visit.page("evaluations.html", values)


def _name(view: PartyView, one: ViewEvaluation) -> str:
    return next((event.summary for event in view.events if event.operation == one.operation), one.operation)


def _asked(visit: PortalVisit) -> tuple[str, PartyView, ViewEvaluation]:
    mark, view = visit.view()
    view_evaluation = next(
        (evaluation for evaluation in view.evaluations if evaluation.operation == visit.path["operation"]), None
    )
    if view_evaluation is None or today(view, visit.now) < view_evaluation.opens:
        raise NoSuchPage
    return mark, view, view_evaluation


def first(visit: PortalVisit) -> Answer:
    return _form(visit, 0, _saved(visit))


def second(visit: PortalVisit) -> Answer:
    """The second page; the first one if that has not been answered."""
    if not _begun(visit).entry:
        return SeeOther(f"/{TO_EVALUATE}/{visit.path['operation']}?as={visit.contact.id}")
    return _form(visit, 1, _saved(visit))


def _saved(visit: PortalVisit) -> Form:
    return filled(FIELDS, _begun(visit).body)


def _begun(visit: PortalVisit) -> Begun:
    _, view, asked = _asked(visit)
    return begun(visit.portal, visit.contact, view, asked)


def save(visit: PortalVisit) -> Answer:
    return _take(visit, 0)


def send(visit: PortalVisit) -> Answer:
    return _take(visit, 1)


def _take(visit: PortalVisit, page: int) -> Answer:
    _, view, asked = _asked(visit)
    if not asked.is_open(today(view, visit.now)):
        return _form(visit, page, visit.form, (FieldProblem("", _closed(asked)),), 409)
    known = _begun(visit)
    if not known.is_own and known.entry != visit.form.text("before"):
        return _form(visit, page, visit.form, (FieldProblem("", MEANWHILE),), 409)
    there, own = known.body, given({key: FIELDS[key] for key in PAGES[page]}, visit.form)
    kept = {key: value for key, value in there.items() if key not in (*PAGES[page], "operation")}
    body: dict[str, object] = {"operation": asked.operation, **kept, **own}
    field_problems = [in_field(problem, LIST, NUMBER) for problem in problems(view, EVALUATION, body)]
    if not field_problems and not visit.form.is_checked(SURE):
        field_problems = [in_field(problem, LIST, NUMBER) for problem in of_business(LIST, own)]
    if field_problems:
        return _form(visit, page, visit.form, tuple(field_problems), 422)
    if page == 0:
        if body != there:
            sent(visit, EVALUATING, body, view)
        return SeeOther(f"/{TO_EVALUATE}/{asked.operation}/more?as={visit.contact.id}")
    return sent(visit, EVALUATION, body, view)


def _closed(asked: ViewEvaluation) -> Message:
    values = {"day": asked.closes}
    return Message("The evaluation closed {day}, and nothing was sent: call the coordinator.", values)


def _form(visit: PortalVisit, page: int, form: Form, found: Problems = (), status: int = 200) -> Answer:
    mark, view, asked = _asked(visit)
    values = {
        **of_form(mark, view, form, found),
        "path": f"/{TO_EVALUATE}/{asked.operation}" + ("/more" if page else ""),
        "asked": asked,
        "name": _name(view, asked),
        "page": page,
        "questions": [key for key in PAGES[page] if key != "worst_section" or view.sheets],
        "keys": declared(LIST),
        "sections": section_choices(visit.words, _letters(view, asked.operation)),
        "before": _begun(visit).entry,
        "is_closed": not asked.is_open(today(view, visit.now)),
    }
    return visit.page("evaluation_page.html", values, status)


def _letters(view: PartyView, operation: str) -> set[str]:
    """The letters of the sections that the operation's sheet has, as far as the party knows."""
    more = {id[0] for sheet in view.sheets if sheet.operation == operation for id in sheet.sections}
    return more | {id[0] for id, one in SECTIONS.items() if not one.is_more}


pages = (
    PartyPage(f"/{TO_EVALUATE}", "GET", RIGHT, show),
    PartyPage(f"/{TO_EVALUATE}/{{operation}}", "GET", RIGHT, first),
    PartyPage(f"/{TO_EVALUATE}/{{operation}}", "POST", RIGHT, save),
    PartyPage(f"/{TO_EVALUATE}/{{operation}}/more", "GET", RIGHT, second),
    PartyPage(f"/{TO_EVALUATE}/{{operation}}/more", "POST", RIGHT, once(send)),
)
