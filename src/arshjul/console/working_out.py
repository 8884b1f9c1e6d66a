"""From a question to its answer: begins a job, starts its child, and leads to its page, which says how far it is."""

from arshjul.actions.draft.draft import StaleDraft
from arshjul.actions.draft.study import JobAsked, begin
from arshjul.console.visit import Visit
from arshjul.errors import Message, StorageError
from arshjul.rules.objectives import LEVEL_NAMES
from arshjul.serving.pages import Html, SeeOther
from arshjul.store.jobs import MOST_S, Job, kind_of


def to_options(visit: Visit, marked: str = "") -> SeeOther:
    """Redirects to the options of the draft with the new entry; `marked` is the option selected by default.

    The entry is kept: if no job can begin just now, it waits on the first page. There it waits too if the form asks
    for `then=today`, to be answered by a way out.
    """
    if visit.query.text("then") == "today":
        return SeeOther("/")
    try:
        return begun(visit, visit.draft.stamp, marked=marked)
    except (StaleDraft, StorageError):
        return SeeOther("/")


def begun(visit: Visit, seen: str, about: str = "", marked: str = "") -> SeeOther:
    """Begins a job for the draft as it was seen, with the form's time limit. StaleDraft if it has changed.

    If an entry is refused no options are begun: the first page says which, and why. InputError if it cannot be asked.
    """
    if not about and visit.draft.usable(visit.now)[1]:
        return SeeOther("/")
    runner, wanted = visit.runner, visit.form.number("limit_s")
    limit_s = wanted if isinstance(wanted, int) and 0 < wanted <= MOST_S else runner.limit_s
    number, is_new = begin(visit.store, JobAsked(visit.person, visit.now, seen, about, limit_s, runner.console))
    if is_new:
        runner.start(visit.store, number)
    return SeeOther(f"/{kind_of(about)}/{number}" + (f"?option={marked}" if marked else ""))


def progress(visit: Visit, job: Job, asked: Message | None = None) -> Html:
    """How far a job is, or why it gives no answer. `asked`: the question; None: for options."""
    values = {
        "draft": visit.draft,
        "job": job,
        "asked": asked,
        "seconds": int((visit.now - job.started_at).total_seconds()),
        "silent_s": int((visit.now - job.heartbeat).total_seconds()) if job.is_silent(visit.now) else None,
        "level": LEVEL_NAMES.get(job.level) or Message("{id}", {"id": job.level}),
        "longer_s": job.longer_s if job.state == "out-of-time" else None,
        "option": visit.query.text("option"),
    }
    return Html("job.html", values, part="content" if job.is_over else "progress", is_last=job.is_over)
