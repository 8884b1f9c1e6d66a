"""The line that an entry says first: what has become of it for its reader, and why (docs/formats.md#feeds)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from arshjul.agenda.channel import Channel
from arshjul.agenda.entry import Event
from arshjul.agenda.part_change import Former, PartChange, because, part_change
from arshjul.agenda.uid import Uids
from arshjul.agenda.when import time_said
from arshjul.domain.operation import MOST_DAYS
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.texts import Words, with_capital


@dataclass(frozen=True, slots=True)
class EntryNews:
    """Tells the news of one calendar's entries, all by UID.

    `operations` are the changes of the party's part, on each date; `milestones` those of the operation around
    which a milestone lies, None where that one is as it was; `meetings` are those that are held.
    """

    scenario: Scenario
    words: Words
    operations: Mapping[str, PartChange]
    milestones: Mapping[str, PartChange | None]
    meetings: frozenset[str]

    def __call__(self, was: Event | None, now: Event) -> str:
        """The sentence on an entry, from how it was (None: not there) and how it is; empty where there is none."""
        change = self.operations.get(now.uid)
        if change is not None:
            said: Message | None = change.sentence
        elif now.uid in self.milestones:
            said = self._of_milestone(was, now, self.milestones[now.uid])
        else:
            said = self._of_meeting(was, now)
        return "" if said is None else with_capital(self.words("{sentence}.", sentence=said))

    def _of_milestone(self, was: Event | None, now: Event, change: PartChange | None) -> Message | None:
        if now.status == "CANCELLED":
            if change is None or change.new is not None:
                return Message("no longer a milestone")
            return Message("{operation}: {change}", {"operation": change.operation, "change": change.sentence})
        moved = self._moved(was, now)
        return None if moved is None else because(moved, None if change is None else change.cause)

    def _of_meeting(self, was: Event | None, now: Event) -> Message | None:
        if not now.uid.startswith("meeting."):
            return None
        if now.status == "CANCELLED":
            is_held = now.uid in self.meetings
            return Message("you are no longer invited") if is_held else Message("the meeting is called off")
        return self._moved(was, now)

    def _moved(self, was: Event | None, now: Event) -> Message | None:
        """None for what was not there, or called off: there it comes, and has not moved."""
        if was is None or was.status == "CANCELLED" or (was.starts, was.ends) == (now.starts, now.ends):
            return None
        zone = self.scenario.zone
        return Message("moved from {old} to {new}", {"old": time_said(was, zone), "new": time_said(now, zone)})


def entry_news(
    former: Former | None, plan: Plan, scenario: Scenario, channel: Channel, uids: Uids, words: Words
) -> EntryNews:
    """The news of a calendar since `former`, of which its readers were told last; None: they were told of no plan."""
    changes = () if former is None else tuple(_changes(former, plan, scenario, channel))
    numbers = range(1, MOST_DAYS + 1)
    operations = {own.operation(id, number): change for own, id, change in changes for number in numbers}
    milestones: dict[str, PartChange | None] = {}
    if channel.content != "operations":
        years = [scenario] if former is None else [former.scenario, scenario]
        milestones = dict.fromkeys(uid for year in years for uid in _around(year))
        of_each = {milestone.id: None for year in years for milestone in year.cycle.milestones}
        milestones |= {own.milestone(id, milestone): change for own, id, change in changes for milestone in of_each}
    held = (uids.meeting(meeting.id, day) for meeting in scenario.cycle.meetings for day in meeting.dates)
    return EntryNews(scenario, words, operations, milestones, frozenset(held))


def _changes(
    former: Former, plan: Plan, scenario: Scenario, channel: Channel
) -> Iterator[tuple[Uids, str, PartChange]]:
    """By operation, under the name that its events have. In a plan of another name the same id is another operation."""
    if former.scenario.name != scenario.name:
        nothing = replace(plan, placements=(), base=None)
        yield from _of_one_name(former, nothing, scenario, channel, Uids.of(former.scenario.name))
        former = Former(former.scenario, {})
    yield from _of_one_name(former, plan, scenario, channel, Uids.of(scenario.name))


def _of_one_name(
    former: Former, plan: Plan, scenario: Scenario, channel: Channel, uids: Uids
) -> Iterator[tuple[Uids, str, PartChange]]:
    for id in {**former.placed, **plan.placed}:
        change = part_change(former, scenario, plan, channel.party, id)
        if change is not None:
            yield uids, id, change


def _around(scenario: Scenario) -> Iterator[str]:
    uids = Uids.of(scenario.name)
    for id in scenario.operations:
        for milestone in scenario.cycle.milestones:
            yield uids.milestone(id, milestone.id)
