"""What one more of a party would be worth: asked on her press, worked out by a job, and told to no party."""

from functools import partial

from arshjul.actions.draft.asked_jobs import last_asked, stop_asked
from arshjul.actions.draft.options import job_now
from arshjul.actions.draft.worth import WORTH, begin_worth, worth_of
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.console.working_out import started
from arshjul.errors import InputError, Message
from arshjul.planning.worth.said import beforehand, effect, question


def ask(visit: Visit) -> Answer:
    """The parties to ask about, and what was asked last."""
    return _asked(visit)


def begin(visit: Visit) -> Answer:
    """Begins a job, and leads to its page."""
    try:
        return started(visit, "/worth", partial(begin_worth, visit.store, visit.form.text("party")))
    except InputError as error:
        return _asked(visit, error.message)


def _asked(visit: Visit, wrong: Message | None = None) -> Html:
    values = {
        "draft": visit.draft,
        "wrong": wrong,
        "chosen": visit.form.text("party"),
        "last": last_asked(visit.store, WORTH),
        "parties": visit.scenario.parties,
        "is_planned": visit.draft.plan is not None,
    }
    return Html("worth.html", values, 422 if wrong else 200)


def show(visit: Visit) -> Answer:
    """What was found month by month; until then, how far the job has come."""
    state = job_now(visit.store, visit.number("job"), visit.now, WORTH)
    job, draft = state.job, visit.draft
    found = worth_of(visit.store, job.number)
    known = job.about in draft.scenario.parties
    values = {
        "draft": draft,
        "job": job,
        "state": state,
        "question": question(draft.scenario, job.about) if known else job.about,
        "worth": None if found is None else found.worth,
        "before": () if found is None else tuple(beforehand(found.worth)),
        "effect": effect,
        "is_old": found is not None
        and (draft.plan is None or found.revision != draft.plan.revision or job.version != draft.version),
        "longer_s": None if found is not None and found.worth.is_whole else state.longer_s,
    }
    is_last = found is not None or state.is_dead
    return Html("worth_found.html", values, part="content" if is_last else "progress", is_last=is_last)


def end(visit: Visit) -> Answer:
    """Ends a job with the months that are done."""
    stop_asked(visit.store, visit.number("job"), visit.person, visit.now)
    return SeeOther(f"/worth/{visit.number('job')}")


pages = (
    Page("/worth", "GET", "see-worth", READING, ask),
    Page("/worth", "POST", "ask-worth", CHANGING, begin),
    Page("/worth/{job}", "GET", "see-worth-found", READING, show),
    Page("/worth/{job}", "POST", "stop-worth", CHANGING, end),
)
