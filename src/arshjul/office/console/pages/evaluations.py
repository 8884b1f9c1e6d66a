"""Evaluations: the number of answers, their contents, and the improvements with their outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import NEVER_ASKED, EntryForm, learn, shown
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.contacts.asking_to_evaluate import to_evaluate
from arshjul.office.contacts.ledger import mark_of, secret_outside
from arshjul.serving.fields import evaluation_lines, given, kinds_of, section_choices
from arshjul.serving.forms import Form, Problems
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.agenda.evaluations import (
    STATES,
    AskedEvaluation,
    FollowedImprovement,
    ToEvaluate,
    asked_evaluations,
    followed,
    given_evaluations,
    measures_asked_on,
)
from arshjul.year.domain.entries.learnt import Improvement, PartyEvaluation
from arshjul.year.domain.feature import OF_SHEETS
from arshjul.year.formats.schema.declared import mapping, shape

EVALUATION = EntryForm("evaluations", kinds_of(shape(PartyEvaluation), "operation", NEVER_ASKED))
_ALL = kinds_of(shape(Improvement), "from", NEVER_ASKED)
CHANGE = EntryForm(
    "improvements", {key: _ALL[key] for key in ("state", "owner", "due", "action", "reason")}, is_marked=True
)
IMPROVEMENT = EntryForm("improvements", {key: _ALL[key] for key in _ALL if key not in ("id", "state", "reason")})
forms = (EVALUATION, IMPROVEMENT)


@dataclass(frozen=True, slots=True)
class EvaluatedOperation:
    """An operation that has been, with those of its parties that have answered."""

    asked: AskedEvaluation
    said: Mapping[str, PartyEvaluation]
    contacts: ToEvaluate | None

    @property
    def of(self) -> int:
        """The number of parties that were asked, or have answered all the same."""
        return sum(id in self.said or self.asked.asks(id, self.contacts) for id in self.asked.parties)

    @property
    def n(self) -> int:
        return sum(id in self.said for id in self.asked.parties)


def show(visit: Visit) -> Answer:
    return _page(visit)


def _answered(visit: Visit) -> list[EvaluatedOperation]:
    """The operations whose evaluation has opened, the latest first."""
    plan, today = visit.plan_now, visit.moment.date()
    said: dict[str, dict[str, PartyEvaluation]] = {}
    asked = asked_evaluations(visit.scenario, plan)
    for (operation, party), one in given_evaluations(plan, asked).items():
        said.setdefault(operation, {})[party] = one
    with visit.store.reading() as db:
        there = to_evaluate(db, visit.scenario)
    opened = [evaluation for evaluation in reversed(list(asked.values())) if evaluation.opens <= today]
    return [EvaluatedOperation(evaluation, said.get(evaluation.operation, {}), there) for evaluation in opened]


def _page(visit: Visit, problems: Problems = (), status: int = 200, *, about: str = "") -> Html:
    known = followed(visit.scenario, visit.plan_now, visit.moment.date())
    wrong = {about: problems}
    values = {
        "draft": visit.draft,
        "answered": _answered(visit),
        "improvements": [
            (tracked, _changing(visit, tracked, wrong.get(tracked.improvement.id, ()))) for tracked in known
        ],
        "secret": secret_outside(visit.draft).are_in if known else None,
        "states": STATES,
        "today": visit.moment.date(),
        "problems": problems,
        "parties": visit.choices["parties"],
        "entered_states": [(id, visit.words.say(STATES[id])) for id in ("open", "done", "dropped")],
    }
    return Html("evaluations.html", values, status)


def _changing(visit: Visit, one: FollowedImprovement, problems: Problems) -> object:
    there = one.improvement
    return shown(visit, there.id, CHANGE.filled(mapping(there)), problems, was=mark_of(there))


def change(visit: Visit) -> Answer:
    id = visit.path["improvement"]
    item = {"reason": "", **given(CHANGE.kinds, visit.form)}
    return learn(visit, CHANGE, item, partial(_page, visit, about=id), id) or SeeOther("/evaluations")


def show_one(visit: Visit) -> Answer:
    return _one(visit)


def asked_now(visit: Visit, operation: str) -> AskedEvaluation | None:
    """The evaluation of an operation; None if it is not asked for, or not yet."""
    evaluation = asked_evaluations(visit.scenario, visit.plan_now).get(operation)
    return None if evaluation is None or evaluation.opens > visit.moment.date() else evaluation


def _asked(visit: Visit) -> AskedEvaluation:
    if (evaluation := asked_now(visit, visit.path["operation"])) is None:
        raise InputError(Message("There is no such page."))
    return evaluation


def _one(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    asked, scenario = _asked(visit), visit.scenario
    today, plan = visit.moment.date(), visit.plan_now
    known, while_open = (followed(scenario, plan, day) for day in (today, min(today, asked.closes)))
    names = {tracked.improvement.id: tracked.improvement.action for tracked in known}
    said = given_evaluations(plan, {asked.operation: asked})
    own = {id: said[asked.operation, id] for id in asked.parties if (asked.operation, id) in said}
    unasked = () if OF_SHEETS in visit.uses else ("worst_section",)
    written = {id: mapping(one) for id, one in own.items()}
    written = {id: {key: row[key] for key in row if key not in unasked} for id, row in written.items()}
    form = shown(visit, IMPROVEMENT.list, _begun(visit, asked, own), problems)
    values = {
        "draft": visit.draft,
        "asked": asked,
        "operation": scenario.operations[asked.operation],
        "parties": [(id, scenario.parties[id].name) for id in asked.parties],
        "said": {id: list(evaluation_lines(row, names, visit.words)) for id, row in written.items()},
        "asks": measures_asked_on(asked.operation, while_open),
        "after": [tracked for tracked in known if tracked.improvement.origin == asked.operation],
        "states": STATES,
        "by_phone": shown(visit, EVALUATION.list, Form(), problems),
        "form": replace(form, is_open=form.is_open or visit.query.text("of") in own),
        "choices": visit.choices,
        "problems": problems,
        "sections": section_choices(visit.words),
        "questions": [key for key in EVALUATION.kinds if key not in ("party", *unasked)],
    }
    return Html("evaluation_of.html", values, status)


def _begun(visit: Visit, asked: AskedEvaluation, own: Mapping[str, PartyEvaluation]) -> Form:
    """An improvement for operations of that sector, begun from what a party says that is to change."""
    operation, of = visit.scenario.operations[asked.operation], own.get(visit.query.text("of"))
    values: dict[str, object] = {"applies": {"sectors": [operation.sector]}}
    if of is not None:
        values |= {"observation": of.change, "cause": of.why, "action": of.action}
    return IMPROVEMENT.filled(values)


def ask(visit: Visit) -> Answer:
    operation, form, again = _asked(visit).operation, visit.form, partial(_one, visit)
    if form.text("ask") == EVALUATION.list:
        back = learn(visit, EVALUATION, EVALUATION.item(form, operation=operation), again)
    elif form.text("ask") == IMPROVEMENT.list:
        back = learn(visit, IMPROVEMENT, IMPROVEMENT.item(form, **{"from": operation}), again)
    else:
        raise InputError(Message("There is no such page."))
    return back or SeeOther(f"/evaluations/{operation}")


pages = (
    Page("/evaluations", "GET", READING, show),
    Page("/evaluations/{operation}", "GET", READING, show_one),
    Page("/evaluations/{operation}", "POST", CHANGING, ask),
    Page("/improvements/{improvement}", "POST", CHANGING, change),
)
