"""What one more of a party would be worth, worked out by a job from the year's plan as it stands. Told to no party."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from arshjul.actions.draft.draft import StaleDraft, opened_draft, seen_draft
from arshjul.actions.draft.options import is_left, work_out
from arshjul.domain.calendar import Span
from arshjul.errors import InputError, Message
from arshjul.planning.effort import Effort
from arshjul.planning.worth.worth import MonthWorth, Worth, worth
from arshjul.solver import Progress
from arshjul.store import audit, jobs
from arshjul.store.events import WorthAsked, WorthStopped
from arshjul.store.jobs import Job, StoredOption
from arshjul.store.store import Store

WORTH = "worth"


@dataclass(frozen=True, slots=True)
class FoundWorth:
    """What a job found, of the plan of that revision."""

    worth: Worth
    revision: int


def begin_worth(
    store: Store, party: str, actor: str, now: datetime, seen: str, *, limit_s: int = 60, console: str = ""
) -> tuple[int, bool]:
    """A job that works it out for the draft as it was seen, and whether it is a new one.

    InputError if there is no such party, or no plan, or if options are being worked out.
    """
    with store.writing() as db:
        draft = seen_draft(db, seen)
        if draft.plan is None or party not in draft.scenario.parties:
            raise InputError(Message("There is no party {given} in the plan.", {"given": party}))
        last = jobs.last(db)
        if last is not None and not last.is_over and not is_left(store, db, last, now):
            if not last.about:
                raise InputError(Message("Options are being worked out: wait until they are found, or stop it."))
            if last.about == party and last.state == "running":
                return last.number, False
            jobs.tell(db, last.number, state="stopping")
        begun = jobs.add(db, actor, now, draft.version, limit_s, console, party)
        audit.add(db, now, actor, WorthAsked(begun.number))
        return begun.number, True


def stop_worth(store: Store, number: int, actor: str, now: datetime) -> None:
    """Ends a job with the months that are done; does nothing if it has ended."""
    with store.writing() as db:
        if jobs.tell(db, number, state="stopping"):
            audit.add(db, now, actor, WorthStopped(number))


def work_out_any(store: Store, number: int, progress: Callable[[Progress], None]) -> None:
    """Works out the job of that number, whatever it is about."""
    with store.reading() as db:
        job = jobs.job(db, number)
    if job is None or not job.about:
        work_out(store, number, progress)
    else:
        _work_out_worth(store, job, progress)


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


def last_worth(store: Store) -> Job | None:
    """The job about a party's worth that began last."""
    with store.reading() as db:
        return jobs.last_about(db)
