"""What one more of a party would be worth, worked out by a job from the year's plan as it stands. Told to no party."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from arshjul.actions.draft.asked_jobs import JobAsked, begin_asked, work_out_asked
from arshjul.actions.draft.draft import Draft, StaleDraft, opened_draft
from arshjul.actions.draft.options import work_out
from arshjul.domain.calendar import Span
from arshjul.errors import InputError, Message
from arshjul.planning.effort import Effort
from arshjul.planning.worth.worth import MonthWorth, Worth, worth
from arshjul.solver import Progress
from arshjul.store import jobs
from arshjul.store.jobs import Job, StoredOption
from arshjul.store.store import Store

WORTH = jobs.WORTH


@dataclass(frozen=True, slots=True)
class FoundWorth:
    """What a job found, of the plan of that revision."""

    worth: Worth
    revision: int


def begin_worth(store: Store, party: str, asking: JobAsked) -> tuple[int, bool]:
    """A job that works it out, as `begin_asked`. InputError if there is no such party."""

    def judge(draft: Draft) -> None:
        if party not in draft.scenario.parties:
            raise InputError(Message("There is no party {given} in the plan.", {"given": party}))

    return begin_asked(store, party, judge, asking)


def work_out_any(store: Store, number: int, progress: Callable[[Progress], None]) -> None:
    """Works out the job of that number, whatever it is about."""
    with store.reading() as db:
        job = jobs.job(db, number)
    if job is None or job.kind == jobs.OPTIONS:
        work_out(store, number, progress)
    elif job.kind == WORTH:
        _work_out_worth(store, job, progress)
    else:
        work_out_asked(store, job, progress)


def _work_out_worth(store: Store, job: Job, progress: Callable[[Progress], None]) -> None:
    with store.reading() as db:
        draft = opened_draft(db)
    if draft.plan is None or job.about not in draft.scenario.parties:
        raise StaleDraft
    plan = draft.plan
    moment = max(draft.moment(job.started_at), plan.as_of)

    def told(n: int, of: int) -> None:
        progress(Progress(WORTH, n, of, 0.0))

    found = worth(draft.scenario, plan, job.about, moment, Effort(job.limit_s), told=told)
    row = StoredOption(WORTH, b"", json.dumps(asdict(FoundWorth(found, plan.revision)), default=str).encode())
    with store.writing() as db:
        jobs.finish(db, job, [row], datetime.now(job.started_at.tzinfo))


def worth_of(store: Store, number: int) -> FoundWorth | None:
    """What a job found; None while it runs."""
    with store.reading() as db:
        rows = jobs.options(db, number)
    return _read(json.loads(rows[0].plan)) if rows and rows[0].option == WORTH else None


def _read(found: dict[str, Any]) -> FoundWorth:
    whole = found["worth"]
    months = tuple(_month(one) for one in whole["months"])
    return FoundWorth(Worth(**{**whole, "months": months}), found["revision"])


def _month(one: dict[str, Any]) -> MonthWorth:
    month = Span(*(date.fromisoformat(one["month"][end]) for end in ("first", "last")))
    return MonthWorth(**{**one, "month": month, "firms": tuple(one["firms"])})
