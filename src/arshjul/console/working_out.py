"""From entries to options: begins a job, starts its child, and leads to its page."""

from collections.abc import Callable

from arshjul.actions.draft.draft import StaleDraft
from arshjul.actions.draft.options import MOST_S, begin
from arshjul.actions.draft.what_if import JobAsked
from arshjul.console.visit import Visit
from arshjul.errors import StorageError
from arshjul.serving.pages import SeeOther


def to_options(visit: Visit, marked: str = "") -> SeeOther:
    """Redirects to the options of the draft with the new entry; `marked` is the option selected by default.

    The entry is kept: if no job can begin just now, it waits on the first page. There it waits too if the form asks
    for `then=today`, to be answered by a way out.
    """
    if visit.query.text("then") == "today":
        return SeeOther("/")
    try:
        return begun(visit, visit.draft.stamp, marked)
    except (StaleDraft, StorageError):
        return SeeOther("/")


def started(visit: Visit, path: str, begin: Callable[[JobAsked], tuple[int, bool]]) -> SeeOther:
    """Begins a job for the draft as it was seen, and leads to its page below `path`. InputError if it cannot begin."""
    runner, wanted = visit.runner, visit.form.number("limit_s")
    limit_s = wanted if isinstance(wanted, int) and 0 < wanted <= MOST_S else runner.limit_s
    asking = JobAsked(visit.person, visit.now, visit.form.text("seen"), limit_s, runner.console)
    number, is_new = begin(asking)
    if is_new:
        runner.start(visit.store, number)
    return SeeOther(f"{path}/{number}")


def begun(visit: Visit, seen: str, marked: str = "", limit_s: int | None = None) -> SeeOther:
    """Begins a job for the draft as it was seen. StaleDraft if it has changed. `limit_s`: None for the usual limit.

    If an entry is refused none begins: the first page says which, and why.
    """
    if visit.draft.usable(visit.now)[1]:
        return SeeOther("/")
    runner = visit.runner
    number, is_new = begin(
        visit.store, visit.person, visit.now, seen, limit_s=limit_s or runner.limit_s, console=runner.console
    )
    if is_new:
        visit.runner.start(visit.store, number)
    return SeeOther(f"/options/{number}" + (f"?option={marked}" if marked else ""))
