"""Over random plans: who reads a sentence on a change, on what, and for how long."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings

from arshjul.year.agenda.entry import FeedEntry
from arshjul.year.agenda.feed_history import CANCELLED_DAYS, NEWS_DAYS
from arshjul.year.agenda.party import Party
from arshjul.year.agenda.view import View, view
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.feeds.feeds_json import from_json, to_json
from tests.examples import examples
from tests.year.agenda.histories import UID_KEY, WORDS, Revision, histories, steps

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a long counterexample


def facts(there: Scenario, party: Party, at: Placement | None) -> dict[str, object] | None:
    """What the party may see of an operation, by the contract and from nothing that the agenda says."""
    if at is None or at.operation not in there.operations:
        return None
    one, also = there.operations[at.operation], {}
    agencies = {*one.agencies, one.lead_agency, *at.optional_agencies}
    when, about = (at.slot.day, at.slot.shift), (one.area, one.sector, one.programme)
    sees = at.police is not None and party.id in ("", at.police)
    designated = one.designated if sees else ""
    if at.police is not None:
        also = {unit: n for unit, n in one.police_also.items() if unit != at.police}
    comes = {"agencies": agencies, "units": (at.police, frozenset(also))}
    if party.kind == "coordinator":
        serves = (at.police, frozenset(also.items()), one.officers if at.police else 0, designated, one.title)
        return {"when": when, "about": about, "agencies": agencies, "lead": one.lead_agency, "police": serves}
    if party.kind == "agency":
        owned = there.programmes.get(one.programme)
        owns = owned is not None and owned.owner == party.id
        if party.id not in agencies and not owns:
            return None
        teams = one.agencies.get(party.id, one.optional_agencies.get(party.id, 0)) if party.id in agencies else 0
        role = "leads" if party.id == one.lead_agency else "needed" if party.id in one.agencies else owns
        seen = {
            "when": when,
            "about": about,
            **comes,
            "lead": one.lead_agency,
        }
        return {**seen, "role": role, "teams": teams}
    lent = {**also, **({at.police: one.officers} if at.police else {})}
    role = "serves" if party.id == at.police else "lends"
    mine: dict[str, object] = {
        "when": when,
        "about": about,
        **comes,
        "role": role,
        "officers": (lent.get(party.id), designated),
        "lead": one.lead_agency,
    }
    return mine if party.id in lent else None


@dataclass(frozen=True)
class Told:
    """A reader's operation before and after, and the entry in its feed."""

    party: Party
    old: Placement | None
    new: Placement | None
    was: dict[str, object] | None
    now: dict[str, object] | None
    entry: FeedEntry | None
    before: FeedEntry | None
    moment: datetime
    today: date


def told(history: list[Revision]) -> Iterator[Told]:
    """Every operation of every reader in each step."""
    for earlier, later in pairwise(history):
        for channel, seen in later.seen.items():
            if channel.level != "full" or channel.content != "operations":
                continue
            for id in later.scenario.operations:
                old, new = earlier.plan.placed.get(id), later.plan.placed.get(id)
                was, now = facts(earlier.scenario, channel.party, old), facts(later.scenario, channel.party, new)
                there = entry(seen, id), entry(earlier.seen[channel], id)
                yield Told(channel.party, old, new, was, now, *there, later.plan.as_of, later.plan.as_of.date())


def entry(seen: View, id: str) -> FeedEntry | None:
    return next((one for one in seen.entries if one.event.uid.startswith(f"{id}@")), None)


BEGINS = {
    "called-off": ("Inställd, skulle ha varit ",),
    "out": ("Ni deltar inte längre ", "Ni äger inte längre dess program"),
    "handed-over": ("LPO ",),
    "not-needed": ("Genomförs utan polis, ni behövs inte ",),
    "lends-no-more": ("Ni lånar inte längre ut poliser ",),
    "new": ("Ny",),
    "joins": ("Ni deltar nu", "Ni leder nu", "Ni äger dess program nu"),
    "takes-over": ("Ni tar över från LPO ",),
    "serves": ("Ni bemannar den nu",),
    "lends": ("Ni lånar nu ut poliser",),
    "moved": ("Flyttad från ",),
}


def kind(one: Told) -> str:
    """The kind of sentence by the contract; empty where the part is as it was, "other" where something else changed."""
    if one.was == one.now:
        return ""
    if one.was is None:
        return "new" if one.old is None else comes(one)
    if one.now is None:
        return "called-off" if one.new is None else goes(one)
    return "moved" if one.was["when"] != one.now["when"] else "other"


def comes(one: Told) -> str:
    assert one.old is not None
    assert one.now is not None
    if one.party.kind == "agency":
        return "joins"
    if one.now["role"] == "lends":
        return "lends"
    return "serves" if one.old.police is None else "takes-over"


def goes(one: Told) -> str:
    assert one.new is not None
    assert one.was is not None
    if one.party.kind == "agency":
        return "out"
    if one.new.police is None:
        return "not-needed"
    return "lends-no-more" if one.was["role"] == "lends" else "handed-over"


def whose_part_has_changed_reads_one_sentence_of_its_kind_and_nobody_else_reads_any(
    history: list[Revision],
) -> None:
    for one in told(history):
        wanted = kind(one)
        if one.entry is None:
            assert not wanted or one.now is None  # what goes after its 30 days is shown no more
            continue
        if not wanted:
            assert not any(news.since == one.moment for news in one.entry.news)
            continue
        first, *rest = one.entry.event.description.splitlines()
        newest, *_ = one.entry.news
        assert (newest.text, newest.since) == (first, one.moment)
        assert first not in rest
        assert wanted == "other" or first.startswith(BEGINS[wanted])
        assert (one.entry.event.status == "CANCELLED") == (one.now is None)


def what_is_cancelled_keeps_its_sentence_as_long_as_it_is_shown(history: list[Revision]) -> None:
    for one in told(history):
        if one.entry is None or one.entry.event.status != "CANCELLED":
            continue
        assert one.today <= one.entry.event.day + timedelta(days=CANCELLED_DAYS)
        (news,) = one.entry.news
        first, heading, *_ = one.entry.event.description.splitlines()
        assert (first, heading) == (news.text, "Det som gällde:")
        if one.before is not None and one.before.event.status == "CANCELLED" and one.was is None:
            assert one.entry.news == one.before.news
            if (one.old is None) == (one.new is None):
                assert one.entry == one.before


def what_goes_on_says_it_for_30_days(history: list[Revision]) -> None:
    for one in told(history):
        if one.entry is None or one.entry.event.status == "CANCELLED":
            continue
        assert all(one.moment - news.since <= timedelta(days=NEWS_DAYS) for news in one.entry.news)
        about = [part.about for news in one.entry.news for part in news.parts if part.about]
        assert len(about) == len({*about}), "nothing is told twice, or otherwise than later"


KINDS = {"called-off", "out", "handed-over", "takes-over", "new", "joins", "moved"}


class AllSeen(Exception):
    """Every kind was drawn: no more histories need be."""


@pytest.mark.slow
def test_the_kinds_are_looked_at() -> None:
    """The full number of drawn plans holds every kind, or the properties would look at nothing."""
    seen: set[str] = set()

    @settings(examples(150, 150), phases=[Phase.generate], report_multiple_bugs=False)
    @given(histories())
    def look(history: list[Revision]) -> None:
        seen.update(kind(one) for one in told(history))
        if seen >= KINDS:
            raise AllSeen

    with pytest.raises(AllSeen):
        look()


# What holds of every feed in every life: stamps, cancellations, and that nothing leaks.


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
    whose_part_has_changed_reads_one_sentence_of_its_kind_and_nobody_else_reads_any,
    what_is_cancelled_keeps_its_sentence_as_long_as_it_is_shown,
    what_goes_on_says_it_for_30_days,
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


@examples(14, 150)
@given(histories())
def test_every_property_holds_in_every_life(history: list[Revision]) -> None:
    """One life for all of them: it takes longer to draw it than to look at it."""
    for holds in PROPERTIES:
        holds(history)
