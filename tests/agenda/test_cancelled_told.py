"""What feeds and messages tell of an operation that the coordinator cancels: why, and its milestones."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.notice import notice
from arshjul.agenda.part_change import Former, part_change
from arshjul.agenda.party import COORDINATOR, Party
from arshjul.agenda.view import remembered
from arshjul.domain.entries.amendment import Cancelled
from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Base, Plan
from tests.agenda.test_view import CITY, MILJO, PLAN, SCENARIO, WORDS, event, seen

GONE = {id: one for id, one in SCENARIO.operations.items() if id != "OP-001"}
YEAR = replace(SCENARIO, operations=GONE)
AS_OF = datetime(2027, 2, 20, 8, tzinfo=UTC).astimezone(SCENARIO.zone)


def cancelled(as_of: datetime = AS_OF, revision: int = 2) -> Plan:
    """The plan after OP-001 was cancelled in revision 2; its base has it no more."""
    placed = {id: placement for id, placement in PLAN.placed.items() if id != "OP-001"}
    entries = Entries.of(changes=(Cancelled("OP-001", revision=2, reported=AS_OF),))
    return replace(
        PLAN,
        as_of=as_of,
        revision=revision,
        placements=tuple(placed.values()),
        base=Base(revision - 1, as_of, placed),
        entries=entries,
    )


@pytest.mark.parametrize("party", [COORDINATOR, MILJO, CITY])
def test_it_says_first_that_the_coordinator_decided_so(party: Party) -> None:
    told = replace(remembered(FeedHistory(), [seen(party)]), plan=Former(SCENARIO, PLAN.placed))
    found = event(seen(party, cancelled(), YEAR, told), "OP-001")
    assert found.status == "CANCELLED"
    assert found.description.splitlines()[0] == (
        "Inställd, skulle ha varit tisdag 2 mars 2027 09:00–15:00, på grund av samordnarens beslut."
    )
    change = part_change(Former(SCENARIO, PLAN.placed), SCENARIO, cancelled(), party, "OP-001")
    assert change is not None
    assert "på grund av samordnarens beslut" in WORDS.say(notice(SCENARIO, cancelled(), change))


def test_its_milestones_that_were_held_stay_and_those_ahead_go() -> None:
    told = remembered(FeedHistory(), [seen(MILJO)])
    first = seen(MILJO, cancelled(), YEAR, told)
    again = seen(MILJO, cancelled(datetime(2027, 2, 25, 8, tzinfo=SCENARIO.zone), 3), YEAR, remembered(told, [first]))
    for view in (first, again):
        held = event(view, "OP-001.planning-meeting")
        assert (held.day, held.status, held.transparent) == (date(2027, 2, 16), "CONFIRMED", False)
        assert not [one for one in view.entries if one.event.uid.startswith("OP-001.joint-evaluation@")]


def test_it_keeps_its_cause_as_long_as_it_is_shown() -> None:
    """Cancelled in December, it stands in the calendar until 30 days after its old date, 2 March."""
    early = datetime(2026, 12, 1, 8, tzinfo=SCENARIO.zone)
    history = replace(remembered(FeedHistory(), [seen(CITY)]), plan=Former(SCENARIO, PLAN.placed))
    first = event(seen(CITY, cancelled(early), YEAR, history), "OP-001")
    for later in (early, datetime(2027, 1, 20, 8), datetime(2027, 3, 15, 8), datetime(2027, 4, 1, 23)):
        now = seen(CITY, cancelled(later.replace(tzinfo=SCENARIO.zone)), YEAR, history)
        assert event(now, "OP-001") == first
        assert first.description.splitlines()[0].startswith("Inställd, ")
        history = replace(remembered(history, [now]), plan=Former(YEAR, cancelled().placed))
    gone = seen(CITY, cancelled(datetime(2027, 4, 2, 8, tzinfo=SCENARIO.zone)), YEAR, history)
    assert [entry.event.summary for entry in gone.entries] == ["Inga insatser inplanerade"]
