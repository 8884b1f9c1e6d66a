""""""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.agenda.channel import Seal, Uids
from arshjul.year.agenda.entry import Event, clean

DAY = date(2027, 3, 2)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb\x0bc\x85d\u2028e\u2029f", "a b c d e f"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("Krog\u202egnorK\u2066!\u200f", "KroggnorK!"),
        ("\ufeffnamn\ufffe\uffff", "namn"),
        ("half \ud83d end", "half  end"),
        ("väg & kök 🚓 👩‍🚒 “citat” – \\N;,:", "väg & kök 🚓 👩‍🚒 “citat” – \\N;,:"),
        (" \n space \n ", "space"),
    ],
)
def test_a_text_is_cleaned_of_what_calendars_choke_on(given: str, kept: str) -> None:
    assert clean(given) == kept


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_what_is_cleaned_is_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.encode().decode() == once
    assert all(c == "\n" or c.isprintable() or ord(c) > 0x9F for c in once)


def test_an_event_cleans_its_texts() -> None:
    event = Event("u", DAY, DAY, date(2027, 3, 3), "two\nlines\x00", "first\r\nsecond", "a\tb\n")
    assert (event.summary, event.description, event.category) == ("two lines", "first\nsecond", "a b")


def test_an_event_never_ends_before_it_starts() -> None:
    with pytest.raises(ValueError, match="Expected ends >= starts"):
        Event("u", DAY, datetime(2027, 3, 2, 9, tzinfo=UTC), datetime(2027, 3, 2, 8, tzinfo=UTC), "s")


def test_an_event_has_words() -> None:
    with pytest.raises(ValueError, match="Expected a summary"):
        Event("u", DAY, DAY, date(2027, 3, 3), "\u202e \n")


def test_calling_off_keeps_the_time_and_says_so_once() -> None:
    event = Event("u", DAY, DAY, date(2027, 3, 3), "Insats", status="CONFIRMED")
    off = event.cancelled()
    assert (off.starts, off.ends, off.status, off.transparent) == (DAY, date(2027, 3, 3), "CANCELLED", True)
    assert off.summary == "INSTÄLLD: Insats"
    assert off.cancelled() == off
    assert event.cancelled("en").summary == "CANCELLED: Insats"


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("Göteborg 2027", "goteborg-2027.arshjul"),
        ("  Årshjul – Väst/Öst (2027) ", "arshjul-vast-ost-2027.arshjul"),
        ("tiny_1.2", "tiny-1-2.arshjul"),
        ("北京", "plan.arshjul"),
    ],
)
def test_the_host_is_the_plans_name_in_ascii(name: str, host: str) -> None:
    assert Uids.of(name).host == host


def test_the_documented_forms() -> None:
    uids = Uids.of("Göteborg 2027")
    assert uids.operation("OP-1") == "OP-1@goteborg-2027.arshjul"
    assert uids.milestone("OP-1", "nomination") == "OP-1.nomination@goteborg-2027.arshjul"
    assert uids.meeting("m", date(2027, 3, 7)) == "meeting.m.20270307@goteborg-2027.arshjul"
    assert uids.note() == "note@goteborg-2027.arshjul"


def test_a_seal_hides_what_an_event_is_and_differs_by_key_and_feed() -> None:
    plain = Uids.of("Göteborg 2027")
    some = [
        Uids(plain.host, Seal(key, feed))
        for key in (b"one", b"another")
        for feed in ("agency-miljo@busy", "agency-miljo@area", "police-lpo-city@busy")
    ]
    told = [
        uid
        for uids in some
        for uid in (
            uids.operation("OP-1"),
            uids.milestone("OP-1", "nomination"),
            uids.meeting("m", date(2027, 3, 7)),
            uids.note(),
        )
    ]
    assert all(re.fullmatch(r"[0-9a-f]{32}@goteborg-2027\.arshjul", uid) for uid in told)
    assert len(set(told)) == len(told)
    assert "key" not in repr(some[0])
