"""Of several versions, the cause that is told: of the loss that is told, and of all that led to a move."""

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pytest

from arshjul.year.domain.change import ChangeCause, Move
from arshjul.year.domain.entries.amendment import Cancelled
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Base, Plan, ReplanRecord
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.told_causes import absences_told, told_absence, told_causes
from tests.builders import operation, placement, plan, scenario

AS_OF = datetime(2027, 2, 20, 9)
A, B, C = (placement(day=date(2027, 3, day)) for day in (2, 9, 16))
JOINED = replace(A, optional_agencies=("skatteverket",))
W = [ChangeCause("withdrawal", id=f"W-{n}") for n in range(5)]
DECIDED = ChangeCause("decided", id="OP-001")


def lived(*places: Placement | None) -> Plan:
    """A plan that put the operation there, version by version; what changed it in version N was W-N."""
    there = year()
    steps = list(enumerate(pairwise(places), 2))
    records = [
        ReplanRecord(number, AS_OF, frozenset(), (Move("OP-001", *step),) if moved(step) else (), causes(number, step))
        for number, step in steps
    ]
    last = steps[-1][1]
    made = plan(there, [] if last[1] is None else [last[1]], AS_OF, records[-1].number)
    base = Base(made.revision - 1, AS_OF, {} if last[0] is None else {"OP-001": last[0]})
    return replace(made, base=base, earlier=tuple(records[:-1]), causes=records[-1].causes)


def year() -> Scenario:
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
    told = told_causes(year(), lived(*places), A)
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
    assert [cause for one in told_causes(year(), made, A) for cause in one.causes] == expected
    bare = replace(made, entries=Entries.of(changes=(replace(gone, was=None, stood=None),)))
    assert [cause for one in told_causes(year(), bare, A) for cause in one.causes] == [DECIDED], "it was not kept"


def test_who_is_absent_has_the_cause_of_the_last_version_in_which_it_went() -> None:
    told = told_absence(year(), lived(JOINED, A, JOINED, B), "OP-001", "skatteverket")
    assert told is not None
    assert (told.revision, told.causes) == (4, (replace(W[4], absent="skatteverket"),))
    before = told_absence(year(), lived(JOINED, A, B), "OP-001", "skatteverket")
    assert before is not None
    assert before.revision == 2
    assert told_absence(year(), lived(A, B), "OP-001", "skatteverket") is None
    assert [cause for one in told_causes(year(), lived(JOINED, B), A) for cause in one.causes] == [W[2]]


def test_those_who_are_absent_are_told_each_with_its_causes() -> None:
    lost = {"OP-001": ("skatteverket",)}
    made = lived(JOINED, A, JOINED, B)
    assert absences_told(year(), made, lost) == {"OP-001": (replace(W[4], absent="skatteverket"),)}
    assert absences_told(year(), lived(A, B), lost) == {"OP-001": ()}, "nobody knows why"
    assert absences_told(year(), replace(made, base=None), lost) == {}, "it was made anew"
