"""A view's bytes: golden feeds, hostile texts, and readers that share no code with the writer."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar.prop import vDate, vDatetime, vText

from arshjul.errors import FeedFault
from arshjul.year.agenda.channel import Channel, files
from arshjul.year.agenda.entry import Event, FeedEntry, Stamps, one_line
from arshjul.year.agenda.feed_history import FeedHistory, FeedState
from arshjul.year.agenda.party import COORDINATOR, Party
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.view import View, remembered, view
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.change import ChangeCause
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Base
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.render import ics
from arshjul.year.render.ics import Zone, vtimezone, zone
from tests.builders import operation, placement, plan, scenario
from tests.conftest import Golden
from tests.examples import examples, often
from tests.feedcheck import feedcheck, with_feedcheck
from tests.year.agenda.histories import WORDS, Revision, histories

MADE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def lines(written: bytes) -> list[str]:
    """The content lines by the bare rule of RFC 5545 3.1."""
    assert written.endswith(b"\r\n")
    physical = written[:-2].split(b"\r\n")
    assert all(line and len(line) <= 75 and line.decode() for line in physical)
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n", written)
    return written.replace(b"\r\n ", b"").decode()[:-2].split("\r\n")


def events(written: bytes) -> Iterator[dict[str, str]]:
    """The properties of every event by name, without their parameters."""
    there: dict[str, str] | None = None
    for line in lines(written):
        if line == "BEGIN:VEVENT":
            there = {}
        elif line == "END:VEVENT":
            assert there is not None
            yield there
            there = None
        elif there is not None:
            name, value = line.split(":", maxsplit=1)
            assert name.split(";")[0] not in there
            there[name.split(";")[0]] = value


def unescaped(text: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], text)


def a_view(*events: Event, timezone: str = "Europe/Stockholm", name: str = "Årshjul") -> View:
    entries = tuple(FeedEntry(event, Stamps(0, MADE, MADE)) for event in sorted(events, key=lambda event: event.uid))
    return View(
        Channel(Party("agency", "x")),
        name,
        "sv",
        timezone,
        Span(date(2027, 1, 1), date(2027, 12, 31)),
        FeedState(entries),
    )


def an_event(number: int = 0, summary: str = "Insats", description: str = "", category: str = "") -> Event:
    starts = datetime(2027, 1, 1, 8, tzinfo=UTC) + timedelta(days=number)
    uid = f"OP-{number:05d}@plan.arshjul"
    return Event(uid, starts.date(), starts, starts + timedelta(hours=6), summary, description, category)


def revisions() -> tuple[list[View], list[View]]:
    """A plan's feeds, and those after a replan: one moved, one dropped, one new, one that changed its unit."""
    there = scenario(
        [
            operation("OP-001", optional_agencies={"arbetsmiljoverket": 1}, designated="prefer"),
            operation("OP-002", title="Däckverkstäder; höst", sector="vehicle", area="hisingen", priority=1),
            operation("OP-003", title="Café, sommar", officers=0),
            operation("OP-004", title="Nattklubbar", sector="nightlife", designated="require", officers=6),
        ]
    )
    first = plan(
        there,
        [
            placement("OP-001", date(2027, 3, 2), "day", "lpo-city", ("arbetsmiljoverket",)),
            placement("OP-002", date(2027, 2, 23), "evening", "lpo-hisingen"),
            placement("OP-004", date(2027, 10, 30), "night", "lpo-city"),
        ],
    )
    second = plan(
        there,
        [
            placement("OP-001", date(2027, 3, 18), "day", "lpo-city"),
            placement("OP-003", date(2027, 6, 3), "evening", None),
            placement("OP-004", date(2027, 10, 30), "night", "lpo-hisingen"),
        ],
        datetime(2027, 2, 20, 6, 30),
        2,
    )
    shooting = Withdrawal("W-1", first.as_of, ("lpo-city",), date(2027, 3, 1), date(2027, 3, 5), cause="shooting")
    needed_elsewhere = ChangeCause("knock-on", id="OP-001", absent="arbetsmiljoverket")
    lost = {
        "OP-001": (ChangeCause("withdrawal", id="W-1"), needed_elsewhere),
        "OP-002": (ChangeCause("knock-on", id="OP-002"),),
    }
    base = Base(1, second.as_of, first.placed, frozenset(("OP-001",)))
    second = replace(second, base=base, causes=lost, entries=Entries.of(withdrawals=(shooting,)))
    before = [view(first, there, channel, FeedHistory(), WORDS) for channel in files(there)]
    history = replace(remembered(FeedHistory(), before), plan=FormerPlan(there, first.placed))
    return before, [view(second, there, channel, history, WORDS) for channel in files(there)]


@pytest.mark.parametrize("number", [1, 2])
def test_the_feeds_are_those_that_were_read_by_eye(number: int, golden: Golden) -> None:
    for seen in revisions()[number - 1]:
        golden(f"{seen.feed}-{number}.ics", ics.feed(seen))


def test_an_unchanged_event_has_the_same_bytes_after_a_replan_and_whatever_was_written_before() -> None:
    for before, after in zip(*revisions(), strict=True):
        blocks = [set(ics.feed(seen).split(b"BEGIN:VEVENT")) for seen in (before, after)]
        kept = [entry for entry in after.entries if entry in before.entries]
        assert len(blocks[0] & blocks[1]) >= len(kept)
    first, _ = revisions()
    written = [ics.feed(seen) for seen in first]
    assert [ics.feed(seen) for seen in reversed(first)] == written[::-1]


@pytest.mark.usefixtures("nothing_written_yet")
def test_what_many_events_say_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    line = ics._line

    def counted(name: str, value: vText | vDate | vDatetime) -> bytes:
        written.append(name)
        return line(name, value)

    monkeypatch.setattr(ics, "_line", counted)
    seen = a_view(*(an_event(number, description="Samma ord") for number in range(9)))
    ics.feed(seen)
    assert written.count("DESCRIPTION") == written.count("SUMMARY") == written.count("LAST-MODIFIED") == 1
    assert written.count("UID") == written.count("DTSTART") == 9
    n_lines = len(written)
    ics.feed(replace(seen, calendar_name="Samma insatser i en annan kalender"))
    assert len(written) == n_lines


hostile = st.text(
    st.sampled_from("\r\n\t\x00\x0b\x1b\x85\u2028\u2029\u202e\ufeff \\;,:\"'nN=^%åé🚓a\ud83d")
    | st.characters(codec=None)
) | st.sampled_from(
    [
        "x\r\nATTENDEE:mailto:a@example.org",
        "x\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil",
        "x\r\n END:VCALENDAR",
        "\\nEND:VEVENT",
        "\\\r\n;,",
        "=cmd|'/C calc'!A1",
        "BEGIN:VALARM",
    ]
)


@examples(40, 200)
@given(st.lists(st.tuples(hostile, hostile, hostile), max_size=4), hostile)
def test_no_text_adds_a_line_or_an_event(texts: list[tuple[str, str, str]], name: str) -> None:
    there = [an_event(number, f"x{summary}", *more) for number, (summary, *more) in enumerate(texts)]
    seen = a_view(*there, name=one_line(f"x{name}"))
    written = ics.feed(seen)
    assert [event["UID"] for event in events(written)] == [entry.event.uid for entry in seen.entries]
    for event, entry in zip(events(written), seen.entries, strict=True):
        assert unescaped(event["SUMMARY"]) == entry.event.summary
        assert unescaped(event.get("DESCRIPTION", "")) == entry.event.description
        assert unescaped(event.get("CATEGORIES", "")) == entry.event.category
    other = icalendar.Calendar.from_ical(written)
    assert isinstance(other, icalendar.Calendar)
    assert [event["UID"] for event in other.events] == [entry.event.uid for entry in seen.entries]
    assert not other.errors


@pytest.mark.slow
def test_no_text_of_100_000_adds_an_event() -> None:
    draw = random.Random(2027)
    pieces = [*'\r\n\t\x00\x0b\x85\u2028\u202e \\;,:"nNåé🚓ab', "\r\n", "END:VEVENT", "BEGIN:VEVENT", "UID:x"]
    for _ in range(100):
        given = ["".join(draw.choices(pieces, k=draw.randint(0, 60))) for _ in range(1_000)]
        seen = a_view(*(an_event(number, f"x{text}", text) for number, text in enumerate(given)))
        written = ics.feed(seen)
        assert [unescaped(event.get("DESCRIPTION", "")) for event in events(written)] == [
            entry.event.description for entry in seen.entries
        ]
        other = icalendar.Calendar.from_ical(written)
        assert isinstance(other, icalendar.Calendar)
        assert len(other.events) == 1_000


@pytest.mark.parametrize("name", ["x\rATTENDEE:y", "x\x00", "x\x7f"])
def test_a_feed_that_does_not_read_back_is_not_handed_out(name: str) -> None:
    with pytest.raises(FeedFault, match="agency-x failed its check"):
        ics.feed(a_view(an_event(), name=name))


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        (rb"BEGIN:VEVENT\r\nUID:OP-00001.*?END:VEVENT\r\n", b""),
        (rb"(BEGIN:VEVENT\r\nUID:OP-00001.*?END:VEVENT\r\n)", rb"\1\1"),
        (rb"(BEGIN:VEVENT.*?END:VEVENT\r\n)(BEGIN:VEVENT.*?END:VEVENT\r\n)", rb"\2\1"),
        (rb"UID:OP-00001", b"UID:OP-00009"),
        (rb"\r\n ", b""),
        (rb"CALSCALE:GREGORIAN", b"METHOD:PUBLISH"),
        (rb"CLASS:CONFIDENTIAL", b"CLASS:PUBLIC"),
        (rb"CLASS:CONFIDENTIAL", b"CLASS:CONFIDENTIAL\r\nATTENDEE:mailto:a@example.org"),
        (rb"END:VTIMEZONE", b"END:VTIMEZONE\r\nBEGIN:VALARM\r\nEND:VALARM"),
        (rb"SUMMARY:Insats", b"SUMMARY:In\x0bsats"),
        (rb"\r\nEND:VCALENDAR\r\n", b"\r\n"),
        (rb"\r\n", b"\n"),
    ],
)
def test_a_feed_with_another_line_than_was_meant_is_refused(given: bytes, instead: bytes) -> None:
    seen = a_view(*(an_event(number, description="lång text " * 20) for number in range(3)))
    written = ics.feed(seen)
    ics.read_back(written, seen)
    tampered = re.sub(given, instead, written, flags=re.DOTALL)
    assert tampered != written
    with pytest.raises(FeedFault):
        ics.read_back(tampered, seen)


@pytest.fixture
def nothing_written_yet() -> Iterator[None]:
    """Without lines of before, and leaving none."""
    for written in (ics._event_lines, ics._text_line, ics._time_line):
        written.cache_clear()
    yield
    for written in (ics._event_lines, ics._text_line, ics._time_line):
        written.cache_clear()


@pytest.mark.usefixtures("nothing_written_yet")
def test_a_writer_that_forgets_to_escape_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ics, "_ESCAPES", {ord("\n"): "\r\n"})
    for text in ("a\nATTENDEE:x", "a\nEND:VEVENT", "a\n b", "a\n" + "SEQUENCE:1"):
        with pytest.raises((FeedFault, AssertionError)):  # the library has an assert of its own, gone under -O
            ics.feed(a_view(an_event(description=text)))


@examples(4, 40)
@given(histories())
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_what_is_read_back_is_what_the_view_says(history: list[Revision]) -> None:
    for seen in history[-1].views:
        other = icalendar.Calendar.from_ical(ics.feed(seen))
        assert isinstance(other, icalendar.Calendar)
        for event, entry in zip(other.events, seen.entries, strict=True):
            said = entry.event
            assert event["UID"] == said.uid
            assert _moment(event.DTSTART) == said.starts
            assert _moment(event.DTEND or event.DTSTART) == said.ends
            assert (event["STATUS"], event["SEQUENCE"]) == (said.status, entry.stamps.sequence)
            assert event.DTSTAMP == event.LAST_MODIFIED == entry.stamps.changed
            busy = "FREE" if said.transparent else "TENTATIVE" if said.status == "TENTATIVE" else None
            assert event.get("X-MICROSOFT-CDO-BUSYSTATUS") == busy
            assert (event["TRANSP"] == "TRANSPARENT") == said.transparent
            assert "SITE" not in repr(event)


def _moment(when: date | None) -> date | None:
    return when.astimezone(UTC) if isinstance(when, datetime) else when


def test_an_all_day_event_ends_on_the_day_after_and_one_without_length_has_no_end() -> None:
    (event,) = events(
        ics.feed(a_view(Event("u", MADE.date(), date(2027, 3, 2), date(2027, 3, 3), "s", transparent=True)))
    )
    assert (event["DTSTART"], event["DTEND"], event["TRANSP"]) == ("20270302", "20270303", "TRANSPARENT")
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "FREE"
    moment = datetime(2027, 3, 2, 9, tzinfo=UTC)
    (event,) = events(ics.feed(a_view(Event("u", moment.date(), moment, moment, "s"))))
    assert event["DTSTART"] == "20270302T100000"
    assert "DTEND" not in event


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("DTSTART;TZID=Europe/Stockholm:20271030T200000", "DTEND:20271031T000000Z"),  # 02:00 for the first time
        ("DTSTART:20271031T000000Z", "DTEND:20271031T010000Z"),  # 02:00 for the first and for the second time
        ("DTSTART;TZID=Europe/Stockholm:20270327T200000", "DTEND;TZID=Europe/Stockholm:20270328T030000"),
    ],
)
def test_a_clock_time_that_comes_twice_is_written_in_utc(starts: str, ends: str) -> None:
    first, last = _read_moment(starts), _read_moment(ends)
    written = lines(ics.feed(a_view(Event("u", first.date(), first, last, "s"))))
    assert {starts, ends} <= set(written)


def _read_moment(line: str) -> datetime:
    value = line.split(":")[1]
    zone = UTC if value.endswith("Z") else ZoneInfo("Europe/Stockholm")
    return datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)


def test_a_zone_without_yearly_rules_is_written_in_utc_and_one_with_them_stands_in_every_feed() -> None:
    old = replace(a_view(an_event(), timezone="Asia/Almaty"), span=Span(date(2024, 1, 1), date(2024, 12, 31)))
    written = lines(ics.feed(old))
    assert "BEGIN:VTIMEZONE" not in written
    assert "DTSTART:20270101T080000Z" in written
    assert "X-WR-TIMEZONE:Asia/Almaty" in written
    assert zone("Asia/Almaty", 2024, 2024) is None
    # Otherwise the head would change with the first operation.
    noted = view(plan(there := scenario([]), []), there, Channel(Party("police", "lpo-city")), FeedHistory(), WORDS)
    assert "TZID:Europe/Stockholm" in lines(ics.feed(noted))


SOME = {COORDINATOR, Party("agency", "arbetsmiljoverket"), Party("police", "lpo-city")}
"""One of each kind, whose feeds change most."""


@with_feedcheck
@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["some", "all"])
def test_the_strict_judge_finds_nothing_in_the_feeds(tmp_path: Path, is_whole: bool) -> None:
    before, after = revisions()
    runs: list[tuple[str | Path, ...]] = []
    for old, new in zip(before, after, strict=True):
        if not is_whole and old.channel.party not in SOME:
            continue
        paths = [tmp_path / f"{old.feed}-{number}.ics" for number in (1, 2)]
        for path, seen, now in zip(paths, (old, new), ("2026-11-25", "2027-02-21"), strict=True):
            path.write_bytes(ics.feed(seen))
            runs.append(("check", path, "--clients", "none", "--strict", "--now", now))
        # What took place more than 30 days before the replan leaves at once.
        runs.append(("diff", *paths, "--prune-before", "2027-01-21", "--strict"))
    feedcheck(*runs)


@with_feedcheck
def test_the_strict_judge_agrees_on_what_changed(tmp_path: Path) -> None:
    uid = "{}@goteborg-2027.arshjul".format
    expected = {
        "police-lpo-city": {"moved": [uid("OP-001")], "cancelled": [uid("OP-004")], "new": [], "edited": []},
        "police-lpo-hisingen": {"moved": [], "cancelled": [uid("OP-002")], "new": [uid("OP-004")], "edited": []},
    }
    for old, new in zip(*revisions(), strict=True):
        if old.feed in expected:
            before, after, expect = (tmp_path / name for name in ("before.ics", "after.ics", "expect.json"))
            before.write_bytes(ics.feed(old))
            after.write_bytes(ics.feed(new))
            expect.write_text(json.dumps(expected[old.feed]))
            feedcheck(("diff", before, after, "--expect", expect, "--strict"))


# The zone's rules, as a reader that shares no code with them understands them, against zoneinfo.


STOCKHOLM = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
X-LIC-LOCATION:Europe/Stockholm
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
ZONES = sorted(key for key in available_timezones() if "/" in key)


def read(rules: Zone) -> tzinfo:
    """The written zone as another program's reader has it."""
    component = icalendar.Timezone.from_ical(vtimezone(rules).to_ical(sorted=False))
    assert isinstance(component, icalendar.Timezone)
    reader: tzinfo = component.to_tz(lookup_tzid=False)
    return reader


def telling_moments(key: str, year: int) -> Iterator[datetime]:
    """The 10th of every month, and the hours around every change of the clock."""
    info, hour = ZoneInfo(key), timedelta(hours=1)
    for month in range(1, 13):
        yield datetime(year, month, 10, 12, tzinfo=UTC)
    moment = datetime(year, 1, 1, tzinfo=UTC)
    while moment.year == year:
        if moment.astimezone(info).utcoffset() != (moment + 6 * hour).astimezone(info).utcoffset():
            yield from (moment + n * hour / 2 for n in range(-6, 20))
        moment += 6 * hour


def is_doubtful(local: datetime) -> bool:
    """Whether its clock time comes twice, or ends the time that does."""
    second = timedelta(seconds=1)
    return any(c.replace(fold=0).utcoffset() != c.replace(fold=1).utcoffset() for c in (local, local - second))


def test_the_hours_around_a_change_of_the_clock_and_outside_the_plans_year() -> None:
    rules = zone("Europe/Stockholm", 2027, 2027)
    assert rules is not None
    assert vtimezone(rules).to_ical(sorted=False).decode() == STOCKHOLM.replace("\n", "\r\n")
    for moment, clock in [
        ("2027-03-28T00:30", "2027-03-28T01:30"),
        ("2027-03-28T01:00", "2027-03-28T03:00"),
        ("2027-10-30T23:59", "2027-10-31T01:59"),
        ("2027-10-31T00:00", None),  # 02:00, which ical.js and libical take for the second one
        ("2027-10-31T00:30", None),
        ("2027-10-31T01:30", None),
        ("2027-10-31T02:00", None),
        ("2027-10-31T02:01", "2027-10-31T03:01"),
    ]:
        rules = zone("Europe/Stockholm", 2027, 2027)
        assert rules is not None
        given = rules.local(datetime.fromisoformat(moment).replace(tzinfo=UTC))
        assert given == (None if clock is None else datetime.fromisoformat(clock))
    # Egypt took up summer time in April 2023: the rule of 2023 misleads in the summer before.
    rules = zone("Africa/Cairo", 2023, 2023)
    assert rules is not None
    assert rules.local(datetime(2023, 7, 1, 9, tzinfo=UTC)) == datetime(2023, 7, 1, 12)
    assert rules.local(datetime(2022, 7, 1, 9, tzinfo=UTC)) is None


@pytest.mark.parametrize("step", often([27], [1]))
def test_every_zone_is_read_as_zoneinfo_has_it(step: int) -> None:
    year = 2027
    without = []
    for key in ZONES[::step]:
        rules = zone(key, year, year)
        if rules is None:
            without.append(key)
            continue
        reader = read(rules)
        for moment in telling_moments(key, year):
            clock = rules.local(moment)
            if clock is not None:
                assert clock.replace(tzinfo=reader).astimezone(UTC) == moment, f"{key} {moment}"
            else:
                assert is_doubtful(moment.astimezone(ZoneInfo(key))), f"{key} {moment}"
    assert len(without) < 10, without


@given(st.sampled_from(ZONES), st.integers(1990, 2060), st.datetimes(datetime(1985, 1, 1), datetime(2065, 1, 1)))
def test_a_clock_time_is_given_only_where_its_reader_finds_the_moment_again(key: str, year: int, at: datetime) -> None:
    rules, moment = zone(key, year, year), at.replace(tzinfo=UTC, microsecond=0)
    clock = rules.local(moment) if rules else None
    if rules and clock:
        assert clock.replace(tzinfo=read(rules)).astimezone(UTC) == moment
