"""The line that an entry begins with: what has happened to it for its reader, and why (docs/formats.md#feeds)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from arshjul.agenda.channel import Channel
from arshjul.agenda.clause import Clause, Said, another_meet, because
from arshjul.agenda.entry import Event, News, NewsPart, one_line
from arshjul.agenda.meetings import is_asked
from arshjul.agenda.notice import seen
from arshjul.agenda.part_change import Former, PartChange, goes_on, one_after_another, part_change
from arshjul.agenda.party import Party
from arshjul.agenda.uid import Uids
from arshjul.agenda.when import time_said
from arshjul.domain.operation import MOST_DAYS, Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.rules.told_causes import places_before
from arshjul.texts import Words, with_capital


@dataclass(frozen=True, slots=True)
class EntryNews:
    """Makes the news of one calendar's entries, all by UID.

    `operations` are the changes of the party's part, on each date; `milestones` those of the operation of a milestone;
    `meetings` are what is new of the year's own. `since` are sentences on operations called off earlier, if the old
    ones no longer hold.
    """

    scenario: Scenario
    words: Words
    operations: Mapping[str, PartChange]
    milestones: Mapping[str, PartChange]
    meetings: Mapping[str, Clause]
    since: Mapping[str, Message]

    def __call__(self, was: Event | None, now: Event, moment: datetime) -> News | None:
        """The news of an entry that changed from `was` (None: not there) to `now`; None if there are none."""
        change = self.operations.get(now.uid)
        alone: Iterable[Said] = ()
        if was is not None and was.status == now.status == "CANCELLED":
            said = self.since.get(now.uid)
        elif change is not None:
            said, alone = change.in_calendar.sentence, change.in_calendar.alone
        elif now.uid.startswith("meeting."):
            clauses = self._of_meeting(was, now)
            said = one_after_another(one.said for one in clauses) if clauses else None
            alone = [one.alone for one in clauses]
        else:
            said = self._of_milestone(was, now, self.milestones.get(now.uid))
        parts = (NewsPart(self._line(one.sentence), one.about, one.rests_on) for one in alone)
        return None if said is None else News(self._line(said), moment, tuple(parts))

    def _line(self, said: Message) -> str:
        return one_line(with_capital(self.words("{sentence}.", sentence=said)))

    def _of_milestone(self, was: Event | None, now: Event, change: PartChange | None) -> Message | None:
        if change is not None and change.is_back:
            return change.in_calendar.sentence
        moved = self._moved(was, now)
        return None if moved is None else because(moved, None if change is None else change.cause)

    def _of_meeting(self, was: Event | None, now: Event) -> list[Clause]:
        clause = self.meetings.get(now.uid)
        if now.status == "CANCELLED":
            return [clause or Clause("called-off", Message("the meeting is called off"))]
        moved = self._moved(was, now)
        both = None if moved is None else Clause("moved", moved), clause
        return [one for one in both if one is not None]

    def _moved(self, was: Event | None, now: Event) -> Message | None:
        """The words for a move; None if it was not there or called off, as it is then new."""
        if was is None or was.status == "CANCELLED" or (was.starts, was.ends) == (now.starts, now.ends):
            return None
        zone = self.scenario.zone
        return Message("moved from {old} to {new}", {"old": time_said(was, zone), "new": time_said(now, zone)})


def entry_news(
    former: Former | None,
    plan: Plan,
    scenario: Scenario,
    channel: Channel,
    uids: Uids,
    words: Words,
    shown: Iterable[Event] = (),
) -> EntryNews:
    """The news of a calendar since `former`, the last plan that its readers were told of; None: there was none.

    `shown` is what the calendar has shown until now.
    """
    changes = () if former is None else tuple(_changes(former, plan, scenario, channel))
    numbers = range(1, MOST_DAYS + 1)
    operations = {own.operation(id, number): change for own, id, change in changes for number in numbers}
    of_each = [] if channel.content == "operations" else [milestone.id for milestone in scenario.cycle.milestones]
    milestones = {own.milestone(id, milestone): change for own, id, change in changes for milestone in of_each}
    meetings = (
        {} if former is None else dict(_meetings(former.scenario, scenario, channel.party, uids, plan.as_of.date()))
    )
    off = {event.uid: event for event in shown if event.status == "CANCELLED"}
    since = {} if former is None or not off else dict(_since(former, plan, scenario, channel, uids, off))
    return EntryNews(scenario, words, operations, milestones, meetings, since)


def _meetings(
    before: Scenario, scenario: Scenario, party: Party, uids: Uids, today: date
) -> Iterator[tuple[str, Clause]]:
    """What is new of each meeting to come, by UID. As many of its dates as go and come are moved."""
    was, now = ({one.id: one for one in year.cycle.meetings} for year in (before, scenario))
    for id in {**was, **now} if before.name == scenario.name else ():
        old, new = was.get(id), now.get(id)
        was_asked, is_asked_now = old and is_asked(before, old, party), new and is_asked(scenario, new, party)
        known = {*before.meeting_days(old)} if old and was_asked else set[date]()
        there = {*scenario.meeting_days(new)} if new and is_asked_now else set[date]()
        gone, come = (sorted(day for day in days if day >= today) for days in (known - there, there - known))
        off = Clause("called-off", Message("the meeting is called off"))
        off = off if is_asked_now or not new else Clause("out", Message("you are no longer invited"))
        on = Clause("new", Message("new meeting"))
        on = on if was_asked or not old else Clause("joins", Message("you are invited now"))
        said = dict.fromkeys(gone, off) | dict.fromkeys(come, on)
        for first, then in zip(gone, come, strict=False):
            moved = Message("moved from {old} to {new}", {"old": first, "new": then})
            said[first] = said[then] = Clause("moved", moved)
        if old and new and (place := another_meet(old.meet, new.meet)):
            said |= dict.fromkeys(known & there, Clause("meet", place))
        yield from ((uids.meeting(id, day), clause) for day, clause in said.items())


def _since(
    former: Former,
    plan: Plan,
    scenario: Scenario,
    channel: Channel,
    uids: Uids,
    off: Mapping[str, Event],
) -> Iterator[tuple[str, Message]]:
    """The news of operations that the party left, by the UIDs of their events shown."""
    if former.scenario.name != scenario.name:
        return
    for id in {**former.placed, **plan.placed}:
        was, now = former.placed.get(id), plan.placed.get(id)
        if was == now or seen(former.scenario, channel.party, was) or seen(scenario, channel.party, now):
            continue
        dates = [off[uid] for number in range(1, MOST_DAYS + 1) if (uid := uids.operation(id, number)) in off]
        left = _left(former.scenario, plan, channel.party, id, dates)
        said = None if left is None else goes_on(former, scenario, plan, channel.party, left)
        if said is not None:
            yield from ((event.uid, said) for event in dates)


def _left(scenario: Scenario, plan: Plan, party: Party, id: str, shown: Sequence[Event]) -> Placement | None:
    """The place of the operation when the party left it: at the time that its calendar still shows."""
    if not shown or id not in scenario.operations:
        return None
    starts = {event.starts for event in shown}
    before = [one for one in places_before(plan, id) if scenario.moments(one.slot)[0] in starts]
    served = (one for one in before if party.kind != "police" or one.police == party.id)
    return next(served, next(iter(before), None))


def _changes(
    former: Former, plan: Plan, scenario: Scenario, channel: Channel
) -> Iterator[tuple[Uids, str, PartChange]]:
    """The changes by operation, with its events' UIDs. In a plan of another name an id means another operation."""
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
