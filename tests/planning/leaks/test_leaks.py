"""What calendars show at each level, and what a plan gives away to their readers."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from arshjul.agenda.party import COORDINATOR, Party
from arshjul.domain.calendar import Slot, Span
from arshjul.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Objective, Settings
from arshjul.planning.effort import Effort
from arshjul.planning.leaks.drawn_dates import drawn_dates
from arshjul.planning.leaks.leaks import channels_asked, leaks, remade
from arshjul.planning.leaks.said import leak_said, offers_said
from arshjul.planning.leaks.seen import YearSlots, occasions, shown_to
from arshjul.texts import Words
from tests import builders

MILJO = Party("agency", "miljo")


def year(n: int = 60, seed: str = "1") -> tuple[Scenario, Plan]:
    """Every second Tuesday City's restaurants, led by Miljö; other things elsewhere, without it, on dates at random."""
    rng = Random(seed)
    steady = [
        builders.operation(f"OP-{i}", agencies={"miljo": 1}, lead_agency="miljo", title="Krogen vid torget")
        for i in range(1, 25)
    ]
    others = [
        builders.operation(
            f"OP-{i}", area="hisingen", sector=f"s{i % 5}", agencies={"skatteverket": 1}, lead_agency="skatteverket"
        )
        for i in range(25, 25 + n)
    ]
    scenario = builders.scenario([*steady, *others], settings=Settings.of(lead_time_days=0))
    scenario = replace(
        scenario,
        agencies={id: replace(one, teams=(TeamLine(Matching(), 3),)) for id, one in scenario.agencies.items()},
        police={id: replace(one, officers=(OfficerLine(Matching(), 9),)) for id, one in scenario.police.items()},
    )
    tuesday = date(2027, 1, 12)
    placed = [builders.placement(one.id, tuesday + timedelta(14 * i)) for i, one in enumerate(steady)]
    days = [day for day in scenario.span.days() if scenario.calendar.is_open(day)]
    placed += [
        builders.placement(one.id, rng.choice(days), rng.choice(["day", "evening", "night"]), "lpo-hisingen")
        for one in others
    ]
    return scenario, builders.plan(scenario, placed)


def test_each_reader_is_told_as_much_as_its_level_shows() -> None:
    scenario, plan = year()
    slots = YearSlots.of(scenario, (place.slot for place in plan.placements))
    shown = shown_to(scenario, plan, MILJO)
    assert shown.keys() == {f"OP-{i}" for i in range(1, 25)}
    kinds = {
        level: {one.kind for one in occasions(scenario, slots, shown_to(scenario, plan, COORDINATOR), level)}
        for level in ("busy", "area", "full")
    }
    assert kinds["busy"] == {()}
    assert kinds["area"] == {("city",), ("hisingen",)}
    assert kinds["full"] == {("city", "restaurant"), *(("hisingen", f"s{i}") for i in range(5))}


def test_the_habit_of_one_party_is_given_away_by_its_calendar() -> None:
    scenario, plan = year()
    found = leaks(scenario, plan, channels_asked(scenario, None, None), years=3, seed=7)
    by_party = {leak.party: leak for leak in found.leaks}
    assert list(by_party) == [COORDINATOR, *(Party("agency", id) for id in scenario.agencies), *_units(scenario), None]
    own, tax = by_party[MILJO], by_party[Party("agency", "skatteverket")]
    assert own.is_sure and own.named.date >= 20 and own.named.blind_date <= 3
    assert not tax.is_sure and tax.named.date <= tax.named.blind_date + 5
    assert all(own.bits > 2 * abs(score.bits) / score.occasions for score in own.drawn)
    most = by_party[COORDINATOR].most(5)
    assert {id for one in most for id in one.occasion.operations} <= own_ids(scenario)
    assert not {one.occasion.slot for one in most} - {
        n for n, slot in enumerate(found.slots) if slot.day.weekday() == 1
    }


def test_one_party_is_looked_at_on_every_level_and_told_in_words() -> None:
    scenario, plan = year(n=5)
    found = leaks(scenario, plan, channels_asked(scenario, MILJO, None), years=2, seed=0)
    assert [(leak.party, leak.level) for leak in found.leaks[:3]] == [(MILJO, "full"), (MILJO, "area"), (MILJO, "busy")]
    said = Words("en").say(leak_said(scenario, found.leaks[0]))
    assert said.startswith("Miljöförvaltningen (everything): of 24 operations 23 to guess; week right for 2")
    assert "Krogen" not in said and "Exempelkrogen" not in said
    assert len(list(offers_said(found.leaks[0]))) == 1
    assert channels_asked(scenario, MILJO, "area") == [(MILJO, "area")]


def test_a_calendar_with_one_operation_gives_nothing_to_guess_from() -> None:
    scenario = builders.scenario([builders.operation()])
    plan = builders.plan(scenario, [builders.placement()])
    found = leaks(scenario, plan, channels_asked(scenario, None, "full"), years=1, seed=0)
    assert all(leak.named.guessed == 0 and not leak.is_sure for leak in found.leaks)
    assert Words("en").say(leak_said(scenario, found.leaks[0])) == (
        "The coordinator (everything): one operation, too few to guess from."
    )
    nobody = leaks(builders.scenario([]), builders.plan(scenario, []), [(COORDINATOR, "full")], years=1, seed=0)
    assert nobody.leaks[0].bits == 0


def test_drawn_dates_are_possible_ones_and_the_same_for_the_same_seed() -> None:
    narrow = builders.operation(
        "OP-2",
        window=Span(date(2027, 3, 1), date(2027, 3, 31)),
        weekdays=frozenset({2}),
        shifts=("evening",),
        officers=0,
        agencies={},
    )
    scenario = builders.scenario([builders.operation("OP-1"), narrow])
    plan = builders.plan(
        scenario,
        [builders.placement("OP-1"), builders.placement("OP-2", date(2027, 3, 3), "evening", police=None)],
    )
    drawn = list(drawn_dates(scenario, plan, 20, 4))
    assert drawn == list(drawn_dates(scenario, plan, 20, 4)) != list(drawn_dates(scenario, plan, 20, 5))
    wednesdays = {Slot(date(2027, 3, day), "evening") for day in (3, 10, 17, 24, 31)}
    assert {there["OP-2"] for there in drawn} <= wednesdays
    assert {there["OP-1"] for there in drawn} == {builders.placement("OP-1").slot}, "nobody offers officers: it stays"


def test_another_price_makes_the_year_anew() -> None:
    """Six operations of one area on six Tuesdays or Wednesdays: without a price they may all come on Tuesdays."""
    operations = [builders.operation(f"OP-{i}", sector=f"s{i}", officers=0, agencies={}) for i in range(1, 7)]
    scenario = builders.scenario(
        [replace(one, weekdays=frozenset({1, 2}), shifts=("day",)) for one in operations],
        span=Span(date(2027, 3, 1), date(2027, 4, 11)),
        settings=Settings.of(lead_time_days=0, operations_per_week=1),
        objective=Objective(prices={"guessable": 1}),
    )
    plan = builders.plan(scenario, [])
    without, dearer = remade(scenario, plan, (COORDINATOR, "area"), Effort(20))
    assert (without.price, dearer.price) == (0, 10)
    assert without.proven and dearer.proven
    assert dearer.patterns == 0 <= without.patterns
    assert without.leak.operations == dearer.leak.operations == 6


@pytest.mark.parametrize("level", ["full", "area", "busy"])
def test_the_same_seed_gives_the_same_figures(level: str) -> None:
    scenario, plan = year(n=10)
    asked = [(COORDINATOR, level)]
    assert leaks(scenario, plan, asked, 2, 3).leaks == leaks(scenario, plan, asked, 2, 3).leaks  # type: ignore[arg-type]


def own_ids(scenario: Scenario) -> set[str]:
    return {one.id for one in scenario.operations.values() if one.lead_agency == "miljo"}


def _units(scenario: Scenario) -> list[Party]:
    return [Party("police", id) for id in scenario.police]
