"""What she asks of the year's plan as it stands, and the jobs of the console: one works out each question, or options.

The answer is kept in words, in both languages, for her alone: no party is told.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from arshjul.actions.draft.draft import StaleDraft, opened_draft, seen_draft
from arshjul.actions.draft.options import is_left, work_out
from arshjul.actions.folder.what_if import what_if
from arshjul.agenda.channel import Level, level_named
from arshjul.errors import InputError, Message
from arshjul.formats.catalogues import words
from arshjul.planning.effort import Effort
from arshjul.planning.what_if.loosenings import WhatIfQuestion, loosenings, rule_choices, title
from arshjul.planning.what_if.what_if_report import sentences, table
from arshjul.solver import Progress
from arshjul.store import audit, jobs
from arshjul.store.events import WhatIfAsked
from arshjul.store.jobs import Job, StoredOption
from arshjul.store.store import Store

WHAT_IF = jobs.WHAT_IF
LANGUAGES = ("sv", "en")


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """A job's answer, of the plan of that revision: by language its sentences and the rows of its table.

    `is_whole`: more time would tell no more.
    """

    revision: int
    is_whole: bool
    sentences: Mapping[str, Sequence[str]]
    tables: Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class JobAsked:
    """Who asks, and of which draft as it was seen. `limit_s`: the job's time limit; `console`: whose child does it."""

    actor: str
    now: datetime
    seen: str
    limit_s: int = 60
    console: str = ""


def begin_what_if(store: Store, what: str, level: str, asking: JobAsked) -> tuple[int, bool]:
    """A job that answers the question for the draft as it was seen, and whether it is a new one.

    `what`: `party` or `rule`, and the id. InputError if it cannot be asked, or options are being worked out.
    """
    level_named(level)
    with store.writing() as db:
        draft = seen_draft(db, asking.seen)
        if draft.plan is None:
            raise InputError(Message("There is no plan yet that it could be worked out for."))
        loosenings(draft.scenario, _meant(what), draft.moment(asking.now))
        last, about = jobs.last(db), f"{what} {level}"
        if last is not None and not last.is_over and not is_left(store, db, last, asking.now):
            if last.kind != WHAT_IF:
                raise InputError(Message("Options are being worked out: wait, or stop it."))
            if last.about == about and last.state == "running":
                return last.number, False
            jobs.tell(db, last.number, state="stopping")
        begun = jobs.add(db, asking.actor, asking.now, draft.version, asking.limit_s, asking.console, about)
        audit.add(db, asking.now, asking.actor, WhatIfAsked(begun.number))
        return begun.number, True


def _meant(what: str) -> WhatIfQuestion:
    kind, _, id = what.partition(" ")
    if kind == "party":
        return WhatIfQuestion("party", id)
    if kind == "rule" and id in rule_choices():
        return WhatIfQuestion("rule", id)
    raise InputError(Message("Choose one of the list."))


def asked_of(about: str) -> tuple[WhatIfQuestion, Level]:
    """What a job is about, and how operations are named."""
    kind, id, level = about.split(" ")
    return WhatIfQuestion("party" if kind == "party" else "rule", id), level_named(level)


def last_what_if(store: Store) -> Job | None:
    """The job of such a question that began last."""
    with store.reading() as db:
        return jobs.last(db, jobs.JOBS.c.about != "")


def work_out_any(store: Store, number: int, progress: Callable[[Progress], None]) -> None:
    """Works out the job of that number, whatever it is about."""
    with store.reading() as db:
        job = jobs.JOBS.get(db, number)
    if job is None or job.kind == jobs.OPTIONS:
        work_out(store, number, progress)
    else:
        _work_out_what_if(store, job, progress)


def _work_out_what_if(store: Store, job: Job, progress: Callable[[Progress], None]) -> None:
    with store.reading() as db:
        draft = opened_draft(db)
    if draft.plan is None:
        raise StaleDraft

    def told(n: int, of: int) -> None:
        progress(Progress(WHAT_IF, n, of, 0.0))

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
    row = StoredOption(WHAT_IF, b"", json.dumps(asdict(answer), ensure_ascii=False).encode())
    with store.writing() as db:
        jobs.finish(db, job, [row], datetime.now(job.started_at.tzinfo))


def answer_of(store: Store, number: int) -> WhatIfAnswer | None:
    """What a job answers; None while it runs."""
    with store.reading() as db:
        rows = jobs.OPTIONS_FOUND.where(job=number).all(db)
    return WhatIfAnswer(**json.loads(rows[0].plan)) if rows and rows[0].option == WHAT_IF else None
