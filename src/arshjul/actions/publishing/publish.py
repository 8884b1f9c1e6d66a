"""publish: makes a plan folder the served revision.

It is checked, rendered for every party, and written in one transaction. Until the pointer moves, everyone is served the
revision before; after that, the new one.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.actions.folder.plan_files import history_of
from arshjul.actions.publishing.address_term import go_on
from arshjul.actions.publishing.contacts import readdress
from arshjul.actions.publishing.revision_feeds import (
    FeedRenderer,
    FormerParties,
    ServedFeeds,
    former_parties,
    rehearsed,
)
from arshjul.actions.publishing.revision_messages import RevisionMessages
from arshjul.actions.publishing.served_revision import (
    MOST_AHEAD,
    ServedRevision,
    earlier_scenarios,
    published_sites,
    served_feeds,
    served_revision,
)
from arshjul.actions.publishing.stale_revision import is_another, refuse_stale, seen_from, stale
from arshjul.agenda.entry import clean
from arshjul.domain.calendar import plausible
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.json_guard import json_bytes
from arshjul.formats.plan.log_json import withdrawal_mapping
from arshjul.formats.plan.plan_folder import PLAN, PlanFolder, scenario_bytes
from arshjul.formats.scenario.sites_apart import bodies, without_sites
from arshjul.planning.letters.notices import Notices, notices
from arshjul.planning.verify.in_context import judge
from arshjul.store import audit, drafts, revisions
from arshjul.store.chain import digest_of
from arshjul.store.events import RehearsalBegun
from arshjul.store.revisions import FeedKey, NewFeed, NewRevision, NewSite, Overtaken, Revision, Steps, no_steps
from arshjul.store.store import Store, Transaction, is_there, make_store
from arshjul.texts import Words

SALT_BYTES = 16
MOST_NAMED = 12
"""The most operations named in a refusal."""

Telling = Callable[[RevisionMessages], None]
"""Writes the messages to parties into the transaction of their revision: all of it takes effect, or nothing."""

STEPS = ("read", "rendered", *revisions.STEPS, "committed")
"""Every step of publishing, in order, between which a crash can come."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The reason of a revision, its author, and the moment.

    `is_rehearsal`: to try a year out, in a database of its own, as if it were the plan's day.
    """

    reason: str
    actor: str
    now: datetime
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A revision that is served now, and the one before.

    `changed` are the feeds, by party, level and content, whose bytes differ from before. `is_new` is False if the same
    year was served already. `news` is its meaning for people, None if nothing was served before; it is computed
    beforehand, since it must not fail after publishing.
    """

    revision: Revision
    before: ServedRevision | None
    changed: tuple[FeedKey, ...] = ()
    is_new: bool = True
    news: Notices | None = None


@dataclass(frozen=True, slots=True)
class _PublishingState:
    """The state that a publishing starts from: what is served, its subscribers' feeds, and the former parties."""

    current: ServedRevision | None
    served: ServedFeeds
    left: FormerParties
    uid_key: bytes


def publish(
    store: Store,
    read: PlanFolder,
    cause: Cause,
    words: Words,
    seen: int | str | None = None,
    at: Steps = no_steps,
    telling: Telling = RevisionMessages.renew,
) -> Published:
    """Publishes the folder's plan as the next revision.

    `seen` is the revision that was looked at, its hash or its number; None: the one that the folder was made from. `at`
    is called with the name of each completed step. `telling` writes messages to parties in the same transaction; by
    default, waiting ones are renewed. Refused if the plan does not pass its check or is seen from a future day, or if
    another revision was published meanwhile (StaleRevision).
    """
    return _published(store, read, _fit(read, cause), words, seen, at, telling)


def publish_to(
    given: str,
    read: PlanFolder,
    cause: Cause,
    words: Words,
    seen: int | str | None = None,
    make: Callable[[str], Store] = make_store,
) -> tuple[Store, Published]:
    """Publishes to the database at that address, which is made if there is none, but not for a plan that is refused.

    `make` opens the database, or makes it.
    """
    cause = _fit(read, cause)
    if not is_there(given) and not cause.is_rehearsal:
        _refuse_ahead(read.plan, cause.now)
    store = make(given)
    return store, _published(store, read, cause, words, seen, no_steps)


def _fit(read: PlanFolder, cause: Cause) -> Cause:
    """The cause with its reason as stored. Refused if the plan cannot be published in any database."""
    _refuse_unsound(read)
    plausible(cause.now)
    return replace(cause, reason=_reason(cause))


def _published(
    store: Store,
    read: PlanFolder,
    cause: Cause,
    words: Words,
    seen: int | str | None,
    at: Steps,
    telling: Telling = RevisionMessages.renew,
) -> Published:
    before = _before(store, read, cause)
    old = before.current
    at("read")
    scenario, plan = scenario_bytes(without_sites(read.scenario)), _plan_bytes(read)
    if old is not None and _is_same(store, old.revision, read, scenario, plan):
        return Published(old.revision, old, is_new=False)
    refuse_forgotten(read, old, read.plan.as_of if cause.is_rehearsal else min(read.plan.as_of, cause.now))
    refuse_stale(read, old, seen)
    shown = seen_from(read.plan, old, read.plan.as_of)
    feeds = _feeds(read, before, shown, cause, words)
    news = None if old is None else notices(read.scenario, old.scenario, old.plan.placed, shown)
    at("rendered")
    new = NewRevision(
        kind=revisions.PUBLISH,
        reason=cause.reason,
        actor=cause.actor,
        published_at=cause.now,
        as_of=shown.as_of,
        plan_revision=read.plan.revision,
        scenario=scenario,
        plan=plan,
        feeds=feeds,
        causes=_causes(read.plan, old),
        sites=tuple(_sites(read.scenario)),
    )

    def written_along(db: Transaction) -> None:
        _let_wait(db, read, old)
        go_on(db, read.scenario, cause.now)
        moment = shown.as_of if cause.is_rehearsal else cause.now
        telling(RevisionMessages(db, read.scenario, shown, old, words, cause.actor, cause.now, moment))
        readdress(db, cause.now)

    made = _put_unless_stale(store, read, new, old, at, written_along, is_rehearsal=cause.is_rehearsal)
    rows = before.served.rows
    changed = (key for key, digest in _digests(new).items() if key not in rows or rows[key].ics != digest)
    return Published(made, old, tuple(changed), news=news)


def put(
    store: Store,
    new: NewRevision,
    before: ServedRevision | None,
    at: Steps,
    along: Callable[[Transaction], None] = lambda _: None,
    *,
    is_rehearsal: bool = False,
) -> Revision:
    """Writes the revision after the one that was read. Overtaken if that one is no longer served.

    `is_rehearsal`: an empty database is marked as one.
    """
    with store.writing() as db:
        if is_rehearsal and audit.is_empty(db):
            audit.add(db, new.published_at, new.actor, RehearsalBegun())
        made = revisions.add(db, new, None if before is None else before.revision.hash, at)
        along(db)
    at("committed")
    return made


def _let_wait(db: Transaction, read: PlanFolder, before: ServedRevision | None) -> None:
    """Lets entries wait again that the former plan answered and this one, which replaces it, does not.

    A draft needs no change: its plan has answered them, until it is given up.
    """
    if before is not None and not is_another(read.scenario, before.scenario) and drafts.read(db) is None:
        drafts.let_wait(db, before.plan.last_shared(read.plan))


def _before(store: Store, read: PlanFolder, cause: Cause) -> _PublishingState:
    """Reads the database. Refused if the plan may not be published there."""
    with store.reading() as db:
        _refuse_mixing(db, store.name, cause)
        if not cause.is_rehearsal:
            _refuse_ahead(read.plan, cause.now)
        found = served_revision(db)
        known = served_feeds(db, found)
        if found is None and not cause.is_rehearsal:
            known = ServedFeeds({}, history_of(read))
        left = former_parties(read.scenario, (key.party for key in known.rows), earlier_scenarios(db))
        return _PublishingState(found, known, left, revisions.uid_key(db))


def _feeds(read: PlanFolder, before: _PublishingState, shown: Plan, cause: Cause, words: Words) -> tuple[NewFeed, ...]:
    """Every party's feed. A year of another name does not inherit the old one's past."""
    known = before.served
    if before.current is not None and before.current.scenario.name != read.scenario.name:
        known = known.still_to_come(shown.as_of)
    named = read.scenario
    if cause.is_rehearsal:
        named, known = rehearsed(named, words), known.rehearsed(words)
    return FeedRenderer(shown, known, words, cause.now, before.uid_key).feeds(named, before.left)


def _put_unless_stale(
    store: Store,
    read: PlanFolder,
    new: NewRevision,
    before: ServedRevision | None,
    at: Steps,
    along: Callable[[Transaction], None],
    *,
    is_rehearsal: bool,
) -> Revision:
    """Writes the revision. StaleRevision if somebody has published meanwhile."""
    try:
        return put(store, new, before, at, along, is_rehearsal=is_rehearsal)
    except Overtaken:
        with store.reading() as db:
            found = served_revision(db)
        if found is None:
            raise
        raise stale(read, found) from None


def _refuse_unsound(read: PlanFolder) -> None:
    verdict = judge(read.scenario, read.plan, read.status)
    if not verdict.clean:
        wrong = len(verdict.breaches) + len(verdict.claims)
        raise Refused(
            Message(
                "The plan does not pass its check in {n} places, and is not published: see `arshjul verify`.",
                {"n": wrong},
            )
        )


def _refuse_ahead(plan: Plan, now: datetime) -> None:
    """Refuses a plan seen from a future day, which would show distant dates as certain."""
    if plan.as_of > now + MOST_AHEAD:
        values = {"as_of": plan.as_of, "now": now.astimezone(plan.as_of.tzinfo)}
        raise Refused(
            Message(
                "The plan is seen from {as_of}, and it is {now}: make it anew with today's date in --as-of, or without "
                "--as-of. To try a year out, publish with --rehearsal to a database of its own.",
                values,
            )
        )


def refuse_forgotten(read: PlanFolder, before: ServedRevision | None, moment: datetime) -> None:
    """Raises Refused if operations begun at the moment differ from the served ones; called-off ones have not begun."""
    if before is None or before.scenario.name != read.scenario.name:
        return
    scenario, demands = before.scenario, read.plan.entries.demands(read.plan.placing.revision)
    begun = [
        old
        for old in before.plan.placements
        if scenario.has_begun(old.slot, moment) and not demands.is_called_off(old.operation, old.slot.day)
    ]
    forgotten = [old.operation for old in begun if not old.same_place(read.plan.placed.get(old.operation))]
    if forgotten:
        raise Refused(
            Message(
                "The plan has {operations} otherwise than they were carried out or begun, and is not published: "
                "replan from the folder that is served, with `arshjul replan`.",
                {"operations": forgotten[:MOST_NAMED] + ["…"] * (len(forgotten) > MOST_NAMED)},
            )
        )


def _refuse_mixing(db: Transaction, name: str, cause: Cause) -> None:
    is_rehearsal = audit.is_rehearsal(db)
    if is_rehearsal and not cause.is_rehearsal:
        raise Refused(
            Message(
                "{name} is for rehearsals, for ever: say --rehearsal, or name another database with --db.",
                {"name": name},
            )
        )
    if cause.is_rehearsal and not is_rehearsal and not audit.is_empty(db):
        raise Refused(
            Message("{name} is no database for rehearsals: name a new one with --db, which this makes.", {"name": name})
        )


def _reason(cause: Cause) -> str:
    reason = clean(cause.reason)
    if not reason:
        raise InputError(Message("A revision needs a reason: say why in a few words."))
    return reason


def _plan_bytes(read: PlanFolder) -> bytes:
    """plan.json without the hash of scenario.json, from which sites could be guessed."""
    data = read.data(PLAN)
    if not isinstance(data, dict):
        raise TypeError("a plan that was read is no mapping")
    return json_bytes({key: value for key, value in data.items() if key != "scenario"})


def _is_same(store: Store, revision: Revision, read: PlanFolder, scenario: bytes, plan: bytes) -> bool:
    """True if the revision has that scenario and plan, with exactly the same sites."""
    if (revision.scenario, revision.plan) != (digest_of(scenario), digest_of(plan)):
        return False
    with store.reading() as db:
        return published_sites(db, revision.number) == bodies(read.scenario)


def _causes(plan: Plan, before: ServedRevision | None) -> Mapping[str, str]:
    """The withdrawals that are new or changed since what was served."""
    known = () if before is None else before.plan.entries.withdrawals
    return {
        withdrawal.id: json_bytes(withdrawal_mapping(withdrawal)).decode()
        for withdrawal in plan.entries.withdrawals
        if withdrawal not in known
    }


def _sites(scenario: Scenario) -> list[NewSite]:
    return [
        NewSite(operation, position, secrets.token_bytes(SALT_BYTES), body)
        for (operation, position), body in bodies(scenario).items()
    ]


def _digests(new: NewRevision) -> dict[FeedKey, str]:
    return {feed.key: digest_of(feed.ics) for feed in new.feeds}
