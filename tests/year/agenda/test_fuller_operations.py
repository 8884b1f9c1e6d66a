"""What feeds, milestones and messages say of operations on several dates, and of agencies that are chosen."""

from dataclasses import replace
from datetime import UTC, date, datetime

from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.lenders import coverage
from arshjul.year.agenda.party import COORDINATOR, Party
from arshjul.year.agenda.view import View, remembered, view
from arshjul.year.agenda.year import year
from arshjul.year.domain.operation import AgencyGroup
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.letters.notices import notices
from tests.builders import operation, placement, plan, scenario, swedish

SEVERAL = scenario([operation(days=2)])
GROUPED = scenario([operation(agencies={"miljo": 1}, any_of=(AgencyGroup(("skatteverket", "arbetsmiljoverket"), 2),))])


def seen(party: Party, plan: Plan, scenario: Scenario, history: FeedHistory | None = None) -> View:
    return view(plan, scenario, Channel(party, "full", "all"), history or FeedHistory(), swedish(), bytes(32))


def replanned(old: Plan, new: Plan) -> Plan:
    return replace(new, revision=2, base=Base(1, new.as_of, old.placed))


def test_there_is_an_event_for_each_date() -> None:
    found = {e.event.uid: e.event for e in seen(COORDINATOR, plan(SEVERAL, [placement()]), SEVERAL).entries}
    first, second = found["OP-001@goteborg-2027.arshjul"], found["OP-001..2@goteborg-2027.arshjul"]
    assert (first.starts, second.starts) == (datetime(2027, 3, 2, 8, tzinfo=UTC), datetime(2027, 3, 3, 8, tzinfo=UTC))
    assert "Dag 2 av 2, 2–3 mars 2027" in second.description
    assert "OP-001..3@goteborg-2027.arshjul" not in found


def test_all_dates_are_as_sure_as_the_first() -> None:
    frozen = plan(SEVERAL, [placement()], datetime(2027, 2, 17, 10))  # 2 March is the last frozen date
    entries = seen(COORDINATOR, frozen, SEVERAL).entries
    assert {e.event.status for e in entries if e.event.uid.startswith("OP-001..2@")} == {"CONFIRMED"}


def test_milestones_come_before_the_first_date_and_after_the_last() -> None:
    both = [seen(COORDINATOR, plan(s, [placement()]), s) for s in (scenario([operation()]), SEVERAL)]
    days = [{e.event.uid: e.event.day for e in one.entries if e.event.uid.startswith("OP-001.")} for one in both]
    before = "OP-001.planning-meeting@goteborg-2027.arshjul"
    after = "OP-001.joint-evaluation@goteborg-2027.arshjul"
    assert days[0][before] == days[1][before]
    assert (days[1][after] - days[0][after]).days == 1


def test_a_later_date_that_falls_away_is_called_off() -> None:
    old = plan(SEVERAL, [placement()])
    history = remembered(FeedHistory(), [seen(COORDINATOR, old, SEVERAL)])
    shorter = scenario([operation()])
    new = replanned(old, plan(shorter, [placement()], datetime(2026, 12, 1, 10)))
    found = {e.event.uid: e.event.status for e in seen(COORDINATOR, new, shorter, history).entries}
    assert found["OP-001..2@goteborg-2027.arshjul"] == "CANCELLED"
    assert found["OP-001@goteborg-2027.arshjul"] != "CANCELLED"


def test_officers_and_teams_count_on_each_date() -> None:
    context, made = ReplanContext.of(SEVERAL), plan(SEVERAL, [placement(day=date(2027, 3, 31))])
    city = next(unit for unit in coverage(context, made).police if unit.name == "LPO City")
    skatt = next(agency for agency in coverage(context, made).agencies if agency.name == "Skatteverket")
    assert [use.used for use in city.by_month][2:4] == [2, 2]
    assert [use.used for use in skatt.by_month][2:4] == [2, 2]
    week = next(week for week in year(SEVERAL, made).weeks if str(week) == "2027-W13")
    assert (week.officers, week.team_shifts) == (4, 6)


def test_who_is_chosen_sees_the_operation_and_who_is_not_does_not() -> None:
    made = plan(GROUPED, [replace(placement(), any_of=("skatteverket",))])
    chosen = {e.event.uid: e.event for e in seen(Party("agency", "skatteverket"), made, GROUPED).entries}
    other = seen(Party("agency", "arbetsmiljoverket"), made, GROUPED).entries
    told = chosen["OP-001@goteborg-2027.arshjul"].description
    assert "Er roll: deltar, behövs" in told
    assert "Era lag: 2" in told
    assert not any(e.event.uid.startswith("OP-001") for e in other)


def test_another_choice_is_told_to_who_comes_and_who_goes() -> None:
    old = plan(GROUPED, [replace(placement(), any_of=("skatteverket",))])
    new = replanned(old, plan(GROUPED, [replace(placement(), any_of=("arbetsmiljoverket",))]))
    found = notices(GROUPED, GROUPED, old.placed, new)
    assert [move.operation for move in found.changes.unit_changed] == ["OP-001"]
    assert found.tell == dict.fromkeys(("miljo", "skatteverket", "arbetsmiljoverket", "lpo-city"), ("OP-001",))
    (sentence,) = found.sentences
    assert (
        "nu utan Skatteverket, på grund av att andra insatser behövde lagen; nu med Arbetsmiljöverket"
        in swedish().say(sentence)
    )
    said = {letter.to.id: swedish().say(letter.lines[0]) for letter in found.letters}
    assert "ni deltar inte längre" in said["skatteverket"]
    assert "ni deltar nu" in said["arbetsmiljoverket"]
    assert (
        "nu utan Skatteverket, på grund av att andra insatser behövde lagen; nu med Arbetsmiljöverket" in said["miljo"]
    )
