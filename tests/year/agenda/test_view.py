"""Who sees what, and when: one small plan seen from every side."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import InputError
from arshjul.year.agenda.channel import CONTENTS, LEVELS, Channel, Content, Level, Uids, channels
from arshjul.year.agenda.entry import Event
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.feed_text import FeedText
from arshjul.year.agenda.overview import overview
from arshjul.year.agenda.party import COORDINATOR, Party, parties
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.party_view import PublishedAs, party_view, view_calls
from arshjul.year.agenda.revised import changed_operations
from arshjul.year.agenda.view import View, remembered, times_told, view
from arshjul.year.agenda.year import LEAST, PublicYear, public_year, year
from arshjul.year.domain.calendar import Calendar, Shift, Span, name_in, year_label, years_of
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.parties import NO_TEAMS, Area, PoliceUnit
from arshjul.year.domain.party_view import PartyView
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.scenario import Programme, Scenario
from arshjul.year.domain.settings import Cycle, Meet, Meeting, Milestone, Settings, Sharing
from arshjul.year.formats.scenario.scenario_json import without_sites
from arshjul.year.texts import Words
from tests import builders, years
from tests.builders import operation, placement, plan, scenario, swedish
from tests.examples import examples

NOTHING, WORDS = FeedHistory(), swedish()
MILJO, SKATT, ARBETE = (Party("agency", id) for id in ("miljo", "skatteverket", "arbetsmiljoverket"))
CITY, HISINGEN = Party("police", "lpo-city"), Party("police", "lpo-hisingen")

SCENARIO = scenario(
    [
        operation(optional_agencies={"arbetsmiljoverket": 1}, designated="require"),
        operation(
            "OP-002", title="Däckverkstäder", sector="vehicle", area="hisingen", agencies={"arbetsmiljoverket": 1}
        ),
        operation("OP-003", title="Utan polis", officers=0, agencies={"skatteverket": 1}),
    ]
)
PLAN = plan(
    SCENARIO,
    [
        placement(joining=("arbetsmiljoverket",)),
        placement("OP-002", date(2027, 4, 6), "evening", "lpo-hisingen"),
        placement("OP-003", date(2027, 5, 10), "day", None),
    ],
)


def seen(
    party: Party,
    plan: Plan = PLAN,
    scenario: Scenario = SCENARIO,
    history: FeedHistory = NOTHING,
    level: Level = "full",
    content: Content = "all",
) -> View:
    return view(plan, scenario, Channel(party, level, content), history, WORDS, bytes(32))


def names(view: View) -> list[str]:
    return [entry.event.uid.split("@")[0] for entry in view.entries]


def event(view: View, name: str) -> Event:
    return next(entry.event for entry in view.entries if entry.event.uid.startswith(f"{name}@"))


def around(*operations: str) -> list[str]:
    milestones = ("information-sheet", "joint-evaluation", "nomination", "planning-meeting")
    return [name for id in operations for name in (*(f"{id}.{m}" for m in milestones), id)]


MEETINGS = ["meeting.network-meeting.20270317", "meeting.network-meeting.20270609"]
REPORT = ["meeting.annual-report.20270331"]


def test_who_takes_no_part_sees_nothing_and_who_the_plan_does_not_know_has_no_feed() -> None:
    assert names(seen(SKATT)) == [*around("OP-001", "OP-003"), *MEETINGS]
    assert names(seen(ARBETE, plan(SCENARIO, [placement()]))) == MEETINGS, "it may join, and does not"
    for party in (Party("agency", "lpo-city"), Party("police", "miljo"), Party("coordinator", "miljo")):
        with pytest.raises(InputError, match="No feed"):
            seen(party)


TO_LEAD = ["Ansvarig myndighet: Miljöförvaltningen, Osund konkurrens", "Kontakt: Samordnaren mot osund konkurrens"]
ABOUT = ["Program: AKC-väst", "Bransch: Restaurang", "Område: Göteborg City"]


def test_a_plan_in_english_speaks_english_and_a_programme_says_what_it_is_about() -> None:
    """All that is read in Swedish is in the golden feeds of tests/year/render."""
    english = view(PLAN, SCENARIO, Channel(SKATT, "full", "all"), FeedHistory(), Words("en"))
    assert english.calendar_name == "Annual wheel Göteborg 2027: Skatteverket"
    assert event(english, "OP-001").summary == "OP-001 Göteborg City: restaurang"
    assert "Tuesday 2 March 2027" in event(english, "OP-001.nomination").description
    told = replace(SCENARIO, programmes={"akc": Programme("akc", "AKC-väst", purpose="mot arbetslivskriminalitet")})
    for party in (COORDINATOR, SKATT, CITY):
        assert "Syfte: mot arbetslivskriminalitet (AKC-väst)" in event(seen(party, scenario=told), "OP-001").description
    for party in (COORDINATOR, MILJO):
        said = [entry.event.summary for entry in seen(party, content="operations").entries if "OP-" in entry.event.uid]
        assert len(said) == len(set(said)) == 3


def test_an_owner_reads_what_is_done_for_its_programme_and_is_never_voluntary_there() -> None:
    """Also where it has no team, or none that joins; and all others read whose programme it is, and what it is for."""
    alone = replace(builders.agency("akc-vast", "AKC-väst"), teams=NO_TEAMS)
    there = replace(SCENARIO, agencies={**SCENARIO.agencies, alone.id: alone})
    for owner, made in (
        (alone, PLAN),
        (there.agencies[ARBETE.id], PLAN),
        (there.agencies[ARBETE.id], plan(there, [placement()])),
    ):
        owned = replace(there, programmes={"akc": Programme("akc", "AKC", owner.id, "mot fusk")})
        told = event(seen(Party("agency", owner.id), made, owned), "OP-001").description
        assert "Er roll: äger programmet" in told.splitlines()
        assert "frivillig" not in told and "utan er" not in told
        for party in (COORDINATOR, MILJO, CITY, Party("agency", owner.id)):
            *_, purpose, _, _ = event(seen(party, made, owned), "OP-001").description.splitlines()
            assert purpose == f"Syfte: mot fusk (AKC, av {owner.name})"
    akc = replace(there, programmes={"akc": Programme("akc", "AKC", alone.id)})
    assert names(seen(Party("agency", alone.id), PLAN, akc)) == [*around("OP-001", "OP-002", "OP-003"), *MEETINGS]


def lent_besides(**keys: Any) -> Scenario:
    border = PoliceUnit("border", "Gränspolisen", "border", (), "Gruppchef", phone="010-1")
    return replace(
        scenario([operation(designated="require", police_also={"border": 3}, **keys)]),
        police={**SCENARIO.police, "border": border},
    )


def test_a_unit_that_lends_besides_reads_its_part_and_the_other_units_where_participants_are_shared() -> None:
    both = lent_besides()
    read = {
        party: event(seen(party, plan(both, [placement()]), both), "OP-001").description.splitlines()
        for party in (Party("police", "border"), CITY, MILJO, SKATT)
    }
    assert read[Party("police", "border")][:4] == [
        "Insats med polis",
        "Polisenhet: Gränspolisen, Gruppchef",
        "LPO City, Operativ samordnare City bemannar insatsen, ni lånar dessutom ut poliser",
        "Poliser: 3",
    ]
    besides = ["Polisenhet som dessutom lånar ut: Gränspolisen, Gruppchef", "Telefon Gränspolisen: 010-1"]
    assert read[CITY][2:6] == ["Poliser: 2", "Insatspolis: krävs", *besides]
    assert read[MILJO][1:5] == [
        "Polisenhet: LPO City, Operativ samordnare City",
        "Poliser: 2",
        "Polisenhet som dessutom lånar ut: Gränspolisen, Gruppchef, poliser: 3",
        "Telefon Gränspolisen: 010-1",
    ]
    assert read[SKATT][1:4] == ["Polisenhet: LPO City, Operativ samordnare City", *besides]
    both = lent_besides(share=Sharing(participants=False))
    there = plan(both, [placement()])
    read = {
        party: event(seen(party, there, both), "OP-001").description.splitlines()
        for party in (Party("police", "border"), CITY, COORDINATOR)
    }
    assert read[Party("police", "border")] == [
        "Insats med polis",
        "Polisenhet: Gränspolisen, Gruppchef",
        "En annan enhet bemannar insatsen, ni lånar dessutom ut poliser",
        "Poliser: 3",
        *TO_LEAD,
        *ABOUT,
    ]
    assert "Gräns" not in "".join(read[CITY])
    assert read[COORDINATOR][4:6] == [
        "Polisenhet som dessutom lånar ut: Gränspolisen, Gruppchef, poliser: 3",
        "Telefon Gränspolisen: 010-1",
    ]
    assert names(seen(HISINGEN, there, both)) == ["note"]


def test_a_meeting_of_several_agencies_stands_in_their_feeds_alone_and_a_feed_is_never_empty() -> None:
    assert event(seen(COORDINATOR), REPORT[0]).description == "Kallade: Miljöförvaltningen"
    meeting = Meeting("m", "Samråd", (date(2027, 4, 1),), None, 60, ("miljo", "skatteverket"))
    invited = replace(SCENARIO, cycle=Cycle((), (meeting,)))
    empty = plan(invited, [])
    assert names(seen(MILJO, empty, invited)) == names(seen(SKATT, empty, invited)) == ["meeting.m.20270401"]
    idle = seen(ARBETE, empty, invited)
    assert names(idle) == ["note"]
    note = event(idle, "note")
    assert (note.summary, note.transparent) == ("Inga insatser inplanerade", True)
    assert (note.starts, note.ends) == (date(2027, 1, 1), date(2027, 1, 2))


def test_a_calendars_name_tells_whose_it_is_its_years_what_stands_in_it_and_how_much() -> None:
    assert seen(COORDINATOR).calendar_name == "Årshjul Göteborg 2027"
    assert seen(MILJO).calendar_name == "Årshjul Göteborg 2027: Miljöförvaltningen"
    assert seen(CITY).calendar_name == "Årshjul Göteborg 2027: LPO City"
    assert seen(MILJO, content="operations").calendar_name == "Insatser: Miljöförvaltningen – Göteborg 2027"
    assert seen(COORDINATOR, content="milestones").calendar_name == "Milstolpar: samordnaren – Göteborg 2027"
    assert seen(CITY, level="busy", content="operations").calendar_name == (
        "Insatser: LPO City – Göteborg 2027 (upptagen)"
    )
    assert seen(CITY, level="area").calendar_name == "Årshjul Göteborg 2027: LPO City (område)"
    for party in parties(SCENARIO):
        for channel in channels(SCENARIO, party):
            assert "," not in seen(party, level=channel.level, content=channel.content).calendar_name
    there, plan = turned()
    later = (replace(plan, as_of=plan.as_of.replace(year=moment)) for moment in (2027, 2028))
    assert [seen(COORDINATOR, made, there).calendar_name for made in later] == [
        "Årshjul Göteborg 2027–2028",
        "Årshjul Göteborg 2028",
    ]
    assert Uids.of(there.name).operation("OP-2") == "OP-2@goteborg-2027.arshjul"


def test_an_operation_lasts_as_long_as_its_shift_and_a_milestone_without_a_start_the_day() -> None:
    there = event(seen(CITY), "OP-001")
    assert (there.starts, there.ends) == (datetime(2027, 3, 2, 8, tzinfo=UTC), datetime(2027, 3, 2, 14, tzinfo=UTC))
    assert (there.day, there.transparent) == (date(2027, 3, 2), False)
    for day, ends in [
        (date(2027, 3, 27), datetime(2027, 3, 28, 1, tzinfo=UTC)),  # 02:00 does not exist: 03:00 summer time
        (date(2027, 10, 30), datetime(2027, 10, 31, 0, tzinfo=UTC)),  # 02:00 comes twice: the first
    ]:
        there = event(seen(CITY, plan(SCENARIO, [placement(day=day, shift="night")])), "OP-001")
        assert there.ends == ends
        assert isinstance(there.starts, datetime)
        assert (there.ends - there.starts).total_seconds() == 6 * 3600
    short = replace(SCENARIO, shifts=(Shift("night", "Natt", time(2, 30), time(3)),))
    there = event(seen(CITY, plan(short, [placement(day=date(2027, 3, 28), shift="night")]), short), "OP-001")
    assert there.starts == there.ends == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    there = event(seen(MILJO), "OP-001.nomination")
    assert (there.starts, there.ends, there.transparent) == (date(2027, 1, 5), date(2027, 1, 6), True)
    timed = event(seen(MILJO), "OP-001.planning-meeting")
    assert timed.starts == datetime(2027, 2, 16, 9, tzinfo=UTC)
    assert (timed.ends, timed.transparent) == (datetime(2027, 2, 16, 10, tzinfo=UTC), False)


def test_a_milestone_falls_on_an_office_day_before_or_after_its_operation() -> None:
    for days, falls_on in [
        (-2, date(2027, 2, 26)),  # Sunday 28 February is closed, and so is the Saturday before it
        (-1, date(2027, 3, 1)),
        (0, date(2027, 3, 2)),
        (5, date(2027, 3, 9)),  # Sunday is closed, and so is the Monday after it
        (4, date(2027, 3, 9)),  # Saturday is no office day, though it is open for operations
    ]:
        closed = (Span(date(2027, 2, 27), date(2027, 2, 27)), Span(date(2027, 3, 8), date(2027, 3, 8)))
        moved = replace(
            SCENARIO,
            calendar=Calendar(closed_weekdays=frozenset({6}), closed=closed),
            cycle=Cycle((Milestone("m", "Milstolpe", days),)),
        )
        assert event(seen(MILJO, scenario=moved), "OP-001.m").starts == falls_on
    moved = replace(SCENARIO, cycle=Cycle((Milestone("m", "Milstolpe", 0),)))
    sunday = plan(moved, [placement(day=date(2027, 3, 7))])
    assert event(seen(MILJO, sunday, moved), "OP-001.m").starts == date(2027, 3, 5)
    shut = replace(
        SCENARIO,
        calendar=Calendar(closed_weekdays=frozenset(range(7)), opened=(Span(date(2029, 1, 1), date(2029, 1, 1)),)),
        cycle=Cycle((Milestone("m", "Milstolpe", 3),)),
    )
    assert event(seen(MILJO, scenario=shut), "OP-001.m").starts == date(2027, 3, 5)


def test_a_milestone_is_late_where_it_would_lie_in_the_past_and_stays_where_it_was_held() -> None:
    for as_of, falls_on, is_late in [
        ("2027-02-16T10:00", date(2027, 2, 16), False),  # it begins at that moment
        ("2027-02-16T10:01", date(2027, 2, 17), True),
        ("2027-02-27T08:00", date(2027, 3, 1), True),  # a Saturday
        ("2027-03-02T10:00", date(2027, 2, 16), False),  # the operation has begun
    ]:
        moment = datetime.fromisoformat(as_of).replace(tzinfo=SCENARIO.zone)
        found = event(seen(MILJO, replace(PLAN, as_of=moment)), "OP-001.planning-meeting")
        assert found.day == falls_on
        assert found.summary.startswith("Försenad: ") == is_late
    first = PLAN
    before = remembered(FeedHistory(), [seen(MILJO, first)])
    base = Base(1, datetime(2027, 2, 20, 8, tzinfo=SCENARIO.zone), first.placed)
    moved = plan(SCENARIO, [placement(day=date(2027, 5, 4))])
    later = replace(moved, as_of=base.as_of, base=base, revision=2)
    after, was = seen(MILJO, later, history=before), event(seen(MILJO, first), "OP-001.planning-meeting")
    assert event(after, "OP-001.planning-meeting") == replace(was, status="CONFIRMED")
    assert event(after, "OP-001.joint-evaluation").day > date(2027, 5, 4)
    # A feed that is new has no history: what the base says is enough for the date.
    fresh = seen(MILJO, later)
    assert event(fresh, "OP-001.planning-meeting").day == date(2027, 2, 16)


def test_a_milestone_leaves_a_day_that_is_closed_meanwhile() -> None:
    coordinator = seen(COORDINATOR)
    before = replace(remembered(NOTHING, [seen(MILJO), coordinator]), plan=FormerPlan(SCENARIO, PLAN.placed))
    shut = replace(SCENARIO, calendar=replace(SCENARIO.calendar, closed=(Span(date(2027, 2, 15), date(2027, 2, 17)),)))
    moment = datetime(2027, 2, 15, 8, tzinfo=SCENARIO.zone)
    later = replace(PLAN, as_of=moment, base=Base(1, PLAN.as_of, PLAN.placed), revision=2)
    assert event(seen(MILJO), "OP-001.planning-meeting").day == date(2027, 2, 16)
    assert event(seen(MILJO, later, shut, before), "OP-001.planning-meeting").day == date(2027, 2, 18)


@pytest.mark.parametrize("party", [MILJO, CITY, COORDINATOR])
def test_a_date_that_an_operation_has_no_more_is_called_off_for_those_who_take_part(party: Party) -> None:
    two, one = (scenario([operation(days=days)]) for days in (2, 1))
    first = plan(two, [placement()])
    before = replace(remembered(NOTHING, [seen(party, first, two)]), plan=FormerPlan(two, first.placed))
    moment = datetime(2027, 2, 1, 8, tzinfo=one.zone)
    later = replace(plan(one, [placement()]), as_of=moment, base=Base(1, moment, first.placed), revision=2)
    after = seen(party, later, one, before)
    gone = [entry.event.summary for entry in after.entries if entry.event.status == "CANCELLED"]
    assert [summary.partition(":")[0] for summary in gone] == ["INSTÄLLD"]


@pytest.mark.parametrize(
    ("as_of", "freeze_days", "status"),
    [
        ("2027-02-16T23:59", 14, "TENTATIVE"),
        ("2027-02-17T00:00", 14, "CONFIRMED"),  # 2 March is earlier than 17 February + 14 days
        ("2027-04-01T12:00", 14, "CONFIRMED"),
        ("2027-03-02T08:59", 0, "TENTATIVE"),
        ("2027-03-02T09:01", 0, "CONFIRMED"),  # it has started
    ],
)
def test_what_is_frozen_is_confirmed(as_of: str, freeze_days: int, status: str) -> None:
    limited = replace(SCENARIO, settings=Settings.of(freeze_days=freeze_days))
    later = plan(limited, [placement()], datetime.fromisoformat(as_of))
    assert event(seen(CITY, later, limited), "OP-001").status == status


def test_the_memory_of_one_feed_is_not_touched_by_another() -> None:
    history = remembered(remembered(FeedHistory(), [seen(CITY)]), [seen(MILJO)])
    assert set(history.feeds) == {"police-lpo-city+milestones", "agency-miljo+milestones"}
    assert history.of("police-lpo-city+milestones") == seen(CITY).said


def test_every_level_and_kind_of_calendar_has_its_entries_and_a_memory_of_its_own() -> None:
    taken = {"OP-001.planning-meeting", "OP-001", "OP-003.planning-meeting", "OP-003", *MEETINGS}
    when = sorted(e.event.starts for e in seen(SKATT).entries if e.event.uid.partition("@")[0] in taken)
    for level in LEVELS[:2]:
        lower = seen(SKATT, level=level)
        assert sorted(e.event.starts for e in lower.entries) == when
        assert {e.event.description for e in lower.entries} == {""}
        assert {e.event.category for e in lower.entries} == {""}
    assert {e.event.summary for e in seen(SKATT, level="busy").entries} == {"Upptagen"}
    area = seen(COORDINATOR, level="area")
    said = {e.event.day: e.event.summary for e in area.entries}
    assert said[date(2027, 4, 6)] == "Insats i Hisingen"
    assert said[date(2027, 5, 10)] == "Kontroll i Göteborg City"
    assert said[event(seen(COORDINATOR), MEETINGS[0]).day] == "Upptagen"
    assert [seen(MILJO, level=level).feed for level in LEVELS] == [
        "agency-miljo+milestones@busy",
        "agency-miljo+milestones@area",
        "agency-miljo+milestones",
    ]
    renamed = replace(SCENARIO, names={"restaurant": "Krog"})
    later = replace(PLAN, as_of=PLAN.as_of.replace(month=12))
    history = remembered(FeedHistory(), [seen(SKATT, level=level) for level in LEVELS])
    assert seen(SKATT, later, renamed, history, "area").said == seen(SKATT, level="area").said
    assert event(seen(SKATT, later, renamed, history), "OP-001").summary == "OP-001 Göteborg City: krog"
    assert names(seen(SKATT, content="operations")) == ["OP-001", "OP-003", *MEETINGS]
    milestones = [name for name in around("OP-001", "OP-003") if "." in name]
    assert names(seen(SKATT, content="milestones")) == milestones
    assert set(names(seen(SKATT))) == {"OP-001", "OP-003", *MEETINGS, *milestones}
    assert [channel.content for channel in channels(SCENARIO, CITY)] == ["operations", "all"] * 3
    for level in LEVELS:
        apart = [name for content in CONTENTS[:2] for name in names(seen(SKATT, level=level, content=content))]
        assert sorted(apart) == sorted(names(seen(SKATT, level=level)))


def test_who_takes_part_reads_how_the_others_are_reached_where_that_is_shared() -> None:
    miljo = replace(SCENARIO.agencies["miljo"], phone="031-390 06 00", email="insatser@example.org")
    city = replace(SCENARIO.police["lpo-city"], phone="08-465 004 01", email="lpo@example.org")
    reached = replace(
        SCENARIO,
        agencies={**SCENARIO.agencies, "miljo": miljo},
        police={**SCENARIO.police, "lpo-city": city},
    )
    for party in (COORDINATOR, MILJO, SKATT, CITY):
        lines = event(seen(party, scenario=reached), "OP-001").description.splitlines()
        told = ("Telefon Miljöförvaltningen: 031-390 06 00" in lines, "E-post: insatser@example.org" in lines)
        assert told == (party != MILJO, party != MILJO), "whoever leads knows how it is reached itself"
        assert ("Ansvarig myndighet" in str(lines)) == (party != MILJO)
        assert ("Telefon LPO City: 08-465 004 01" in lines) == (party != CITY), (
            "all others read how its office is reached"
        )
        assert ("lpo@example.org" in str(lines)) == (party == COORDINATOR)
    for level in LEVELS[:2]:
        assert "031-365" not in str(seen(SKATT, scenario=reached, level=level))
    skatt = replace(SCENARIO.agencies["skatteverket"], phone="010-2", email="skatt@example.org")
    reached = replace(SCENARIO, agencies={**SCENARIO.agencies, "skatteverket": skatt})
    for party, said in ((MILJO, "Skatteverket (telefon 010-2) och Arbetsmiljöverket"), (SKATT, "Arbetsmiljöverket")):
        lines = event(seen(party, scenario=reached), "OP-001").description.splitlines()
        assert f"Övriga deltagare: {said}" in lines
        assert "skatt@example.org" not in str(lines)
    for kept in (
        replace(SCENARIO, share=Sharing(participants=False)),
        replace(
            SCENARIO,
            operations={id: replace(one, share=Sharing(participants=False)) for id, one in SCENARIO.operations.items()},
        ),
    ):
        assert event(seen(SKATT, scenario=kept), "OP-001").description.splitlines() == [
            "Insats med polis",
            "Er roll: deltar, behövs",
            "Era lag: 2",
            "Ansvarig myndighet: Miljöförvaltningen, Osund konkurrens",
            "Kontakt: Samordnaren mot osund konkurrens",
            "Program: AKC-väst",
            "Bransch: Restaurang",
            "Område: Göteborg City",
        ]
        assert "Poliser" not in event(seen(MILJO, scenario=kept), "OP-001").description
        assert "Skatteverket" not in event(seen(CITY, scenario=kept), "OP-001").description
        assert "Skatteverket" in event(seen(COORDINATOR, scenario=kept), "OP-001").description
    one = replace(SCENARIO.operations["OP-001"], share=Sharing())
    kept = replace(SCENARIO, share=Sharing(participants=False), operations={**SCENARIO.operations, "OP-001": one})
    assert "Övriga deltagare" in event(seen(SKATT, scenario=kept), "OP-001").description


AT_THE_STATION = Meet("Polishuset, entrén; norra", time(7, 30))


def test_all_who_take_part_read_where_and_when_they_meet() -> None:
    areas = {**SCENARIO.areas, "city": replace(SCENARIO.areas["city"], meet=AT_THE_STATION)}
    for party in (COORDINATOR, MILJO, SKATT, CITY):
        there = event(seen(party, scenario=replace(SCENARIO, areas=areas)), "OP-001")
        assert there.description.splitlines()[0] == "Samling 07:30 Polishuset, entrén; norra"
        assert there.location == "Samling 07:30 Polishuset, entrén; norra; Göteborg City"
    for level in ("busy", "area"):
        assert "Polishuset" not in str(seen(SKATT, scenario=replace(SCENARIO, areas=areas), level=level))
    milestones = seen(SKATT, scenario=replace(SCENARIO, areas=areas), content="milestones")
    assert milestones.entries and "Polishuset" not in str(milestones)
    own = replace(SCENARIO.operations["OP-001"], meet=Meet("Torget"))
    year = replace(SCENARIO, areas=areas, operations={**SCENARIO.operations, "OP-001": own})
    assert event(seen(SKATT, scenario=year), "OP-001").location == "Samling Torget; Göteborg City"
    (meeting, *_) = SCENARIO.cycle.meetings
    year = replace(SCENARIO, cycle=Cycle((), (replace(meeting, meet=AT_THE_STATION),)))
    found = next(entry.event for entry in seen(MILJO, scenario=year).entries if entry.event.uid.startswith("meeting."))
    assert found.description == found.location == "Samling 07:30 Polishuset, entrén; norra"
    near = {time(6): True, time(5, 59): False, time(12): True, time(12, 1): False, time(21): False}
    for at, is_said in near.items():
        meet = Meet("Torget", at)
        of_its_own = replace(SCENARIO.operations["OP-001"], meet=meet)
        of_the_area = {**SCENARIO.areas, "city": replace(SCENARIO.areas["city"], meet=meet)}
        for year in (
            replace(SCENARIO, operations={**SCENARIO.operations, "OP-001": of_its_own}),
            replace(SCENARIO, areas=of_the_area),
        ):
            found = event(seen(SKATT, scenario=year), "OP-001")
            first = f"Samling {at:%H:%M} Torget" if is_said else "Samling Torget"
            assert (found.description.splitlines()[0], found.location) == (first, f"{first}; Göteborg City")
    night = Shift("night", "Natt", time(1), time(5))
    assert Meet("Torget", time(22)).on(night) == Meet("Torget", time(22))
    assert Meet("Torget", time(21, 59)).on(night) == Meet("Torget")


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (("Göteborg City", "Göteborg Hisingen"), ("City", "Hisingen")),
        (("Göteborg City", "Mölndal"), ("Göteborg City", "Mölndal")),
        (("Göteborg", "Göteborg Syd"), ("Göteborg", "Göteborg Syd")),
        (("Norra Göteborg City", "Norra Göteborg Syd"), ("City", "Syd")),
    ],
)
def test_names_leave_out_what_all_areas_begin_with(names: tuple[str, str], called: tuple[str, str]) -> None:
    areas = {id: Area(id, name) for id, name in zip(("city", "hisingen"), names, strict=True)}
    view = seen(COORDINATOR, scenario=replace(SCENARIO, areas=areas))
    told = seen(ARBETE, scenario=replace(SCENARIO, areas=areas))
    assert [event(told, id).summary for id in ("OP-001", "OP-002")] == [
        f"OP-001 {called[0]}: restaurang",
        f"OP-002 {called[1]}: vehicle",
    ]
    assert [event(view, id).location for id in ("OP-001", "OP-002")] == list(names)


# Whose part is looked at for a change: only where something differs that anybody may read.


def test_sites_are_no_change_and_all_else_of_an_operation_is() -> None:
    year = years.scenario()
    placed = years.plan(year).placed
    served = FormerPlan(without_sites(year), placed)
    assert changed_operations(served, year, placed) == ()
    retitled = replace(year.operations["OP-002"], title="En annan titel")
    edited = replace(year, operations={**year.operations, "OP-002": retitled, "OP-003": retitled})
    assert changed_operations(served, edited, placed) == ("OP-002", "OP-003")
    less = {id: one for id, one in year.operations.items() if id != "OP-001"}
    assert changed_operations(served, replace(year, operations=less), placed) == ("OP-001",)


# What the portal shows a party of its own dates.


@pytest.mark.parametrize(
    ("party", "n"),
    [(Party("police", "lpo-city"), 1), (Party("agency", "miljo"), 1), (Party("agency", "skatteverket"), 2)],
)
def test_a_date_says_how_many_come_from_the_party_not_how_many_are_wanted(party: Party, n: int) -> None:
    there = scenario()
    made = plan(there, [replace(placement(), officers=1)])
    told = view(made, there, Channel(party, "full", "operations"), FeedHistory(), WORDS).said
    shown = party_view(
        there, made, party, [told], PublishedAs(1, made.as_of, there.name, None), times_told(there, made, FeedHistory())
    )
    assert [one.number for one in shown.events if one.operation] == [n]


def test_the_portal_shows_an_owner_its_operations_as_dates_without_a_sheet_to_write() -> None:
    owner = Party("agency", "akc-vast")
    alone = replace(builders.agency("akc-vast", "AKC-väst"), teams=NO_TEAMS)
    akc = {"akc": Programme("akc", "AKC", "akc-vast")}
    there = replace(scenario(), agencies={**scenario().agencies, "akc-vast": alone}, programmes=akc)
    there = replace(there, calls=(OfferCall("H1", date(2026, 11, 20), span=there.span),))
    made = plan(there, [placement()])

    def shown(party: Party) -> PartyView:
        told = view(made, there, Channel(party, "full", "operations"), FeedHistory(), WORDS).said
        times = times_told(there, made, FeedHistory())
        return party_view(there, made, party, [told], PublishedAs(1, made.as_of, there.name, None), times)

    (date_of_it,) = (one for one in shown(owner).events if one.operation)
    assert (date_of_it.shift, date_of_it.number, date_of_it.is_milestone) == ("day", 0, False)
    assert not [one for one in shown(owner).events if one.summary == "Restauranger runt Avenyn"]
    assert (shown(owner).sheets, [sheet.operation for sheet in shown(MILJO).sheets]) == ((), ["OP-001"])
    assert (view_calls(there, owner), len(view_calls(there, MILJO))) == ((), 1), "it has nothing to offer"
    assert "agency-akc-vast" not in str(shown(MILJO).sheets), "and reads no sheet"


# A plan that goes on is shown year by year: what is drawn, counted and called by each.


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


def turned() -> tuple[Scenario, Plan]:
    """An operation in each of two years, and one of the second without a place."""
    there = builders.scenario([builders.operation(id) for id in ("OP-1", "OP-2", "OP-3")])
    late = replace(there.operations["OP-3"], window=span("2028-01-01", "2028-12-31"))
    there = replace(there, span=span("2027-01-01", "2028-12-31"), operations={**there.operations, "OP-3": late})
    placed = [builders.placement("OP-1", date(2027, 3, 2)), builders.placement("OP-2", date(2028, 3, 7))]
    return there, builders.plan(there, placed, datetime(2027, 11, 20, 9))


def test_a_period_falls_into_years_that_a_name_follows() -> None:
    for period, labels in [
        (span("2027-01-01", "2027-12-31"), ["2027"]),
        (span("2027-01-01", "2028-12-31"), ["2027", "2028"]),
        (span("2026-12-01", "2028-12-31"), ["2027", "2028"]),
        (span("2027-02-15", "2028-12-31"), ["2027", "2028"]),
        (span("2027-01-01", "2028-01-31"), ["2027"]),
        (span("2027-07-01", "2029-06-30"), ["2027/28", "2028/29"]),
        (span("2028-02-29", "2028-12-31"), ["2028"]),
    ]:
        spans = years_of(period)
        assert [year_label(one) for one in spans] == labels
        assert [day for one in spans for day in one.days()] == list(period.days())
    for name, second in [
        ("Göteborg 2027", "Göteborg 2028"),
        ("2027 års plan", "2028 års plan"),
        ("Läsåret 2027/28", "Läsåret 2028/29"),
        ("Läsåret 2027–2028", "Läsåret 2028–2029"),
        ("Plan 12027", "Plan 12027 2028"),
        ("Byn", "Byn 2028"),
    ]:
        period = span("2027-01-01", "2028-12-31")
        assert name_in(name, period, years_of(period)[1]) == second
        assert name_in(name, years_of(period)[0], years_of(period)[0]) == name, "a plan of one year is called as it is"


def test_each_year_has_its_own_view() -> None:
    there, plan = turned()
    first, second = (year(there, plan, one) for one in there.years)
    assert year(there, plan) == first, "that of the plan's moment"
    assert [one.id for one in (*first.operations, *second.operations)] == ["OP-1", "OP-2"]
    assert (first.name, second.name) == ("Göteborg 2027", "Göteborg 2028")
    assert (first.n_unplaced, second.n_unplaced) == (0, 1)
    assert (len(first.months), len(second.months)) == (12, 12)
    assert (first.weeks[-1].span.last, second.weeks[0].span.first) == (date(2027, 12, 31), date(2028, 1, 1))
    assert {one.operation for one in first.around} == {"OP-1"}
    assert [public_year(there, plan, one).span for one in there.years] == list(there.years)
    of_second = overview(there, plan, shown=there.years[1])
    assert of_second.other_years == ("2027",)
    assert [unplaced_view.id for unplaced_view in of_second.left_out] == ["OP-3"]
    assert all(len(lender.by_month) == 12 for lender in of_second.coverage.police)


@pytest.mark.parametrize(
    ("joining", "participants", "said"),
    [
        ((), True, "Kontroll med polis och en myndighet"),
        (("skatteverket",), True, "Insats med polis"),
        ((), False, "Insats med polis"),
        (("skatteverket",), False, "Insats med polis"),
    ],
)
def test_an_insats_has_two_agencies_and_who_sees_nobody_is_not_told_how_many_come(
    joining: tuple[str, ...], participants: bool, said: str
) -> None:
    alone = operation(agencies={"miljo": 1}, optional_agencies={"skatteverket": 1}, share=Sharing(participants))
    there = scenario([alone])
    seen = FeedText(there, WORDS, Channel(MILJO, "full", "all"), plan(there, [placement(joining=joining)]))
    (event,) = plan(there, [placement(joining=joining)]).placements
    text = seen.operation(event)
    assert said in text.description.splitlines()
    assert text.category == ("Kontroll" if said.startswith("Kontroll") else "Insats")
    coordinators = FeedText(there, WORDS, Channel(COORDINATOR, "full", "all"), seen.plan).operation(event)
    assert coordinators.category == ("Insats" if joining else "Kontroll"), "who plans sees what it is"


# Numbers for everybody: complete, and none so small that it points at somebody.


YEAR = Span(date(2027, 1, 1), date(2027, 12, 31))
days = st.integers(0, 364).map(lambda number: YEAR.first + timedelta(days=number))


def seen_public_year(placed: list[date], without_police: int = 0, span: Span = YEAR) -> PublicYear:
    n = len(placed) + without_police
    there = scenario([operation(f"OP-{number}") for number in range(n)], span=span)
    placements = [placement(f"OP-{number}", day) for number, day in enumerate(placed)]
    placements += [placement(f"OP-{number}", YEAR.first, "day", None) for number in range(len(placed), n)]
    return public_year(there, plan(there, placements))


@examples(40, 300)
@given(st.lists(days, max_size=120), st.integers(0, 8))
def test_every_operation_is_counted_and_no_small_number_told(placed: list[date], without_police: int) -> None:
    year = seen_public_year(placed, without_police)
    weeks = [week for total in year.totals for week in total.weeks]
    assert weeks == list(year.weeks), "every week stands in one number"
    told = [total.operations for total in year.totals]
    if len(placed) < LEAST:
        assert (told, year.operations) == ([None], None)
    else:
        assert year.operations == len(placed)
        for total in year.totals:
            assert total.operations == sum(day in total.span for day in placed) >= LEAST
    assert year.besides == ({"no-police": without_police} if without_police >= LEAST else {})


def test_weeks_are_told_one_by_one_where_they_have_enough_and_else_with_a_neighbour() -> None:
    every_day = [YEAR.first + timedelta(days=number) for number in range(365)]
    assert [len(total.weeks) for total in seen_public_year(every_day).totals] == [2, *[1] * 50, 1]
    assert {total.operations for total in seen_public_year(every_day).totals[1:-1]} == {7}
    but_one = [day for number in range(365) if (day := YEAR.first + timedelta(days=number)).isocalendar().week != 20]
    (wide,) = (total for total in seen_public_year(but_one).totals if 20 in [week.number for week in total.weeks])
    assert [week.number for week in wide.weeks] in ([19, 20], [20, 21])
    assert (wide.operations, wide.per_week) == (7, 3.5)
    for n, told in [(LEAST, LEAST), (LEAST - 1, None)]:
        there = scenario([operation(f"OP-{number}", days=8) for number in range(n)], span=YEAR)
        found = public_year(there, plan(there, [placement(f"OP-{number}", date(2027, 3, 3)) for number in range(n)]))
        assert (found.operations, [total.operations for total in found.totals]) == (told, [told])
    for n_days in [1, 5, 8, 20, 400]:
        span = Span(YEAR.first, YEAR.first + timedelta(days=n_days - 1))
        year = seen_public_year([YEAR.first] * 6, span=span)
        assert (year.totals[0].span.first, year.totals[-1].span.last) == (span.first, span.last)
        assert year.operations == 6
