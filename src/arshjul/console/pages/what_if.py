"""What one more of a party, or a rule a step looser, would give: answered by a job, for her alone."""

from arshjul.actions.draft.study import answer_of, asked_of, job_now, last_what_if
from arshjul.agenda.channel import LEVEL_NAMES, LEVELS
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.console.working_out import begun, progress
from arshjul.errors import InputError, Message
from arshjul.planning.what_if.what_if import party_choices, rule_choices, title
from arshjul.serving.pages import Answer, Html


def ask(visit: Visit) -> Answer:
    """The parties and the rules to ask about, and what was asked last."""
    return _form(visit)


def begin(visit: Visit) -> Answer:
    """Begins a job, and leads to its page."""
    what, level = visit.form.text("what"), visit.form.text("level")
    try:
        return begun(visit, visit.form.text("seen"), f"{what} {level}")
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
    job, draft = job_now(visit.store, visit.number("job"), visit.now, "what-if"), visit.draft
    found = answer_of(visit.store, job.number)
    asked = _title(visit, job.about)
    if found is None:
        return progress(visit, job, asked)
    values = {
        "draft": draft,
        "job": job,
        "asked": asked,
        "sentences": found.sentences[visit.words.language],
        "table": found.tables[visit.words.language],
        "is_old": draft.plan is None or found.revision != draft.plan.revision or job.version != draft.version,
        "longer_s": None if found.is_whole else job.longer_s,
    }
    return Html("what_if_found.html", values, part="content", is_last=True)


pages = (
    Page("/what-if", "GET", "see-what-if", READING, ask),
    Page("/what-if", "POST", "ask-what-if", CHANGING, begin),
    Page("/what-if/{job}", "GET", "see-what-if-found", READING, show),
)
