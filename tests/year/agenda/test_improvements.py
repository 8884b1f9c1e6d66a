"""Who evaluates what and when, and what becomes of improvements: on which operation each stands, and what checks it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import openpyxl
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from arshjul.cli.console import Console
from arshjul.cli.questions import tell_changes
from arshjul.year.agenda.channel import Seal, Uids
from arshjul.year.agenda.entry import Event, clean
from arshjul.year.agenda.evaluations import (
    OPEN_DAYS,
    FollowedImprovement,
    asked_evaluations,
    followed,
    given_evaluations,
)
from arshjul.year.agenda.overview import overview
from arshjul.year.agenda.revised import alarms
from arshjul.year.domain.entries.amendment import Outcome
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.learnt import Applies, Improvement, PartyEvaluation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Every, Meeting, Milestone
from arshjul.year.planning.letters.notices import notices
from arshjul.year.render.page.page import page
from arshjul.year.render.workbook import plan_workbook
from arshjul.year.sheets import RED
from tests import years
from tests.builders import operation, placement, swedish
from tests.year.planning.letters.test_notices import OLD, replanned
from tests.year.planning.letters.test_notices import year as year_view

DAYS = dict(zip((f"OP-00{n}" for n in range(4)), years.days(4), strict=True))
MADE = datetime(2027, 2, 2, 9)
IMPROVEMENT = Improvement(
    id="F1",
    origin="OP-000",
    observation="Sent",
    action="Samlas tidigare",
    owner="a0",
    due=date(2027, 2, 20),
    kind="planning",
    reported=MADE,
)


def year(entries: Entries | None = None, **cycle: object) -> tuple[Scenario, Plan]:
    scenario = years.scenario()
    scenario = replace(scenario, cycle=replace(scenario.cycle, milestones=(), **cycle))  # type: ignore[arg-type]
    return scenario, replace(years.plan(scenario), entries=entries or Entries())


def said(operation: str, party: str, helped: int) -> PartyEvaluation:
    return PartyEvaluation(operation, party, "yes", helped={"F1": helped})


def one(
    today: date, *evaluations: PartyEvaluation, improvements: Iterable[Improvement] = (IMPROVEMENT,)
) -> FollowedImprovement:
    scenario, plan = year(Entries.of(evaluations=evaluations, improvements=tuple(improvements)))
    (improvement,) = followed(scenario, plan, today)
    return improvement


def test_every_party_of_an_operation_is_asked_from_the_day_after_until_its_evaluation_closes() -> None:
    asked = asked_evaluations(*year())
    assert list(asked) == list(DAYS), "in order of date"
    first = asked["OP-000"]
    assert first.parties == ("a0", "a1", "a2", "p0")
    assert (first.opens, first.closes) == (DAYS["OP-000"] + timedelta(days=1), DAYS["OP-000"] + OPEN_DAYS)
    assert first.is_open(first.opens)
    assert first.is_open(first.closes)
    assert not first.is_open(first.opens - timedelta(days=1))
    assert not first.is_open(first.closes + timedelta(days=1))
    evaluation = Milestone("moete", "Utvärdering", 8, counts_as="evaluation")
    other = Milestone("joint-evaluation", "Heter bara så", 3)
    scenario, plan = year()
    scenario = replace(scenario, cycle=replace(scenario.cycle, milestones=(other, evaluation)))
    assert asked_evaluations(scenario, plan)["OP-000"].closes == date(2027, 2, 9)
    off = Outcome("OP-000", DAYS["OP-000"], "called-off")
    aborted = Outcome("OP-001", DAYS["OP-001"], "aborted")
    assert list(asked_evaluations(*year(Entries.of(outcomes=(off, aborted))))) == ["OP-001", "OP-002", "OP-003"]


def test_what_was_said_of_an_earlier_date_is_no_answer_for_the_present_one() -> None:
    """OP-000 was evaluated, then called off after all, and placed anew."""
    first, again = DAYS["OP-000"], DAYS["OP-000"] + timedelta(days=100)
    scenario, plan = year()
    zone = scenario.zone
    early, late = (
        replace(said("OP-000", "a0", 1), reported=datetime.combine(day + timedelta(days=1), time(9), zone))
        for day in (first, again)
    )
    moved = tuple(
        replace(placement, slot=placement.slot._replace(day=again)) if placement.operation == "OP-000" else placement
        for placement in plan.placements
    )
    for made, log, expected in (
        (plan, (early,), [early]),
        (replace(plan, placements=moved), (early,), []),
        (replace(plan, placements=moved), (early, late), [late]),
    ):
        there = replace(made, entries=Entries.of(evaluations=log))
        assert list(given_evaluations(there, asked_evaluations(scenario, there)).values()) == expected


def test_an_improvement_stands_on_the_next_operation_that_it_applies_to() -> None:
    improvement = one(MADE.date())
    assert (improvement.state, improvement.asked_on, improvement.yes, improvement.no) == ("open", "OP-001", 0, 0)
    assert [improvement.stands_on(id) for id in DAYS] == [False, True, False, False]
    late = replace(IMPROVEMENT, reported=datetime(2027, 2, 3, 20))
    assert one(date(2027, 2, 4), improvements=[late]).asked_on == "OP-002"
    unknown = replace(IMPROVEMENT, reported=None)
    assert one(date(2027, 2, 4), improvements=[unknown]).asked_on == "OP-001", "after the one that it was learnt from"
    changed = replace(IMPROVEMENT, state="done", reported=datetime(2027, 2, 6, 9))
    improvement = one(date(2027, 2, 6), improvements=[IMPROVEMENT, changed])
    assert (improvement.state, improvement.asked_on) == ("done", "OP-001")
    for applies, on in [
        (Applies(), "OP-001"),
        (Applies(sectors=("restaurant",), areas=("city",), programmes=("akc",)), "OP-001"),
        (Applies(sectors=("beauty",)), ""),
        (Applies(areas=("nowhere",)), ""),
        (Applies(programmes=("gvi",)), ""),
        (Applies(parties=("p0",)), "OP-002"),
        (Applies(parties=("nobody", "p1")), "OP-001"),
    ]:
        assert one(MADE.date(), improvements=[replace(IMPROVEMENT, applies=applies)]).asked_on == on


def test_more_must_say_that_it_helped_than_that_it_did_not_or_the_next_operation_has_it() -> None:
    for marks, state in [
        ((1,), "checked"),
        ((0,), "open"),
        ((1, 0), "open"),
        ((1, 1, 0), "checked"),
        ((0, 0, 1), "open"),
        ((), "open"),
    ]:
        evaluations = [said("OP-001", f"a{n}", mark) for n, mark in enumerate(marks)]
        improvement = one(DAYS["OP-001"] + timedelta(days=1), *evaluations)
        assert (improvement.state, improvement.asked_on) == (state, "OP-001")
        assert (improvement.yes, improvement.no) == (marks.count(1), marks.count(0))
        assert improvement.stands_on("OP-001") is (state == "open")
    assert one(date(2027, 2, 5), said("OP-001", "a0", 1), said("OP-001", "a0", 0)).state == "open"
    day = DAYS["OP-001"] + OPEN_DAYS
    assert one(day, said("OP-001", "a0", 0)).asked_on == "OP-001"
    improvement = one(day + timedelta(days=1), said("OP-001", "a0", 0))
    assert (improvement.state, improvement.asked_on, improvement.no) == ("open", "OP-002", 1)
    assert one(MADE.date(), said("OP-000", "a0", 1), said("OP-003", "a0", 1)).state == "open"


def test_it_is_overdue_the_day_after_it_was_due_as_long_as_it_is_open() -> None:
    improvement = one(
        date(2027, 3, 1), improvements=[IMPROVEMENT, replace(IMPROVEMENT, state="dropped", reason="Annat")]
    )
    assert (improvement.state, improvement.asked_on, improvement.is_overdue(date(2027, 3, 1))) == ("dropped", "", False)
    improvement = one(MADE.date())
    assert [improvement.is_overdue(date(2027, 2, day)) for day in (20, 21)] == [False, True]
    assert not replace(improvement, state="done").is_overdue(date(2027, 2, 21))


DAY = date(2027, 3, 2)


def test_an_event_has_clean_words_ends_after_it_starts_and_is_called_off_once() -> None:
    for text, kept in [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb\x0bc\x85d\u2028e\u2029f", "a b c d e f"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("Krog\u202egnorK\u2066!\u200f", "KroggnorK!"),
        ("\ufeffnamn\ufffe\uffff", "namn"),
        ("half \ud83d end", "half  end"),
        ("väg & kök 🚓 👩‍🚒 “citat” – \\N;,:", "väg & kök 🚓 👩‍🚒 “citat” – \\N;,:"),
        (" \n space \n ", "space"),
    ]:
        assert clean(text) == kept
    event = Event("u", DAY, DAY, date(2027, 3, 3), "two\nlines\x00", "first\r\nsecond", "a\tb\n")
    assert (event.summary, event.description, event.category) == ("two lines", "first\nsecond", "a b")
    with pytest.raises(ValueError, match="Expected ends >= starts"):
        Event("u", DAY, datetime(2027, 3, 2, 9, tzinfo=UTC), datetime(2027, 3, 2, 8, tzinfo=UTC), "s")
    with pytest.raises(ValueError, match="Expected a summary"):
        Event("u", DAY, DAY, date(2027, 3, 3), "\u202e \n")
    event = Event("u", DAY, DAY, date(2027, 3, 3), "Insats", status="CONFIRMED")
    off = event.cancelled()
    assert (off.starts, off.ends, off.status, off.transparent) == (DAY, date(2027, 3, 3), "CANCELLED", True)
    assert off.summary == "INSTÄLLD: Insats"
    assert off.cancelled() == off
    assert event.cancelled("en").summary == "CANCELLED: Insats"


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_what_is_cleaned_is_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.encode().decode() == once
    assert all(c == "\n" or c.isprintable() or ord(c) > 0x9F for c in once)


def test_uids_have_the_plans_name_as_host_and_a_seal_hides_what_an_event_is() -> None:
    for name, host in [
        ("Göteborg 2027", "goteborg-2027.arshjul"),
        ("  Årshjul – Väst/Öst (2027) ", "arshjul-vast-ost-2027.arshjul"),
        ("tiny_1.2", "tiny-1-2.arshjul"),
        ("北京", "plan.arshjul"),
    ]:
        assert Uids.of(name).host == host
    uids = Uids.of("Göteborg 2027")
    assert uids.operation("OP-1") == "OP-1@goteborg-2027.arshjul"
    assert uids.milestone("OP-1", "nomination") == "OP-1.nomination@goteborg-2027.arshjul"
    assert uids.meeting("m", date(2027, 3, 7)) == "meeting.m.20270307@goteborg-2027.arshjul"
    assert uids.note() == "note@goteborg-2027.arshjul"
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


# A must that falls is called one, first and in red, at every door; a letter begins with it.


YEAR = year_view(operation("OP-001"), operation("OP-002", must=True), operation("OP-003"))
BEFORE = {id: placement(id) for id in YEAR.operations}
_, FALLEN = replanned(YEAR, BEFORE["OP-002"], None)
assert FALLEN.base is not None
FALLEN = replace(FALLEN, base=replace(FALLEN.base, placements=BEFORE))
SAID = "Ett oplacerat måste: OP-002 (Restaurang, Göteborg City)."


def test_the_terminal_says_it_first_and_in_red(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = []
    monkeypatch.setattr(typer, "secho", lambda text, **looks: painted.append((text, looks["fg"])))
    tell_changes(Console(swedish()), notices(YEAR, YEAR, BEFORE, FALLEN))
    assert painted == [(SAID, typer.colors.RED)]
    assert capsys.readouterr().out.splitlines()[0].startswith("OP-002 ")


def test_sentences_and_letters_begin_with_what_falls_musts_first() -> None:
    news = notices(YEAR, YEAR, BEFORE, FALLEN)
    assert news.letters
    for lines in (news.sentences, *(letter.lines for letter in news.letters)):
        assert [swedish().say(line)[:6] for line in lines] == ["OP-002", "OP-001", "OP-003"]
    assert "måste" not in " ".join(swedish().say(line) for letter in news.letters for line in letter.lines)
    assert notices(YEAR, YEAR, BEFORE, replace(FALLEN, placements=tuple(BEFORE.values()))).alarms == ()


def test_page_and_workbook_have_a_must_that_falls_first_and_in_red() -> None:
    made = page(overview(YEAR, FALLEN), swedish()).decode()
    assert re.findall(r'class="verdict [^"]*">\s*<strong[^>]*>([^<]*)', made)[0] == SAID
    assert f'<strong class="alarm">{SAID}' in made
    book = openpyxl.load_workbook(BytesIO(plan_workbook(overview(YEAR, FALLEN), swedish())))
    changed, out = book["Ändrat"], book["Oplacerat"]
    assert [changed["A2"].value, changed["C2"].value] == ["OP-002", "måste, oplacerad"]
    assert [out["A2"].value, out["F2"].value] == ["OP-002", "ja"]
    for cell in (changed["C2"], out["F2"]):
        assert cell.font.color.rgb == f"FF{RED[1:]}"
    assert changed["C3"].font.color is None or changed["C3"].font.color.rgb != f"FF{RED[1:]}"


def test_an_operation_during_a_meeting_of_its_agencies_is_told_where_it_comes_there() -> None:
    for start, is_told in [(time(13), True), (time(15), False), (time(8), False), (None, False)]:
        meeting = Meeting("m", "Nätverksträff", (OLD.slot.day,), start, 60, agencies=("skatteverket",))
        there = replace(year_view(operation()), cycle=Cycle(meetings=(meeting,)))
        said = "Nätverksträff tisdag 2 mars 2027 13:00 krockar med OP-001, för samma parter."
        assert [*map(swedish().say, alarms(there, {"OP-001": OLD}, {}))] == [said] * is_told
        assert alarms(there, {"OP-001": OLD}, {"OP-001": OLD}) == (), "it stood there before"
        others = replace(meeting, agencies=("arbetsmiljoverket",))
        assert alarms(replace(there, cycle=Cycle(meetings=(others,))), {"OP-001": OLD}, {}) == ()
    for days, is_told in [(0, True), (1, False)]:
        rhythm = Every((OLD.slot.day + timedelta(days)).weekday(), time(13))
        meeting = Meeting("m", "Nätverksträff", (), every=rhythm, agencies=("skatteverket",))
        there = replace(year_view(operation()), cycle=Cycle(meetings=(meeting,)))
        said = "Nätverksträff tisdag 2 mars 2027 13:00 krockar med OP-001, för samma parter."
        assert [*map(swedish().say, alarms(there, {"OP-001": OLD}, {}))] == [said] * is_told
