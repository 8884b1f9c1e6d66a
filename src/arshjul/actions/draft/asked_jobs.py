"""What she asks of the year's plan as it stands, worked out by a job: what a rule costs.

The answer is kept in sentences, in both languages, for her alone: no party is told.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple

from arshjul.actions.draft.draft import Draft, StaleDraft, opened_draft, seen_draft
from arshjul.actions.draft.options import is_left
from arshjul.agenda.channel import level_named
from arshjul.domain.plan import Plan
from arshjul.errors import InputError, Message
from arshjul.formats.catalogues import words
from arshjul.planning.effort import Effort
from arshjul.planning.worth.cost import choices, cost, rule_meant
from arshjul.planning.worth.cost_said import cost_said
from arshjul.solver import Progress
from arshjul.store import audit, jobs
from arshjul.store.events import CostAsked, CostStopped, OfJob, WorthAsked, WorthStopped
from arshjul.store.jobs import WORTH, Job, StoredOption
from arshjul.store.store import Store
from arshjul.texts import Words

COST = "cost"

LANGUAGES = ("sv", "en")

Part = tuple[Message | None, Sequence[Message]]
"""Sentences under a heading, if they have one."""
Told = Callable[[int, int], None]


class _Kind(NamedTuple):
    asked: type[OfJob]
    stopped: type[OfJob]


_KINDS: Mapping[str, _Kind] = {
    WORTH: _Kind(WorthAsked, WorthStopped),
    COST: _Kind(CostAsked, CostStopped),
}


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """What a job answers, of the plan of that revision, by language. `is_whole`: more time would tell no more."""

    revision: int
    is_whole: bool
    parts: Mapping[str, Sequence[tuple[str, Sequence[str]]]]


@dataclass(frozen=True, slots=True)
class JobAsked:
    """Who asks, and of which draft as it was seen. `limit_s`: the job's time limit; `console`: whose child does it."""

    actor: str
    now: datetime
    seen: str
    limit_s: int = 60
    console: str = ""


def begin_asked(store: Store, about: str, judge: Callable[[Draft], None], asking: JobAsked) -> tuple[int, bool]:
    """A job that answers it for the draft as it was seen, and whether it is a new one.

    `judge` raises InputError if it cannot be asked of that draft. InputError too if options are being worked out.
    """
    with store.writing() as db:
        draft = seen_draft(db, asking.seen)
        if draft.plan is None:
            raise InputError(Message("There is no plan yet that it could be worked out for."))
        judge(draft)
        last = jobs.last(db)
        if last is not None and not last.is_over and not is_left(store, db, last, asking.now):
            if not last.about:
                raise InputError(Message("Options are being worked out: wait until they are found, or stop it."))
            if last.about == about and last.state == "running":
                return last.number, False
            jobs.tell(db, last.number, state="stopping")
        begun = jobs.add(db, asking.actor, asking.now, draft.version, asking.limit_s, asking.console, about)
        audit.add(db, asking.now, asking.actor, _KINDS[begun.kind].asked(begun.number))
        return begun.number, True


def stop_asked(store: Store, number: int, actor: str, now: datetime) -> None:
    """Ends a job with what is done; does nothing if it has ended."""
    with store.writing() as db:
        there = jobs.job(db, number)
        if there is not None and there.about and jobs.tell(db, number, state="stopping"):
            audit.add(db, now, actor, _KINDS[there.kind].stopped(number))


def last_asked(store: Store, kind: str) -> Job | None:
    """The job of that kind that began last."""
    with store.reading() as db:
        return jobs.last_of(db, kind)


def begin_cost(store: Store, rule: str, level: str, asking: JobAsked) -> tuple[int, bool]:
    """A job that works out what the rule, or one of its settings, costs; operations are named as the level allows."""

    def judge(_: Draft) -> None:
        if rule not in choices():
            raise InputError(Message("Choose a rule of the list."))
        level_named(level)

    return begin_asked(store, f"{COST} {rule} {level}", judge, asking)


def work_out_asked(store: Store, job: Job, progress: Callable[[Progress], None]) -> None:
    """Works out what a rule costs."""
    with store.reading() as db:
        draft = opened_draft(db)
    if draft.plan is None:
        raise StaleDraft

    def told(n: int, of: int) -> None:
        progress(Progress(job.kind, n, of, 0.0))

    is_whole, parts = _cost(job, draft, draft.plan, told)
    in_words = {language: _in_words(parts, words(language)) for language in LANGUAGES}
    found = JobAnswer(draft.plan.revision, is_whole, in_words)
    row = StoredOption(job.kind, b"", json.dumps(asdict(found), ensure_ascii=False).encode())
    with store.writing() as db:
        jobs.finish(db, job, [row], datetime.now(job.started_at.tzinfo))


def _in_words(parts: Iterable[Part], say: Words) -> list[tuple[str, list[str]]]:
    return [("" if title is None else say.say(title), [say.say(line) for line in lines]) for title, lines in parts]


def _cost(job: Job, draft: Draft, plan: Plan, told: Told) -> tuple[bool, list[Part]]:
    rule, _, level = job.question.partition(" ")
    moment = max(draft.moment(job.started_at), plan.as_of)
    found = cost(draft.scenario, plan, rule_meant(rule), moment, Effort(job.limit_s), told)
    return found.is_whole, list(cost_said(draft.scenario, found, level_named(level)))


def answer_of(store: Store, number: int) -> JobAnswer | None:
    """What a job answers; None while it runs."""
    with store.reading() as db:
        rows = jobs.options(db, number)
    return JobAnswer(**json.loads(rows[0].plan)) if rows and rows[0].option == COST else None
