"""What entries come to: what is given back, which report counts, and what began on too few officers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.revised import tell
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.amended import amended
from arshjul.year.domain.entries.amendment import Cancelled, Outcome, TeamsLost
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.parties import Matching, OfficerLine, PoliceUnit
from arshjul.year.domain.plan import Base, Plan, Unplaced
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet, Settings, Sharing
from arshjul.year.domain.withdrawal import GivenBack, Withdrawal
from arshjul.year.formats.plan.plan_folder import scenario_bytes, scenario_of_json
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.edit import Edit, edited, remade
from arshjul.year.planning.replan.input import doubtful
from arshjul.year.planning.replan.replan import ReplanOptions, replan
from arshjul.year.planning.verify import values
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests import years
from tests.builders import operation, placement, plan, scenario
from tests.year.agenda.test_view import CITY, PLAN, SCENARIO, seen
from tests.year.planning.oracle import best
from tests.year.planning.replan.test_opened import march

MARCH = date(2027, 3, 2)
ZONE = ZoneInfo("Europe/Stockholm")
TAKEN = Withdrawal("W-1", None, ("lpo-city",), MARCH, date(2027, 3, 8), None, 1, revision=2)
BACK = GivenBack("G-1", "W-1", date(2027, 3, 3), date(2027, 3, 4), ("day",), 3, revision=3)


def ceiling(entries: Entries, day: int, shift: str = "day") -> int | None:
    (withdrawal,) = entries.in_force()
    return withdrawal.ceiling(Slot(date(2027, 3, day), shift), date(2027, 3, 8))


def test_what_is_given_back_raises_the_ceiling_of_its_slots_as_it_was_said_last() -> None:
    entries = Entries.of(withdrawals=(TAKEN,), given_back=(BACK,))
    assert [ceiling(entries, day) for day in (2, 3, 4, 5)] == [1, 3, 3, 1]
    assert ceiling(entries, 3, "evening") == 1
    assert ceiling(entries, 9) is None  # outside the withdrawal
    for officers, left in [(None, None), (0, 1), (1, 1), (2, 2)]:
        later = GivenBack("G-2", "W-1", date(2027, 3, 4), None, None, officers, revision=3)
        entries = Entries.of(withdrawals=(TAKEN,), given_back=(BACK, later))
        assert (ceiling(entries, 3), ceiling(entries, 4)) == (3, left)
    anew = replace(TAKEN, officers_left=2, revision=4)
    assert ceiling(Entries.of(withdrawals=(TAKEN, anew), given_back=(BACK,)), 3) == 2
    again = replace(BACK, revision=4)
    assert ceiling(Entries.of(withdrawals=(TAKEN, anew), given_back=(BACK, again)), 3) == 3
    waiting = replace(BACK, revision=None)
    assert ceiling(Entries.of(withdrawals=(TAKEN,), given_back=(waiting,)), 3) == 3
    assert ceiling(Entries.of(withdrawals=(TAKEN, replace(TAKEN, revision=None)), given_back=(BACK,)), 3) == 1
    less = replace(BACK, last=date(2027, 3, 3), revision=4)
    entries = Entries.of(withdrawals=(TAKEN,), given_back=(BACK, less))
    assert [ceiling(entries, day) for day in (3, 4)] == [3, 1]


def test_what_began_on_too_few_officers_is_doubtful_also_where_another_unit_was_to_lend_them() -> None:
    for clock, left, outcome, found in [
        ((8, 0), 1, False, ("OP-001",)),
        ((9, 0), 1, False, ()),  # reported when it started
        ((8, 0), 2, False, ()),  # enough for it
        ((8, 0), 1, True, ()),
    ]:
        there = scenario([operation(officers=2)])
        stands = placement(day=MARCH)
        as_of = datetime(2027, 3, 2, 10, tzinfo=ZONE)
        moment = datetime(2027, 3, 2, *clock, tzinfo=ZONE)
        withdrawal = replace(TAKEN, reported=moment, officers_left=left)
        outcomes = (Outcome("OP-001", MARCH, "done"),) if outcome else ()
        context = ReplanContext.of(there, Base(1, as_of, {"OP-001": stands}))
        of = dict.fromkeys(found, (withdrawal.id,))
        assert doubtful(context, Entries.of(withdrawals=(withdrawal,), outcomes=outcomes), 2) == of
    reported = datetime(2027, 3, 2, 8, tzinfo=ZONE)
    for also, found in ({"lpo-hisingen": 2}, ("OP-001",)), ({"lpo-hisingen": 1}, ()), ({}, ()):
        there = scenario([operation(officers=9, police_also=also)])
        withdrawal = replace(TAKEN, reported=reported, officers_left=1, police=("lpo-hisingen",))
        base = Base(1, datetime(2027, 3, 2, 10, tzinfo=ZONE), {"OP-001": placement(day=MARCH)})
        of = dict.fromkeys(found, (withdrawal.id,))
        assert doubtful(ReplanContext.of(there, base), Entries.of(withdrawals=(withdrawal,)), 2) == of


def test_of_teams_that_fall_away_the_last_entry_of_an_id_holds_and_the_next_edit_leaves_it_so() -> None:
    there, agency = years.scenario(), "a0"
    first = TeamsLost(agency, Span(MARCH, date(2027, 3, 8)), id="B1", revision=2)
    last = TeamsLost(agency, Span(MARCH, MARCH), id="B1", revision=3)
    beside = TeamsLost(agency, Span(MARCH, date(2027, 3, 4)), id="B2", revision=2)
    plain = there.agencies[agency].teams
    standing = Entries.of(changes=(first, beside, last)).decided()
    assert amended(there, standing).agencies[agency].teams == (*plain, *beside.lines(), *last.lines())
    again = remade(there, standing, there).agencies[agency].teams
    assert again == (*plain, *beside.lines(), *last.lines())
    without_id = [replace(lost, id=None) for lost in (first, last)]
    assert amended(there, without_id).agencies[agency].teams == (*plain, *first.lines(), *last.lines())


# What is odd about an edited scenario is told in that scenario's order, whatever hashes are.


IDS = [f"OP-{n}" for n in range(30, 0, -1)]


def test_what_was_cancelled_and_stays_so_is_told_in_the_order_of_the_operations() -> None:
    given = scenario([operation("OP-31"), *map(operation, IDS)])
    old = scenario([operation("OP-31")])
    entries = Entries.of(changes=tuple(map(Cancelled, sorted(IDS))))
    known = replace(plan(old, [placement("OP-31")]), entries=entries)
    made = edited(old, given, known, Entries(), datetime(2027, 1, 1, tzinfo=UTC))
    assert made is not None
    assert [warning.values["operation"] for warning in made.warnings] == IDS


# An operation whose time has passed keeps the reasons for which it was left out.


EFFORT = Effort(20)


def left_out(window: Span, *moments: datetime) -> list[Unplaced]:
    """What is said of an operation that needs too many officers, in the first plan and in each replan."""
    scenario = years.scenario(2)
    wanting = replace(scenario.operations["OP-001"], officers=100, window=window)
    scenario = replace(scenario, operations={**scenario.operations, wanting.id: wanting})
    plan = make_plan(scenario, datetime(2026, 11, 24, 10, tzinfo=ZONE), EFFORT).plan
    unplaceds = [*plan.unplaced]
    for moment in moments:
        made = replan(scenario, plan, Entries(), moment.replace(tzinfo=ZONE), EFFORT, ("fewest-changes",))
        plan = made.options["fewest-changes"]
        unplaceds += plan.unplaced
    return unplaceds


def test_the_reasons_are_kept_once_its_time_has_passed_and_found_anew_while_some_is_left() -> None:
    first, then, later = left_out(Span(date(2027, 2, 1), date(2027, 2, 26)), datetime(2027, 3, 1), datetime(2027, 4, 1))
    assert {reason.rule for reason in first.reasons} == {"police-officers"}
    assert first == then == later
    first, then = left_out(Span(date(2027, 2, 1), date(2027, 3, 26)), datetime(2027, 3, 1))
    assert first != then
    assert {reason.rule for reason in then.reasons} >= {"not-past", "police-officers"}


# Another place to meet, or another rule of who sees whom, for what lies ahead: what has been stays as it was.


MARCH_EDITED_MEETS = datetime(2027, 3, 20, 8, tzinfo=SCENARIO.zone)
"""OP-001 of 2 March has been, the others lie ahead; OP-003 is in the same area."""

OLD, NEW = Meet("Polishuset"), Meet("Stadshuset")


def with_meet(meet: Meet | None, own: Meet | None = None) -> Scenario:
    """The year with a place to meet in the area of OP-001 and OP-003, or with its own of each."""
    areas = {id: replace(area, meet=meet) for id, area in SCENARIO.areas.items()}
    operations = {id: replace(one, meet=own) for id, one in SCENARIO.operations.items()}
    return replace(SCENARIO, areas=areas, operations=operations)


def goes_on(old: Scenario, given: Scenario) -> Edit:
    made = edited(old, given, PLAN, Entries(), MARCH_EDITED_MEETS)
    assert made is not None
    return made


def test_what_has_been_met_where_it_met_and_who_saw_whom_stays_too() -> None:
    for old, given, was, will_be in [
        (with_meet(OLD), with_meet(NEW), OLD, NEW),
        (with_meet(None), with_meet(NEW), None, NEW),
        (with_meet(OLD), with_meet(None), OLD, None),
        (with_meet(OLD), with_meet(OLD, NEW), OLD, NEW),
        (with_meet(NEW, OLD), with_meet(NEW), OLD, NEW),
    ]:
        made = goes_on(old, given).scenario
        for year in (made, goes_on(made, given).scenario, scenario_of_json(scenario_bytes(made))):
            assert year.meet_at(PLAN.placed["OP-001"]) == was
            assert year.meet_at(PLAN.placed["OP-003"]) == will_be
        told = tell(FormerPlan(old, PLAN.placed), made, PLAN.placed)
        assert "OP-001" not in {id for ids in told.values() for id in ids}
        before, after = (
            {
                entry.event.uid: entry.event.location
                for entry in seen(CITY, replace(PLAN, as_of=MARCH_EDITED_MEETS), year).entries
            }
            for year in (old, made)
        )
        uid = next(uid for uid in before if uid.startswith("OP-001@"))
        assert before[uid] == after[uid]
    given = replace(SCENARIO, share=Sharing(participants=False))
    made = goes_on(SCENARIO, given).scenario
    assert [made.shows_participants(made.operations[id]) for id in ("OP-001", "OP-003")] == [True, False]
    made = goes_on(with_meet(OLD), replace(with_meet(OLD), language="en")).scenario
    assert made.operations["OP-001"].meet is None
    assert made.operations["OP-001"].share is None


# One of two that are struck together does not begin: it comes alone, later, and counts as any other does.


def second_called_off(last: int, **settings: int) -> ReplanOptions:
    """Two are struck together on the second of March, a third on the ninth; one of the two is off, and comes then."""
    usual = {"sector": "restaurant", "agencies": {}, "officers": 2, "shifts": ("day",)}
    window, away = Span(march(2), march(last)), Span(march(3), march(8))
    operations = [
        operation("HELD", window=Span(march(2), march(2)), **usual),
        operation("OFF", window=window, not_on=(away,), same_slot_as="HELD", **usual),
        operation("NEXT", window=Span(march(9), march(9)), **usual),
    ]
    city = PoliceUnit("lpo-city", "LPO City", "local", ("city",), "", (OfficerLine(Matching(), 8),))
    given = Settings.of(freeze_days=0, notice_days=0, **{"sector_spacing_days": 0, **settings})
    year = scenario(operations, police={city.id: city}, settings=given, span=Span(march(1), march(19)))
    old = plan(year, [placement(id, march(day)) for id, day in {"HELD": 2, "OFF": 2, "NEXT": 9}.items()])
    moment = datetime(2027, 3, 3, 12, tzinfo=year.zone)
    off = Outcome("OFF", march(2), "called-off", reported=moment)
    return replan(year, old, Entries.of(outcomes=(off,)), moment, Effort(60, seed=1))


def day_of(new: Plan, operation: str) -> int | None:
    return new.placed[operation].slot.day.day if operation in new.placed else None


@pytest.mark.parametrize(
    ("settings", "last", "day"),
    [
        ({}, 9, 9),
        ({"sector_spacing_days": 3}, 11, None),
        ({"sector_spacing_days": 3}, 12, 12),
        ({"operations_per_area_per_day": 1}, 9, None),
        ({"operations_per_area_per_day": 1}, 10, 10),
    ],
)
def test_it_is_counted_where_it_comes_alone(settings: dict[str, int], last: int, day: int | None) -> None:
    answer = second_called_off(last, **settings)
    for option, levels in REPLAN_LEVELS.items():
        new = answer.options[option]
        assert day_of(new, "HELD") == 2
        assert day_of(new, "NEXT") == 9
        assert day_of(new, "OFF") == day
        counted = values(answer.context, new, new.prices)
        assert tuple(counted[level] for level in levels) == best(answer.context, levels, new.as_of)
