"""Studies: questions about the draft that a job answers in a child process. Its options; what one more would give."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from arshjul.errors import InputError, Message
from arshjul.office.draft import options
from arshjul.office.draft.draft import Draft, StaleDraft
from arshjul.office.draft.stored_draft import opened_draft, seen_draft
from arshjul.office.store import audit, jobs, locks
from arshjul.office.store.events import StudyAsked, StudyEnded
from arshjul.office.store.jobs import Job, Kind, StoredOption
from arshjul.office.store.store import Store, Transaction
from arshjul.solver import Progress
from arshjul.year.agenda.channel import Level, level_named
from arshjul.year.folder.explain import what_if
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.what_if import WhatIfQuestion, loosenings, rule_choices, sentences, table, title

LANGUAGES = ("sv", "en")


class WhatIfAnswer(NamedTuple):
    """By language, of the plan of that revision. `is_whole`: more time would tell no more."""

    revision: int
    is_whole: bool
    sentences: Mapping[str, Sequence[str]]
    tables: Mapping[str, Sequence[Sequence[str]]]


def ask_what_if(db: Transaction, seen: str, now: datetime, about: str) -> Draft:
    """`about`: `party` or `rule`, its id, and the level at which operations are told."""
    what, _, level = about.rpartition(" ")
    level_named(level)
    draft = seen_draft(db, seen)
    if draft.plan is None:
        raise InputError(Message("There is no plan yet that it could be worked out for."))
    loosenings(draft.scenario, _meant(what), draft.moment(now))
    return draft


def _meant(what: str) -> WhatIfQuestion:
    kind, _, id = what.partition(" ")
    if kind == "party":
        return WhatIfQuestion("party", id)
    if kind == "rule" and id in rule_choices():
        return WhatIfQuestion("rule", id)
    raise InputError(Message("Choose one of the list."))


def asked_of(about: str) -> tuple[WhatIfQuestion, Level]:
    kind, id, level = about.split(" ")
    return WhatIfQuestion("party" if kind == "party" else "rule", id), level_named(level)


def last_what_if(store: Store) -> Job | None:
    with store.reading() as db:
        return jobs.last(db, jobs.JOBS.c.about != "")


def what_it_gives(draft: Draft, job: Job, progress: Callable[[Progress], None]) -> list[StoredOption]:
    if draft.plan is None:
        raise StaleDraft

    def told(n: int, of: int) -> None:
        progress(Progress("what-if", n, of, 0.0))

    asked, level = asked_of(job.about)
    moment = draft.moment(job.started_at)
    found = what_if(draft.scenario, draft.plan, asked, moment, Effort(job.limit_s), told)
    said = list(sentences(draft.scenario, title(draft.scenario, asked), found, level))
    answer = WhatIfAnswer(
        draft.plan.revision,
        found.is_whole,
        {language: list(map(words(language).say, said)) for language in LANGUAGES},
        {language: table(found, words(language)) for language in LANGUAGES},
    )
    return [StoredOption(job.number, "what-if", 0, b"", json.dumps(answer._asdict(), ensure_ascii=False).encode())]


def answer_of(store: Store, number: int) -> WhatIfAnswer | None:
    with store.reading() as db:
        rows = jobs.OPTIONS_FOUND.where(job=number).all(db)
    return WhatIfAnswer(**json.loads(rows[0].plan)) if rows and rows[0].option == "what-if" else None


class Study(NamedTuple):
    """`ask`: the draft as it was seen at a moment, if that can be asked of it; `work`: what a job finds of a draft."""

    ask: Callable[[Transaction, str, datetime, str], Draft]
    work: Callable[[Draft, Job, Callable[[Progress], None]], list[StoredOption]]


STUDIES: Mapping[Kind, Study] = {
    "options": Study(options.ask, options.work),
    "what-if": Study(ask_what_if, what_it_gives),
}


class JobAsked(NamedTuple):
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
    return job.is_silent(now) and not locks.console_lives(store, db, job.console)
