"""Jobs: solves in a child process, with their state in rows that anyone may read meanwhile."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, insert, select, update

from arshjul.store import schema
from arshjul.store.chain import inflated, packed
from arshjul.store.store import Transaction

_GOING = ("running", "stopping")
State = Literal["running", "stopping", "done", "out-of-time", "failed"]
"""`stopping`: somebody asked for the best so far. `out-of-time`, `failed`: no result.

`fault` says why.
"""


OPTIONS, WHAT_IF = "options", "what-if"
"""The kinds of jobs."""

SILENT = timedelta(seconds=15)
"""The silence after which a job counts as slow, on a busy machine, or as left by its console."""


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
    state: State
    heartbeat: datetime
    level: str = ""
    value: int | None = None
    bound: int | None = None
    fault: str = ""
    limit_s: int = 60
    console: str = ""
    about: str = ""

    def is_silent(self, now: datetime) -> bool:
        """True if the job has been silent for a while, and is not over."""
        return not self.is_over and now - self.heartbeat > SILENT

    @property
    def kind(self) -> str:
        """What it works out."""
        return WHAT_IF if self.about else OPTIONS

    @property
    def is_over(self) -> bool:
        """True if the job will report nothing more."""
        return self.state not in _GOING


@dataclass(frozen=True, slots=True)
class StoredOption:
    """A plan that a job found, and its scenario: JSON without sites."""

    option: str
    scenario: bytes
    plan: bytes


def add(
    db: Transaction, actor: str, at: datetime, version: int, limit_s: int = 60, console: str = "", about: str = ""
) -> Job:
    """Adds a job that begins now."""
    last = db.execute(select(func.max(schema.job.c.number))).scalar() or 0
    made = Job(last + 1, actor, at, version, "running", at, limit_s=limit_s, console=console, about=about)
    db.execute(insert(schema.job), [asdict(made)])
    return made


def job(db: Transaction, number: int) -> Job | None:
    """The job of that number."""
    row = db.execute(select(schema.job).where(schema.job.c.number == number)).mappings().first()
    return None if row is None else Job(**row)


def last(db: Transaction) -> Job | None:
    """The job that began last."""
    row = db.execute(select(schema.job).order_by(schema.job.c.number.desc()).limit(1)).mappings().first()
    return None if row is None else Job(**row)


def last_what_if(db: Transaction) -> Job | None:
    """The job of that kind that began last."""
    table = schema.job
    query = select(table).where(table.c.about != "").order_by(table.c.number.desc()).limit(1)
    row = db.execute(query).mappings().first()
    return None if row is None else Job(**row)


def tell(db: Transaction, number: int, **values: object) -> bool:
    """Records a job's progress; once it is over, nothing, and returns False."""
    table = schema.job.c
    going = (table.number == number, table.state.in_(_GOING))
    return db.execute(update(schema.job).where(*going).values(**values)).rowcount == 1


def break_off(db: Transaction) -> None:
    """Ends all running jobs, for which nobody waits any more."""
    db.execute(update(schema.job).where(schema.job.c.state.in_(_GOING)).values(state="failed"))


def outdate(db: Transaction) -> None:
    """Marks all jobs as outdated by negating their versions: there are entries that none has taken in."""
    table = schema.job.c
    db.execute(update(schema.job).where(table.version > 0).values(version=-table.version))


def finish(db: Transaction, begun: Job, found: list[StoredOption], at: datetime) -> None:
    """Writes all results of a job at once; nothing if it was over already, since another child was quicker.

    Nothing either if its number now belongs to another job, since a backup was restored.
    """
    now = job(db, begun.number)
    if now is None or now.started_at != begun.started_at or not tell(db, begun.number, state="done", heartbeat=at):
        return
    rows = [
        {
            "job": begun.number,
            "option": one.option,
            "position": position,
            "scenario": packed(one.scenario),
            "plan": packed(one.plan),
        }
        for position, one in enumerate(found)
    ]
    db.execute(insert(schema.job_option), rows)


def options(db: Transaction, number: int) -> list[StoredOption]:
    """The options that a job found, in the order in which they are shown."""
    table = schema.job_option
    rows = db.execute(select(table).where(table.c.job == number).order_by(table.c.position))
    return [StoredOption(row.option, inflated(row.scenario), inflated(row.plan)) for row in rows]
