"""Every party's calendars of a revision, at every level, rendered once when it is published.

Subscribers continue from what they were shown, so the history comes from the served revision. A party that has left the
plan keeps a feed in which its operations are called off.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from arshjul.agenda.channel import LEVELS, Channel, channels
from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.milestone_times import began
from arshjul.agenda.party import Party, parties
from arshjul.agenda.uid import Uids
from arshjul.agenda.view import View, remembered, views
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.feeds import feeds_json
from arshjul.render.ics import feed
from arshjul.store.chain import digest_of
from arshjul.store.revisions import Feed, FeedKey, NewFeed
from arshjul.texts import Words

HTTP_STEP = timedelta(seconds=1)
"""The resolution of Last-Modified: two states of a feed must not share a value."""


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
        for party in former.parties:
            seen_by_it = self._views(former.scenario(scenario, party), [party])
            made += [self._feed(seen, departed=True) for seen in seen_by_it]
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


@dataclass(frozen=True, slots=True)
class FormerParties:
    agencies: Mapping[str, Agency]
    police: Mapping[str, PoliceUnit]

    @property
    def parties(self) -> tuple[Party, ...]:
        return (*(Party("agency", id) for id in self.agencies), *(Party("police", id) for id in self.police))

    def scenario(self, scenario: Scenario, party: Party) -> Scenario:
        """The scenario with that party in it again, without any part, and not invited to meetings."""
        invited = [
            replace(meeting, agencies=(), parties=scenario.invited(meeting)) for meeting in scenario.cycle.meetings
        ]
        cycle = replace(scenario.cycle, meetings=tuple(invited))
        if party.kind == "agency":
            return replace(scenario, cycle=cycle, agencies={**scenario.agencies, party.id: self.agencies[party.id]})
        return replace(scenario, cycle=cycle, police={**scenario.police, party.id: self.police[party.id]})


def former_parties(scenario: Scenario, names: Iterable[str], earlier: Iterator[Scenario]) -> FormerParties:
    """The parties that have a feed and are not in the scenario; looked up in earlier ones, latest first."""
    gone = set(names) - {str(party) for party in parties(scenario)}
    agencies: dict[str, Agency] = {}
    police: dict[str, PoliceUnit] = {}
    while gone and (old := next(earlier, None)) is not None:
        for party in parties(old):
            if str(party) in gone and party.kind == "agency":
                agencies[party.id] = old.agencies[party.id]
            elif str(party) in gone and party.kind == "police":
                police[party.id] = old.police[party.id]
        gone -= {str(party) for party in parties(old)}
    return FormerParties(agencies, police)
