"""The served revision, read back: its scenario, its plan, and its feeds; and the feeds of the next, rendered once.

Subscribers continue from what they were shown, so the history comes from the served revision. A party that has left the
plan keeps a feed in which its operations are called off.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.publishing.kept import kept_for_good
from arshjul.office.store import audit, revisions
from arshjul.office.store.revisions import Feed, FeedKey, NewFeed, Revision
from arshjul.office.store.store import Store, Transaction
from arshjul.serving.sql.database import asked_once
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.agenda.channel import LEVELS, Channel, Uids, channels
from arshjul.year.agenda.entry import FeedEntry
from arshjul.year.agenda.feed_history import FeedHistory, FeedState
from arshjul.year.agenda.feed_text import FeedText
from arshjul.year.agenda.milestone_times import began
from arshjul.year.agenda.party import Party, parties, party_named
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.view import OF_MILESTONES, View, remembered, views
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.feeds import feeds_json
from arshjul.year.formats.plan.plan_folder import bare_scenario, scenario_of_json, year_of_json
from arshjul.year.formats.scenario.scenario_json import Place, with_sites
from arshjul.year.render.ics import feed
from arshjul.year.texts import Words

HTTP_STEP = timedelta(seconds=1)
"""The resolution of Last-Modified: two states of a feed must not share a value."""

FormerParties = Mapping[Party, Agency | PoliceUnit]
"""The parties that have a feed and are no longer in the plan, as they were, agencies first."""

MOST_AHEAD = timedelta(days=1)
"""The longest time ahead of the clock from which a plan is seen: another zone's date, or a plan made for tomorrow."""


@dataclass(frozen=True, slots=True)
class ServedFeeds:
    rows: Mapping[FeedKey, Feed]
    history: FeedHistory

    def still_to_come(self, as_of: datetime) -> "ServedFeeds":
        """The feeds without the past: operations missing in another year's plan were not called off."""
        feeds = {
            name: replace(state, entries=tuple(entry for entry in state.entries if not began(entry.event, as_of)))
            for name, state in self.history.feeds.items()
        }
        return ServedFeeds(self.rows, replace(self.history, feeds=feeds))

    def rehearsed(self, words: Words) -> "ServedFeeds":
        plan = self.history.plan
        if plan is None:
            return self
        named = replace(plan, scenario=rehearsed(plan.scenario, words))
        return ServedFeeds(self.rows, replace(self.history, plan=named))


@dataclass(frozen=True, slots=True)
class FeedRenderer:
    """A feed equal to the served one keeps its Last-Modified. `uid_key` hides identities from restricted readers."""

    plan: Plan
    served: ServedFeeds
    words: Words
    now: datetime
    uid_key: bytes

    def feeds(self, scenario: Scenario, former: "FormerParties") -> tuple[NewFeed, ...]:
        made = [self._feed(seen) for seen in self._views(scenario, parties(scenario))]
        for party, known in former.items():
            made += [self._feed(seen, departed=True) for seen in self._views(_with_former(scenario, known), [party])]
        return tuple(made)

    def _views(self, scenario: Scenario, of: Iterable[Party]) -> Iterator[View]:
        every = [channel for party in of for channel in self._channels(scenario, party)]
        return views(self.plan, scenario, every, self.served.history, self.words, self.uid_key)

    def _channels(self, scenario: Scenario, party: Party) -> Iterator[Channel]:
        """The party's calendars; that of its milestones stays once it is served, as an address may lead there."""
        now = channels(scenario, party)
        yield from now
        for channel in (Channel(party, level, "milestones") for level in LEVELS):
            if channel not in now and FeedKey(*channel.key) in self.served.rows:
                yield channel

    def _feed(self, seen: View, *, departed: bool = False) -> NewFeed:
        ics, channel = feed(seen), seen.channel
        history = feeds_json.to_json(remembered(FeedHistory(), [seen])).encode()
        key = FeedKey(*channel.key)
        before = self.served.rows.get(key)
        last_modified = self.now.replace(microsecond=0)
        if before is not None and before.ics == digest_of(ics):
            last_modified = before.last_modified
        elif before is not None:
            last_modified = max(last_modified, before.last_modified + HTTP_STEP)
        return NewFeed(key, ics, history, last_modified, departed)


def rehearsed(scenario: Scenario, words: Words) -> Scenario:
    """The scenario with its name for a rehearsal, so that its events differ from the real year's."""
    return replace(scenario, name=words("REHEARSAL {name}", name=scenario.name))


def under_its_own_name(history: FeedHistory, scenario: Scenario, words: Words) -> FeedHistory:
    """The history of a rehearsal's calendars with the UIDs that their events have in the real year."""
    return history.renamed(Uids.of(rehearsed(scenario, words).name), Uids.of(scenario.name))


def former_parties(scenario: Scenario, names: Iterable[str], earlier: Iterator[Scenario]) -> FormerParties:
    """The parties that have a feed and are not in the scenario; looked up in earlier ones, latest first."""
    gone = set(names) - {str(party) for party in parties(scenario)}
    found: dict[Party, Agency | PoliceUnit] = {}
    while gone and (old := next(earlier, None)) is not None:
        there = {party: old.parties[party.id] for party in parties(old) if str(party) in gone}
        found |= there
        gone -= {str(party) for party in there}
    return dict(sorted(found.items(), key=lambda pair: pair[0].kind))


def _with_former(scenario: Scenario, party: Agency | PoliceUnit) -> Scenario:
    """The scenario with that party in it again, without any part, and not invited to meetings."""
    meetings = [replace(meeting, agencies=(), parties=scenario.invited(meeting)) for meeting in scenario.cycle.meetings]
    cycle = replace(scenario.cycle, meetings=tuple(meetings))
    if isinstance(party, Agency):
        return replace(scenario, cycle=cycle, agencies={**scenario.agencies, party.id: party})
    return replace(scenario, cycle=cycle, police={**scenario.police, party.id: party})


@dataclass(frozen=True, slots=True)
class ServedRevision:
    """The scenario has no sites. `is_rehearsal`: its clock is the moment of its last plan."""

    revision: Revision
    scenario: Scenario
    plan: Plan
    is_rehearsal: bool = False

    def is_ahead(self, now: datetime | None = None) -> bool:
        return not self.is_rehearsal and is_ahead(self.revision, now)

    def floor(self, now: datetime | None = None) -> datetime:
        """The moment from which subscribers saw it, never ahead of real time: later plans are not seen from earlier."""
        return _real(self.revision, now) if self.is_ahead(now) else self.revision.as_of


@asked_once
def served_revision(db: Transaction) -> ServedRevision | None:
    current = revisions.current(db)
    return None if current is None else read_back(db, current)


def published_year(db: Transaction) -> ServedRevision:
    return read_back(db, _published(db))


def _published(db: Transaction) -> Revision:
    if (current := revisions.current(db)) is None:
        raise nothing_published()
    return current


def nothing_published() -> InputError:
    return InputError(Message("Nothing is published yet: run `arshjul publish`."))


def read_back(db: Transaction, revision: Revision) -> ServedRevision:
    def year() -> tuple[Scenario, Plan]:
        return year_of_json(revisions.blob(db, revision.scenario), revisions.blob(db, revision.plan))

    return ServedRevision(revision, *kept_for_good(db, revision.number, (revision.hash,), year), audit.is_rehearsal(db))


def served_scenario(db: Transaction) -> Scenario:
    return bare_scenario(revisions.blob(db, _published(db).scenario))


def published_sites(db: Transaction, number: int) -> dict[Place, bytes]:
    """The sites of the year that a revision shows, unless purged."""
    return {(site.operation, site.position): site.body for site in revisions.sites(db, number)}


def whole_scenario(db: Transaction, one: ServedRevision) -> Scenario:
    """The scenario of a revision with its sites, as far as they are kept."""
    return with_sites(one.scenario, published_sites(db, one.revision.number))


def zone_of(store: Store) -> tzinfo:
    """The zone of the served plan, for moments in messages; UTC if there is none."""
    with suppress(InputError, StorageError), store.reading() as db:
        current = revisions.current(db)
        if current is not None:
            return bare_scenario(revisions.blob(db, current.scenario)).zone
    return UTC


def is_ahead(revision: Revision, now: datetime | None = None) -> bool:
    """True if seen from the future, then or `now`: distant dates are confirmed, and what was called off seems past."""
    return revision.as_of > _real(revision, now) + MOST_AHEAD


def _real(revision: Revision, now: datetime | None) -> datetime:
    return revision.published_at if now is None else min(revision.published_at, now)


def served_feeds(db: Transaction, current: ServedRevision | None, now: datetime | None = None) -> ServedFeeds:
    """If it is ahead, entries that vanished under it are shown as in the last revision that was not; `now` as there."""
    if current is None:
        return ServedFeeds({}, FeedHistory())
    states, shown = _states(db, current.revision), current
    if current.is_ahead(now):
        for earlier in _back_to_sound(db, current.revision, now):
            older, shown = _states(db, earlier), read_back(db, earlier)
            states = {name: _with_lost(one, older.get(name, FeedState())) for name, one in states.items()}
    rows = revisions.feeds(db, current.revision.number)
    return ServedFeeds(
        {row.key: row for row in rows}, FeedHistory(states, FormerPlan(shown.scenario, shown.plan.placed))
    )


def milestones_told(db: Transaction) -> FeedHistory:
    """The feed that `times_told` reads, as in `served_feeds`; the same object as long as it is served."""
    current = revisions.current(db)
    mark = None if current is None else current.hash
    return kept_for_good(db, OF_MILESTONES[0], (mark,), lambda: _milestones(db, current))


def _milestones(db: Transaction, current: Revision | None) -> FeedHistory:
    rows = {} if current is None else {_name(row): row for row in revisions.feeds(db, current.number)}
    history = FeedHistory(_states_in(db, [rows[name] for name in OF_MILESTONES if name in rows][:1]))
    if current is None or not audit.is_rehearsal(db):
        return history
    scenario = served_scenario(db)
    return under_its_own_name(history, scenario, words(scenario.language))


def served_views(db: Transaction, served: ServedRevision, channels: Iterable[Channel]) -> Iterator[View]:
    """The events that these calendars show now, except those that are not served."""
    scenario, say = served.scenario, words(served.scenario.language)
    rows = {row.key: row for row in revisions.feeds(db, served.revision.number)}
    for channel in channels:
        if (row := rows.get(revisions.FeedKey(*channel.key))) is not None:
            (said,) = _states_in(db, [row]).values()
            name = FeedText(scenario, say, channel, served.plan).calendar_name
            yield View(channel, name, scenario.language, scenario.timezone, scenario.span, said)


def _states(db: Transaction, revision: Revision) -> dict[str, FeedState]:
    return _states_in(db, revisions.feeds(db, revision.number))


def _states_in(db: Transaction, rows: Iterable[revisions.Feed]) -> dict[str, FeedState]:
    states: dict[str, FeedState] = {}
    for row in rows:
        (states[_name(row)],) = feeds_json.from_json(revisions.blob(db, row.said).decode()).feeds.values()
    return states


def _name(row: revisions.Feed) -> str:
    """The calendar's name in the history; older rows have another content."""
    return Channel(party_named(row.party), row.level, row.content).name  # type: ignore[arg-type]


def _back_to_sound(db: Transaction, last: Revision, now: datetime | None) -> Iterator[Revision]:
    """The revisions before it, latest first, up to and including the first that is not ahead."""
    for earlier in reversed(revisions.REVISIONS.all(db)):
        if earlier.number < last.number:
            yield earlier
            if not is_ahead(earlier, now):
                return


def _with_lost(state: FeedState, older: FeedState) -> FeedState:
    """The state with the entries that it no longer holds, as they were, with their stored stamps."""
    there = {entry.event.uid for entry in state.entries}
    lost = (entry.event for entry in older.entries if entry.event.uid in state.gone.keys() - there)
    entries = (*state.entries, *(FeedEntry(event, state.gone[event.uid]) for event in lost))
    return replace(state, entries=tuple(sorted(entries, key=lambda entry: entry.event.uid)))


def earlier_scenarios(db: Transaction) -> Iterator[Scenario]:
    seen = set()
    for revision in reversed(revisions.REVISIONS.all(db)):
        if revision.scenario not in seen:
            seen.add(revision.scenario)
            yield scenario_of_json(revisions.blob(db, revision.scenario))
