"""The outcomes that are missing, all on one page: a result for each, or all as planned."""

from datetime import date

from arshjul.actions.draft.draft import AlreadyDone, Item, StaleDraft
from arshjul.actions.draft.enter import enter
from arshjul.console.entry_forms import SURE, refused
from arshjul.console.pages.operation import OUTCOME, results
from arshjul.console.visit import CHANGING, Page, Visit
from arshjul.console.working_out import to_options
from arshjul.domain.operation import Placement
from arshjul.errors import Message
from arshjul.planning.today.today import Today
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.shown_form import FieldProblem, Problems, ShownForm

MOST_AT_ONCE = 100
"""The most operations on the page; the others follow when these have their outcomes."""
REST = "rest"
"""The field of the button by which all that nothing is chosen for went as planned."""


def missing(found: Today | None) -> list[Placement]:
    """The operations that are over and have no outcome, by date."""
    if found is None:
        return []
    by_id = {id: found.begun[id] for id in found.no_outcome}
    return [one for one in by_id.values() if found.scenario.moments(found.scenario.slots(one)[-1])[1] <= found.as_of]


def show(visit: Visit) -> Answer:
    """The page."""
    return _page(visit)


def _page(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    draft, found = visit.draft, state(visit)
    there = missing(found)
    values = {
        "draft": draft,
        "missing": [(one, draft.scenario.operations[one.operation]) for one in there[:MOST_AT_ONCE]],
        "doubtful": {} if found is None else {id: _withdrawn(visit, found.begun[id]) for id in found.doubtful},
        "more": len(there[MOST_AT_ONCE:]),
        "results": lambda operation: results(visit, operation),
        "form": ShownForm("", visit.form, problems=problems),
    }
    return Html("outcomes.html", values, status)


def _withdrawn(visit: Visit, place: Placement) -> list[str]:
    """The waiting withdrawals of police that were to be there."""
    scenario, entered = visit.draft.scenario, visit.draft.usable(visit.now)[0].withdrawals
    lent = set(scenario.lenders(place.operation, place.police))
    return [
        one.id
        for one in entered
        if lent & set(one.police)
        and any(one.covers(slot, one.last or one.until or date.max) for slot in scenario.slots(place))
    ]


def state(visit: Visit) -> Today | None:
    """The state of the plan with what waits; None without a plan."""
    draft = visit.draft
    if draft.plan is None:
        return None
    told = visit.years.told(visit.store, draft)
    return visit.years.today(draft.scenario, draft.plan, draft.usable(visit.now)[0], visit.moment, told)


def take(visit: Visit) -> Answer:
    """Enters the chosen outcomes, and if she says so, that all others of the page went as planned.

    Not doubtful ones: their police were withdrawn, so each needs a choice.
    """
    form, found = visit.form, state(visit)
    shown = form.several("operation")
    there = [one for one in missing(found) if one.operation in shown]
    if shown and not there:
        raise AlreadyDone(Message("The page's outcomes are entered already."))
    if len(there) != len(set(shown)):
        raise StaleDraft
    rest = "done" if form.text(REST) else ""
    doubtful = () if found is None else found.doubtful
    items: list[tuple[str, Item]] = []
    unsaid: list[FieldProblem] = []
    for one in there:
        chosen, officers = form.text(f"result.{one.operation}"), form.text(f"officers.{one.operation}")
        result = chosen or ("" if one.operation in doubtful else rest)
        if officers and not result:
            unsaid.append(FieldProblem("", Message("Choose how {operation} went.", {"operation": one.operation})))
        elif result:
            sent = Form.of([("result", result), ("officers", officers)])
            known = {"operation": one.operation, "date": one.slot.day.isoformat()}
            items.append((OUTCOME.list, OUTCOME.item(sent, **known)))
    if unsaid:
        return _page(visit, tuple(unsaid), 422)
    if not items:
        return SeeOther("/outcomes")
    wrong = refused(
        lambda problems, status: _page(visit, problems, status),
        (OUTCOME.list, ""),
        lambda: enter(visit.store, items, visit.person, visit.now, form.text("seen"), is_sure=form.is_checked(SURE)),
    )
    if wrong is not None:
        return wrong
    if any(item.get("result") == "called-off" for _, item in items):
        return to_options(visit, "fewest-changes")
    return SeeOther("/" if len(items) == len(there) else "/outcomes")


pages = (
    Page("/outcomes", "GET", "see-outcomes", CHANGING, show),
    Page("/outcomes", "POST", "enter-outcomes", CHANGING, take),
)
