"""What is asked, offered and used, held against a plain count: date by date, by the scenario's own words."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from arshjul.year.agenda.lenders import Lender, coverage, coverage_now
from arshjul.year.agenda.party_view import unit_list
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.parties import Matching, TeamLine
from arshjul.year.domain.party_view import UnitList
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Programme, Scenario
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.unit_list import what_for
from tests import builders
from tests.builders import operation, placement
from tests.examples import examples, often
from tests.year.render import builder

Months = dict[str, Fraction]
EMPTY = replace(builder.plan(builder.scenario(1, 1)), placements=())


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def may_begin(scenario: Scenario, operation: Operation, slot: Slot) -> bool:
    """True if only offers and other operations could keep it from the slot."""
    dates = [slot.day + timedelta(days=n) for n in range(operation.days)]
    window, named = operation.window or scenario.span, operation.nominated_on
    pinned = operation.fixed is None or operation.fixed.slot == slot
    early = named is not None and not operation.short_notice and slot.day < named + timedelta(days=42)
    return (
        pinned
        and not early
        and not operation.reserve
        and (operation.shifts is None or slot.shift in operation.shifts)
        and all(
            scenario.span.first <= day <= scenario.span.last
            and window.first <= day <= window.last
            and (operation.weekdays is None or day.weekday() in operation.weekdays)
            and not any(span.first <= day <= span.last for span in operation.not_on)
            and scenario.calendar.is_open(day)
            for day in dates
        )
    )


def ways(scenario: Scenario, operation: Operation) -> Iterator[dict[str, int]]:
    """What each way to staff it takes of each party."""
    unit_sets: list[dict[str, int]] = [{}]
    if operation.officers:
        named = operation.police or [
            unit.id for unit in scenario.police.values() if operation.area in unit.areas and not unit.on_request
        ]
        unit_sets = [{id: operation.officers, **operation.police_also} for id in scenario.police if id in named]
    groups: list[dict[str, int]] = [{}]
    for group in operation.any_of:
        groups = [{**one, agency: group.teams} for one in groups for agency in group.agencies]
    for units in unit_sets:
        for chosen in groups:
            yield {**operation.agencies, **chosen, **units}


def plain(scenario: Scenario) -> tuple[dict[str, Months], dict[str, Months]]:
    """What operations require, and what optional agencies are asked for, by party and month."""
    required: dict[str, Months] = defaultdict(lambda: defaultdict(Fraction))
    optional: dict[str, Months] = defaultdict(lambda: defaultdict(Fraction))
    slots = [Slot(day, shift.id) for day in scenario.span.days() for shift in scenario.shifts]
    for one in scenario.operations.values():
        begins = [slot for slot in slots if may_begin(scenario, one, slot)]
        staffed = list(ways(scenario, one))
        for slot in begins:
            for later in range(one.days):
                there = month(slot.day + timedelta(days=later))
                for needs in staffed:
                    for party, n in needs.items():
                        required[party][there] += Fraction(n, len(begins) * len(staffed))
                if staffed:
                    for party, n in one.optional_agencies.items():
                        optional[party][there] += Fraction(n, len(begins))
    return required, optional


def agree(scenario: Scenario, plan: Plan, span: Span | None = None) -> None:
    found, (required, optional) = coverage(ReplanContext.of(scenario), plan, span), plain(scenario)
    names = list(dict.fromkeys(month(day) for day in (span or scenario.span).days()))
    used = plainly_used(scenario, plan)
    for lender in (*found.police, *found.agencies):
        for name, use in zip(names, lender.by_month, strict=True):
            assert use.required == pytest.approx(float(required[lender.id][name])), (lender.id, name)
            assert use.optional == pytest.approx(float(optional[lender.id][name])), (lender.id, name)
            assert use.used == used[lender.id, name]
            assert use.spare == use.offered - use.used
        assert lender.total.asked == round(sum(required[lender.id][name] for name in names))


def plainly_used(scenario: Scenario, plan: Plan) -> dict[tuple[str, str], int]:
    used: dict[tuple[str, str], int] = defaultdict(int)
    for place in plan.placements:
        operation = scenario.operations[place.operation]
        takes = dict(operation.agencies)
        takes |= {agency: operation.optional_agencies[agency] for agency in place.optional_agencies}
        takes |= {
            agency: group.teams for group in operation.any_of for agency in group.agencies if agency in place.any_of
        }
        if place.police is not None:
            takes |= {place.police: operation.officers, **operation.police_also}
        for later in range(operation.days):
            for party, n in takes.items():
                used[party, month(place.slot.day + timedelta(days=later))] += n
    return used


@pytest.mark.parametrize("year", often(["goteborg-2027"], ["goteborg-2027-fuller"]))
def test_a_real_year_is_counted_as_it_is_plainly(year: str) -> None:
    scenario = read_scenario(Path("scenarios") / year).scenario
    agree(scenario, replace(builder.plan(scenario), placements=()))


@pytest.mark.parametrize("n", often([10], [40]))
def test_drawn_years_are_counted_as_they_are_plainly(n: int) -> None:
    for seed in range(4):
        scenario = builder.scenario(n, seed)
        agree(scenario, builder.plan(scenario, seed))


def plainly_offered(scenario: Scenario, id: str) -> Months:
    """The offers of open dates, added up; of a party without limits."""
    party, found = scenario.parties[id], defaultdict[str, Fraction](Fraction)
    for day in scenario.span.days():
        for shift in scenario.shifts:
            if scenario.calendar.is_open(day):
                offer = party.offer(Slot(day, shift.id))
                found[month(day)] += offer if isinstance(offer, int) else offer.officers
    return found


def test_offers_are_those_of_open_dates() -> None:
    scenario = read_scenario(Path("scenarios/goteborg-2027")).scenario
    free = [
        *(id for id, one in scenario.police.items() if one.officer_shifts_per_month is None),
        *(
            id
            for id, one in scenario.agencies.items()
            if one.sends_teams and not (one.team_shifts_per_week or one.team_shifts_per_month)
        ),
    ]
    found = coverage_now(scenario, EMPTY)
    lenders: dict[str, Lender] = {one.id: one for one in (*found.police, *found.agencies)}
    assert free
    for id in free:
        assert [use.offered for use in lenders[id].by_month] == list(plainly_offered(scenario, id).values())
        assert lenders[id].total.spare == lenders[id].total.offered, "without a plan all is spare"


def test_what_is_asked_does_not_hang_on_what_is_offered() -> None:
    scenario = builder.scenario(40, 1)
    nobody = replace(
        scenario,
        police={id: replace(one, officers=()) for id, one in scenario.police.items()},
        agencies={id: replace(one, teams=()) for id, one in scenario.agencies.items()},
    )
    usual, idle = coverage_now(scenario, EMPTY), coverage_now(nobody, EMPTY)
    for one, other in zip((*usual.police, *usual.agencies), (*idle.police, *idle.agencies), strict=True):
        assert [use.required for use in one.by_month] == [use.required for use in other.by_month]
        assert not other.total.offered
        assert other.total.missing == other.total.asked
    assert sum(one.total.missing for one in idle.police) > 0


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


def test_what_is_used_and_offered_by_month_is_counted_over_open_slots_and_within_limits() -> None:
    made = lender(city(), "LPO City")
    # April: 4 Tuesdays with 4, 4 Wednesdays with 4, 5 Thursdays with 6, 5 Fridays with 8. May: 4, 4, 3 and 4,
    # for Thursday the 6th is a holiday.
    assert given(made) == [(4, 16 + 16 + 30 + 40), (0, 16 + 16 + 18 + 32), (4, 184)]
    year = city()
    lent = replace(year, operations={"OP-001": replace(year.operations["OP-001"], police_also={"lpo-hisingen": 3})})
    assert lender(lent, lent.police["lpo-hisingen"].name).total.used == 3
    assert lender(lent, "LPO City").total.used == 4
    unit = replace(year.police["lpo-city"], officer_shifts_per_month=90)
    limited = lender(replace(year, police={**year.police, unit.id: unit}), "LPO City")
    assert [use.offered for use in limited.by_month] == [90, 82]
    assert limited.total.offered == 172
    made = lender(city(), "Skatteverket")
    assert given(made) == [(1, 22), (0, 20), (1, 42)]  # 22 weekdays in April; 21 in May, one of them a holiday
    six_days = TeamLine(Matching(frozenset(range(6))), 1)
    made = lender(city(team_shifts_per_week=1, teams=(six_days,)), "Skatteverket")
    assert [use.offered for use in made.by_month] == [5, 6]  # the week from 26 April has its Saturday in May
    assert made.total.offered == 10  # 31 May is a Monday: a week of its own in the period
    made = lender(city(team_shifts_per_month=18), "Skatteverket")
    assert [use.offered for use in made.by_month] == [18, 18]
    assert lender(city(), "Kronofogden").total.used == 0
    assert lender(city(), "Kronofogden", joins=("kronofogden",)).total.used == 2


@hypothesis.given(st.integers(0, 40), st.integers(0, 9))
@examples(4, 60)
def test_use_adds_up(n: int, seed: int) -> None:
    made = builder.scenario(n, seed)
    plan, context = builder.plan(made, seed), ReplanContext.of(made)
    officers = sum(made.operations[p.operation].officers for p in plan.placements)
    found = coverage(context, plan)
    assert sum(lender.total.used for lender in found.police) == officers
    for lender in (*found.police, *found.agencies):
        assert lender.total.used == sum(use.used for use in lender.by_month)
        assert lender.total.offered <= sum(use.offered for use in lender.by_month)


# The one list of a police unit: all that is asked of it by whomever, what clashes marked, and nothing else.


TUESDAY, WEDNESDAY = date(2027, 3, 2), date(2027, 3, 3)
NAMES = {
    "restaurant": "Restaurang", "akc": "AKC-väst",
    "miljo.role": "leder kontroller mot osund konkurrens", "skatteverket.role": "kontrollerar kassor",
}  # fmt: skip
SECRETS = ("Avenyn", "Exempelkrogen", "Exempelgatan", "2027-0012")


def asked(unit: str = "lpo-city") -> UnitList:
    """Five operations of two agencies and two programmes; one is another unit's, to which the first lends officers."""
    operations = [
        operation("OP-1", designated="prefer"),
        operation("OP-2", lead_agency="skatteverket", programme="gvi", officers=4),
        operation("OP-3", days=2),
        operation("OP-4", police_also={"lpo-city": 2}, area="hisingen", officers=6),
        operation("OP-5"),
    ]
    gvi = Programme("gvi", "GVI", "slk", "minska gängvåldet")
    year = builders.scenario(operations, names=NAMES, programmes={"gvi": gvi})
    miljo = replace(year.agencies["miljo"], phone="031-390 06 00", email="samordnare@example.org")
    year = replace(
        year, agencies={**year.agencies, "miljo": miljo, "slk": builders.agency("slk", "Stadsledningskontoret")}
    )
    places = [
        placement("OP-1", TUESDAY),
        placement("OP-2", TUESDAY),
        placement("OP-3", TUESDAY, "evening"),
        placement("OP-4", WEDNESDAY, police="lpo-hisingen"),
    ]
    return unit_list(year, builders.plan(year, places), unit)


def test_the_list_of_a_unit_has_every_date_that_wants_its_officers_and_marks_what_clashes() -> None:
    found = [(order.operation, order.day, order.hours, order.officers) for order in asked().orders]
    assert found == [
        ("OP-1", TUESDAY, "09:00–15:00", 2),
        ("OP-2", TUESDAY, "09:00–15:00", 4),
        ("OP-3", TUESDAY, "16:00–22:00", 2),
        ("OP-4", WEDNESDAY, "09:00–15:00", 2),
        ("OP-3", WEDNESDAY, "16:00–22:00", 2),
    ]
    assert [order.serves for order in asked().orders] == [True, True, True, False, True]
    assert [order.operation for order in asked("lpo-hisingen").orders] == ["OP-4"]
    one, two, three, *_ = orders = asked().orders
    assert (one.at_once, two.at_once, three.at_once) == (("OP-2",), ("OP-1",), ())
    assert (one.same_day, three.same_day) == (("OP-3",), ("OP-1", "OP-2"))
    assert orders[3].at_once == (), "the evening of the same operation is another's, not its own clash"
    assert asked().n_at_once == 2


def test_it_says_who_may_order_what_with_the_role_that_the_names_give() -> None:
    first, second = asked().orderers
    assert (first.lead, first.role) == ("Miljöförvaltningen, Osund konkurrens", NAMES["miljo.role"])
    assert first.reached == ("Samordnaren mot osund konkurrens", "031-390 06 00", "samordnare@example.org")
    assert (first.n_operations, first.officers) == (3, 2 + 2 * 2 + 2), "each date by itself"
    assert (second.lead, second.programme, second.purpose) == ("Skatteverket", "GVI", "minska gängvåldet")
    assert (
        what_for(second, builders.swedish())
        == "GVI, av Stadsledningskontoret: minska gängvåldet. Branscher: Restaurang"
    )
    assert what_for(first, builders.swedish()) == "AKC-väst. Branscher: Restaurang"


def test_no_title_and_no_site_is_in_it_nor_what_others_send() -> None:
    written = str(asdict(asked()))
    assert not [secret for secret in SECRETS if secret in written]
    assert "Arbetsmiljöverket" not in written
    assert "OP-5" not in written, "what has no place is nobody's order yet"
