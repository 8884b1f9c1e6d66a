"""What one more of a party would be worth: asked on her press, worked out by a job, and told to no party."""

from arshjul.actions.draft.options import MOST_S, job_now
from arshjul.actions.draft.worth import begin_worth, last_worth, stop_worth, worth_of
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Message
from arshjul.planning.worth.said import beforehand, effect, question


def ask(visit: Visit) -> Answer:
    """The parties to ask about, and what was asked last."""
    return _asked(visit)


def begin(visit: Visit) -> Answer:
    """Begins a job, and leads to its page."""
    form, runner = visit.form, visit.runner
    wanted = form.number("limit_s")
    limit_s = wanted if isinstance(wanted, int) and 0 < wanted <= MOST_S else runner.limit_s
    try:
        number, is_new = begin_worth(
            visit.store,
            form.text("party"),
            visit.person,
            visit.now,
            form.text("seen"),
            limit_s=limit_s,
            console=runner.console,
        )
    except InputError as error:
        return _asked(visit, error.message)
    if is_new:
        runner.start(visit.store, number)
    return SeeOther(f"/worth/{number}")


def _asked(visit: Visit, wrong: Message | None = None) -> Html:
    values = {
        "draft": visit.draft,
        "wrong": wrong,
        "chosen": visit.form.text("party"),
        "last": last_worth(visit.store),
        "parties": visit.scenario.parties,
        "is_planned": visit.draft.plan is not None,
    }
    return Html("worth.html", values, 422 if wrong else 200)


def show(visit: Visit) -> Answer:
    """What was found month by month; until then, how far the job has come."""
    state = job_now(visit.store, visit.number("job"), visit.now, of_worth=True)
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
    stop_worth(visit.store, visit.number("job"), visit.person, visit.now)
    return SeeOther(f"/worth/{visit.number('job')}")


pages = (
    Page("/worth", "GET", "see-worth", READING, ask),
    Page("/worth", "POST", "ask-worth", CHANGING, begin),
    Page("/worth/{job}", "GET", "see-worth-found", READING, show),
    Page("/worth/{job}", "POST", "stop-worth", CHANGING, end),
)
