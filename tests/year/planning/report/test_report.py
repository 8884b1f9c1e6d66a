"""The year's figures, counted by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.change import ChangeCause, Kind, Move
from arshjul.year.domain.entries.amendment import Cancelled, Outcome, Promoted, TeamsLost, WithoutPolice
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.learnt import Improvement, MeetingAction, MeetingMinutes, PartyCard, PartyEvaluation
from arshjul.year.domain.entries.picture import SituationPicture, Theme
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Matching, OfficerLine
from arshjul.year.domain.plan import Base, Plan, ReplanRecord
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Meeting, Milestone, Settings
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.year_log import year_log
from arshjul.year.planning.report.figures import Share
from arshjul.year.planning.report.report import Report, first_page, report
from arshjul.year.planning.report.text import called_off_said, named_parts, report_sheets, sections
from arshjul.year.texts import Words
from tests import builders

JANUARY, MARCH, APRIL = date(2027, 1, 12), date(2027, 3, 2), date(2027, 4, 6)
AS_OF = datetime(2027, 5, 1, 9)


def year(n: int = 6, **changed: Any) -> Scenario:
    """OP-1 to OP-6, the last one without police."""
    nominated = {"nominated_on": date(2026, 12, 1)}
    operations = [builders.operation(f"OP-{i}", **nominated, **changed) for i in range(1, n)]
    operations.append(builders.operation(f"OP-{n}", officers=0, area="hisingen"))
    return builders.scenario(operations, settings=Settings.of(lead_time_days=60))


def outcome(operation: str, day: date, result: Any = "done", **more: Any) -> Outcome:
    return Outcome(operation=operation, day=day, result=result, **more)


def plan(scenario: Scenario, places: Iterable[Placement], *outcomes: Outcome) -> Plan:
    made = builders.plan(scenario, places, AS_OF)
    return replace(made, entries=Entries.of(outcomes=outcomes))


def counted(scenario: Scenario, made: Plan, span: Span | None = None) -> Report:
    return report(scenario, made, AS_OF.replace(tzinfo=scenario.zone), span)


def figures(found: Report, part: str = "") -> dict[str, tuple[float | None, int | None]]:
    """Of that part, empty: of the whole: each number, and of how many."""
    return {beside.id or beside.key: (beside.n, beside.of) for beside in found.besides if beside.part == part}


def said(found: Report, language: str = "sv") -> list[str]:
    """The lines of a report, with its headings."""
    say = words(language).say
    return [
        say(message) for heading, lines in sections(found) for message in ([heading] if heading else []) + list(lines)
    ]


def places(*days: date) -> list[Placement]:
    return [builders.placement(f"OP-{i}", day) for i, day in enumerate(days, 1)]


def test_operations_are_counted_by_what_became_of_them_each_once() -> None:
    scenario = year()
    made = plan(
        scenario,
        [*places(JANUARY, MARCH, MARCH, APRIL, date(2027, 6, 1)), builders.placement("OP-6", MARCH, police=None)],
        outcome("OP-1", JANUARY),
        outcome("OP-2", MARCH, "without-police"),
        outcome("OP-3", MARCH, "aborted"),
        outcome("OP-6", MARCH),
    )
    found = counted(scenario, made)
    there = found.operations
    assert (there.planned, there.done, there.without_police, there.aborted) == (5, 1, 1, 1)
    assert (there.called_off, there.no_outcome, there.to_come, there.moved) == (0, 1, 1, 0)
    assert (found.counts["no-police"].planned, found.counts["no-police"].done) == (1, 1)
    assert {month: counts.planned for month, counts in found.parts["month"].items()} == {
        "2027-01": 1,
        "2027-03": 2,
        "2027-04": 1,
        "2027-06": 1,
    }
    assert {agency: counts.planned for agency, counts in found.parts["agency"].items()} == {
        "miljo": 5,
        "skatteverket": 5,
    }
    assert found.parts["area"].keys() == {"city"}
    assert counted(scenario, made, Span(MARCH, MARCH)).operations.planned == 2
    scenario = year()
    made = plan(scenario, places(JANUARY), outcome("OP-1", JANUARY, "aborted"), outcome("OP-1", JANUARY))
    assert (counted(scenario, made).operations.aborted, counted(scenario, made).operations.done) == (0, 1)
    scenario = year(officers=0)
    place = builders.placement("OP-1", MARCH, police=None)
    made = plan(scenario, [place], outcome("OP-1", MARCH))
    without = WithoutPolice(operation="OP-1", slot=Slot(MARCH, "day"))
    made = replace(made, entries=made.entries.with_lists(changes=(without,)))
    found = counted(scenario, made)
    assert (found.operations.planned, found.operations.without_police, found.counts["no-police"].planned) == (1, 1, 0)
    scenario = year()
    for found in (counted(scenario, moved(scenario)), counted(scenario, plan(scenario, places(JANUARY, MARCH)))):
        for counts in (found.operations, *found.parts["month"].values(), *found.parts["agency"].values()):
            told = (counts.done, counts.without_police, counts.aborted, counts.without_date, counts.no_outcome)
            assert sum(told) + counts.to_come == counts.planned


def test_an_insats_has_police_and_two_agencies_and_what_has_not_is_counted_by_name() -> None:
    """OP-2 has one agency by plan; OP-3 was to have two, and one came; to OP-4 no police came, though it says done."""
    scenario = year()
    alone = replace(scenario.operations["OP-2"], agencies={"miljo": 1})
    scenario = replace(scenario, operations={**scenario.operations, "OP-2": alone})
    made = plan(
        scenario,
        [*places(JANUARY, MARCH, MARCH, APRIL), builders.placement("OP-6", MARCH, police=None)],
        outcome("OP-1", JANUARY, teams={"miljo": 1}),
        outcome("OP-2", MARCH),
        outcome("OP-3", MARCH, teams={"miljo": 1, "skatteverket": 0}),
        outcome("OP-4", APRIL, officers=0),
        outcome("OP-6", MARCH),
    )
    found = counted(scenario, made)
    there = found.operations
    assert (there.planned, there.done, there.one_agency, there.without_police) == (3, 1, 1, 1)
    assert {kind: (of.planned, of.done) for kind, of in found.counts.items() if kind != "insats"} == {
        "one-agency": (1, 1),
        "no-police": (1, 1),
    }
    assert "genomförda med polis och en myndighet (räknas inte som insats): 1 av 1" in said(found)
    assert figures(found, "with_agency")["skatteverket"] == (1, 3), "no team of it came to OP-3, no police to OP-4"


def test_lead_time_is_that_of_what_parties_were_told_last_and_kept_is_the_first_date() -> None:
    """OP-1 keeps its date of November's plan, OP-2 was moved in February, OP-3 was placed in February."""
    scenario = year()
    first, second = (datetime(2026, 11, 24, 10, tzinfo=scenario.zone), datetime(2027, 2, 20, 7, tzinfo=scenario.zone))
    old = {p.operation: p for p in places(MARCH, MARCH)}
    made = plan(scenario, places(MARCH, APRIL, APRIL), *(outcome(f"OP-{n}", day) for n, day in DONE))
    made = replace(made, base=Base(1, second, old), revision=2, first_as_of=first)
    lead_time = figures(counted(scenario, made), "lead_time")
    # 98 days to OP-1; 45 to OP-2 and OP-3.
    assert (lead_time["told_days"], lead_time["first_date"]) == ((45, None), (2, 3))
    told = {1: first, 2: datetime(2027, 3, 1, 9, tzinfo=scenario.zone)}
    found = report(scenario, made, AS_OF.replace(tzinfo=scenario.zone), told=told)
    assert figures(found, "lead_time")["told_days"] == (36, None), "it was published on 1 March"
    unknown = replace(made, base=None, revision=1, as_of=made.as_of, first_as_of=None)
    assert figures(counted(scenario, unknown), "lead_time")["told_days"] == (None, None), "told after its dates"


MAY = AS_OF.replace(tzinfo=year().zone)
DONE = ((1, MARCH), (2, APRIL), (3, APRIL))


def moved(scenario: Scenario) -> Plan:
    """The police withdrew in March: OP-1 got another unit and was done, OP-2 moved and was called off."""
    old = {p.operation: p for p in places(MARCH, MARCH, JANUARY)}
    base = Base(1, datetime(2027, 2, 20, 7, tzinfo=scenario.zone), old, frozenset({"OP-1", "OP-2"}))
    second = builders.placement("OP-2", APRIL)
    new = [replace(old["OP-1"], police="lpo-hisingen"), second, old["OP-3"]]
    made = plan(scenario, new, outcome("OP-1", MARCH), outcome("OP-2", APRIL, "called-off"))
    return replace(made, base=base, revision=2, causes=dict.fromkeys(base.hit, (ChangeCause("withdrawal", id="W-1"),)))


def test_what_was_hit_by_a_withdrawal_and_still_done_is_saved() -> None:
    scenario = year()
    found = counted(scenario, moved(scenario))
    assert found.operations.saved == Share(1, 2)
    assert (found.operations.moved, found.operations.called_off) == (1, 1)
    assert found.parts["unit"]["lpo-hisingen"].saved == Share(1, 1)
    # Told on 20 February of 2 March: ten days.
    assert figures(found, "notice") == {"median_days": (10, None), "under_14_days": (1, 1)}
    # Also where the version that moved it was not told, and another one was told in its place.
    kinds: tuple[Kind, ...] = ("pin", "teams", "scenario", "withdrawal")
    for kind in kinds:
        for told in ({}, {1: AS_OF, 3: AS_OF}):
            scenario = year()
            before = replace(moved(scenario), causes={id: (ChangeCause(kind, id="W-1"),) for id in ("OP-1", "OP-2")})
            base = Base(2, datetime(2027, 2, 21, 7, tzinfo=scenario.zone), before.placed)
            made = replace(before, base=base, revision=3, causes={}, earlier=before.revisions)
            found = report(scenario, made, AS_OF.replace(tzinfo=scenario.zone), told=told)
            assert found.operations.saved == (Share(1, 2) if kind == "withdrawal" else Share(0, 0))
    # Of two operations whose officers no longer sufficed together, the one that stays has no cause of a change.
    for unit, n in [("lpo-city", 1), ("lpo-hisingen", 0)]:
        scenario = year()
        decided = datetime(2027, 2, 20, 7, tzinfo=scenario.zone)
        made = plan(scenario, places(MARCH), outcome("OP-1", MARCH))
        gone = Withdrawal("W-1", decided, (unit,), MARCH, MARCH, None, 2, "shooting", revision=2)
        made = replace(made, base=Base(1, decided, made.placed, frozenset({"OP-1"})), revision=2, causes={})
        made = replace(made, entries=made.entries.with_lists(withdrawals=(gone,)))
        assert counted(scenario, made).operations.saved == Share(n, n)


def test_police_called_off_are_told_by_cause_notice_and_what_came_of_it_also_a_reserve() -> None:
    # Ten days before a shooting is told: OP-1 gets another unit, OP-2 another date.
    scenario = year()
    made = moved(scenario)
    gone = Withdrawal(
        "W-1",
        datetime(2027, 3, 1, 7, tzinfo=scenario.zone),
        ("lpo-city",),
        MARCH,
        MARCH,
        None,
        0,
        "shooting",
        revision=2,
    )
    decided = datetime(2027, 3, 1, 8, tzinfo=scenario.zone)
    made = replace(made, base=replace(made.base or Base(1, decided, {}), as_of=decided))
    made = replace(made, entries=made.entries.with_lists(withdrawals=(gone,)))
    found = counted(scenario, made)
    assert [(police.old.operation, police.cause, police.hours, police.way) for police in found.lost] == [
        ("OP-1", "shooting", 26.0, "other-unit"),
        ("OP-2", "shooting", 26.0, "moved"),
    ]
    assert figures(found, "police_lost") == {"lost": (2, None), "short": (2, 2), "reserve": (0, 2)}
    assert figures(found, "lost_by_cause") == {"shooting": (2, 2)}
    for part in ("lost_by_cause", "lost_by_notice", "lost_by_way"):
        assert sum(n or 0 for n, _ in figures(found, part).values()) == 2
    # OP-1 was done with Hisingen; City came to nothing of what it was to: OP-2 was called off on its second date too.
    assert figures(found, "shifts_held") == {"lpo-city": (0, 2), "lpo-hisingen": (1, 1)}
    # OP-2 moved from 2 March, and OP-4, a reserve, was promoted in the same version for that time.
    scenario = year()
    made = moved(scenario)
    made = replace(made, placements=(*made.placements, builders.placement("OP-4", MARCH)))
    made = replace(made, entries=made.entries.with_lists(changes=(Promoted(operation="OP-4", revision=2),)))
    found = counted(scenario, made)
    assert [(police.old.operation, police.way, police.reserve) for police in found.lost] == [
        ("OP-1", "other-unit", None),
        ("OP-2", "moved", "OP-4"),
    ]
    assert figures(found, "police_lost")["reserve"] == (1, 2)


def test_a_designated_officer_serves_one_operation_and_experience_is_the_same_unit() -> None:
    scenario = year(designated="prefer")
    offers = OfficerLine(Matching(), 4, 1)
    police = {**scenario.police, "lpo-city": replace(scenario.police["lpo-city"], officers=(offers,))}
    scenario = replace(scenario, police=police)
    other = replace(builders.placement("OP-3", APRIL), police="lpo-hisingen")
    found = counted(scenario, plan(scenario, [*places(MARCH, MARCH), other]))
    assert figures(found, "police") == {"designated": (1, 3), "same_unit": (2, 3)}


def evaluations(*marks: int, parties: tuple[str, ...] = ("miljo", "skatteverket", "lpo-city")) -> list[PartyEvaluation]:
    return [
        PartyEvaluation(f"OP-{1 + n // 3}", parties[n % 3], "yes", 5, mark, "B", 4, 3, roles_of_police)
        for n, (mark, roles_of_police) in enumerate((mark, None) for mark in marks)
    ]


@pytest.mark.parametrize(("marks", "information"), [((1, 2), None), ((1, 2, 2), 1.7), ((1, 2, 2, 5), 2.5)])
def test_marks_are_the_mean_of_all_parties_and_of_no_fewer_than_three_answers(
    marks: tuple[int, ...], information: float | None
) -> None:
    scenario = year()
    made = plan(scenario, places(JANUARY, MARCH), outcome("OP-1", JANUARY), outcome("OP-2", MARCH))
    made = replace(made, entries=made.entries.with_lists(evaluations=evaluations(*marks)))
    found = counted(scenario, made)
    means = {key: n for key, (n, _) in figures(found, "marks").items()}
    assert (means["information"], means["police"]) == (information, None), "nobody said anything of the police"
    worst = figures(found, "worst")
    assert worst == ({} if information is None else {"worst": (information, None), "section": (len(marks), len(marks))})
    assert not any("miljo" in figure.id for figure in found.figures if figure.part in ("marks", "worst"))


def test_the_year_before_stands_beside_where_the_plan_has_all_of_it() -> None:
    scenario = replace(year(), span=Span(date(2027, 1, 1), date(2028, 12, 31)))
    this = [builders.placement(f"OP-{n}", date(2028, 1, 11)) for n in (3, 4, 5)]
    made = plan(scenario, [*places(JANUARY, MARCH), *this], outcome("OP-1", JANUARY))
    found = counted(scenario, made, Span(date(2028, 1, 1), date(2028, 6, 30)))
    assert found.before is not None
    assert (found.operations.planned, found.before.operations.planned) == (3, 2)
    (wheel,) = (proposal for proposal in first_page(found) if proposal.number == 4)
    kept = next(figure for figure in wheel.figures if figure.figure.key == "first_date")
    assert ((kept.figure.n, kept.figure.of), kept.before and (kept.before.n, kept.before.of)) == ((0, 0), (2, 2))
    assert any("(året före: 2 av 2)" in line for line in said(found))
    assert counted(scenario, made, scenario.span).before is None, "there is no year before it"
    assert counted(scenario, made, Span(JANUARY, MARCH)).before is None


def test_the_first_page_has_the_eight_proposals_and_says_what_is_missing_only_where_all_of_it_is() -> None:
    # Also of a plan of which nothing is known: then each says why.
    for found in (counted(year(), moved(year())), counted(year(), plan(year(), []))):
        page = first_page(found)
        assert [proposal.number for proposal in page] == [*range(1, 9), None]
        assert all(proposal.figures for proposal in page)
        assert all(
            figure.figure.n is not None or figure.figure.said for proposal in page for figure in proposal.figures
        )
        known = {(figure.part, figure.id or figure.key, figure.n) for figure in found.figures}
        shown = [figure.figure for proposal in page for figure in proposal.figures if figure.figure.n is not None]
        assert {(figure.part, figure.id or figure.key, figure.n) for figure in shown} <= known, "no figure of its own"
    # One of the council's agencies is in the plan; and two answers are too few for the lowest mark.
    made = plan(year(), places(JANUARY), outcome("OP-1", JANUARY))
    made = replace(made, entries=made.entries.with_lists(evaluations=evaluations(4, 5)))
    for answered in (made, plan(year(), places(JANUARY))):
        lines = said(counted(year(), answered))
        assert any("genomförda med" in line for line in lines)
        assert not any("kommunfullmäktige" in line for line in lines)
        assert any("utvärderingar saknas" in line for line in lines) != (answered is made)


def test_what_was_called_off_and_placed_anew_is_one_operation() -> None:
    scenario = year()
    before = moved(scenario)
    again = replace(before.placed["OP-2"], slot=Slot(date(2027, 4, 20), "day"))
    base = Base(2, datetime(2027, 4, 6, 12, tzinfo=scenario.zone), before.placed, frozenset({"OP-2"}))
    others = tuple(p for p in before.placements if p.operation != "OP-2")
    entries = before.entries.with_lists(outcomes=(*before.entries.outcomes, outcome("OP-2", again.slot.day)))
    made = replace(
        before, placements=(*others, again), base=base, revision=3, causes={}, entries=entries, earlier=before.revisions
    )
    found = counted(scenario, made)
    assert [revision.number for revision in made.revisions] == [2, 3]
    assert (found.operations.planned, found.operations.done, found.operations.called_off) == (3, 2, 1)
    assert found.operations.without_date == 0
    (line,) = called_off_said(found)
    assert (
        Words("en")
        .say(line)
        .startswith("OP-2 (Restaurang, Göteborg City), Tuesday 6 April 2027 09:00–15:00 (LPO City): ")
    )
    assert Words("en").say(line).endswith("; new date: Tuesday 20 April 2027 09:00–15:00 (LPO City).")
    assert found.operations.saved == Share(2, 2)
    assert figures(found, "notice")["under_14_days"] == (2, 2)


def test_an_improvement_counts_in_one_quarter_whatever_becomes_of_its_operation() -> None:
    """OP-1 stands, OP-2 was cancelled after its date in March, OP-9 never had a date and was spoken of in May."""
    scenario = year()
    old = {place.operation: place for place in places(APRIL, MARCH)}
    cancelled = Cancelled("OP-2", scenario.operations["OP-2"], old["OP-2"], revision=2)
    decided = datetime(2027, 4, 20, 7, tzinfo=scenario.zone)
    said = datetime(2027, 5, 1, 8, tzinfo=scenario.zone)
    learnt = tuple(
        Improvement(
            id=f"F{id}",
            origin=f"OP-{id}",
            observation="o",
            action="a",
            owner="miljo",
            due=date(2027, 6, 30),
            kind="planning",
            reported=said,
        )
        for id in (1, 2, 9)
    )
    made = replace(plan(scenario, [old["OP-1"]]), base=Base(1, decided, {"OP-1": old["OP-1"]}), revision=2)
    made = replace(made, entries=made.entries.with_lists(changes=(cancelled,), improvements=learnt))
    scenario = Cancelled("OP-2").on(scenario)
    quarters = [Span(date(2027, 1, 1), date(2027, 3, 31)), Span(date(2027, 4, 1), date(2027, 6, 30))]
    quarters.append(Span(date(2027, 7, 1), date(2027, 9, 30)))
    reports = [counted(scenario, made, quarter) for quarter in quarters]
    assert [[improvement.improvement.id for improvement in some.improvements] for some in reports] == [
        ["F2"],
        ["F1", "F9"],
        [],
    ]
    none = dict.fromkeys(("checked", "done", "dropped", "overdue"), (0, 2))
    assert figures(reports[1], "improvements") == {**none, "open": (2, 2)}
    assert not figures(reports[2], "improvements")


def test_what_was_called_off_was_planned_and_says_when_and_why() -> None:
    """OP-1 lost its police and got no other date, OP-2 was cancelled: both were planned, and neither is to come."""
    scenario = year()
    old = {p.operation: p for p in places(APRIL, MARCH, MARCH)}
    decided = datetime(2027, 2, 20, 7, tzinfo=scenario.zone)
    base = Base(1, decided, {id: old[id] for id in ("OP-1", "OP-3")}, frozenset({"OP-1"}))
    gone, where = scenario.operations["OP-2"], old["OP-2"]
    cancelled = Cancelled("OP-2", gone, where, revision=2)
    shot = Withdrawal("W-1", decided, ("lpo-city",), APRIL, APRIL, None, 0, "shooting", revision=2)
    scenario = Cancelled("OP-2").on(scenario)
    made = replace(plan(scenario, [old["OP-3"]], outcome("OP-3", MARCH)), base=base, revision=2)
    made = replace(made, entries=made.entries.with_lists(changes=(cancelled,), withdrawals=(shot,)))
    found = counted(scenario, made)
    there = found.operations
    assert (there.planned, there.done, there.without_date, there.called_off, there.to_come) == (3, 1, 2, 2, 0)
    assert there.saved == Share(0, 1)
    assert {month: counts.without_date for month, counts in found.parts["month"].items()} == {
        "2027-03": 1,
        "2027-04": 1,
    }
    assert counted(scenario, made, Span(MARCH, MARCH)).operations.planned == 2
    assert [Words("en").say(line) for line in called_off_said(found)] == [
        "OP-2 (Restaurang, Göteborg City), Tuesday 2 March 2027 09:00–15:00 (LPO City): "
        "called off on Saturday 20 February 2027, because of the coordinator's decision.",
        "OP-1 (Restaurang, Göteborg City), Tuesday 6 April 2027 09:00–15:00 (LPO City): "
        "called off on Saturday 20 February 2027, because of a shooting.",
    ]


def test_lead_time_notice_evaluations_and_figures_where_they_are_known() -> None:
    scenario = year()
    made = plan(
        scenario,
        places(JANUARY, MARCH, APRIL),
        outcome("OP-1", JANUARY, figures={"controls": 3, "joint-evaluation": 1}, officers=2, teams={"miljo": 1}),
        outcome("OP-2", MARCH, figures={"controls": 4, "persons": 9}, officers=3),
    )
    found = counted(scenario, made)
    # From 1 December: 42, 91 and 126 days.
    lead_time = figures(found, "lead_time")
    assert (lead_time["median_days"], lead_time["at_least_rule"]) == ((91, None), (2, 3))
    assert figures(found)["evaluated"] == (1, 2)
    assert found.operations.figures == {"controls": 7, "persons": 9}
    assert figures(found, "officers") == {"came": (5, None), "operations": (2, None)}
    assert figures(found, "teams") == {"miljo": (1, None)}
    found = counted(year(), plan(year(), []))
    none = dict.fromkeys(("median_days", "told_days"), (None, None))
    assert figures(found, "lead_time") == {**none, **dict.fromkeys(("at_least_rule", "first_date"), (0, 0))}
    assert (figures(found)["evaluated"], found.operations.saved) == ((0, 0), Share(0, 0))
    assert "framförhållning: okänd, nomineringsdatum saknas" in said(found)
    # OP-2 was moved in February; all of it was published here on 1 May, when its dates were over.
    scenario = year()
    made = plan(scenario, places(MARCH, APRIL), outcome("OP-1", MARCH), outcome("OP-2", APRIL))
    move = Move("OP-2", builders.placement("OP-2", MARCH), builders.placement("OP-2", APRIL))
    earlier = ReplanRecord(2, datetime(2027, 2, 20, 7, tzinfo=scenario.zone), frozenset(), (move,))
    made = replace(made, base=Base(2, MAY, made.placed), revision=3, earlier=(earlier,))
    made = replace(made, first_as_of=datetime(2026, 11, 24, 10, tzinfo=scenario.zone))
    there = [figures(report(scenario, made, MAY, told=told), "notice") for told in ({}, {3: MAY})]
    assert there[0] == there[1]
    assert there[1]["median_days"] == (10, None), "and not on the day itself"


def test_an_evaluation_is_what_counts_as_one_whatever_its_id() -> None:
    for milestone, figure, evaluated in [
        (Milestone("review", "Uppföljning", 21, counts_as="evaluation"), "review", 1),
        (Milestone("utvardering", "Gemensam utvärdering", 21), "utvardering", 1),
        (Milestone("review", "Uppföljning", 21, counts_as="evaluation"), "joint-evaluation", 1),
        (Milestone("review", "Uppföljning", 21), "review", None),
        (Milestone("joint-evaluation", "Nomineringar", 21, counts_as="nomination"), "joint-evaluation", None),
    ]:
        scenario = replace(year(), cycle=Cycle((milestone,)))
        made = plan(scenario, places(JANUARY), outcome("OP-1", JANUARY, figures={"controls": 3, figure: 1}))
        found = counted(scenario, made)
        assert figures(found)["evaluated"] == (evaluated, evaluated), "unknown, and not 0 of 1"
        assert (figure in found.operations.figures) == (not evaluated)
    joint = Milestone("review", "Gemensam utvärdering", 21, counts_as="evaluation")
    own = Milestone("evaluation", "Intern uppföljning", 7)
    cycle = Cycle((joint, own))
    assert cycle.meaning("evaluation") is None
    assert not cycle.was_counted(joint, {"evaluation": 1})
    assert cycle.was_counted(own, {"evaluation": 1})
    assert Cycle((own,)).meaning("evaluation") == "evaluation"
    assert Cycle((Milestone("planning", "Rumsbokning", -5),)).meaning("planning") is None
    scenario = replace(year(), cycle=Cycle((Milestone("review", "Uppföljning", 21),)))
    found = counted(scenario, plan(scenario, places(JANUARY), outcome("OP-1", JANUARY)))
    unknown = "evaluated: unknown, no milestone is an evaluation"
    assert unknown in said(found, "en")
    assert [None, None, None] in [row[1:] for row in report_sheets(found, Words("en"))[1].rows if row[0] == unknown]


def test_reserves_are_counted() -> None:
    scenario = year()
    reserve = replace(scenario.operations["OP-5"], reserve=True)
    scenario = replace(scenario, operations={**scenario.operations, "OP-5": reserve})
    made = plan(scenario, [*places(JANUARY), builders.placement("OP-4", MARCH)])
    made = replace(made, entries=made.entries.with_lists(changes=(Promoted(operation="OP-4", revision=1),)))
    found = counted(scenario, made)
    assert (figures(found)["reserves"], figures(found)["saved_by_reserve"]) == ((1, 2), (0, None))
    place = made.placed["OP-4"]
    was = Move("OP-1", replace(made.placed["OP-1"], slot=place.slot), made.placed["OP-1"])
    record = ReplanRecord(1, made.as_of, frozenset({"OP-1"}), (was,))
    came = outcome("OP-4", place.slot.day)
    used = replace(made, entries=made.entries.with_lists(outcomes=(came,)), earlier=(record,))
    found = counted(scenario, used)
    assert figures(found)["saved_by_reserve"] == (1, None)
    assert [(one.placement, one.meanwhile) for one in found.reserves] == [(place, ("OP-1",))]
    (line,) = [line for line in said(found) if "räddade" in line]
    assert line.startswith("räddade med en reserv (OP-4 ")
    assert line.endswith(" i stället för OP-1): 1")
    lines = [builders.swedish().say(line.text) for line in year_log(scenario, used.entries)]
    assert any(line.startswith("OP-4, ") and "genomförd. Reserv." in line for line in lines)


def test_figures_and_parts_stand_by_their_names_also_in_the_log() -> None:
    scenario = replace(year(), names={"controls": "kontroller"})
    figures = {"controls": 3, "joint-evaluation": 1}
    made = plan(scenario, places(JANUARY), outcome("OP-1", JANUARY, figures=figures, teams={"miljo": 1}))
    assert {"kontroller: 3", "lag som kom, Miljöförvaltningen: 1"} <= set(said(counted(scenario, made)))
    (line,) = year_log(scenario, made.entries)
    assert "(Miljöförvaltningen 1, kontroller 3 och Gemensam utvärdering 1)" in builders.swedish().say(line.text)
    there = year()
    agencies = {id: replace(one, name=f"{-n} {id}") for n, (id, one) in enumerate(sorted(there.agencies.items()), -9)}
    found = counted(replace(there, agencies=agencies), plan(there, places(JANUARY)))
    names = [builders.swedish().say(name) for _, name, _ in named_parts(found, "agency")]
    assert len(names) > 1
    assert names == sorted(names)
    assert [id for id, _, _ in named_parts(found, "agency")] != sorted(found.parts["agency"])
    lost = TeamsLost("miljo", Span(MARCH, MARCH), teams_left=0, cause="course")
    (line,) = year_log(year(), Entries.of(changes=(lost,)))
    assert (
        Words("en").say(line.text) == "Miljöförvaltningen has fewer teams, Tuesday 2 March 2027: 0 left; cause: course."
    )
    for given, its_words in [("illness", "orsak: sjukdom."), ("kurs", "orsak: kurs."), ("", "orsak: -.")]:
        lost = TeamsLost("miljo", Span(date(2027, 5, 3), date(2027, 5, 9)), teams_left=0, cause=given)
        (line,) = year_log(year(), Entries.of(changes=(lost,)))
        assert builders.swedish().say(line.text).endswith(its_words)
    scenario = year()
    of = {"OP-1": "miljo", "OP-2": "miljo", "OP-3": "lpo-city"}
    operations = {id: replace(one, proposed_by=of.get(id)) for id, one in scenario.operations.items()}
    scenario = replace(scenario, operations=operations)
    found = counted(scenario, plan(scenario, places(JANUARY, MARCH, APRIL, APRIL), outcome("OP-2", MARCH)))
    by_proposer = [
        (builders.swedish().say(name), one.planned, one.done) for _, name, one in named_parts(found, "proposed_by")
    ]
    assert by_proposer == [("LPO City", 1, 0), ("Miljöförvaltningen", 2, 1)]


def test_several_dates_count_once_in_the_month_of_the_first_with_what_the_outcome_says_came() -> None:
    last_of_march = date(2027, 3, 31)
    scenario = year(2, days=2)
    came = outcome("OP-1", last_of_march, officers=2, teams={"miljo": 1})
    made = plan(scenario, [builders.placement("OP-1", last_of_march)], came)
    found = counted(scenario, made)
    assert {month: counts.planned for month, counts in found.parts["month"].items()} == {"2027-03": 1}
    assert counted(scenario, made, Span(APRIL.replace(day=1), APRIL)).operations.planned == 0
    assert (found.operations.done, figures(found, "teams")) == (1, {"miljo": (1, None)})
    assert figures(found, "officers") == {"came": (2, None), "operations": (1, None)}


def test_network_meetings_tell_who_came_and_how_often() -> None:
    """Of three dates that have been one was not held, and one is to come."""
    scenario = year()
    network = Meeting("network-meeting", "Nätverksträff", (JANUARY, MARCH, APRIL, date(2027, 6, 9)))
    scenario = replace(scenario, cycle=replace(scenario.cycle, meetings=(network,)))
    minutes = (
        MeetingMinutes(network.id, JANUARY, came=("miljo", "skatteverket", "lpo-city")),
        MeetingMinutes(network.id, MARCH, "Bara dagordning"),
        MeetingMinutes(network.id, APRIL, came=("miljo",), said="Kort"),
    )
    made = replace(plan(scenario, places(MARCH)), entries=Entries.of(minutes=minutes))
    found = counted(scenario, made)
    assert figures(found, "meetings") == {"network-meeting": (2, 3)}
    assert figures(found, "network") == {"came": (3, 4)}, "three agencies were invited, and a unit came"
    by_party = {"miljo": (2, 2), "skatteverket": (1, 2), "arbetsmiljoverket": (0, 2), "lpo-city": (1, 2)}
    assert figures(found, "network_by_party") == by_party


def test_meetings_cards_and_pictures_are_counted_with_what_they_are_of() -> None:
    """Two meetings have been, one that is called has not; of three actions one is overdue; one card of two is old."""
    scenario = year()
    meetings = (Meeting("network", "Träff", (MARCH, APRIL, date(2027, 6, 9))),)
    scenario = replace(scenario, cycle=replace(scenario.cycle, meetings=meetings))
    minutes = (
        MeetingMinutes("network", MARCH, "Underlag", said="Alla var överens"),
        MeetingMinutes("network", APRIL, "Tolk"),
    )
    actions = (
        MeetingAction("M1", "network", MARCH, "Skriva en rutin", "miljo", date(2027, 4, 1)),
        MeetingAction("M1", "network", MARCH, "Skriva en rutin", "miljo", date(2027, 4, 1), "done"),
        MeetingAction("M2", "network", MARCH, "Boka tolk", "polis", date(2027, 4, 30)),
        MeetingAction("M3", "network", APRIL, "Samla svar", "polis", AS_OF.date()),
    )
    agency, unit = next(iter(scenario.agencies)), next(iter(scenario.police))
    cards = (
        PartyCard(agency, "Gå in", review_by=date(2027, 1, 31)),
        PartyCard(agency, "Gå in", review_by=AS_OF.date()),
        PartyCard(unit, "Skydda", review_by=date(2027, 4, 30)),
    )
    themes = Theme("restaurant", 3), Theme("bar", 3, decision="no", reason="Gammal")
    first = SituationPicture(
        id="L1", by=unit, area="city", period=Span(MARCH, APRIL), valid_to=date(2027, 6, 30), themes=themes
    )
    second = replace(first, id="L2", themes=themes[:1])
    pictures = (first, second, second.decided(0, "priority", "Det ökar", ()))
    told = Entries.of(minutes=minutes, meeting_actions=actions, cards=cards, pictures=pictures)
    made = replace(plan(scenario, places(MARCH)), entries=told)
    assert figures(counted(scenario, made), "together") == {
        "minutes": (1, 2),
        "actions_done": (1, 3),
        "actions_overdue": (1, 3),
        "cards": (2, len(scenario.parties)),
        "old_cards": (1, 2),
        "themes_taken": (1, 3),
        "themes_waiting": (1, 3),
    }
    found = counted(scenario, made)
    assert figures(found, "meetings") == {"network": (1, 2)}
    assert figures(found, "pictures") == {"police": (2, 2), "areas": (1, 2)}
    assert figures(found, "network") == {}, "the network's is another series"
    april = figures(counted(scenario, made, Span(APRIL, date(2027, 4, 30))), "together")
    assert [april[key] for key in ("minutes", "actions_done", "actions_overdue")] == [(0, 1), (0, 1), (0, 1)]
    assert figures(counted(scenario, plan(scenario, places(MARCH))), "together") == {}
