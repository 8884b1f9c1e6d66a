"""Jobs: solves in a child process, with their state in rows that anyone may read meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from sqlalchemy import ColumnElement, String

from arshjul.office.store.tables import declared
from arshjul.serving.sql.columns import Default, Id, Name, Of, Word
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.rows import Packed, TableRows

_GOING = ("running", "stopping")
State = Literal["running", "stopping", "done", "out-of-time", "failed"]
"""`stopping`: somebody asked for the best so far. `out-of-time`, `failed`: no result; `fault` says why."""


Kind = Literal["options", "what-if"]


def kind_of(about: str) -> Kind:
    """The kind of result, by the job's subject (`Job.about`)."""
    return "what-if" if about else "options"


SILENT = timedelta(seconds=15)
"""The silence after which a job counts as slow, on a busy machine, or as left by its console."""
MOST_S = 3600


@dataclass(frozen=True, slots=True)
class Job:
    """A solve of one version of the draft. `level`, `value` and `bound` are its progress.

    `about`: the question that it answers, what would come in if; empty if it looks for options.

    The version is negative once there are entries that the job has not taken in. `limit_s` is its time limit.
    `console`: the name of the one whose child works on it.
    """

    number: int
    actor: str
    started_at: datetime
    version: int
    state: Annotated[State, String(12)]
    heartbeat: datetime
    level: Id = ""
    value: int | None = None
    bound: int | None = None
    fault: str = ""
    limit_s: Annotated[int, Default("60")] = 60
    console: Annotated[Word, Default("")] = ""
    about: Annotated[Name, Default("")] = ""

    def is_silent(self, now: datetime) -> bool:
        return not self.is_over and now - self.heartbeat > SILENT

    @property
    def longer_s(self) -> int | None:
        """The time limit for another attempt; None if the longest has been used."""
        return min(2 * self.limit_s, MOST_S) if self.limit_s < MOST_S else None

    @property
    def kind(self) -> Kind:
        return kind_of(self.about)

    @property
    def is_over(self) -> bool:
        return self.state not in _GOING


@dataclass(frozen=True, slots=True)
class StoredOption:
    """A plan that a job found, and its scenario: JSON without sites. `position`: among the job's."""

    job: Annotated[int, Of("job.number")]
    option: Id
    position: int
    scenario: Packed
    plan: Packed


JOBS = TableRows(declared("job", Job, "number"), Job)
_LATEST = JOBS.by(JOBS.c.number.desc())
OPTIONS_FOUND = TableRows(declared("job_option", StoredOption, "job", "option"), StoredOption, "position")


def add(
    db: Transaction, actor: str, at: datetime, version: int, limit_s: int = 60, console: str = "", about: str = ""
) -> Job:
    number = JOBS.highest(db, JOBS.c.number) + 1
    made = Job(number, actor, at, version, "running", at, limit_s=limit_s, console=console, about=about)
    JOBS.add(db, made)
    return made


def last(db: Transaction, *which: ColumnElement[bool]) -> Job | None:
    return _LATEST.where(*which).first(db)


def tell(db: Transaction, number: int, **values: object) -> bool:
    """Records a job's progress; once it is over, nothing, and returns False."""
    return JOBS.where(JOBS.c.state.in_(_GOING), number=number).set(db, **values) == 1


def break_off(db: Transaction) -> None:
    """Ends all running jobs, for which nobody waits any more."""
    JOBS.where(JOBS.c.state.in_(_GOING)).set(db, state="failed")


def outdate(db: Transaction) -> None:
    """Marks all jobs as outdated by negating their versions: there are entries that none has taken in."""
    JOBS.where(JOBS.c.version > 0).set(db, version=-JOBS.c.version)


def finish(db: Transaction, begun: Job, found: list[StoredOption], at: datetime) -> None:
    """Writes all results of a job at once, unless it is over, or its number is another job's since a restore."""
    now = JOBS.get(db, begun.number)
    if now is None or now.started_at != begun.started_at or not tell(db, begun.number, state="done", heartbeat=at):
        return
    OPTIONS_FOUND.add(db, *found)
