import json
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import InputError
from arshjul.year.agenda.entry import Event, FeedEntry, News, NewsPart, Stamps
from arshjul.year.agenda.feed_history import FeedHistory, FeedState
from arshjul.year.formats.feeds.feeds_json import from_json, to_json

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


def test_the_memory_comes_back_as_it_was() -> None:
    assert from_json(to_json(MEMORY)) == MEMORY
    assert from_json(to_json(FeedHistory())) == FeedHistory()


def test_the_same_memory_gives_the_same_text_in_any_order() -> None:
    turned = FeedHistory(dict(sorted(MEMORY.feeds.items())))
    assert to_json(turned) == to_json(MEMORY)


def test_an_event_is_one_line() -> None:
    lines = [line for line in to_json(MEMORY).splitlines() if '"OP-1@p.arshjul"' in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["starts"] == "2027-03-02T08:00:00Z"


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


@pytest.mark.parametrize(
    ("path", "value"),
    [
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
    ],
)
def test_damage_is_told_with_its_place(path: list[Any], value: Any) -> None:
    with pytest.raises(InputError, match="damaged at coordinator"):
        from_json(_with(path, value))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"feeds": 1}', "[" * 100_000, '{"feeds": {}, "feeds": []}'])
def test_what_is_no_memory_at_all_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="damaged"):
        from_json(text)


def test_another_versions_memory_is_refused() -> None:
    with pytest.raises(InputError, match="another format"):
        from_json(_with(["format"], "arshjul-feeds/3"))


@given(st.integers(0, len(to_json(MEMORY)) - 1), st.characters(codec="utf-8"))
def test_one_character_changed_is_read_or_refused_never_a_crash(at: int, character: str) -> None:
    text = to_json(MEMORY)
    with suppress(InputError):
        from_json(text[:at] + character + text[at + 1 :])
