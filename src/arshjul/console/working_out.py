"""From what was entered to its options: the job is begun, its child started, and its page shown."""

from arshjul.actions.options import begin
from arshjul.console.answers import SeeOther
from arshjul.console.visit import Visit


def to_options(visit: Visit, seen: str, marked: str = "") -> SeeOther:
    """The options of the draft as it was seen; the one that is `marked` is the one to take where nobody chooses."""
    job = begin(visit.store, visit.person, visit.now, seen)
    visit.runner.start(visit.store, job.number)
    return SeeOther(f"/options/{job.number}" + (f"?option={marked}" if marked else ""))
