"""What is odd about an edited scenario is told in that scenario's order, whatever hashes are."""

from dataclasses import replace
from datetime import UTC, datetime

from arshjul.domain.entries.amendment import Cancelled
from arshjul.domain.entries.entries import Entries
from arshjul.planning.replan.edit import edited
from tests.builders import operation, placement, plan, scenario

IDS = [f"OP-{n}" for n in range(30, 0, -1)]


def test_what_was_cancelled_and_stays_so_is_told_in_the_order_of_the_operations() -> None:
    given = scenario([operation("OP-31"), *map(operation, IDS)])
    old = scenario([operation("OP-31")])
    entries = Entries.of(changes=tuple(map(Cancelled, sorted(IDS))))
    known = replace(plan(old, [placement("OP-31")]), entries=entries)
    made = edited(old, given, known, Entries(), datetime(2027, 1, 1, tzinfo=UTC))
    assert made is not None
    assert [warning.values["operation"] for warning in made.warnings] == IDS
