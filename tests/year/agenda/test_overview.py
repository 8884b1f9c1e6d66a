from dataclasses import replace
from datetime import date, datetime, timedelta

from arshjul.errors import Message
from arshjul.year.agenda.overview import overview
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Base, Price, Unplaced
from arshjul.year.domain.scenario import Target
from arshjul.year.domain.withdrawal import Withdrawal
from tests.builders import swedish
from tests.year.render import builder


def test_what_is_left_out_stands_musts_first_then_by_priority_and_prices_by_rule() -> None:
    made = builder.scenario(4)
    wanted = {"OP-001": (3, False), "OP-002": (1, False), "OP-003": (3, True), "OP-004": (1, False)}
    operations = {id: replace(made.operations[id], priority=p, must=must) for id, (p, must) in wanted.items()}
    made = replace(made, operations=operations)
    seen = overview(made, replace(builder.plan(made), placements=(), unplaced=tuple(Unplaced(id) for id in wanted)))
    assert [left.id for left in seen.left_out] == ["OP-003", "OP-002", "OP-004", "OP-001"]
    assert [left.points for left in seen.left_out] == [1, 9, 9, 1]
    made = builder.scenario(2)
    said = Message("…")
    prices = (
        Price("even-load", "miljo 2027-03", 2, said),
        Price("preferred-period", "OP-001", 4, said),
        Price("even-load", "slk 2027-03", 3, said),
        Price("of-another-version", "OP-001", 1, said),
    )
    costs = overview(made, replace(builder.plan(made), prices=prices)).costs
    assert [(str(cost.name), cost.points) for cost in costs] == [
        ("uneven load over the year", 5),
        ("outside the preferred period", 4),
        ("of-another-version", 1),
    ]
    assert [price.about for price in costs[0].prices] == ["slk 2027-03", "miljo 2027-03"]


def test_a_plan_is_proven_when_every_level_is_and_what_is_left_out_might_fit_where_one_is_open() -> None:
    made = builder.scenario(1)
    for bound, proven in [(4, True), (3, False), (None, False)]:
        claimed = replace(builder.plan(made), levels=(Level("musts", 0, 0), Level("points", 4, bound)))
        assert overview(made, claimed).is_proven is proven
    assert not overview(made, replace(builder.plan(made), levels=())).is_proven
    for levels, unsettled in [
        ([Level("musts", 0, 0), Level("points", 4, 4), Level("quality", 9, 1)], False),
        ([Level("musts", 0, 0), Level("points", 4, 0), Level("quality", 9, 9)], True),
        ([Level("musts", 1, None), Level("points", 4, 4), Level("quality", 9, 9)], True),
        ([], False),
    ]:
        made = builder.scenario(4)
        plan = replace(builder.plan(made, unplaced=1), levels=tuple(levels))
        assert overview(made, plan).is_unsettled is unsettled
        assert not overview(made, replace(plan, unplaced=())).is_unsettled


def test_weak_points_are_operations_without_a_fall_back_slot() -> None:
    made = builder.scenario(3)
    plan = builder.plan(made)
    assert overview(made, plan).weak is None
    slots = {"OP-001": 0, "OP-002": 7, "OP-003": 0}
    assert set(overview(made, plan, slots).weak or ()) == {"OP-001", "OP-003"}
    assert overview(made, plan, {"OP-001": 1}).weak == ()
    assert overview(made, replace(plan, as_of=plan.as_of.replace(year=2028)), slots).weak == ()


def test_what_was_withdrawn_is_no_longer_offered() -> None:
    made = builder.scenario(1)
    plan = builder.plan(made)
    start = builder.YEAR_2027.first
    gone = Withdrawal("W-01", datetime(2026, 12, 1), ("lpo-city",), start, start + timedelta(days=58))
    before, after = (
        {
            lender.name: lender
            for lender in overview(made, replace(plan, entries=Entries.of(withdrawals=w))).coverage.police
        }
        for w in ((), (gone,))
    )
    assert [use.offered for use in after["LPO City"].by_month[:2]] == [0, 0]
    assert after["LPO City"].by_month[2:] == before["LPO City"].by_month[2:]
    assert after["LPO Syd"] == before["LPO Syd"]


def test_changes_say_what_happened_and_who_must_be_told() -> None:
    made = builder.scenario(4)
    needs = {"OP-001": "skatteverket", "OP-002": "tillstand", "OP-003": "slk", "OP-004": "kronofogden"}
    made = replace(
        made,
        operations={
            id: replace(
                made.operations[id], officers=2, agencies={agency: 1}, optional_agencies={"migrationsverket": 1}
            )
            for id, agency in needs.items()
        },
    )
    plan = builder.plan(made)
    by_id = {
        p.operation: replace(p, police="lpo-city", optional_agencies=("migrationsverket",)) for p in plan.placements
    }
    new = {
        "OP-001": replace(by_id["OP-001"], police="granspolisen"),
        "OP-003": by_id["OP-003"],
        "OP-004": replace(by_id["OP-004"], optional_agencies=()),
    }
    base = Base(1, plan.as_of, by_id, frozenset({"OP-002"}))
    plan = replace(plan, placements=tuple(new.values()), unplaced=(Unplaced("OP-002"),), base=base, revision=2)
    revised = overview(made, plan).revised
    assert revised is not None
    assert [(change.id, change.new is None, change.is_hit) for change in revised.changed] == [
        ("OP-001", False, False),
        ("OP-002", True, True),
        ("OP-004", False, False),
    ]
    assert [swedish().say(message) for message in revised.changed[2].lost] == [
        "är inte längre med: Migrationsverket, på grund av att andra insatser behövde lagen"
    ]
    assert all(change.cause is not None or change.lost for change in revised.changed)
    assert {told.name: told.operations for told in revised.told} == {
        "Miljöförvaltningen": ("OP-001", "OP-002", "OP-004"),
        "Tillståndsenheten": ("OP-002",),
        "Skatteverket": ("OP-001",),
        "Migrationsverket": ("OP-001", "OP-002", "OP-004"),
        "Kronofogden": ("OP-004",),
        "LPO City": ("OP-001", "OP-002", "OP-004"),
        "Gränspolisen": ("OP-001",),
    }


def test_an_operation_that_moved_or_was_cancelled_for_good_says_where_it_was() -> None:
    made = builder.scenario(60)
    old = builder.plan(made)
    seen = overview(made, builder.replan(made, old)).revised
    assert seen is not None
    assert len(seen.changed) == 8
    moved = seen.changed[0]
    assert moved.old is not None
    assert moved.new is not None
    was = old.placed[moved.id].slot
    assert (moved.old.slot, moved.new.slot) == (was, Slot(was.day + timedelta(days=7), was.shift))
    made = builder.scenario(2)
    plan = builder.plan(made)
    rest = replace(made, operations={"OP-001": made.operations["OP-001"]})
    left = replace(plan, placements=plan.placements[:1], base=Base(1, plan.as_of, plan.placed), revision=2)
    revised = overview(rest, left).revised
    assert revised is not None
    assert [(change.id, change.title, change.new) for change in revised.changed] == [("OP-002", "", None)]


def test_no_site_is_in_the_overview() -> None:
    made = builder.with_sites(builder.scenario(60))
    assert builder.CANARY not in repr(overview(made, builder.replan(made, builder.plan(made, unplaced=2)), {}))


def test_each_target_tells_what_is_placed_of_its_kinds_in_its_span() -> None:
    made = builder.scenario(3)
    operations = {
        "OP-001": replace(made.operations["OP-001"], sector="krog", area="city"),
        "OP-002": replace(made.operations["OP-002"], sector="krog", area="hisingen"),
        "OP-003": replace(made.operations["OP-003"], sector="bygg", area="city"),
    }
    first, last = date(2027, 3, 2), date(2027, 3, 9)
    made = replace(
        made,
        operations=operations,
        targets=(
            Target("a", "Krogar", Span(first, last), 3, sectors=("krog",)),
            Target("b", "Alla", Span(first, first), 1),
            Target("c", "City före mars", Span(date(2027, 2, 1), date(2027, 2, 28)), 2, areas=("city",)),
        ),
    )
    places = zip(operations, (first, last, date(2027, 3, 3)), strict=True)
    plan = replace(builder.plan(made), placements=tuple(Placement(id, Slot(day, "day"), None) for id, day in places))
    seen = overview(made, plan).targets
    assert [
        (target_view.name, target_view.placed, target_view.wanted, target_view.missing) for target_view in seen
    ] == [
        ("Krogar", 2, 3, 1),
        ("Alla", 1, 1, 0),
        ("City före mars", 0, 2, 2),
    ]
