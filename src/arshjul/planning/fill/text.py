"""A filling in sentences: objects freed, bound and waiting with their reasons, and frames that stay empty."""

from collections.abc import Iterator

from arshjul.agenda.visits import stops_by_frame
from arshjul.agenda.when import placed_when
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.bindings import freed_said
from arshjul.planning.fill.fill import FillResult
from arshjul.planning.fill.reasons import reason_said


def filling_lines(result: FillResult) -> Iterator[Message]:
    """A line for each fact."""
    scenario, plan = result.scenario, result.plan
    yield from (freed_said(one) for one in result.freed)
    for frame, objects in result.bound.items():
        values = {"frame": frame_said(scenario, plan, frame), "objects": list(objects)}
        yield Message("{frame}: {objects}.", values)
    if not result.bound:
        yield Message("No object was bound.")
    for one in result.unbound:
        if one.object not in result.hopeless:  # warnings tell of the hopeless ones
            yield Message("{object}: {why}", {"object": one.object, "why": reason_said(one)})
    yield from (empty_said(scenario, plan, frame) for frame in result.empty)


def frame_said(scenario: Scenario, plan: Plan, frame: str) -> Message:
    """A frame with its date and the number of its stops that are taken."""
    taken = stops_by_frame(scenario, plan)[frame].text
    when = placed_when(scenario, plan.placed[frame])
    return Message("{frame}, {when} ({taken})", {"frame": frame, "when": when, "taken": taken})


def empty_said(scenario: Scenario, plan: Plan, frame: str) -> Message:
    """A warning that a frame is about to stay empty."""
    values = {"frame": frame, "when": placed_when(scenario, plan.placed[frame])}
    return Message("{frame}, {when}, is about to stay empty.", values)
