"""The history of an operation: its entries, and each replan that moved it, with the cause."""

from arshjul.agenda.notice import notice
from arshjul.agenda.part_change import Former, part_change
from arshjul.agenda.party import COORDINATOR
from arshjul.domain.history.past_replans import past_replans
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.letters.year_log import LogLine, year_log


def operation_history(scenario: Scenario, plan: Plan, operation: str) -> list[Message]:
    """In sentences, the latest version of the plan first; in each, its changes before the entries that it answered."""
    entered = [line for line in year_log(scenario, plan.entries) if is_about(line, operation)]
    said = [*_moves(scenario, plan, operation), *((line.entry.revision or 0, line.text) for line in entered)]
    return [text for _, text in sorted(said, key=lambda one: -one[0])]


def is_about(line: LogLine, operation: str) -> bool:
    """True if the entry is about that operation."""
    about = getattr(line.entry, "operation", None)
    return operation in (about, getattr(about, "id", None))


def _moves(scenario: Scenario, plan: Plan, operation: str) -> list[tuple[int, Message]]:
    """Each replan that moved it, by the number of its version of the plan."""
    found = []
    for past in past_replans(scenario, plan):
        then = past.plan
        if then.base is not None and any(move.operation == operation for move in past.changed):
            before = Former(scenario, then.base.placements)
            change = part_change(before, scenario, then, COORDINATOR, operation)
            if change is not None:
                values = {"version": then.revision, "as_of": then.as_of, "change": notice(scenario, then, change)}
                found.append((then.revision, Message("Version {version} of the plan, {as_of}: {change}", values)))
    return found
