"""publish, refresh: makes a plan the served revision.

It is checked, rendered for every party, and written in one transaction. Until the pointer moves, everyone is served
the revision before; after that, the new one. A refresh is a publishing whose plan stays: operations that have
come near are confirmed, and old cancellations are dropped.
"""

import secrets
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from arshjul.errors import InputError, Message, Refused
from arshjul.office.publishing.address_term import tell_ends
from arshjul.office.publishing.ledger_entries import LISTS, items_in, items_of, let_wait_again, told_cards
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.publishing.revisions import REASONS
from arshjul.office.publishing.served_revision import (
    MOST_AHEAD,
    FeedRenderer,
    ServedFeeds,
    ServedRevision,
    earlier_scenarios,
    former_parties,
    published_year,
    rehearsed,
    served_feeds,
    served_revision,
    whole_scenario,
)
from arshjul.office.publishing.stale_revision import is_another, refuse_stale, seen_from
from arshjul.office.publishing.undoable import settle_undone
from arshjul.office.store import audit, drafts, readers, revisions
from arshjul.office.store.events import OF_REVISION, Mended, RehearsalBegun
from arshjul.office.store.revisions import FeedKey, NewFeed, NewRevision, NewSite, Overtaken, Revision
from arshjul.office.store.store import Store, Transaction, is_there, make_store
from arshjul.office.store.validity import end_of_term
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.agenda.entry import clean
from arshjul.year.domain.calendar import plausible
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.plan_files import history_of
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.json_guard import json_bytes
from arshjul.year.formats.plan.plan_folder import PlanFolder, kept_plan_of, scenario_bytes
from arshjul.year.formats.plan.plan_json import withdrawal_mapping
from arshjul.year.formats.scenario.scenario_json import bodies, without_sites
from arshjul.year.planning.check.secret_places import SecretPlaces
from arshjul.year.planning.letters.notices import Notices, notices
from arshjul.year.planning.verify import judge

SALT_BYTES = 16
MOST_NAMED = 12

Telling = Callable[[RevisionMessages], None]
"""Notes which parties are to be told in the transaction of their revision: all of it takes effect, or nothing."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The reason of a revision, its author, and the moment.

    `is_rehearsal`: to try a year out, in a database of its own, as if it were the plan's day. `begun`: operations that
    are known to have begun since the plan was made, and are to stand elsewhere all the same.
    """

    reason: str
    actor: str
    now: datetime
    is_rehearsal: bool = False
    begun: frozenset[str] = frozenset()


class BegunMeanwhile(Refused):
    def __init__(self, operations: Collection[str]) -> None:
        values = {"operations": sorted(operations)}
        super().__init__(
            Message(
                "{operations} began after this plan was made, and are changed by it: replan as of "
                "now, or confirm each.",
                values,
            )
        )


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
class _Edition:
    """A plan on its way to be served, and the `current` revision that it replaces, with its `feeds`.

    `folder` holds the plan; None: it is the served plan, which stays. `whole`: the served scenario with its sites.
    `as_of`: the moment from which the feeds are seen; `clock`: as `now` of `ServedRevision.floor`. `scenario_json` and
    `plan_json` are stored.
    """

    kind: str
    cause: Cause
    current: ServedRevision | None
    feeds: ServedFeeds
    scenario: Scenario
    plan: Plan
    scenario_json: bytes
    plan_json: bytes
    as_of: datetime
    folder: PlanFolder | None = None
    whole: Scenario | None = None
    clock: datetime | None = None

    @property
    def is_served(self) -> bool:
        """True if the very same year is served already."""
        if self.current is None or self.whole is None:
            return False
        digests = digest_of(self.scenario_json), digest_of(self.plan_json)
        is_same = (self.current.revision.scenario, self.current.revision.plan) == digests
        return is_same and bodies(self.whole) == bodies(self.scenario)


def publish(
    store: Store,
    folder: PlanFolder,
    cause: Cause,
    seen: int | str | None = None,
    telling: Telling = RevisionMessages.leave,
) -> Published:
    """`seen` is the revision that was looked at, its hash or its number; None: the one that the folder was made from.

    `telling` notes who is to be told in the same transaction; by default, those that were owed something. Refused if
    the plan does not pass its check or is seen from a future day; StaleRevision if another was published meanwhile.
    """
    edition = partial(_edition_of, folder=folder, cause=_fit(folder, cause), name=store.name)
    return _issue(store, edition, seen, telling)


def publish_to(
    given: str,
    folder: PlanFolder,
    cause: Cause,
    seen: int | str | None = None,
    make: Callable[[str], Store] = make_store,
) -> tuple[Store, Published]:
    """As `publish`, in the database that `make` opens, or makes, but not for a plan that is refused."""
    cause = _fit(folder, cause)
    if not is_there(given) and not cause.is_rehearsal:
        _refuse_ahead(folder.plan, cause.now)
    store = make(given)
    edition = partial(_edition_of, folder=folder, cause=cause, name=store.name)
    return store, _issue(store, edition, seen, RevisionMessages.leave)


def refresh(store: Store, actor: str, now: datetime) -> Published:
    """The served plan as it looks now; nothing if no feed would change. If somebody publishes meanwhile, theirs."""
    return _issue(store, partial(_edition_again, kind="refresh", actor=actor, now=plausible(now)))


def mend(store: Store, actor: str, now: datetime) -> Published:
    """A refresh by a clock that is right: everything counts from it again, however far it is from the earlier one."""
    with store.writing() as db:
        readers.FETCHES.where(readers.FETCHES.c.at > plausible(now)).remove(db)
    return _issue(store, partial(_edition_again, kind=Mended.action, actor=actor, now=now))


def _issue(
    store: Store,
    read_edition: Callable[[Transaction], _Edition],
    seen: int | str | None = None,
    telling: Telling | None = None,
) -> Published:
    """The pipeline: reads, refuses, renders and writes, and begins again if somebody has published meanwhile."""
    while True:
        with store.reading() as db:
            edition = read_edition(db)
            shown = seen_from(edition.plan, edition.current, edition.as_of, edition.clock)
            render = _rendering(db, edition, shown)
        current, cause, served, news = edition.current, edition.cause, edition.feeds.rows, None
        if current is not None and edition.is_served:
            return Published(current.revision, current, is_new=False)
        _refuse_older(edition, seen)
        feeds = render()
        changed = tuple(
            feed.key for feed in feeds if feed.key not in served or served[feed.key].ics != digest_of(feed.ics)
        )
        if current is not None and edition.folder is not None:
            news = notices(edition.scenario, current.scenario, current.plan.placed, shown)
        with suppress(Overtaken), store.writing() as db:
            if edition.folder is None and current is not None and not changed and not current.is_ahead(edition.clock):
                audit.add(db, cause.now, cause.actor, OF_REVISION[edition.kind]())
                tell_ends(db, edition.scenario, cause.now)
                return Published(current.revision, current, is_new=False)
            if cause.is_rehearsal and audit.is_empty(db):
                audit.add(db, cause.now, cause.actor, RehearsalBegun())
            new = _new_revision(edition, shown, feeds)
            made = revisions.add(db, new, None if current is None else current.revision.hash)
            _refuse_begun(edition)  # last: a clock that may be wrong is refused above
            tell_ends(db, edition.scenario, cause.now)
            if telling is not None:
                _tell(db, edition, shown, telling)
            return Published(made, current, changed, news=news)


def _edition_of(db: Transaction, folder: PlanFolder, cause: Cause, name: str) -> _Edition:
    _refuse_mixing(db, cause, name)
    if not cause.is_rehearsal:
        _refuse_ahead(folder.plan, cause.now)
    current = served_revision(db)
    feeds = served_feeds(db, current)
    if current is None and not cause.is_rehearsal:
        feeds = ServedFeeds({}, history_of(folder))
    return _Edition(
        kind=revisions.PUBLISH,
        cause=cause,
        current=current,
        feeds=feeds,
        scenario=folder.scenario,
        plan=folder.plan,
        scenario_json=scenario_bytes(without_sites(folder.scenario)),
        plan_json=kept_plan_of(folder),
        as_of=folder.plan.as_of,
        folder=folder,
        whole=None if current is None else whole_scenario(db, current),
    )


def _edition_again(db: Transaction, kind: str, actor: str, now: datetime) -> _Edition:
    current = published_year(db)
    clock = now if kind == Mended.action else None
    return _Edition(
        kind=kind,
        cause=Cause(str(REASONS[kind]), actor, now, current.is_rehearsal),
        current=current,
        feeds=served_feeds(db, current, clock),
        scenario=current.scenario,
        plan=current.plan,
        scenario_json=revisions.blob(db, current.revision.scenario),
        plan_json=revisions.blob(db, current.revision.plan),
        as_of=current.revision.as_of if current.is_rehearsal else now.replace(second=0, microsecond=0),
        clock=clock,
    )


def _rendering(db: Transaction, edition: _Edition, shown: Plan) -> Callable[[], tuple[NewFeed, ...]]:
    """Renders every party's feed, without the database. A year of another name does not inherit the old one's past."""
    scenario, feeds, say = edition.scenario, edition.feeds, words(edition.scenario.language)
    former = former_parties(scenario, (key.party for key in feeds.rows), earlier_scenarios(db))
    cards = told_cards(db, scenario, edition.plan, edition.current)
    shown = replace(shown, entries=shown.entries.with_lists(cards=cards))
    if edition.current is not None and edition.current.scenario.name != scenario.name:
        feeds = feeds.still_to_come(shown.as_of)
    if edition.cause.is_rehearsal:
        scenario, feeds = rehearsed(scenario, say), feeds.rehearsed(say)
    renderer = FeedRenderer(shown, feeds, say, edition.cause.now, revisions.uid_key(db))
    return partial(renderer.feeds, scenario, former)


def _new_revision(edition: _Edition, shown: Plan, feeds: tuple[NewFeed, ...]) -> NewRevision:
    """Its causes are the withdrawals that are new or changed since what was served."""
    known = () if edition.current is None else edition.current.plan.entries.withdrawals
    causes = [withdrawal for withdrawal in edition.plan.entries.withdrawals if withdrawal not in known]
    sites = bodies(edition.scenario).items()
    return NewRevision(
        kind=edition.kind,
        reason=edition.cause.reason,
        actor=edition.cause.actor,
        published_at=edition.cause.now,
        as_of=shown.as_of,
        plan_revision=edition.plan.revision,
        scenario=edition.scenario_json,
        plan=edition.plan_json,
        feeds=feeds,
        causes={cause.id: json_bytes(withdrawal_mapping(cause)).decode() for cause in causes},
        sites=tuple(NewSite(*place, secrets.token_bytes(SALT_BYTES), body) for place, body in sites),
        ends_at=end_of_term(edition.scenario.span.last, edition.scenario.zone),
    )


def _tell(db: Transaction, edition: _Edition, shown: Plan, telling: Telling) -> None:
    """Entries that only the former plan answered wait again, but for a draft's, whose plan has answered them."""
    current, cause, scenario = edition.current, edition.cause, edition.scenario
    if current is not None and not is_another(scenario, current.scenario):
        if drafts.DRAFTS.first(db) is None:
            drafts.let_wait(db, current.plan.last_shared(edition.plan))
        settle_undone(db, current.plan, edition.plan, cause.actor, cause.now)
        after = items_of(scenario) | items_in(drafts.standing(db, LISTS))
        let_wait_again(db, items_of(current.scenario), after)
    moment = shown.as_of if cause.is_rehearsal else cause.now
    telling(RevisionMessages(db, scenario, shown, current, cause.actor, cause.now, moment))


def _fit(folder: PlanFolder, cause: Cause) -> Cause:
    """The cause with its reason as stored. Refused if the plan cannot be published in any database."""
    verdict = judge(folder.scenario, folder.plan, folder.status)
    if not verdict.clean:
        wrong = len(verdict.breaches) + len(verdict.claims)
        raise Refused(
            Message("The plan fails its check in {n} places, and is not published: see `arshjul verify`.", {"n": wrong})
        )
    plausible(cause.now)
    reason = clean(cause.reason)
    if not reason:
        raise InputError(Message("Give a reason for the revision."))
    if SecretPlaces(folder.scenario).are_in(reason):
        raise InputError(Message("The reason names an object, which is secret: rewrite it."))
    return replace(cause, reason=reason)


def _refuse_ahead(plan: Plan, now: datetime) -> None:
    """Refuses a plan seen from a future day, which would show distant dates as certain."""
    if plan.as_of > now + MOST_AHEAD:
        values = {"as_of": plan.as_of, "now": now.astimezone(plan.as_of.tzinfo)}
        raise Refused(
            Message(
                "The plan is seen from {as_of}, and now is {now}: plan again without --as-of, or "
                "publish with --rehearsal to another database.",
                values,
            )
        )


def _refuse_older(edition: _Edition, seen: int | str | None) -> None:
    folder, cause = edition.folder, edition.cause
    if folder is not None:
        moment = folder.plan.as_of if cause.is_rehearsal else min(folder.plan.as_of, cause.now)
        refuse_forgotten(folder, edition.current, moment)
        refuse_stale(folder, edition.current, edition.whole, seen)


def _refuse_begun(edition: _Edition) -> None:
    """Raises BegunMeanwhile if the plan moves what has begun since it was made, unless each is known to have."""
    cause = edition.cause
    if edition.folder is not None and not cause.is_rehearsal:
        found = begun_meanwhile(edition.current, edition.scenario, edition.plan, cause.now)
        if unknown := found - cause.begun:
            raise BegunMeanwhile(unknown)


def begun_meanwhile(current: ServedRevision | None, scenario: Scenario, plan: Plan, now: datetime) -> set[str]:
    """At a place that only one of the two plans has, since its moment. `current` None: nobody was told of any place."""
    if current is None or current.scenario.name != scenario.name:
        return set()
    demands, before = plan.entries.demands(plan.placing.revision), current.plan.placed
    moved = {id for id in (*before, *plan.placed) if not _is_same(before.get(id), plan.placed.get(id))}
    return {
        place.operation
        for year, placed in ((current.scenario, before), (scenario, plan.placed))
        for place in map(placed.get, moved)
        if place is not None and not demands.is_called_off(place.operation, place.slot.day)
        if year.has_begun(place.slot, now) and not year.has_begun(place.slot, plan.as_of)
    }


def _is_same(old: Placement | None, new: Placement | None) -> bool:
    return old is new if old is None else old.same_place(new)


def refuse_forgotten(folder: PlanFolder, before: ServedRevision | None, moment: datetime) -> None:
    """Raises Refused if operations begun at the moment differ from the served ones; called-off ones have not begun."""
    if before is None or before.scenario.name != folder.scenario.name:
        return
    scenario, demands = before.scenario, folder.plan.entries.demands(folder.plan.placing.revision)
    begun = [
        old
        for old in before.plan.placements
        if scenario.has_begun(old.slot, moment) and not demands.is_called_off(old.operation, old.slot.day)
    ]
    forgotten = [old.operation for old in begun if not old.same_place(folder.plan.placed.get(old.operation))]
    if forgotten:
        raise Refused(
            Message(
                "The plan changes {operations}, carried out or begun: replan from the published "
                "folder with `arshjul replan`.",
                {"operations": forgotten[:MOST_NAMED] + ["…"] * (len(forgotten) > MOST_NAMED)},
            )
        )


def _refuse_mixing(db: Transaction, cause: Cause, name: str) -> None:
    is_rehearsal = audit.is_rehearsal(db)
    if is_rehearsal and not cause.is_rehearsal:
        raise Refused(
            Message("{name} is for rehearsals: give --rehearsal, or another database with --db.", {"name": name})
        )
    if cause.is_rehearsal and not is_rehearsal and not audit.is_empty(db):
        raise Refused(Message("{name} is not for rehearsals: name a new database with --db.", {"name": name}))
