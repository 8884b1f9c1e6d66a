"""Pages of a job's results: the options that answer events, against today's plan; and the gain of one more.

Until there is one, the progress of the job.
"""

from collections.abc import Sequence
from typing import Any

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import begun, progress
from arshjul.office.console.pages.year import by_month, whole_wheel
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.draft.compare_options import OptionColumn, answered
from arshjul.office.draft.options import choose
from arshjul.office.draft.study import answer_of, asked_of, job_now, last_what_if, stop
from arshjul.office.draft.take_back import is_edited
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.agenda.channel import LEVEL_NAMES, LEVELS
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.what_if import party_choices, rule_choices, title


def show(visit: Visit) -> Answer:
    """The options, or the progress of their job. Options of an earlier draft are not compared with other plans."""
    job, draft = job_now(visit.store, visit.number("job"), visit.now, "options"), visit.draft
    if job.state != "done":
        return progress(visit, job)
    options = visit.years.options(visit.store, job.number)
    if job.version != draft.version:
        values = {"draft": draft, "at": options[0].plan.as_of, "answered": answered(options)}
        return Html("older_options.html", values, part="content", is_last=True)
    comparison = visit.years.compared(draft, options, visit.words)
    values = {
        **comparison._asdict(),
        "job": job,
        "draft": draft,
        "is_edited": is_edited(draft),
        "longer_s": None if all(column.is_proven for column in comparison.columns) else job.longer_s,
        "chosen": visit.query.text("option") or _first_choice(comparison.columns),
        "place": lambda placement: _place(draft.scenario, placement),
        **(_first_plan(visit, options[0].scenario, options[0].plan) if draft.plan is None else {}),
    }
    return Html("options.html", values, part="content", is_last=True)


def _first_choice(columns: Sequence[OptionColumn]) -> str:
    return next((column for column in columns if column.is_suggested), columns[0]).option.id


def _first_plan(visit: Visit, scenario: Scenario, plan: Plan) -> dict[str, Any]:
    return by_month(visit, scenario, plan, scenario.span)


def picture(visit: Visit) -> Answer:
    wanted = visit.query.text("option")
    for option in visit.years.options(visit.store, visit.number("job")):
        if option.id == wanted:
            return whole_wheel(visit, option.scenario, option.plan, option.plan)
    raise InputError(Message("There is no such page."))


def _place(scenario: Scenario, placement: Placement | None) -> tuple[object, str] | None:
    """Date, and shift with the units and the agencies chosen; None if there is no place."""
    if placement is None:
        return None
    shift = next((shift.name for shift in scenario.shifts if shift.id == placement.slot.shift), placement.slot.shift)
    operation = scenario.operations.get(placement.operation)
    units = [placement.police] if operation is None else [*operation.lent(placement.police)]
    there = [scenario.parties[id].name for id in (*units, *placement.any_of) if id in scenario.parties]
    return placement.slot.day, ", ".join([shift, *there])


def take(visit: Visit) -> Answer:
    job, option, seen = visit.number("job"), visit.form.text("option"), visit.form.text("seen")
    choose(visit.store, job, option, visit.person, visit.now, seen)
    return SeeOther("/publish")


def work_out(visit: Visit) -> Answer:
    return begun(visit, visit.form.text("seen"))


def end(visit: Visit) -> Answer:
    number = visit.number("job")
    return SeeOther(f"/{stop(visit.store, number, visit.person, visit.now)}/{number}")


def begin_what_if(visit: Visit) -> Answer:
    what, level = visit.form.text("what"), visit.form.text("level")
    try:
        return begun(visit, visit.form.text("seen"), f"{what} {level}")
    except InputError as error:
        return show_what_if(visit, error.message)


def show_what_if(visit: Visit, wrong: Message | None = None) -> Html:
    last = last_what_if(visit.store)
    values = {
        "draft": visit.draft,
        "wrong": wrong,
        "last": last,
        "last_title": None if last is None else _title(visit, last.about),
        "is_planned": visit.draft.plan is not None,
        "parties": party_choices(visit.scenario),
        "rules": rule_choices(),
        "levels": [(level, LEVEL_NAMES[level]) for level in reversed(LEVELS)],
        "chosen": visit.form.text("what"),
    }
    return Html("what_if.html", values, 422 if wrong else 200)


def _title(visit: Visit, about: str) -> Message:
    return title(visit.scenario, asked_of(about)[0])


def show_answer(visit: Visit) -> Answer:
    job, draft = job_now(visit.store, visit.number("job"), visit.now, "what-if"), visit.draft
    answer = answer_of(visit.store, job.number)
    asked = _title(visit, job.about)
    if answer is None:
        return progress(visit, job, asked)
    values = {
        "draft": draft,
        "job": job,
        "asked": asked,
        "sentences": answer.sentences[visit.words.language],
        "table": answer.tables[visit.words.language],
        "is_old": draft.plan is None or answer.revision != draft.plan.revision or job.version != draft.version,
        "longer_s": None if answer.is_whole else job.longer_s,
    }
    return Html("what_if_found.html", values, part="content", is_last=True)


pages = (
    Page("/options", "POST", CHANGING, work_out),
    Page("/options/{job}", "GET", READING, show),
    Page("/options/{job}", "POST", CHANGING, take),
    Page("/options/{job}/wheel.svg", "GET", READING, picture),
    Page("/jobs/{job}", "POST", CHANGING, end),
    Page("/what-if", "GET", READING, show_what_if),
    Page("/what-if", "POST", CHANGING, begin_what_if),
    Page("/what-if/{job}", "GET", READING, show_answer),
)
