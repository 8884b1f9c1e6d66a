"""Who evaluates what and when, and what becomes of improvements: on which operation each stands, and what checks it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from arshjul.year.agenda.evaluations import (
    OPEN_DAYS,
    FollowedImprovement,
    asked_evaluations,
    followed,
    given_evaluations,
)
from arshjul.year.domain.entries.amendment import Outcome
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.learnt import Applies, Improvement, PartyEvaluation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Milestone
from tests import years

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


def test_every_party_of_an_operation_is_asked_from_the_day_after_for_21_days() -> None:
    asked = asked_evaluations(*year())
    assert list(asked) == list(DAYS), "in order of date"
    first = asked["OP-000"]
    assert first.parties == ("a0", "a1", "a2", "p0")
    assert (first.opens, first.closes) == (DAYS["OP-000"] + timedelta(days=1), DAYS["OP-000"] + OPEN_DAYS)
    assert first.is_open(first.opens)
    assert first.is_open(first.closes)
    assert not first.is_open(first.opens - timedelta(days=1))
    assert not first.is_open(first.closes + timedelta(days=1))


def test_the_milestone_that_counts_as_the_evaluation_closes_it() -> None:
    evaluation = Milestone("moete", "Utvärdering", 8, counts_as="evaluation")
    other = Milestone("joint-evaluation", "Heter bara så", 3)
    scenario, plan = year()
    scenario = replace(scenario, cycle=replace(scenario.cycle, milestones=(other, evaluation)))
    assert asked_evaluations(scenario, plan)["OP-000"].closes == date(2027, 2, 9)


def test_what_was_called_off_is_not_evaluated() -> None:
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


def test_it_stands_on_the_next_operation_alone() -> None:
    improvement = one(MADE.date())
    assert (improvement.state, improvement.asked_on, improvement.yes, improvement.no) == ("open", "OP-001", 0, 0)
    assert [improvement.stands_on(id) for id in DAYS] == [False, True, False, False]


def test_an_operation_before_it_was_entered_does_not_have_it() -> None:
    late = replace(IMPROVEMENT, reported=datetime(2027, 2, 3, 20))
    assert one(date(2027, 2, 4), improvements=[late]).asked_on == "OP-002"
    unknown = replace(IMPROVEMENT, reported=None)
    assert one(date(2027, 2, 4), improvements=[unknown]).asked_on == "OP-001", "after the one that it was learnt from"


def test_changing_it_later_moves_it_nowhere() -> None:
    changed = replace(IMPROVEMENT, state="done", reported=datetime(2027, 2, 6, 9))
    improvement = one(date(2027, 2, 6), improvements=[IMPROVEMENT, changed])
    assert (improvement.state, improvement.asked_on) == ("done", "OP-001")


@pytest.mark.parametrize(
    ("applies", "on"),
    [
        (Applies(), "OP-001"),
        (Applies(sectors=("restaurant",), areas=("city",), programmes=("akc",)), "OP-001"),
        (Applies(sectors=("beauty",)), ""),
        (Applies(areas=("nowhere",)), ""),
        (Applies(programmes=("gvi",)), ""),
        (Applies(parties=("p0",)), "OP-002"),
        (Applies(parties=("nobody", "p1")), "OP-001"),
    ],
)
def test_it_stands_where_it_applies(applies: Applies, on: str) -> None:
    assert one(MADE.date(), improvements=[replace(IMPROVEMENT, applies=applies)]).asked_on == on


@pytest.mark.parametrize(
    ("marks", "state"),
    [((1,), "checked"), ((0,), "open"), ((1, 0), "open"), ((1, 1, 0), "checked"), ((0, 0, 1), "open"), ((), "open")],
)
def test_more_must_say_that_it_helped_than_that_it_did_not(marks: tuple[int, ...], state: str) -> None:
    evaluations = [said("OP-001", f"a{n}", mark) for n, mark in enumerate(marks)]
    improvement = one(DAYS["OP-001"] + timedelta(days=1), *evaluations)
    assert (improvement.state, improvement.asked_on) == (state, "OP-001")
    assert (improvement.yes, improvement.no) == (marks.count(1), marks.count(0))
    assert improvement.stands_on("OP-001") is (state == "open")


def test_the_last_word_of_a_party_counts() -> None:
    assert one(date(2027, 2, 5), said("OP-001", "a0", 1), said("OP-001", "a0", 0)).state == "open"


def test_when_an_evaluation_closes_without_it_the_next_operation_has_it() -> None:
    day = DAYS["OP-001"] + OPEN_DAYS
    assert one(day, said("OP-001", "a0", 0)).asked_on == "OP-001"
    improvement = one(day + timedelta(days=1), said("OP-001", "a0", 0))
    assert (improvement.state, improvement.asked_on, improvement.no) == ("open", "OP-002", 1)


def test_an_evaluation_of_another_operation_checks_nothing() -> None:
    assert one(MADE.date(), said("OP-000", "a0", 1), said("OP-003", "a0", 1)).state == "open"


def test_a_dropped_one_stands_nowhere_and_is_not_overdue() -> None:
    improvement = one(
        date(2027, 3, 1), improvements=[IMPROVEMENT, replace(IMPROVEMENT, state="dropped", reason="Annat")]
    )
    assert (improvement.state, improvement.asked_on, improvement.is_overdue(date(2027, 3, 1))) == ("dropped", "", False)


def test_it_is_overdue_the_day_after_it_was_due_as_long_as_it_is_open() -> None:
    improvement = one(MADE.date())
    assert [improvement.is_overdue(date(2027, 2, day)) for day in (20, 21)] == [False, True]
    assert not replace(improvement, state="done").is_overdue(date(2027, 2, 21))
