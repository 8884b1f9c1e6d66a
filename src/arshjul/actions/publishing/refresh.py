"""refresh: publishes the served revision as seen from today.

Operations that have come near are confirmed, and old cancellations are dropped.
"""

import contextlib
from datetime import datetime

from arshjul.actions.publishing.address_term import go_on
from arshjul.actions.publishing.publish import Published, put
from arshjul.actions.publishing.revision_feeds import FeedRenderer, former_parties, rehearsed
from arshjul.actions.publishing.revisions import REASONS
from arshjul.actions.publishing.served_revision import earlier_scenarios, published_year, served_feeds
from arshjul.actions.publishing.stale_revision import seen_from
from arshjul.domain.calendar import plausible
from arshjul.formats.catalogues import words
from arshjul.store import audit, readers, revisions
from arshjul.store.chain import digest_of
from arshjul.store.events import OF_REVISION, Mended
from arshjul.store.revisions import NewRevision, Overtaken, Steps, no_steps
from arshjul.store.store import Store


def refresh(store: Store, actor: str, now: datetime, at: Steps = no_steps) -> Published:
    """Publishes the served plan as it looks now; nothing if no feed would change.

    InputError if nothing is published yet. If somebody publishes meanwhile, that revision is refreshed.
    """
    while True:
        with contextlib.suppress(Overtaken):
            return _refreshed(store, "refresh", actor, now, at)


def mend(store: Store, actor: str, now: datetime, at: Steps = no_steps) -> Published:
    """Refreshes, and records a confirmation that the clock is right, so that later moments were written by a wrong one.

    From then on everything counts from this clock again, however far it is from the earlier one.
    """
    with store.writing() as db:
        readers.forget_fetches(db, plausible(now))
    while True:
        with contextlib.suppress(Overtaken):
            return _refreshed(store, Mended.action, actor, now, at)


def _refreshed(store: Store, kind: str, actor: str, now: datetime, at: Steps) -> Published:
    plausible(now)
    clock = now if kind == Mended.action else None
    with store.reading() as db:
        found = published_year(db)
        told = served_feeds(db, found, clock)
        left = former_parties(found.scenario, (key.party for key in told.rows), earlier_scenarios(db))
        uid_key = revisions.uid_key(db)
        scenario, plan = (revisions.blob(db, name) for name in (found.revision.scenario, found.revision.plan))
    at("read")
    said = words(found.scenario.language)
    today = found.revision.as_of if found.is_rehearsal else now.replace(second=0, microsecond=0)
    shown = seen_from(found.plan, found, today, clock)
    named = found.scenario
    if found.is_rehearsal:
        named, told = rehearsed(named, said), told.rehearsed(said)
    feeds = FeedRenderer(shown, told, said, now, uid_key).feeds(named, left)
    at("rendered")
    changed = tuple(
        feed.key for feed in feeds if feed.key not in told.rows or told.rows[feed.key].ics != digest_of(feed.ics)
    )
    if not changed and not found.is_ahead(clock):
        with store.writing() as db:
            go_on(db, found.scenario, now)
            audit.add(db, now, actor, OF_REVISION[kind]())
        return Published(found.revision, found, is_new=False)
    new = NewRevision(
        kind=kind,
        reason=str(REASONS[kind]),
        actor=actor,
        published_at=now,
        as_of=shown.as_of,
        plan_revision=found.revision.plan_revision,
        scenario=scenario,
        plan=plan,
        feeds=feeds,
        causes={},
    )
    made = put(store, new, found, at, lambda db: go_on(db, found.scenario, now))
    return Published(made, found, changed)
