"""Which revision a plan folder goes on from, and whether that is still the one that is served.

Two coordinators can replan at the same time. The folder itself says what its maker saw: a replan
holds the old placements, and a plan made anew over an older one tells its changes from it.
"""

from collections.abc import Mapping
from datetime import date

from arshjul.actions.published import Current
from arshjul.actions.told import told
from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Placement, Plan
from arshjul.errors import Message, Refused
from arshjul.files.plan_folder import CHANGES, PlanFolder


class StaleRevision(Refused):
    """Refused: another revision is served than the one that was seen.

    `current` is its number; `differences` say what it changed, or all of it where nothing was seen.
    """

    def __init__(self, current: int, reason: str, differences: tuple[Message, ...]) -> None:
        super().__init__(
            Message(
                "Revision {current} is served now, and was not seen when this plan was made. Look at it, plan anew "
                "from it, or say --seen {current} where this plan shall replace it.",
                {"current": current, "reason": reason},
            )
        )
        self.current = current
        self.reason = reason
        self.differences = differences


def refuse_stale(read: PlanFolder, current: Current | None, seen: int | None) -> None:
    """Raises StaleRevision where the folder was not made from what is served.

    `seen` is the number of the revision that a person says to have seen; None: the folder tells.
    """
    if current is None:
        return
    if seen is not None:
        if seen != current.revision.number:
            raise stale(read, current)
    elif not _goes_on_from(read, current.plan):
        raise stale(read, current)


def stale(read: PlanFolder, current: Current) -> StaleRevision:
    """What is served, against what the folder started from."""
    before = _started_from(read) or {}
    differences = told(current.scenario, current.scenario, before, current.plan).sentences
    return StaleRevision(current.revision.number, current.revision.reason, differences)


def _goes_on_from(read: PlanFolder, plan: Plan) -> bool:
    before = _started_from(read)
    if before is None or read.plan.revision != plan.revision + 1 or before.keys() != plan.placed.keys():
        return False
    return all(placement.same_place(plan.placed[id]) for id, placement in before.items())


def _started_from(read: PlanFolder) -> Mapping[str, Placement] | None:
    """The placements that the maker of the folder had before; None for a first plan."""
    if read.plan.base is not None:
        return read.plan.base.placements
    if read.plan.revision == 1:
        return None
    changes = read.data(CHANGES)
    if not isinstance(changes, dict):
        return None
    before = dict(read.plan.placed)
    try:
        for change in changes["new"]:
            before.pop(change["operation"], None)
        for kind in ("moved", "unit_changed", "dropped"):
            for change in changes[kind]:
                before[change["operation"]] = _placement(change["operation"], change["old"])
    except (KeyError, TypeError, ValueError):
        return None
    return before


def _placement(operation: str, place: Mapping[str, str]) -> Placement:
    return Placement(operation, Slot(date.fromisoformat(place["date"]), place["shift"]), place["police"])
