"""explain: why an operation is where it is, or is not."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from arshjul.actions.plan_reading import is_sound, opened
from arshjul.actions.reading import Speak, moment_in
from arshjul.planning.explain import Explanation, explain_date
from arshjul.planning.explain import explain as explained


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation, and whether the plan that it comes from passes its check."""

    found: Explanation
    sound: bool


def explain(folder: Path, operation: str, day: date | None, as_of: datetime | None, speak: Speak) -> Explained:
    """Explains why it is there, or unplaced; with a day, why it is not on it."""
    read = opened(folder, speak)
    seen = None if as_of is None else moment_in(read.scenario, as_of)
    if day is None:
        found = explained(read.scenario, read.plan, operation, seen)
    else:
        found = explain_date(read.scenario, read.plan, operation, day, seen)
    return Explained(found, is_sound(read))
