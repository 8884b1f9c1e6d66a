"""Studies: questions about the draft that a job answers in a child process. Its options; what one more would give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from arshjul.actions.draft import options, what_if
from arshjul.actions.draft.draft import Draft, StaleDraft, opened_draft
from arshjul.errors import InputError, Message
from arshjul.solver import Progress
from arshjul.store import audit, in_use, jobs
from arshjul.store.events import StudyAsked, StudyEnded
from arshjul.store.jobs import Job, Kind, StoredOption
from arshjul.store.store import Store, Transaction


class Study(NamedTuple):
    """`ask`: the draft as it was seen at a moment, if that can be asked of it; `work`: what a job finds of a draft."""

    ask: Callable[[Transaction, str, datetime, str], Draft]
    work: Callable[[Draft, Job, Callable[[Progress], None]], list[StoredOption]]


STUDIES: Mapping[Kind, Study] = {
    "options": Study(options.ask, options.work),
    "what-if": Study(what_if.ask, what_if.work),
}


@dataclass(frozen=True, slots=True)
class JobAsked:
    """`seen`: the draft; `about`: as `Job.about`; `limit_s`: the job's; `console`: whose child will work on it."""

    actor: str
    now: datetime
    seen: str
    about: str = ""
    limit_s: int = 60
    console: str = ""


def begin(store: Store, asked: JobAsked) -> tuple[int, bool]:
    """The job, and whether it is new: not if one is at this question for this draft already, in any console."""
    kind = jobs.kind_of(asked.about)
    with store.writing() as db:
        draft, last = STUDIES[kind].ask(db, asked.seen, asked.now, asked.about), jobs.last(db)
        if last is not None and is_left(store, db, last, asked.now):
            jobs.tell(db, last.number, state="failed")
        elif last is not None and not last.is_over:
            if (last.state, last.about, last.version) == ("running", asked.about, draft.version):
                return last.number, False
            if (last.kind, kind) == ("options", "what-if"):
                raise InputError(Message("Options are being worked out: wait, or stop it."))
            jobs.tell(db, last.number, state="stopping")  # of a former draft, or being stopped
        begun = jobs.add(db, asked.actor, asked.now, draft.version, asked.limit_s, asked.console, asked.about)
        audit.add(db, asked.now, asked.actor, StudyAsked(begun.number, kind))
        return begun.number, True


def work_out(store: Store, number: int, progress: Callable[[Progress], None]) -> None:
    """Writes all that was found at once. `progress` is called with each better value or bound."""
    with store.reading() as db:
        job, draft = jobs.JOBS.get(db, number), opened_draft(db)
    if job is None:
        raise StaleDraft
    rows = STUDIES[job.kind].work(draft, job, progress)
    with store.writing() as db:
        jobs.finish(db, job, rows, datetime.now(job.started_at.tzinfo))


def job_now(store: Store, number: int, now: datetime, kind: Kind) -> Job:
    """The job of that number and kind, failed if it will not end. InputError if there is none."""
    with store.reading() as db:
        job = jobs.JOBS.get(db, number)
        if job is None or job.kind != kind:
            raise InputError(Message("There is no such page."))
        return replace(job, state="failed") if is_left(store, db, job, now) else job


def stop(store: Store, number: int, actor: str, now: datetime) -> Kind:
    """Ends a job with what it has found so far, unless it has ended; its kind. InputError if there is none."""
    with store.writing() as db:
        job = jobs.JOBS.get(db, number)
        if job is None:
            raise InputError(Message("There is no such page."))
        if jobs.tell(db, number, state="stopping"):
            audit.add(db, now, actor, StudyEnded(number, job.kind))
        return job.kind


def is_left(store: Store, db: Transaction, job: Job, now: datetime) -> bool:
    """True if its console and child are gone: a live console waits for its slow child, and reports when it ends."""
    return job.is_silent(now) and not in_use.console_lives(store, db, job.console)
