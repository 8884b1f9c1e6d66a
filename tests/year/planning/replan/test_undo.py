"""A publishing that is taken back: as many operations go back as the rules allow, found by trying every set of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from random import Random

import pytest

from arshjul.errors import EngineFault, Refused
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.proposal import Proposal
from arshjul.year.planning.replan.replan import ReplanOptions, replan_from
from arshjul.year.planning.replan.undo import PlannedYear, undoing
from arshjul.year.planning.verify import judge
from arshjul.year.rules.objectives import MUSTS
from tests import years
from tests.examples import often
from tests.year.planning.oracle import best
from tests.year.planning.replan.test_answers import EFFORT, fewest, moment, proposed
from tests.year.rules.faults.planting import Fault, planted
from tests.year.rules.replans import draw_withdrawals

SEEDS = often((3, 6, 7, 10, 16, 17, 21, 22), range(200))

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


def undone(seed: int) -> tuple[ReplanOptions, datetime]:
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
    options, as_of = undone(seed)
    stood = changed(taken_back(seed)[0], as_of)
    back = {id: place for id, place in stood.items() if place is not None}
    out = frozenset(id for id, place in stood.items() if place is None)
    demands = replace(options.context.demands, restored=back, undone=out, left_out=out)
    return fewest(replace(options.context, demands=demands), as_of)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_go_back_as_any_plan_allows(seed: int) -> None:
    (options, as_of), wanted = undone(seed), most(seed)
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
