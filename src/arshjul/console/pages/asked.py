"""What a rule costs: asked on her press, answered by a job, for her alone."""

from functools import partial

from arshjul.actions.draft.asked_jobs import COST, answer_of, begin_cost, last_asked, stop_asked
from arshjul.actions.draft.options import job_now
from arshjul.agenda.channel import LEVEL_NAMES, LEVELS
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.console.working_out import started
from arshjul.errors import InputError, Message
from arshjul.planning.worth.cost import choices

TITLE = Message("What does a rule cost?")


def ask_cost(visit: Visit) -> Answer:
    """The rules that can be loosened a step, by the words of the sheet Rules, and what was asked last."""
    return _form(visit)


def _form(visit: Visit, wrong: Message | None = None) -> Html:
    last = last_asked(visit.store, COST)
    values = {
        "draft": visit.draft,
        "title": TITLE,
        "wrong": wrong,
        "last": last,
        "last_about": None if last is None else _about(visit, last.question),
        "is_planned": visit.draft.plan is not None,
        "rules": {id: visit.words.say(said) for id, said in choices().items()},
        "levels": [(level, visit.words.say(LEVEL_NAMES[level])) for level in reversed(LEVELS)],
    }
    return Html("asked.html", values, 422 if wrong else 200)


def _about(visit: Visit, question: str) -> str:
    """What was asked, in words."""
    rule = question.partition(" ")[0]
    said = choices().get(rule)
    return rule if said is None else visit.words.say(said)


def begin_about_cost(visit: Visit) -> Answer:
    """Begins a job, and leads to its page."""
    rule, level = visit.form.text("rule"), visit.form.text("level")
    try:
        return started(visit, "/cost", partial(begin_cost, visit.store, rule, level))
    except InputError as error:
        return _form(visit, error.message)


def show_cost(visit: Visit) -> Answer:
    """What a rule costs; until then, how far the job has come."""
    state = job_now(visit.store, visit.number("job"), visit.now, COST)
    job, draft, found = state.job, visit.draft, answer_of(visit.store, state.job.number)
    rule, _, level = job.question.partition(" ")
    values = {
        "draft": draft,
        "title": TITLE,
        "about": _about(visit, job.question),
        "job": job,
        "state": state,
        "parts": None if found is None else found.parts[visit.words.language],
        "again": {"rule": rule, "level": level},
        "is_old": found is not None
        and (draft.plan is None or found.revision != draft.plan.revision or job.version != draft.version),
        "longer_s": None if found is not None and found.is_whole else state.longer_s,
    }
    is_last = found is not None or state.is_dead
    return Html("asked_found.html", values, part="content" if is_last else "progress", is_last=is_last)


def end_cost(visit: Visit) -> Answer:
    """Ends a job with the steps that are done."""
    stop_asked(visit.store, visit.number("job"), visit.person, visit.now)
    return SeeOther(f"/cost/{visit.number('job')}")


pages = (
    Page("/cost", "GET", "see-cost", READING, ask_cost),
    Page("/cost", "POST", "ask-cost", CHANGING, begin_about_cost),
    Page("/cost/{job}", "GET", "see-cost-found", READING, show_cost),
    Page("/cost/{job}", "POST", "stop-cost", CHANGING, end_cost),
)
