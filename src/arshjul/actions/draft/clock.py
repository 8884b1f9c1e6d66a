"""clock: sets the moment of a rehearsal."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from arshjul.actions.draft.draft import Draft, keep, seen_draft
from arshjul.actions.folder.reading import moment_in
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.words import local_time
from arshjul.store import audit
from arshjul.store.events import ClockSet
from arshjul.store.store import Store
from arshjul.texts import Words

MOST_OUTSIDE = timedelta(days=366)
"""The largest distance of a rehearsal's clock from its year."""


def set_clock(store: Store, clock: datetime, actor: str, now: datetime, seen: str, words: Words) -> None:
    """Refused for a real year, and for a moment before the last change, which would then lie in the future."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        if not draft.is_rehearsal:
            raise Refused(Message("Only a rehearsal's clock can be set."))
        span, there = draft.scenario.span, moment_in(draft.scenario, clock)
        if not span.first - MOST_OUTSIDE <= there.date() <= span.last + MOST_OUTSIDE:
            raise InputError(Message("{given} is a year or more from the plan.", {"given": there.date()}))
        come = _come_to(draft)
        if come is not None and there < come:
            raise Refused(
                Message(
                    "The clock cannot go back before {moment}, the last change. Give a later moment, or "
                    "begin another rehearsal.",
                    {"moment": come},
                )
            )
        audit.add(db, now, actor, ClockSet(local_time(there)))
        keep(db, draft, replace(draft, clock=there), words, now)


def _come_to(draft: Draft) -> datetime | None:
    """The latest moment of the plan and of what waits for one; None before the first."""
    said = (json.loads(one.body).get("reported") for one in draft.waiting)
    moments = [datetime.fromisoformat(one).replace(tzinfo=draft.scenario.zone) for one in said if one]
    return max([*moments, *([] if draft.plan is None else [draft.plan.as_of])], default=None)
