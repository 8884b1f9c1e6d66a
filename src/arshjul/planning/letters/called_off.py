"""The dates of a year that were called off: which, when that was decided, and the cause given by its replan."""

from dataclasses import dataclass
from datetime import date, datetime

from arshjul.agenda.cause import ON_THE_DAY, cause
from arshjul.agenda.party import COORDINATOR
from arshjul.domain.entries.outcome import Outcome
from arshjul.domain.history.past_replans import past_replans
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A date that an operation did not keep: its place on that date, and its later place, if any.

    `decided` is the moment of the replan that took the date away. `on_the_day`: the operation was to begin and did not;
    else it lost its date beforehand, and has none now.
    """

    placement: Placement
    decided: datetime
    on_the_day: bool
    why: Message | None
    anew: Placement | None


def called_off(scenario: Scenario, plan: Plan) -> list[CalledOff]:
    """All of them, by date. `scenario` must have the cancelled operations too."""
    known = plan.entries.known_outcomes()
    found: dict[tuple[str, date], CalledOff] = {}
    for past in past_replans(scenario, plan):
        then = past.plan
        for old in past.left:
            key = (old.operation, old.slot.day)
            outcome = known.get(key)
            if outcome is not None and outcome.result != "called-off":
                outcome = None
            if _has_left(plan, then, old, outcome):
                found.pop(key, None)
                why = _why(scenario, then, old, outcome)
                anew = plan.placed.get(old.operation)
                found[key] = CalledOff(old, then.as_of, outcome is not None, why, anew)
    last = {one.placement.operation: one for one in found.values()}
    listed = (one for one in found.values() if one.on_the_day or one is last[one.placement.operation])
    return sorted(listed, key=lambda one: (one.placement.slot.day, one.placement.operation))


def _has_left(plan: Plan, then: Plan, old: Placement, outcome: Outcome | None) -> bool:
    """True if the date was called off in `then`: there is no date now, or `outcome` says that it did not begin."""
    now = plan.placed.get(old.operation)
    if outcome is None:
        return now is None and old.operation not in then.placed
    return not any(place is not None and place.slot == old.slot for place in (now, then.placed.get(old.operation)))


def _why(scenario: Scenario, then: Plan, old: Placement, outcome: Outcome | None) -> Message | None:
    """The outcome's note, or the cause as it was told; None if that only says that it was called off."""
    if outcome is not None and outcome.note:
        return Message("{note}", {"note": outcome.note})
    why = cause(scenario, then, old, COORDINATOR)
    return None if why == ON_THE_DAY else why
