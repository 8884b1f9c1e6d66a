"""What is undone, corrected or reported anew in one small town: the year follows from the entries that stand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from random import Random
from typing import Any, NamedTuple

import pytest

from arshjul.errors import EngineFault, InputError, Refused
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.entries import entries_of
from arshjul.year.formats.plan.plan_folder import kept_plan_bytes, scenario_bytes, year_of_json
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.tree import FormDocument
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.explain import explain
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.proposal import Proposal
from arshjul.year.planning.replan.replan import ReplanOptions, replan_from
from arshjul.year.planning.replan.undo import PlannedYear, undoing
from arshjul.year.planning.report.report import Report, report
from arshjul.year.planning.verify import judge
from arshjul.year.rules.objectives import MUSTS
from tests import years
from tests.examples import often
from tests.year.planning.oracle import best
from tests.year.planning.replan.test_answers import EFFORT, fewest, moment, proposed
from tests.year.rules.faults.planting import Fault, planted
from tests.year.rules.replans import draw_withdrawals

FEWEST = "fewest-changes"

OPERATION = {
    "title": "Salonger", "programme": "akc", "lead_agency": "miljo", "sector": "beauty", "area": "city", "priority": 1,
    "officers": 4, "police": ["lpo"], "agencies": {"miljo": 1}, "nominated_on": "2026-10-01",
}  # fmt: skip


class Year(NamedTuple):
    scenario: Scenario
    plan: Plan

    def place(self, id: str) -> str | None:
        place = self.plan.placed.get(id)
        return None if place is None else place.slot.day.isoformat()

    def officers(self, day: str) -> int:
        """The officers that lpo has left on that date."""
        left = self.scenario.after(self.plan.entries.in_force(), self.plan.as_of.date())
        return left.police_offer("lpo", Slot(date.fromisoformat(day), "day")).officers

    def pin(self, id: str) -> str | None:
        fixed = self.scenario.operations[id].fixed
        return None if fixed is None else fixed.slot.day.isoformat()


def first(*operations: Mapping[str, object]) -> Year:
    town = {
        "plan": {"name": "Town", "from": "2027-01-01", "to": "2027-12-31", "language": "en"},
        "shifts": [{"id": "day", "name": "Day", "start": "08:00", "end": "16:00"}],
        "areas": [{"id": "city", "name": "City"}],
        "police": [
            {"id": "lpo", "name": "LPO", "kind": "local", "areas": ["city"], "officers": [{"officers": 6}]},
            {"id": "border", "name": "Border", "kind": "border", "areas": ["city"], "officers": [{"officers": 4}]},
        ],
        "agencies": [{"id": "miljo", "name": "Miljö", "kind": "municipal", "teams": [{"teams": 2}]}],
        "operations": [{**OPERATION, **operation} for operation in operations],
    }
    scenario = scenario_of(FormDocument.of(town), is_json=True)
    made = make_plan(scenario, datetime(2026, 12, 1, 9, tzinfo=scenario.zone), Effort(10)).plan
    return Year(scenario, made)


def then(year: Year, at: str, given: Scenario | None = None, **lists: Any) -> Year:
    """The year replanned with these entries, as it is read back from its files."""
    entries = entries_of([FormDocument.of(lists)], year.scenario, year.plan.entries)
    return _replanned(year, at, entries, given)


def undone(before: Year, after: Year, at: str) -> Year:
    change = replace(undoing(PlannedYear(*before), PlannedYear(*after), again=False), reported=_moment(after, at))
    return _replanned(after, at, entries_of([], after.scenario).and_then(type(after.plan.entries)((change,))))


def _replanned(year: Year, at: str, entries: Any, given: Scenario | None = None) -> Year:
    begun = replan_input(year.scenario, year.plan, entries, _moment(year, at), given)
    made = replan_from(begun, year.plan, Effort(10), (FEWEST,))
    plan = made.options[FEWEST]
    assert judge(made.scenario, plan).clean, judge(made.scenario, plan)
    read = Year(*year_of_json(scenario_bytes(made.scenario), kept_plan_bytes(plan, made.scenario, words("en"))))
    assert read.plan.unpinned == plan.unpinned
    assert read.plan.entries == plan.entries
    return read


def _moment(year: Year, at: str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=year.scenario.zone)


def reported(year: Year) -> Report:
    return report(year.scenario, year.plan, year.plan.as_of)


SHOT = {"id": "A1", "police": ["lpo"], "from": "2027-03-03", "to": "2027-03-03"}


@pytest.mark.parametrize(
    "decided",
    [
        {"pinned": [{"operation": "OP-7", "date": "2027-04-06", "shift": "day"}]},
        {"without_police": ["OP-7"]},
        {"unpinned": ["OP-7"]},
        {"cancelled": ["OP-7"]},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_pin_that_has_yielded_does_not_bind_again_by_an_undo(decided: dict[str, Any]) -> None:
    """It is a must: to hold it to a date without officers would call it off."""
    old = first({"id": "OP-7", "fixed": {"date": "2027-03-03", "shift": "day"}})
    moved = then(old, "2027-02-01T09:00", withdrawals=[SHOT])
    assert moved.place("OP-7") not in (None, "2027-03-03")
    again = undone(moved, then(moved, "2027-02-02T09:00", None, **decided), "2027-02-02T10:00")
    assert (again.place("OP-7"), again.pin("OP-7")) == (moved.place("OP-7"), "2027-03-03")
    assert "OP-7" in again.plan.unpinned
    back = undone(old, moved, "2027-02-02T09:00")
    assert (back.place("OP-7"), back.plan.unpinned) == ("2027-03-03", frozenset()), "nothing was withdrawn: it binds"


@pytest.mark.parametrize("list", ["pinned", "fewer_officers"])
def test_an_undo_that_is_undone_is_the_later_decision_again_and_stays_so(list: str) -> None:
    old = first({"id": "OP-7"}, {"id": "OP-2", "sector": "food"})

    def decided(year: Year, at: str, n: int) -> Year:
        if list == "pinned":
            return then(year, at, pinned=[{"operation": "OP-7", "date": f"2027-0{n}-03", "shift": "day"}])
        return then(year, at, fewer_officers=[{"operation": "OP-7", "officers": n}])

    three = decided(old, "2026-12-02T09:00", 3)
    two = decided(three, "2026-12-03T09:00", 2)
    back = undone(three, two, "2026-12-04T09:00")
    assert back.scenario == three.scenario
    again = undone(two, back, "2026-12-05T09:00")
    assert again.scenario == two.scenario
    assert again.plan.placed == two.plan.placed
    other = replace(again.scenario.operations["OP-2"], title="Annat")
    given = replace(again.scenario, operations={**again.scenario.operations, "OP-2": other})
    edited = then(again, "2026-12-06T09:00", given).scenario
    assert edited.operations["OP-7"] == two.scenario.operations["OP-7"], "an edit of another changes nothing of it"


def test_what_a_decision_keeps_out_says_so_and_not_that_no_unit_may_serve_it() -> None:
    def why(year: Year) -> list[str]:
        return [str(reason.text) for out in year.plan.unplaced for reason in out.reasons]

    old = first({"id": "OP-7", "officers": 7})
    assert "the unit may not serve" not in why(old)[0]
    operation = replace(old.scenario.operations["OP-7"], officers=4)
    placed = then(old, "2026-12-02T09:00", replace(old.scenario, operations={"OP-7": operation}))
    assert placed.place("OP-7") is not None
    back = undone(old, placed, "2026-12-03T09:00")
    assert why(back) == ["the publishing that placed it was undone"]
    assert "placement" not in explain(back.scenario, back.plan, "OP-7").taken, "the next plan may place it"
    assert why(then(placed, "2026-12-03T09:00", left_out=["OP-7"])) == ["the coordinator leaves it out"]


def test_what_is_reported_anew_after_a_give_back_takes_it_all_again_whatever_list_they_stand_in() -> None:
    old = first({"id": "OP-7"})
    june = {"id": "A1", "police": ["lpo"], "from": "2027-06-01", "to": "2027-06-10"}
    taken = then(old, "2026-12-10T07:00", withdrawals=[june])
    back = [{"id": "T1", "withdrawal": "A1", "reported": "2026-12-11T08:00"}]
    anew = [{**june, "reported": "2026-12-11T09:00"}]
    assert then(taken, "2026-12-11T10:00", given_back=back, withdrawals=anew).officers("2027-06-02") == 0
    earlier = [{**june, "reported": "2026-12-11T07:00"}]
    assert then(taken, "2026-12-11T10:00", given_back=back, withdrawals=earlier).officers("2027-06-02") == 6


def test_a_give_back_reported_anew_under_its_id_replaces_itself() -> None:
    old = first({"id": "OP-7"})
    june = {"id": "A1", "police": ["lpo"], "from": "2027-06-01", "to": "2027-06-10"}
    whole = then(old, "2026-12-10T07:00", withdrawals=[june], given_back=[{"id": "T1", "withdrawal": "A1"}])
    assert whole.officers("2027-06-08") == 6
    part = {"id": "T1", "withdrawal": "A1", "to": "2027-06-03"}
    left = then(whole, "2026-12-11T07:00", given_back=[part])
    assert [left.officers(day) for day in ("2027-06-02", "2027-06-08")] == [6, 0]


OPEN = {"id": "A1", "police": ["lpo"], "from": "2027-01-10", "until_further_notice": True}


def test_a_still_that_is_undone_puts_nothing_off() -> None:
    old = first({"id": "OP-7"})
    taken = then(old, "2027-01-10T09:00", withdrawals=[OPEN])
    confirmed = then(taken, "2027-01-30T09:00", still=[{"withdrawal": "A1"}])
    ends = [withdrawal.until for year in (taken, confirmed) for withdrawal in year.plan.entries.in_force()]
    assert ends == [date(2027, 2, 6), date(2027, 2, 26)]
    back = undone(taken, confirmed, "2027-01-30T10:00")
    assert [withdrawal.until for withdrawal in back.plan.entries.in_force()] == ends[:1]
    assert back.officers("2027-02-08") == 6


def test_an_end_that_is_undone_is_no_end() -> None:
    old = first({"id": "OP-7"})
    taken = then(old, "2027-01-10T09:00", withdrawals=[OPEN])
    ended = then(taken, "2027-01-11T09:00", withdrawals=[{**SHOT, "from": "2027-01-10", "to": "2027-01-15"}])
    with pytest.raises(InputError, match="cannot be used"):
        then(ended, "2027-01-12T09:00", still=[{"withdrawal": "A1"}])
    back = undone(taken, ended, "2027-01-12T09:00")
    confirmed = then(back, "2027-01-30T09:00", still=[{"withdrawal": "A1"}])
    assert [withdrawal.until for withdrawal in confirmed.plan.entries.in_force()] == [date(2027, 2, 26)]
    assert confirmed.officers("2027-02-20") == 0


def called_off() -> tuple[Year, Year]:
    """OP-1 of 2 March, called off that morning before it began."""
    old = first({"id": "OP-1", "window": {"from": "2027-03-02", "to": "2027-03-30"}, "short_notice": True})
    assert old.place("OP-1") == "2027-03-02"
    off = [{"operation": "OP-1", "result": "called-off"}]
    return old, then(old, "2027-03-02T07:00", outcomes=off)


@pytest.mark.parametrize(("at", "stands"), [("07:30", True), ("08:00", False), ("15:00", False)])
def test_what_was_called_off_is_known_to_have_been_once_it_would_have_begun(at: str, stands: bool) -> None:
    old, off = called_off()
    back = undone(old, off, f"2027-03-02T{at}")
    assert back.place("OP-1") == ("2027-03-02" if stands else off.place("OP-1"))
    known = [outcome.result for outcome in back.plan.entries.known_outcomes().values()]
    assert known == ([] if stands else ["called-off"])
    assert sum(count.called_off for count in reported(back).counts.values()) == (0 if stands else 1)


def test_what_was_called_off_by_mistake_took_place_after_all() -> None:
    _, off = called_off()
    done = [{"operation": "OP-1", "date": "2027-03-02", "result": "done"}]
    right = then(off, "2027-03-02T18:00", outcomes=done)
    assert right.place("OP-1") == "2027-03-02"
    counts = reported(right).counts.values()
    assert (sum(count.done for count in counts), sum(count.called_off for count in counts)) == (1, 0)
    wrong = then(right, "2027-03-03T09:00", outcomes=[{**done[0], "result": "called-off"}])
    assert wrong.place("OP-1") not in (None, "2027-03-02"), "and called off after all"


def test_what_took_place_on_another_date_since_cannot_have_taken_place_before() -> None:
    _, off = called_off()
    done = [{"operation": "OP-1", "date": "2027-03-02", "result": "done"}]
    with pytest.raises(Refused, match="has begun on another date"):
        then(off, f"{off.place('OP-1')}T18:00", outcomes=done)


# A publishing that is taken back: as many operations go back as the rules allow, found by trying every set of them.


SEEDS = often((3, 6, 7, 10, 16, 17, 21, 22), range(80))

AGREEMENT, UNDO = "year.planning.replan.input", "year.planning.replan.undo"

FAULTS = (
    (Fault(AGREEMENT, "    if not context.settled_places:\n", "    if True:\n", "nothing ever yields"), 6),
    (
        Fault(
            AGREEMENT,
            "    return _solved(context, context)[0]\n",
            "    return frozenset(context.settled_places)\n",
            "where one yields, all do",
        ),
        16,
    ),
    (Fault(AGREEMENT, "builder.cost_unplaced(id, YIELDED, 1)", "pass", "to be left out costs nothing"), 16),
    (Fault(AGREEMENT, "builder.board((MUSTS, YIELDED))", "builder.board((MUSTS,))", "no level counts them"), 16),
    (Fault(AGREEMENT, "builder.cost(YIELDED, column, 1)", "pass", "to be elsewhere costs nothing"), 10),
    (Fault(AGREEMENT, "if slot != number or mode", "if mode", "any slot is the former one"), 10),
    (Fault(UNDO, "for id in changed if id in old)", "for id in changed[:-1] if id in old)", "one is forgotten"), 3),
    (Fault(UNDO, "tuple(id for id in changed if id not in old)", "()", "what had no place keeps its new one"), 7),
    (Fault("year.domain.replan_context", "found = {**back, **agreed_on}", "found = {**agreed_on}", "none is held"), 3),
    (
        Fault(
            "year.rules.hard.answers", "return slots & grid.single(held.slot) if", "return slots if", "no row holds it"
        ),
        3,
    ),
)
"""Mistakes, each with a seed that shows it."""


def taken_back(seed: int) -> tuple[Proposal, tuple[Withdrawal, ...]]:
    """Two plans, of which the second moved operations of the first; and what was withdrawn after both.

    That takes away some of the places to which operations are to go back.
    """
    made, rng = proposed(seed), Random(seed)
    again = draw_withdrawals(rng, made.former, dict(made.old.placed), moment(made))
    return made, tuple(replace(withdrawal, id=f"X{withdrawal.id}") for withdrawal in again)


def taken_back_in_all(seed: int) -> tuple[ReplanOptions, datetime]:
    """The second plan taken back, in all options."""
    made, again = taken_back(seed)
    as_of = moment(made)
    former, served = PlannedYear(made.former, made.old), PlannedYear(made.scenario, made.plan)
    change = replace(undoing(former, served, again=False), reported=as_of)
    begun = replan_input(made.scenario, made.plan, Entries.of(withdrawals=again, changes=(change,)), as_of)
    return replan_from(begun, made.plan, EFFORT), as_of


def changed(made: Proposal, as_of: datetime) -> Mapping[str, Placement | None]:
    """The operations ahead that the second plan moved, placed or left out, each with where it stood before."""
    old, new = made.old.placed, made.plan.placed
    begun = made.scenario.begun(new, as_of)
    return {id: old.get(id) for id in made.scenario.operations if old.get(id) != new.get(id) and id not in begun}


@cache
def most(seed: int) -> tuple[tuple[int, ...] | None, int]:
    """The least musts left out, and then the fewest of the changed operations that cannot stand where they stood."""
    options, as_of = taken_back_in_all(seed)
    stood = changed(taken_back(seed)[0], as_of)
    back = {id: place for id, place in stood.items() if place is not None}
    out = frozenset(id for id, place in stood.items() if place is None)
    demands = replace(options.context.demands, restored=back, undone=out, left_out=out)
    return fewest(replace(options.context, demands=demands), as_of)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_go_back_as_any_plan_allows(seed: int) -> None:
    (options, as_of), wanted = taken_back_in_all(seed), most(seed)
    stood = changed(taken_back(seed)[0], as_of)
    for option, plan in options.options.items():
        assert judge(options.scenario, plan).clean, judge(options.scenario, plan)
        assert all(level.proven for level in plan.levels), option
        left = [id for id, place in stood.items() if not _is(plan.placed.get(id), place)]
        assert (best(options.context, (MUSTS,), as_of), len(left)) == wanted, option


def _is(place: Placement | None, stood: Placement | None) -> bool:
    return place is stood if place is None or stood is None else place.same_place(stood)


@pytest.mark.parametrize(("fault", "seed"), FAULTS, ids=str)
def test_fault_is_caught(fault: Fault, seed: int) -> None:
    most(seed)
    with planted(fault), pytest.raises((AssertionError, EngineFault)):
        test_as_many_go_back_as_any_plan_allows(seed)


def test_a_longer_year_is_undone_until_that_time_has_begun() -> None:
    """Its own words say so, with what to do; those of an edit that ends the year too early would not."""
    year = years.scenario()
    former = PlannedYear(year, years.plan(year))
    longer = replace(year, span=replace(year.span, last=date(2028, 12, 31)))
    begun = replan_input(year, former.plan, Entries(), former.plan.as_of, longer)
    served = PlannedYear(begun.scenario, replan_from(begun, former.plan, EFFORT).options["balanced"])
    change = undoing(former, served, again=False)
    assert change.before is not None

    def taken_back_at(as_of: datetime) -> Scenario:
        entered = Entries.of(changes=(change,))
        return replan_input(served.scenario, served.plan, entered, as_of.replace(tzinfo=year.zone)).scenario

    assert taken_back_at(datetime(2027, 12, 31, 12)).span == year.span
    with pytest.raises(Refused, match="extended the year past"):
        taken_back_at(datetime(2028, 1, 1))
