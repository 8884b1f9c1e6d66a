"""Which causes a replan's changes have: tables by hand, each bite judged with and without it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pytest

from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.change import ChangeCause, Move
from arshjul.year.domain.entries.amended import Given, amended
from arshjul.year.domain.entries.amendment import (
    Amendment,
    Cancelled,
    Edited,
    LeftOut,
    OtherDates,
    Outcome,
    Pinned,
    TeamsLost,
    WithoutPolice,
)
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import AgencyGroup, Operation, Pin, Placement
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Base, Plan, ReplanRecord
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.year.rules.causes import CauseFinder, hit
from arshjul.year.rules.told_causes import absences_told, told_absence, told_causes
from tests.builders import operation, placement, plan, scenario

TUESDAY, LATER = date(2027, 3, 2), date(2027, 3, 18)
AS_OF = datetime(2027, 2, 20, 9)
OLD = placement()
NEW = placement(day=LATER)
W1, W2 = ChangeCause("withdrawal", id="W-1"), ChangeCause("withdrawal", id="W-2")
KNOCK_ON = ChangeCause("knock-on", id="OP-001")


def year(*operations: Operation, officers: int = 6, designated: int = 2, teams: int = 3) -> Scenario:
    """Units with so many officers, agencies with so many teams, at all times."""
    usual = scenario(operations or (operation(officers=4, agencies={"miljo": 1}),))
    offered = (OfficerLine(Matching(), officers, designated),)
    sent = (TeamLine(Matching(), teams),)
    return replace(
        usual,
        police={id: replace(unit, officers=offered) for id, unit in usual.police.items()},
        agencies={id: replace(agency, teams=sent) for id, agency in usual.agencies.items()},
    )


def taken(id: str, left: int, unit: str = "lpo-city", day: date = TUESDAY, **more: Any) -> Withdrawal:
    """A withdrawal of one day, reported for the revision that is asked about."""
    usual: dict[str, Any] = {"officers_left": left, "revision": 2, **more}
    return Withdrawal(id, AS_OF, (unit,), day, day, **usual)


def finder(there: Scenario, entries: Entries, placed: Iterable[Placement]) -> CauseFinder:
    """The finder of revision 2, which took those entries in."""
    now = amended(there, entries.changes)
    base = Base(1, AS_OF.replace(tzinfo=there.zone), {one.operation: one for one in placed})
    left = now.after(entries.in_force(), AS_OF.date())
    context = ReplanContext.of(left, base, demands=entries.demands(2))
    return CauseFinder(replace(context, base=replace(base, hit=hit(context))), entries, 2, Given.of(there, now))


def found(
    there: Scenario,
    entries: Entries,
    old: Iterable[Placement] = (OLD,),
    new: Iterable[Placement] = (NEW,),
) -> Mapping[str, tuple[ChangeCause, ...]]:
    """The causes by operation of a replan from the old places to the new ones."""
    return finder(there, entries, old).all({one.operation: one for one in new})


BITES: dict[str, tuple[Scenario, list[Withdrawal], tuple[ChangeCause, ...]]] = {
    "the one that leaves too few": (year(), [taken("W-1", 0), taken("W-2", 6)], (W1,)),
    "in whatever order": (year(), [taken("W-1", 6), taken("W-2", 0)], (W2,)),
    "just enough is enough": (year(), [taken("W-1", 3), taken("W-2", 4)], (W1,)),
    "both, since either alone would do": (year(), [taken("W-1", 0), taken("W-2", 3)], (W1, W2)),
    "of another day": (year(), [taken("W-1", 0, day=LATER), taken("W-2", 0)], (W2,)),
    "of another shift": (year(), [taken("W-1", 0, shifts=("night",)), taken("W-2", 0)], (W2,)),
    "of another unit": (year(), [taken("W-1", 0, "lpo-hisingen"), taken("W-2", 0)], (W2,)),
    "given back as many as are needed": (
        year(),
        [taken("W-1", 0, given_back=(GivenBack("G-1", "W-1", officers=4, revision=2),)), taken("W-2", 0)],
        (W2,),
    ),
    "fewer can do": (
        year(operation(officers=4, officers_least=2, agencies={})),
        [taken("W-1", 2), taken("W-2", 1)],
        (W2,),
    ),
    "who lends besides": (
        year(operation(officers=2, police_also={"lpo-hisingen": 3}, agencies={})),
        [taken("W-1", 2), taken("W-2", 2, "lpo-hisingen")],
        (W2,),
    ),
    "each takes another unit": (
        year(operation(officers=2, police_also={"lpo-hisingen": 3}, agencies={})),
        [taken("W-1", 1), taken("W-2", 2, "lpo-hisingen")],
        (W1, W2),
    ),
    "each takes another day": (
        year(operation(officers=2, days=2, agencies={})),
        [taken("W-1", 1), taken("W-2", 0, day=date(2027, 3, 3))],
        (W1, W2),
    ),
    "the last of its days": (
        year(operation(officers=2, days=3, agencies={})),
        [taken("W-1", 0, day=date(2027, 3, 5)), taken("W-2", 0, day=date(2027, 3, 4))],
        (W2,),
    ),
    "all that require a designated officer": (
        year(operation(officers=1, designated="require", agencies={})),
        [taken("W-1", 1), taken("W-2", 0)],
        (W2,),
    ),
}


@pytest.mark.parametrize("name", BITES)
def test_what_bites_is_named_and_nothing_else(name: str) -> None:
    there, withdrawals, expected = BITES[name]
    assert found(there, withdrawn(withdrawals)) == {"OP-001": expected}
    without = [withdrawal for withdrawal in withdrawals if all(withdrawal.id != cause.id for cause in expected)]
    assert not finder(there, withdrawn(without), (OLD,)).context.hit, "without them it would stand"
    for cause in expected:
        alone = [withdrawal for withdrawal in withdrawals if withdrawal.id == cause.id]
        assert finder(there, withdrawn(alone), (OLD,)).context.hit, "each takes the place away"


def withdrawn(withdrawals: Iterable[Withdrawal]) -> Entries:
    """The withdrawals as entries, with what is given back of them."""
    there = tuple(withdrawals)
    return Entries.of(
        withdrawals=there, given_back=tuple(back for withdrawal in there for back in withdrawal.given_back)
    )


def test_all_that_stood_at_the_slot_count() -> None:
    there = year(operation(officers=4, agencies={}), operation("OP-002", officers=2, agencies={}, sector="taxi"))
    placed = (OLD, placement("OP-002"))
    entries = Entries.of(withdrawals=(taken("W-1", 5), taken("W-2", 6)))
    assert found(there, entries, placed, [NEW, placement("OP-002")]) == {"OP-001": (W1,)}
    called_off = (Outcome("OP-002", TUESDAY, "called-off", revision=2),)
    assert not finder(there, entries.with_lists(outcomes=called_off), placed).context.hit - {"OP-002"}, "one is no more"


def test_what_stands_elsewhere_or_without_police_has_the_cause_that_took_its_place() -> None:
    shot = (taken("W-1", 0),)
    answers: list[tuple[Amendment, list[Placement]]] = [
        (Pinned("OP-001", Pin(NEW.slot), revision=2), [NEW]),
        (LeftOut("OP-001", revision=2), []),
        (WithoutPolice("OP-001", OLD.slot, revision=2), [replace(OLD, police=None)]),
    ]
    decided = ("pin", "decided", "decided")
    for (answer, new), kind in zip(answers, decided, strict=True):
        assert found(year(), Entries.of(withdrawals=shot, changes=(answer,)), new=new) == {"OP-001": (W1,)}
        (why,) = found(year(), Entries.of(changes=(answer,)), new=new)["OP-001"]
        assert (why.kind, why.id) == (kind, "OP-001")
    alone = WithoutPolice("OP-001", OLD.slot, revision=2)
    for left, expected in ((0, W1), (2, W1), (4, ChangeCause("decided", id="OP-001"))):
        entries = Entries.of(withdrawals=(taken("W-1", left),), changes=(alone,))
        given = finder(year(), entries, [OLD])
        base = Base(1, AS_OF, {"OP-001": OLD}, frozenset(["OP-001"] if left < 4 else ()))
        asked = replace(given, context=replace(given.context, base=base))
        assert asked.of(OLD, {"OP-001": replace(OLD, police=None)}) == (expected,)


def test_an_agency_that_lost_its_teams_is_named_with_its_words_and_who_joins_does_not_count() -> None:
    day = Span(TUESDAY, TUESDAY)
    two = year(
        operation(agencies={"miljo": 2}, optional_agencies={"skatteverket": 1}),
        operation("OP-002", agencies={}, optional_agencies={"miljo": 1}, sector="taxi"),
        teams=3,
    )
    placed = (OLD, placement("OP-002", joining=("miljo",)))
    course = TeamsLost("miljo", day, teams_left=1, cause="kurs", revision=2)
    enough = TeamsLost("miljo", day, teams_left=2, cause="semester", revision=2)
    teams = ChangeCause("teams", party="miljo", given="kurs")
    there = [NEW, placement("OP-002")]
    joiner = {"OP-002": (ChangeCause("teams", party="miljo", given="semester", absent="miljo"),)}
    assert found(two, Entries.of(changes=(course, enough)), placed, [NEW, placed[1]]) == {"OP-001": (teams,)}
    assert found(two, Entries.of(changes=(enough,)), placed, [OLD, there[1]]) == joiner
    assert not finder(two, Entries.of(changes=(enough,)), placed).context.hit


def test_all_that_bites_is_named_in_the_order_of_the_contract() -> None:
    day = Span(TUESDAY, TUESDAY)
    lost = TeamsLost("miljo", day, teams_left=0, revision=2)
    wish = OtherDates("OP-001", "miljo", (day,), "nämnd", revision=2)
    called_off = (Outcome("OP-001", TUESDAY, "called-off", revision=2),)
    kinds = [
        (Entries.of(withdrawals=(taken("W-1", 0),), changes=(wish, lost)), ("withdrawal", "teams", "asked")),
        (Entries.of(outcomes=called_off, withdrawals=(taken("W-1", 0),)), ("withdrawal", "outcome")),
        (Entries.of(outcomes=called_off), ("outcome",)),
        (Entries.of(changes=(wish,)), ("asked",)),
    ]
    for entries, expected in kinds:
        assert tuple(cause.kind for cause in found(year(), entries)["OP-001"]) == expected


def test_an_edit_is_a_cause_where_it_bites_and_of_a_pin_it_is_the_pin() -> None:
    edited = Edited(changed={"OP-001": ("officers",)}, revision=2)
    earlier = taken("W-1", 3, revision=1)
    scenario_too = ChangeCause("scenario", id="OP-001")
    assert found(year(), Entries.of(changes=(edited,), withdrawals=(earlier,))) == {"OP-001": (W1, scenario_too)}
    assert found(year(), Entries.of(changes=(edited,), withdrawals=(replace(earlier, revision=2),))) == {
        "OP-001": (W1,)
    }
    renewed = Entries.of(changes=(edited,), withdrawals=(earlier,), still=(Still("W-1", revision=2),))
    assert found(year(), renewed) == {"OP-001": (W1,)}
    assert found(year(officers=3), Entries.of(changes=(edited,))) == {"OP-001": (scenario_too,)}
    required = year(operation(officers=2, designated="require", agencies={}), designated=0)
    assert found(required, Entries.of(changes=(edited,), withdrawals=(taken("W-1", 2),))) == {"OP-001": (scenario_too,)}
    day = Span(TUESDAY, TUESDAY)
    edited = Edited(sections=("names",), revision=2)
    wish = OtherDates("OP-001", "miljo", (day,), revision=2)
    asked = ChangeCause("asked", party="miljo")
    assert found(year(), Entries.of(changes=(edited, wish))) == {"OP-001": (asked,)}
    assert found(year(), Entries.of(changes=(edited, Pinned("OP-001", Pin(NEW.slot), revision=2)))) == {
        "OP-001": (ChangeCause("pin", id="OP-001"),)
    }
    assert found(year(), Entries.of(changes=(edited,), withdrawals=(taken("W-1", 0),))) == {"OP-001": (W1,)}
    window = year(operation(officers=4, agencies={}, window=Span(LATER, LATER)))
    bites = (asked, ChangeCause("scenario", id="OP-001"))
    assert set(found(window, Entries.of(changes=(edited, wish)))["OP-001"]) == set(bites)
    pinned = year(operation(officers=4, agencies={}, fixed=Pin(NEW.slot)))
    edited = Edited(changed={"OP-001": ("fixed",)}, revision=2)
    assert found(pinned, Entries.of(changes=(edited,))) == {"OP-001": (ChangeCause("pin", id="OP-001"),)}
    assert found(year(), Entries()) == {"OP-001": (KNOCK_ON,)}


def test_answers_are_causes_of_what_they_keep_away_or_hold() -> None:
    no = Answered("OP-001", "miljo", "no", OLD.slot, revision=2)
    asked = (ChangeCause("asked", party="miljo"),)
    assert found(year(), Entries.of(changes=(no,))) == {"OP-001": asked}
    elsewhere = replace(no, slot=Slot(LATER, "night"))
    assert found(year(), Entries.of(changes=(elsewhere,))) == {"OP-001": (KNOCK_ON,)}
    yes = tuple(Answered("OP-001", party, "yes", NEW.slot, "lpo-city", revision=2) for party in ("miljo", "lpo-city"))
    assert found(year(), Entries.of(changes=yes)) == {"OP-001": (ChangeCause("agreed", id="OP-001"),)}


def test_both_of_a_pair_are_drawn_along() -> None:
    twins = year(
        operation(officers=2, agencies={}), operation("OP-002", officers=0, agencies={}, same_slot_as="OP-001")
    )
    old, new = (OLD, placement("OP-002", police=None)), (NEW, placement("OP-002", LATER, police=None))
    entries = Entries.of(withdrawals=(taken("W-1", 0),))
    assert found(twins, entries, old, new) == {"OP-001": (W1,), "OP-002": (ChangeCause("tied", id="OP-001"),)}
    named = year(
        operation(officers=0, agencies={}), operation("OP-002", officers=2, agencies={}, same_slot_as="OP-001")
    )
    old, new = (replace(OLD, police=None), placement("OP-002")), (replace(NEW, police=None), placement("OP-002", LATER))
    assert found(named, entries, old, new) == {"OP-001": (ChangeCause("tied", id="OP-002"),), "OP-002": (W1,)}


def test_who_no_longer_joins_or_does_not_come_along_has_a_cause_of_its_own() -> None:
    there = year(operation(agencies={}, optional_agencies={"skatteverket": 1}))
    old = replace(OLD, optional_agencies=("skatteverket",))
    no = Answered("OP-001", "skatteverket", "no", OLD.slot, revision=2)
    said_no = ChangeCause("asked", party="skatteverket", absent="skatteverket")
    assert found(there, Entries.of(changes=(no,)), [old], [OLD]) == {"OP-001": (said_no,)}
    assert found(there, Entries(), [old], [OLD]) == {"OP-001": (replace(KNOCK_ON, absent="skatteverket"),)}
    required = year(operation(agencies={"skatteverket": 1}))
    assert found(required, Entries(), [old], [OLD]) == {}, "it comes all the same"
    edited_out = ChangeCause("scenario", id="OP-001", absent="skatteverket")
    assert found(year(operation(agencies={})), Entries(), [old], [OLD]) == {"OP-001": (edited_out,)}
    # The withdrawal moved it: it is not why somebody stays away there.
    may_join = operation(officers=4, agencies={}, optional_agencies={"skatteverket": 1})
    old, shot = replace(OLD, optional_agencies=("skatteverket",)), (taken("W-1", 0),)
    no = Answered("OP-001", "skatteverket", "no", NEW.slot, revision=2)
    course = TeamsLost("skatteverket", Span(LATER, LATER), teams_left=0, cause="kurs", revision=2)
    few = ChangeCause("teams", party="skatteverket")
    cases = [
        (year(may_join), (no,), ChangeCause("asked", party="skatteverket")),
        (year(may_join), (course,), replace(few, given="kurs")),
        (year(may_join, teams=0), (), few),
        (year(may_join), (), KNOCK_ON),
        (year(replace(may_join, optional_agencies={})), (), ChangeCause("scenario", id="OP-001")),
    ]
    for there, changes, expected in cases:
        causes = found(there, Entries.of(withdrawals=shot, changes=changes), [old])["OP-001"]
        assert causes == (W1, replace(expected, absent="skatteverket"))
    group = (AgencyGroup(("miljo", "skatteverket"), 2),)
    there = year(operation(officers=4, agencies={}, any_of=group))
    old, other = replace(OLD, any_of=("skatteverket",)), replace(OLD, any_of=("miljo",))
    lost = TeamsLost("skatteverket", Span(TUESDAY, TUESDAY), teams_left=1, cause="kurs", revision=2)
    teams = ChangeCause("teams", party="skatteverket", given="kurs")
    absent = replace(teams, absent="skatteverket")
    assert found(there, Entries.of(changes=(lost,)), [old], [other]) == {"OP-001": (teams, absent)}
    both = Entries.of(withdrawals=(taken("W-1", 0),), changes=(lost,))
    elsewhere = replace(other, police="lpo-hisingen")
    assert found(there, both, [old], [elsewhere]) == {"OP-001": (W1, teams, absent)}, "officers are not why it is gone"
    later = Entries.of(withdrawals=shot, changes=(replace(lost, span=Span(LATER, LATER)),))
    assert found(there, later, [old], [replace(NEW, any_of=("miljo",))]) == {"OP-001": (W1, absent)}


# Of several versions, the cause that is told: of the loss that is told, and of all that led to a move.


A, B, C = (placement(day=date(2027, 3, day)) for day in (2, 9, 16))
JOINED = replace(A, optional_agencies=("skatteverket",))
W = [ChangeCause("withdrawal", id=f"W-{n}") for n in range(5)]
DECIDED = ChangeCause("decided", id="OP-001")


def lived(*places: Placement | None) -> Plan:
    """A plan that put the operation there, version by version; what changed it in version N was W-N."""
    there = one_asked()
    steps = list(enumerate(pairwise(places), 2))
    records = [
        ReplanRecord(number, AS_OF, frozenset(), (Move("OP-001", *step),) if moved(step) else (), causes(number, step))
        for number, step in steps
    ]
    last = steps[-1][1]
    made = plan(there, [] if last[1] is None else [last[1]], AS_OF, records[-1].number)
    base = Base(made.revision - 1, AS_OF, {} if last[0] is None else {"OP-001": last[0]})
    return replace(made, base=base, earlier=tuple(records[:-1]), causes=records[-1].causes)


def one_asked() -> Scenario:
    return scenario([operation(optional_agencies={"skatteverket": 1})])


def moved(step: tuple[Placement | None, Placement | None]) -> bool:
    before, after = step
    return after is not None if before is None else not before.same_place(after)


def causes(number: int, step: tuple[Placement | None, Placement | None]) -> dict[str, tuple[ChangeCause, ...]]:
    before, after = step
    left = (W[number],) if before is not None and not before.same_place(after) else ()
    joined = before is not None and after is not None and {*before.optional_agencies} - {*after.optional_agencies}
    absent = (replace(W[number], absent="skatteverket"),) if joined else ()
    return {"OP-001": (*left, *absent)} if left or absent else {}


CASES: dict[str, tuple[list[Placement | None], list[ChangeCause]]] = {
    "called off": ([A, None], [W[2]]),
    "moved, then called off": ([A, B, None], [W[3]]),
    "called off, then nothing": ([A, None, None], [W[2]]),
    "called off twice": ([A, None, B, None], [W[4]]),
    "moved": ([A, B], [W[2]]),
    "moved twice": ([A, B, C], [W[2], W[3]]),
    "called off, then placed": ([A, None, B], [W[2]]),
    "moved away, back, and away again": ([A, B, A, C], [W[4]]),
    "moved before that": ([B, A, C], [W[3]]),
    "never there": ([B, C], []),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_that_of_the_loss_that_is_told(name: str) -> None:
    places, expected = CASES[name]
    told = told_causes(one_asked(), lived(*places), A)
    assert [cause for one in told for cause in one.causes] == expected
    assert [f"W-{one.revision}" for one in told] == [cause.id for cause in expected]


@pytest.mark.parametrize(
    ("stood", "expected"), [(B, [DECIDED]), (None, [W[2]])], ids=("from its place", "when it had none")
)
def test_what_was_cancelled_lost_its_place_by_that_only_where_it_had_one(
    stood: Placement | None, expected: list[ChangeCause]
) -> None:
    made = lived(A, B if stood else None, None)
    gone = Cancelled("OP-001", was=operation(), stood=stood, revision=3)
    base = replace(made.base or Base(2, AS_OF, {}), placements={})
    made = replace(made, entries=Entries.of(changes=(gone,)), base=base, causes={})
    assert [cause for one in told_causes(one_asked(), made, A) for cause in one.causes] == expected
    bare = replace(made, entries=Entries.of(changes=(replace(gone, was=None, stood=None),)))
    assert [cause for one in told_causes(one_asked(), bare, A) for cause in one.causes] == [DECIDED], "it was not kept"


def test_who_is_absent_has_the_cause_of_the_last_version_in_which_it_went_each_its_own() -> None:
    told = told_absence(one_asked(), lived(JOINED, A, JOINED, B), "OP-001", "skatteverket")
    assert told is not None
    assert (told.revision, told.causes) == (4, (replace(W[4], absent="skatteverket"),))
    before = told_absence(one_asked(), lived(JOINED, A, B), "OP-001", "skatteverket")
    assert before is not None
    assert before.revision == 2
    assert told_absence(one_asked(), lived(A, B), "OP-001", "skatteverket") is None
    assert [cause for one in told_causes(one_asked(), lived(JOINED, B), A) for cause in one.causes] == [W[2]]
    lost = {"OP-001": ("skatteverket",)}
    made = lived(JOINED, A, JOINED, B)
    assert absences_told(one_asked(), made, lost) == {"OP-001": (replace(W[4], absent="skatteverket"),)}
    assert absences_told(one_asked(), lived(A, B), lost) == {"OP-001": ()}, "nobody knows why"
    assert absences_told(one_asked(), replace(made, base=None), lost) == {}, "it was made anew"
