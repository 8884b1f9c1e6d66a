"""What one more of a party, or a rule a step looser, would give: answered by a job, for her alone."""

from functools import partial

from arshjul.actions.draft.options import job_now, stop
from arshjul.actions.draft.what_if import WHAT_IF, answer_of, asked_of, begin_what_if, last_what_if
from arshjul.agenda.channel import LEVEL_NAMES, LEVELS
from arshjul.console.entry_forms import started
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.errors import InputError, Message
from arshjul.planning.what_if.loosenings import party_choices, rule_choices, title
from arshjul.serving.pages import Answer, Html, SeeOther


def ask(visit: Visit) -> Answer:
    """The parties and the rules to ask about, and what was asked last."""
    return _form(visit)


def begin(visit: Visit) -> Answer:
    """Begins a job, and leads to its page."""
    what, level = visit.form.text("what"), visit.form.text("level")
    try:
        return started(visit, "/what-if", partial(begin_what_if, visit.store, what, level))
    except InputError as error:
        return _form(visit, error.message)


def _form(visit: Visit, wrong: Message | None = None) -> Html:
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


def show(visit: Visit) -> Answer:
    """The answer; until then, how far the job has come."""
    state = job_now(visit.store, visit.number("job"), visit.now, WHAT_IF)
    job, draft, found = state.job, visit.draft, answer_of(visit.store, state.job.number)
    values = {
        "draft": draft,
        "title": _title(visit, job.about),
        "job": job,
        "state": state,
        "sentences": None if found is None else found.sentences[visit.words.language],
        "table": [] if found is None else found.tables[visit.words.language],
        "is_old": found is not None
        and (draft.plan is None or found.revision != draft.plan.revision or job.version != draft.version),
        "longer_s": None if found is not None and found.is_whole else state.longer_s,
    }
    is_last = found is not None or state.is_dead
    return Html("what_if_found.html", values, part="content" if is_last else "progress", is_last=is_last)


def end(visit: Visit) -> Answer:
    """Ends a job with the steps that are done."""
    stop(visit.store, visit.number("job"), visit.person, visit.now)
    return SeeOther(f"/what-if/{visit.number('job')}")


pages = (
    Page("/what-if", "GET", "see-what-if", READING, ask),
    Page("/what-if", "POST", "ask-what-if", CHANGING, begin),
    Page("/what-if/{job}", "GET", "see-what-if-found", READING, show),
    Page("/what-if/{job}", "POST", "stop-what-if", CHANGING, end),
)
