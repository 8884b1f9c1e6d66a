"""What holds of every feed in every life: stamps, cancellations, and that nothing leaks."""

import re
from datetime import UTC, timedelta

import pytest
from hypothesis import given

from arshjul.year.agenda.feed_history import CANCELLED_DAYS
from arshjul.year.agenda.view import view
from arshjul.year.formats.feeds.feeds_json import from_json, to_json
from tests.examples import examples
from tests.year.agenda.histories import UID_KEY, WORDS, Revision, histories, steps

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a long counterexample


def time_and_status(event: object) -> tuple[object, ...]:
    return tuple(getattr(event, name) for name in ("starts", "ends", "status"))


def stamps_tell_the_last_change_and_the_sequence_counts_times_and_statuses(history: list[Revision]) -> None:
    for revision, before, after in steps(history):
        old = {entry.event.uid: entry for entry in before.entries}
        moment = revision.plan.as_of.astimezone(UTC)
        for entry in after.entries:
            earlier = old.get(entry.event.uid)
            if earlier is None:
                assert entry.stamps.changed == moment
            elif earlier.event == entry.event:
                assert earlier == entry
            else:
                counted = time_and_status(earlier.event) != time_and_status(entry.event)
                assert entry.stamps.sequence == earlier.stamps.sequence + counted
                assert (entry.stamps.created, entry.stamps.changed) == (earlier.stamps.created, moment)


def a_sequence_never_falls_not_even_after_an_event_has_left(history: list[Revision]) -> None:
    highest: dict[tuple[str, str], int] = {}
    left: set[tuple[str, str]] = set()
    for revision in history:
        for seen in revision.views:
            there = {entry.event.uid for entry in seen.entries}
            left |= {key for key in highest if key[0] == seen.feed and key[1] not in there}
            for entry in seen.entries:
                key = (seen.feed, entry.event.uid)
                assert entry.stamps.sequence >= highest.get(key, 0) + (key in left)
                highest[key] = entry.stamps.sequence
                left.discard(key)


def is_milestone(uid: str) -> bool:
    return re.match(r"OP-\d+\.[a-z]", uid) is not None


def meetings(revision: Revision) -> set[str]:
    return {
        f"meeting.{meeting.id}.{day:%Y%m%d}" for meeting in revision.scenario.cycle.meetings for day in meeting.dates
    }


def what_vanishes_is_called_off_until_30_days_after_its_date(history: list[Revision]) -> None:
    for revision, before, after in steps(history):
        now = {entry.event.uid: entry.event for entry in after.entries}
        for entry in before.entries:
            event = now.get(entry.event.uid)
            if event is None and "inplanerade" in entry.event.summary:
                assert now, "it goes when the feed fills, and is never called off"
            elif event is None and after.channel.level == "full" and is_milestone(entry.event.uid):
                assert entry.event.day >= revision.plan.as_of.date(), "what was held stays"
                assert entry.event.uid in after.said.gone
            elif event is None:
                assert entry.event.day + timedelta(days=CANCELLED_DAYS) < revision.plan.as_of.date()
                assert entry.event.uid in after.said.gone
            elif event.status == "CANCELLED":
                assert (event.starts, event.ends, event.transparent) == (entry.event.starts, entry.event.ends, True)
                name = event.uid.partition("@")[0]
                there = {*revision.plan.placed, *meetings(revision)}
                goes_on = after.channel.level == "full" and name.partition("..")[0] in there
                assert event.summary.startswith("UTAN ER: " if goes_on else "INSTÄLLD: ")


def a_feed_holds_events_in_order_and_never_none(history: list[Revision]) -> None:
    for revision in history:
        for seen in revision.views:
            uids = [entry.event.uid for entry in seen.entries]
            assert uids == sorted(set(uids)) != []
            notes = [entry for entry in seen.entries if "inplanerade" in entry.event.summary]
            assert len(uids) == 1 or all(entry.event.status == "CANCELLED" for entry in notes)


def no_feed_tells_what_its_reader_may_not_know(history: list[Revision]) -> None:
    concerned: dict[str, set[str]] = {}
    for revision in history:
        for placed in revision.plan.placements:
            agencies = {f"agency-{agency}" for agency in revision.scenario.agencies_at(placed)}
            known = revision.scenario.operations[placed.operation]
            if known.programme in revision.scenario.programmes:
                agencies.add(f"agency-{revision.scenario.programmes[known.programme].owner}")
            also = known.police_also if placed.police else ()
            units = {f"police-{unit}" for unit in (placed.police, *also)}
            for feed in ("coordinator", *units, *agencies):
                concerned.setdefault(feed, set()).add(placed.operation)
        for seen in revision.views:
            said = repr(seen)
            party, level = str(seen.channel.party), seen.channel.level
            assert "SITE" not in said
            assert "COUNTED" not in said
            assert "47114711" not in said  # longer than what the digits of a UID come to by chance
            assert "TITLE" not in said or party == "coordinator"
            assert set(re.findall(r"(?:SECTOR|TITLE|PROGRAMME)-(OP-\d)", said)) <= concerned.get(party, set())
            if level != "full":
                assert "SECTOR" not in said
                assert "PROGRAMME" not in said
                assert not re.search("Genomförd|Avbruten|utfall", said)
            if level == "busy":
                assert "Hisingen" not in said.replace("LPO Hisingen", "")
                assert "City" not in said.replace("LPO City", "")


def busy_times_tell_nothing_but_the_time(history: list[Revision]) -> None:
    """What a strike, a milestone and a meeting at the same time say differs in the UID alone, which tells nothing."""
    for revision in history:
        for seen in revision.views:
            if not seen.feed.endswith("@busy"):
                continue
            for entry in seen.entries:
                event = entry.event
                assert re.fullmatch("[0-9a-f]{32}@goteborg-2027.arshjul", event.uid)
                if "inplanerade" in event.summary:
                    continue
                assert event.summary == ("INSTÄLLD: Upptagen" if event.status == "CANCELLED" else "Upptagen")
                assert (event.description, event.category) == ("", "")
                assert event.transparent == (event.status == "CANCELLED")


def below_full_no_two_feeds_name_an_event_alike(history: list[Revision]) -> None:
    for revision in history:
        whole = [seen for seen in revision.views if seen.channel.level != "full" and seen.channel.content == "all"]
        uids = [entry.event.uid for seen in whole for entry in seen.entries]
        assert len(uids) == len(set(uids))
        assert not [uid for uid in uids if "OP-" in uid or "network" in uid or "note" in uid]


def the_memory_holds_what_the_feeds_say_and_no_more(history: list[Revision]) -> None:
    for revision in history:
        text = to_json(revision.after)
        assert "SITE" not in text
        assert from_json(text) == revision.after
        assert revision.after.feeds == {seen.feed: seen.said for seen in revision.views}


def the_same_plan_written_again_says_the_same(history: list[Revision]) -> None:
    last = history[-1]
    for channel, seen in last.seen.items():
        for feeds in (last.before, last.after):
            assert view(last.plan, last.scenario, channel, feeds, WORDS, UID_KEY) == seen


PROPERTIES = (
    stamps_tell_the_last_change_and_the_sequence_counts_times_and_statuses,
    a_sequence_never_falls_not_even_after_an_event_has_left,
    what_vanishes_is_called_off_until_30_days_after_its_date,
    a_feed_holds_events_in_order_and_never_none,
    no_feed_tells_what_its_reader_may_not_know,
    busy_times_tell_nothing_but_the_time,
    below_full_no_two_feeds_name_an_event_alike,
    the_memory_holds_what_the_feeds_say_and_no_more,
    the_same_plan_written_again_says_the_same,
)


@examples(12, 100)
@given(histories())
def test_every_property_holds_in_every_life(history: list[Revision]) -> None:
    """One life for all of them: it takes longer to draw it than to look at it."""
    for holds in PROPERTIES:
        holds(history)
