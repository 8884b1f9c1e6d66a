"""The outcome of an operation on its day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from arshjul.domain.entry import Entry

Result = Literal["done", "without-police", "aborted", "called-off"]
RESULTS: tuple[Result, ...] = ("done", "without-police", "aborted", "called-off")


@dataclass(frozen=True, slots=True)
class Outcome(Entry):
    """How an operation went: one that was `aborted` had begun, one that was `called-off` had not.

    `day` None: its date in the plan. `officers` and `teams` are those that came, `figures` what was counted, by the ids
    that the configuration names.
    """

    operation: str
    day: date | None
    result: Result
    officers: int | None = None
    teams: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


def latest(log: Iterable[Outcome]) -> Mapping[tuple[str, date | None], Outcome]:
    """The latest report of the outcome of each operation and date."""
    return {(outcome.operation, outcome.day): outcome for outcome in log}
