from dataclasses import replace
from datetime import date

import hypothesis
from hypothesis import strategies as st

from arshjul.agenda.lenders import Lender, coverage
from arshjul.domain.calendar import Slot, Span
from arshjul.domain.parties import Matching, TeamLine
from arshjul.domain.placement import Placement
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from tests.examples import examples
from tests.render import builder

APRIL_AND_MAY = Span(date(2027, 4, 1), date(2027, 5, 31))


def city(**changed: object) -> Scenario:
    """Two months in which Skatteverket has one team a day, Monday to Friday; one operation."""
    made = builder.scenario(1, span=APRIL_AND_MAY)
    line = TeamLine(Matching(frozenset(range(5)), "day"), 1)
    agency = replace(made.agencies["skatteverket"], teams=(line,), team_shifts_per_week=None)
    operation = replace(
        made.operations["OP-001"],
        area="city",
        officers=4,
        agencies={"skatteverket": 1},
        optional_agencies={"kronofogden": 2},
        lead_agency="skatteverket",
    )
    agency = replace(agency, **changed)  # type: ignore[arg-type]
    return replace(made, agencies={**made.agencies, agency.id: agency}, operations={operation.id: operation})


def lender(made: Scenario, name: str, *, joins: tuple[str, ...] = ()) -> Lender:
    placement = Placement("OP-001", Slot(date(2027, 4, 6), "day"), "lpo-city", joins)
    plan = replace(builder.plan(made), placements=(placement,))
    context = ReplanContext.of(made)
    found = coverage(context, plan)
    return next(lender for lender in (*found.police, *found.agencies) if lender.name == name)


def given(made: Lender) -> list[tuple[int, int]]:
    """What is used and offered by month, and in all."""
    return [(use.used, use.offered) for use in (*made.by_month, made.total)]


def test_officers_are_counted_over_open_slots() -> None:
    made = lender(city(), "LPO City")
    # April: 4 Tuesdays with 4, 4 Wednesdays with 4, 5 Thursdays with 6, 5 Fridays with 8. May: 4, 4, 3 and 4,
    # for Thursday the 6th is a holiday.
    assert given(made) == [(4, 16 + 16 + 30 + 40), (0, 16 + 16 + 18 + 32), (4, 184)]


def test_officers_that_a_unit_lends_besides_are_its_own() -> None:
    made = city()
    made = replace(made, operations={"OP-001": replace(made.operations["OP-001"], police_also={"lpo-hisingen": 3})})
    assert lender(made, made.police["lpo-hisingen"].name).total.used == 3
    assert lender(made, "LPO City").total.used == 4


def test_a_unit_offers_no_more_than_its_limit_by_month() -> None:
    made = city()
    unit = replace(made.police["lpo-city"], officer_shifts_per_month=90)
    made = replace(made, police={**made.police, unit.id: unit})
    assert [use.offered for use in lender(made, "LPO City").by_month] == [90, 82]
    assert lender(made, "LPO City").total.offered == 172


def test_teams_are_counted_over_open_slots() -> None:
    made = lender(city(), "Skatteverket")
    assert given(made) == [(1, 22), (0, 20), (1, 42)]  # 22 weekdays in April; 21 in May, one of them a holiday


def test_a_week_that_two_months_share_counts_once_in_all() -> None:
    six_days = TeamLine(Matching(frozenset(range(6))), 1)
    made = lender(city(team_shifts_per_week=1, teams=(six_days,)), "Skatteverket")
    assert [use.offered for use in made.by_month] == [5, 6]  # the week from 26 April has its Saturday in May
    assert made.total.offered == 10  # 31 May is a Monday: a week of its own in the period


def test_an_agency_offers_no_more_than_its_limit_by_month() -> None:
    made = lender(city(team_shifts_per_month=18), "Skatteverket")
    assert [use.offered for use in made.by_month] == [18, 18]


def test_an_optional_agency_counts_only_where_it_joins() -> None:
    assert lender(city(), "Kronofogden").total.used == 0
    assert lender(city(), "Kronofogden", joins=("kronofogden",)).total.used == 2


@hypothesis.given(st.integers(0, 40), st.integers(0, 9))
@examples(8, 60)
def test_use_adds_up(n: int, seed: int) -> None:
    made = builder.scenario(n, seed)
    plan, context = builder.plan(made, seed), ReplanContext.of(made)
    officers = sum(made.operations[p.operation].officers for p in plan.placements)
    found = coverage(context, plan)
    assert sum(lender.total.used for lender in found.police) == officers
    for lender in (*found.police, *found.agencies):
        assert lender.total.used == sum(use.used for use in lender.by_month)
        assert lender.total.offered <= sum(use.offered for use in lender.by_month)
