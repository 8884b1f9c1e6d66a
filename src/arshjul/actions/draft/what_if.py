"""What one more of a party, or a rule a step looser, would bring into the year's plan as it stands.

The answer is kept in words, in both languages, for her alone: no party is told.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from arshjul.actions.draft.draft import Draft, StaleDraft, seen_draft
from arshjul.actions.folder.explain import what_if
from arshjul.agenda.channel import Level, level_named
from arshjul.errors import InputError, Message
from arshjul.formats.catalogues import words
from arshjul.planning.effort import Effort
from arshjul.planning.what_if.what_if import WhatIfQuestion, loosenings, rule_choices, title
from arshjul.planning.what_if.what_if_report import sentences, table
from arshjul.solver import Progress
from arshjul.store import jobs
from arshjul.store.jobs import Job, StoredOption
from arshjul.store.store import Store, Transaction

LANGUAGES = ("sv", "en")


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """By language, of the plan of that revision. `is_whole`: more time would tell no more."""

    revision: int
    is_whole: bool
    sentences: Mapping[str, Sequence[str]]
    tables: Mapping[str, Sequence[Sequence[str]]]


def ask(db: Transaction, seen: str, now: datetime, about: str) -> Draft:
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


def work(draft: Draft, job: Job, progress: Callable[[Progress], None]) -> list[StoredOption]:
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
    return [StoredOption(job.number, "what-if", 0, b"", json.dumps(asdict(answer), ensure_ascii=False).encode())]


def answer_of(store: Store, number: int) -> WhatIfAnswer | None:
    with store.reading() as db:
        rows = jobs.OPTIONS_FOUND.where(job=number).all(db)
    return WhatIfAnswer(**json.loads(rows[0].plan)) if rows and rows[0].option == "what-if" else None
