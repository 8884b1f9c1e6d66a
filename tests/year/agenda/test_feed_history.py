"""What a feed says after a revision, told by a short history each."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import InputError
from arshjul.year.agenda.entry import Event, FeedEntry, News, NewsPart, Stamps
from arshjul.year.agenda.feed_history import FeedHistory, FeedState, Tells, say
from arshjul.year.formats.feeds.feeds_json import from_json, to_json

ZONE = ZoneInfo("Europe/Stockholm")
DAY = date(2027, 3, 2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def event(uid: str = "a", day: date = DAY, summary: str = "Insats") -> Event:
    return Event(uid, day, day, day + timedelta(days=1), summary)


NOTE = event("note", date(2027, 1, 1), "Inga insatser")


def only(said: FeedState) -> FeedEntry:
    (entry,) = said.entries
    return entry


def stamped(entry: FeedEntry) -> tuple[int, str, str]:
    return entry.stamps.sequence, f"{entry.stamps.created:%m-%dT%H:%M}", f"{entry.stamps.changed:%m-%dT%H:%M}"


FIRST = say([event()], NOTE, FeedState(), at("2027-01-10T10:00:59.5"))


def test_what_is_gone_is_called_off_for_30_days_after_its_old_date_in_the_plans_zone() -> None:
    assert stamped(only(FIRST)) == (0, "01-10T09:00", "01-10T09:00")
    assert only(FIRST).stamps.changed.second == 59
    assert only(FIRST).stamps.changed.microsecond == 0
    off = say([], NOTE, FIRST, at("2027-02-01T08:00"))
    assert only(off).event == event().cancelled()
    assert event().cancelled("sv").cancelled("en").summary == "CANCELLED: Insats", "whatever the year spoke before"
    assert stamped(only(off)) == (1, "01-10T09:00", "02-01T07:00")
    assert say([], NOTE, off, at("2027-04-01T23:59")) == off  # 2 March + 30 days
    after = say([], NOTE, off, at("2027-04-02T00:00"))
    assert only(after).event == NOTE
    assert after.gone == {"a": only(off).stamps}
    off = say([], NOTE, FIRST, at("2027-02-01T08:00"))
    late = at("2027-04-02T00:30")  # 22:30 of 1 April in UTC
    assert only(say([], NOTE, off, late)).event == NOTE
    entry = only(say([event(summary="Insats: ny")], NOTE, FIRST, at("2026-12-01T08:00")))
    assert stamped(entry) == (0, "01-10T09:00", "01-10T09:00")


def test_an_empty_feed_has_a_note_that_goes_when_it_fills() -> None:
    """Nothing was called off: cancelled, it would say that no operations were planned, and that this is cancelled."""
    empty = say([], NOTE, FeedState(), at("2027-01-10T10:00"))
    assert only(empty).event == NOTE
    assert say([], NOTE, empty, at("2027-01-12T10:00")) == empty
    filled = say([event()], NOTE, empty, at("2027-01-20T10:00"))
    assert [e.event for e in filled.entries] == [event()]
    assert filled.gone == {"note": only(empty).stamps}
    emptied = say([], NOTE, filled, at("2027-05-01T10:00"))
    assert (only(emptied).event, only(emptied).stamps.sequence) == (NOTE, 1), "it goes on counting"


def _tells(text: str, *parts: NewsPart) -> Tells:
    def tells(_was: Event | None, _now: Event, moment: datetime) -> News:
        return News(text, moment, parts)

    return tells


MOVED = NewsPart("Flyttad.", "")
UNIT = NewsPart("Nord tar över.", "police")
NUMBER = NewsPart("Nu 1, förut 2.", "strength", ("police",))


def _texts(*told: tuple[str, tuple[NewsPart, ...]]) -> list[str]:
    said = FIRST
    for n, (text, parts) in enumerate(told):
        now = replace(event(), description=f"{n}")
        said = say([now], NOTE, said, at(f"2027-02-0{n + 1}T08:00"), _tells(text, *parts))
    return only(said).event.description.splitlines()[:-1]


def test_of_an_earlier_sentence_only_what_still_holds_stays_for_its_own_30_days() -> None:
    assert _texts(("Flyttad.", (MOVED,)), ("Nu 1, förut 2.", (NUMBER,))) == ["Nu 1, förut 2.", "Flyttad."]
    both = ("Flyttad; Nord tar över.", (MOVED, UNIT))
    assert _texts(both, ("Flyttad igen.", (MOVED,))) == ["Flyttad igen.", "Flyttad; Nord tar över."]
    assert _texts(both, ("Väst tar över.", (UNIT,))) == ["Väst tar över.", "Flyttad."]
    assert _texts(("Nu 1, förut 2.", (NUMBER,)), both) == ["Flyttad; Nord tar över."], "the number rested on the unit"
    assert _texts(both, ("Utan ämne.", ())) == ["Utan ämne.", "Flyttad; Nord tar över."]
    moved = say([replace(event(), description="1")], NOTE, FIRST, at("2027-01-20T10:00"), _tells("Flyttad.", MOVED))
    fewer = say(
        [replace(event(), description="2")], NOTE, moved, at("2027-02-10T10:00"), _tells("Nu 1, förut 2.", NUMBER)
    )
    assert only(fewer).event.description.splitlines() == ["Nu 1, förut 2.", "Flyttad.", "2"]
    later = say([replace(event(), description="2")], NOTE, fewer, at("2027-02-20T10:00"))
    assert only(later).event.description.splitlines() == ["Nu 1, förut 2.", "2"]
    assert only(later).without_news.description == "2"


MADE = datetime(2026, 11, 24, 9, tzinfo=UTC)
TIMED = Event(
    "OP-1@p.arshjul",
    date(2027, 3, 2),
    datetime(2027, 3, 2, 8, tzinfo=UTC),
    datetime(2027, 3, 2, 14, tzinfo=UTC),
    "Insats: Restaurang, “City”",
    "Bransch: Restaurang\nOmråde: City",
    "Insats",
    "City",
    "CANCELLED",
    True,
)
ALL_DAY = Event("OP-1.x@p.arshjul", date(2027, 2, 2), date(2027, 2, 2), date(2027, 2, 3), "Objekt", transparent=True)
NEWS = (
    News("Nu med Kronofogden.", MADE, (NewsPart("Nu med Kronofogden.", "party kronofogden"),)),
    News("Poliserna är nu 1, förut 2.", MADE, (NewsPart("Poliserna är nu 1, förut 2.", "strength", ("police",)),)),
    News("Mötet är inställt.", MADE),
)
MEMORY = FeedHistory(
    {
        "coordinator": FeedState(
            (FeedEntry(ALL_DAY, Stamps(0, MADE, MADE)), FeedEntry(TIMED, Stamps(3, MADE, MADE), NEWS)),
            {"OP-2@p.arshjul": Stamps(2, MADE, MADE)},
        ),
        "agency-miljo": FeedState(),
    }
)


def _with(path: list[Any], value: Any) -> str:
    whole = json.loads(to_json(MEMORY))
    place = whole
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(whole)


ENTRY = ["feeds", "coordinator", "entries", 1]


def test_a_memory_that_is_damaged_is_refused_with_its_place() -> None:
    damaged: list[tuple[list[Any], Any]] = [
        ([*ENTRY, "uid"], ...),
        ([*ENTRY, "uid"], "OP-1@p.arshjul\r\nATTENDEE:x"),
        ([*ENTRY, "uid"], "OP-1.x@p.arshjul"),  # twice
        ([*ENTRY, "starts"], "2027-03-02"),
        ([*ENTRY, "starts"], "2027-03-02T08:00:00+01:00"),
        ([*ENTRY, "starts"], "2028-03-02T08:00:00Z"),  # after its end
        ([*ENTRY, "day"], 20270302),
        ([*ENTRY, "status"], "MOVED"),
        ([*ENTRY, "transparent"], "yes"),
        ([*ENTRY, "sequence"], -1),
        ([*ENTRY, "sequence"], True),
        ([*ENTRY, "sequence"], 2**31),
        ([*ENTRY, "changed"], "2027-03-02"),
        ([*ENTRY, "summary"], None),
        ([*ENTRY, "summary"], " \u202e"),
        (ENTRY, "text"),
        ([*ENTRY, "news"], 7),
        ([*ENTRY, "news", 0], "text"),
        ([*ENTRY, "news", 0, "since"], "2027-03-02"),
        ([*ENTRY, "news", 0, "parts", 0], "text"),
        ([*ENTRY, "news", 0, "parts", 0, "about"], ...),
        (["feeds", "coordinator", "gone", 0, "uid"], "OP-1@p.arshjul"),  # gone and there
        (["feeds", "coordinator", "gone"], 7),
        (["feeds", "coordinator"], []),
    ]
    for path, value in damaged:
        with pytest.raises(InputError, match="damaged at coordinator"):
            from_json(_with(path, value))
    for text in ["", "{", "[]", '{"feeds": 1}', "[" * 100_000, '{"feeds": {}, "feeds": []}']:
        with pytest.raises(InputError, match="damaged"):
            from_json(text)
    with pytest.raises(InputError, match="another format"):
        from_json(_with(["format"], "arshjul-feeds/3"))
    lines = [line for line in to_json(MEMORY).splitlines() if '"OP-1@p.arshjul"' in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["starts"] == "2027-03-02T08:00:00Z"


@given(st.integers(0, len(to_json(MEMORY)) - 1), st.characters(codec="utf-8"))
def test_one_character_changed_is_read_or_refused_never_a_crash(at: int, character: str) -> None:
    text = to_json(MEMORY)
    with suppress(InputError):
        from_json(text[:at] + character + text[at + 1 :])
