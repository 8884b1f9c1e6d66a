"""News for a party that left an operation is told anew where it holds no more, and stays where it does."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from arshjul.agenda.entry import Event
from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.part_change import Former
from arshjul.agenda.party import COORDINATOR, Party
from arshjul.agenda.view import View, remembered
from arshjul.domain.cause import ChangeCause
from arshjul.domain.entries.entries import Entries
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Plan
from arshjul.domain.withdrawal import Withdrawal
from tests.agenda.test_view import CITY, PLAN, SCENARIO, event, seen
from tests.builders import placement

ARBETE = Party("agency", "arbetsmiljoverket")
AS_OF = datetime(2027, 2, 20, 8, tzinfo=SCENARIO.zone)
WAS = "tisdag 2 mars 2027 09:00–15:00"
SHOT = "på grund av en skjutning"
AND_TAKEN = " och av att poliser drogs tillbaka"
SHOOTING = Withdrawal("W-1", AS_OF, ("lpo-city",), date(2027, 3, 2), date(2027, 3, 2), cause="shooting", revision=2)
LATER = Withdrawal("W-2", AS_OF, ("lpo-hisingen",), date(2027, 3, 1), date(2027, 3, 31), cause="match", revision=3)

OVER = placement(day=date(2027, 3, 18), police="lpo-hisingen")
SAME_DAY = placement(police="lpo-hisingen")
AGAIN = placement(day=date(2027, 3, 25), police="lpo-hisingen")


def replanned(before: Plan, now: Placement | None) -> Plan:
    """The next revision, in which OP-001 stands there, since officers were withdrawn from where it stood."""
    number = before.revision + 1
    others = [one for one in before.placements if one.operation != "OP-001"]
    return replace(
        before,
        revision=number,
        as_of=AS_OF.replace(minute=number),
        placements=(*([] if now is None else [now]), *others),
        base=Base(before.revision, before.as_of, before.placed, frozenset({"OP-001"})),
        earlier=before.revisions,
        entries=Entries.of(withdrawals=(SHOOTING, LATER)),
        causes={"OP-001": (ChangeCause("withdrawal", id=f"W-{number - 1}"),)},
    )


def lived(party: Party, *places: Placement | None) -> list[dict[str, Event]]:
    """The entries of OP-001 in its calendar after each replan, by what stands before the @."""
    history = replace(remembered(FeedHistory(), [seen(party)]), plan=Former(SCENARIO, PLAN.placed))
    now, said = PLAN, []
    for place in places:
        now = replanned(now, place)
        shown = seen(party, now, SCENARIO, history)
        history = replace(remembered(history, [shown]), plan=Former(SCENARIO, now.placed))
        said.append({name: event(shown, name) for name in ("OP-001", "OP-001.joint-evaluation") if has(shown, name)})
    return said


def has(shown: View, name: str) -> bool:
    return any(one.event.uid.startswith(f"{name}@") for one in shown.entries)


def first(event: Event) -> str:
    return event.description.splitlines()[0]


@pytest.mark.parametrize(
    ("places", "sentences"),
    [
        (
            (OVER, AGAIN, AGAIN),
            (
                f"LPO Hisingen tar över, torsdag 18 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}.",
                f"LPO Hisingen tar över, torsdag 25 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}{AND_TAKEN}.",
                f"LPO Hisingen tar över, torsdag 25 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}{AND_TAKEN}.",
            ),
        ),
        (
            (SAME_DAY, None),
            (
                f"LPO Hisingen tar över, {WAS}, {SHOT}.",
                f"Inställd, skulle ha varit {WAS}, på grund av att poliser drogs tillbaka.",
            ),
        ),
        (
            (None, OVER),
            (
                f"Inställd, skulle ha varit {WAS}, {SHOT}.",
                f"LPO Hisingen tar över, torsdag 18 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}.",
            ),
        ),
    ],
)
def test_a_unit_that_went_reads_what_holds_now(
    places: tuple[Placement | None, ...], sentences: tuple[str, ...]
) -> None:
    life = [shown["OP-001"] for shown in lived(CITY, *places)]
    assert tuple(map(first, life)) == sentences
    assert {(one.status, one.day) for one in life} == {("CANCELLED", date(2027, 3, 2))}
    prefixes = ["INSTÄLLD: " if "Inställd" in said else "UTAN ER: " for said in sentences]
    assert [one.summary for one in life] == [f"{prefix}OP-001 Göteborg City: restaurang" for prefix in prefixes]


def test_an_agency_that_no_longer_takes_part_reads_that_it_is_called_off_and_has_no_milestones() -> None:
    out, off = lived(ARBETE, OVER, None)
    assert first(out["OP-001"]).startswith(f"Ni deltar inte längre {WAS}; den har flyttats och genomförs utan er")
    assert first(off["OP-001"]) == f"Inställd, skulle ha varit {WAS}, på grund av att poliser drogs tillbaka."
    assert [name for shown in (out, off) for name in shown] == ["OP-001", "OP-001"]


def test_nothing_is_told_anew_where_what_was_told_holds() -> None:
    """Another move of an operation that an agency has left is not its matter."""
    out, moved = lived(ARBETE, OVER, AGAIN)
    assert moved == out


def test_a_title_alone_that_is_another_is_told_to_the_coordinator() -> None:
    history = replace(remembered(FeedHistory(), [seen(COORDINATOR)]), plan=Former(SCENARIO, PLAN.placed))
    titled = replace(SCENARIO.operations["OP-001"], title="En annan")
    year = replace(SCENARIO, operations={**SCENARIO.operations, "OP-001": titled})
    later = replace(PLAN, revision=PLAN.revision + 1, as_of=AS_OF)
    assert first(event(seen(COORDINATOR, later, year, history), "OP-001")).startswith("Har fått en annan rubrik")
