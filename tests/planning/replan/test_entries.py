"""What entries come to: what is given back, which report counts, and what began on too few officers."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.entries.amended import amended
from arshjul.domain.entries.amendment import TeamsLost
from arshjul.domain.entries.entries import Entries
from arshjul.domain.entries.outcome import Outcome
from arshjul.domain.plan import Base
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.withdrawal import GivenBack, Withdrawal
from arshjul.planning.replan.edit import remade
from arshjul.planning.replan.entering import doubtful
from tests import years
from tests.builders import operation, placement, scenario

MARCH = date(2027, 3, 2)
ZONE = ZoneInfo("Europe/Stockholm")
REPORTED = datetime(2026, 12, 1, 9)
TAKEN = Withdrawal("W-1", None, ("lpo-city",), MARCH, date(2027, 3, 8), None, 1, revision=2)
BACK = GivenBack("G-1", "W-1", date(2027, 3, 3), date(2027, 3, 4), ("day",), 3, revision=3)


def ceiling(entries: Entries, day: int, shift: str = "day") -> int | None:
    (withdrawal,) = entries.in_force()
    return withdrawal.ceiling(Slot(date(2027, 3, day), shift), date(2027, 3, 8))


def test_what_is_given_back_raises_the_ceiling_of_its_slots_alone() -> None:
    entries = Entries.of(withdrawals=(TAKEN,), given_back=(BACK,))
    assert [ceiling(entries, day) for day in (2, 3, 4, 5)] == [1, 3, 3, 1]
    assert ceiling(entries, 3, "evening") == 1
    assert ceiling(entries, 9) is None  # outside the withdrawal


@pytest.mark.parametrize(("officers", "left"), [(None, None), (0, 1), (1, 1), (2, 2)])
def test_a_later_entry_for_a_slot_replaces_an_earlier_one_and_is_never_below_what_is_left(
    officers: int | None, left: int | None
) -> None:
    later = GivenBack("G-2", "W-1", date(2027, 3, 4), None, None, officers, revision=3)
    entries = Entries.of(withdrawals=(TAKEN,), given_back=(BACK, later))
    assert (ceiling(entries, 3), ceiling(entries, 4)) == (3, left)


def test_a_withdrawal_that_is_reported_anew_forgets_what_was_given_back() -> None:
    anew = replace(TAKEN, officers_left=2, revision=4)
    assert ceiling(Entries.of(withdrawals=(TAKEN, anew), given_back=(BACK,)), 3) == 2
    again = replace(BACK, revision=4)
    assert ceiling(Entries.of(withdrawals=(TAKEN, anew), given_back=(BACK, again)), 3) == 3


def test_what_waits_to_be_given_back_counts_and_what_waits_to_be_withdrawn_anew_forgets() -> None:
    waiting = replace(BACK, revision=None)
    assert ceiling(Entries.of(withdrawals=(TAKEN,), given_back=(waiting,)), 3) == 3
    assert ceiling(Entries.of(withdrawals=(TAKEN, replace(TAKEN, revision=None)), given_back=(BACK,)), 3) == 1


def test_what_is_given_back_and_then_put_right_is_what_was_said_last() -> None:
    less = replace(BACK, last=date(2027, 3, 3), revision=4)
    entries = Entries.of(withdrawals=(TAKEN,), given_back=(BACK, less))
    assert [ceiling(entries, day) for day in (3, 4)] == [3, 1]


def test_what_began_without_the_officers_that_another_unit_was_to_lend_is_doubtful() -> None:
    reported = datetime(2027, 3, 2, 8, tzinfo=ZONE)
    for also, found in ({"lpo-hisingen": 2}, ("OP-001",)), ({"lpo-hisingen": 1}, ()), ({}, ()):
        there = scenario([operation(officers=9, police_also=also)])
        withdrawal = replace(TAKEN, reported=reported, officers_left=1, police=("lpo-hisingen",))
        base = Base(1, datetime(2027, 3, 2, 10, tzinfo=ZONE), {"OP-001": placement(day=MARCH)})
        assert doubtful(ReplanContext.of(there, base), Entries.of(withdrawals=(withdrawal,)), 2) == found


@pytest.mark.parametrize(
    ("reported", "left", "outcome", "found"),
    [
        ((8, 0), 1, False, ("OP-001",)),
        ((9, 0), 1, False, ()),  # reported when it started
        ((8, 0), 2, False, ()),  # enough for it
        ((8, 0), 1, True, ()),
    ],
)
def test_what_began_on_too_few_officers_is_doubtful(
    reported: tuple[int, int], left: int, outcome: bool, found: tuple[str, ...]
) -> None:
    there = scenario([operation(officers=2)])
    stands = placement(day=MARCH)
    as_of = datetime(2027, 3, 2, 10, tzinfo=ZONE)
    moment = datetime(2027, 3, 2, *reported, tzinfo=ZONE)
    withdrawal = replace(TAKEN, reported=moment, officers_left=left)
    outcomes = (Outcome("OP-001", MARCH, "done"),) if outcome else ()
    context = ReplanContext.of(there, Base(1, as_of, {"OP-001": stands}))
    assert doubtful(context, Entries.of(withdrawals=(withdrawal,), outcomes=outcomes), 2) == found


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
    without_id = [replace(one, id=None) for one in (first, last)]
    assert amended(there, without_id).agencies[agency].teams == (*plain, *first.lines(), *last.lines())
