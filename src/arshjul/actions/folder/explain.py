"""explain: why an operation is where it is, or is not, and its history."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from arshjul.actions.folder.plan_reading import is_sound, opened
from arshjul.actions.folder.reading import Speak, moment_in
from arshjul.errors import Message
from arshjul.planning.letters.year_log import operation_history
from arshjul.planning.places.explain import Explanation, explain_date
from arshjul.planning.places.explain import explain as explained


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation, and whether its plan passes the check.

    `history`: the operation's entries, and the versions of the plan that moved it; empty if a date was asked.
    """

    found: Explanation
    history: tuple[Message, ...]
    sound: bool


def explain(folder: Path, operation: str, day: date | None, as_of: datetime | None, speak: Speak) -> Explained:
    """Explains an operation's place, or why it is unplaced; with a day, why it is not on it."""
    read = opened(folder, speak)
    seen = None if as_of is None else moment_in(read.scenario, as_of)
    history: list[Message] = []
    if day is None:
        history = operation_history(read.scenario, read.plan, operation)
        explanation = explained(read.scenario, read.plan, operation, seen)
    else:
        explanation = explain_date(read.scenario, read.plan, operation, day, seen)
    return Explained(explanation, tuple(history), is_sound(read))
