"""The served revision seen from today: what has come near is confirmed, old cancellations roll off."""

import contextlib
from datetime import datetime

from arshjul.actions.edition import Press, left_since
from arshjul.actions.publish_revision import Published, put
from arshjul.actions.published import current, earlier_scenarios, served
from arshjul.actions.seen import seen_from
from arshjul.errors import InputError, Message
from arshjul.formats.catalogues import words
from arshjul.store import audit, revisions
from arshjul.store.chain import digest_of
from arshjul.store.revisions import Draft, Overtaken, Revision, Steps, no_steps
from arshjul.store.store import Store

REASON = Message("seen from today")

KINDS = {"publish": Message("published"), "refresh": Message("refreshed")}
"""What people call the kinds of revisions."""


def reason_said(revision: Revision) -> Message:
    """Why a revision was published: in its publisher's words, or in ours where it was a refresh."""
    if revision.kind == "refresh":
        return REASON
    return Message("{reason}", {"reason": revision.reason})


def refresh(store: Store, actor: str, now: datetime, at: Steps = no_steps) -> Published:
    """Publishes the served plan as it looks now; nothing where every feed stays as it is.

    InputError where nothing is published yet. Where somebody publishes meanwhile, it is theirs that is
    seen from today.
    """
    while True:
        with contextlib.suppress(Overtaken):
            return _refreshed(store, actor, now, at)


def _refreshed(store: Store, actor: str, now: datetime, at: Steps) -> Published:
    with store.reading() as db:
        found = current(db)
        if found is None:
            raise InputError(Message("Nothing is published yet: `arshjul publish` puts a plan there."))
        told = served(db, found)
        left = left_since(found.scenario, (party for party, _ in told.rows), earlier_scenarios(db))
        uid_key = revisions.uid_key(db)
        scenario, plan = (revisions.blob(db, name) for name in (found.revision.scenario, found.revision.plan))
    at("read")
    shown = seen_from(found.plan, found, now.replace(second=0, microsecond=0))
    feeds = Press(shown, told, words(found.scenario.language), now, uid_key).edition(found.scenario, left)
    at("rendered")
    changed = tuple(
        (feed.party, feed.level) for feed in feeds if told.rows[feed.party, feed.level].ics != digest_of(feed.ics)
    )
    if not changed:
        with store.writing() as db:
            audit.add(db, now, actor, "refresh", "nothing changed")
        return Published(found.revision, found, is_new=False)
    draft = Draft(
        kind="refresh",
        reason=str(REASON),
        actor=actor,
        published_at=now,
        as_of=shown.as_of,
        plan_revision=found.revision.plan_revision,
        scenario=scenario,
        plan=plan,
        feeds=feeds,
        causes={},
    )
    return Published(put(store, draft, found, at), found, changed)
