"""From what was entered to its options: the job is begun, its child started, and its page shown."""

from arshjul.actions.draft.draft import StaleDraft
from arshjul.actions.draft.options import begin
from arshjul.console.answers import SeeOther
from arshjul.console.visit import Visit
from arshjul.errors import StorageError


def to_options(visit: Visit, marked: str = "") -> SeeOther:
    """The options of the draft with what was just entered; `marked` is the one to take where nobody chooses.

    What was entered is kept: where no job can begin just now, it waits on the first page.
    """
    try:
        return begun(visit, visit.draft.stamp, marked)
    except (StaleDraft, StorageError):
        return SeeOther("/")


def begun(visit: Visit, seen: str, marked: str = "", limit_s: int | None = None) -> SeeOther:
    """The options of the draft as it was seen. StaleDraft where it is another. `limit_s`: None for the usual time."""
    runner = visit.runner
    number, is_new = begin(
        visit.store, visit.person, visit.now, seen, limit_s=limit_s or runner.limit_s, console=runner.console
    )
    if is_new:
        visit.runner.start(visit.store, number)
    return SeeOther(f"/options/{number}" + (f"?option={marked}" if marked else ""))
