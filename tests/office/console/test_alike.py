"""What the page says where all options are one plan."""

from dataclasses import replace

import pytest

from arshjul.office.draft.compare_options import compare_options
from arshjul.office.draft.draft import opened_draft
from arshjul.office.draft.options import options_of
from arshjul.year.domain.level import Level
from arshjul.year.rules.objectives import CHANGES
from tests.builders import swedish
from tests.office.console.conftest import Desk
from tests.office.console.test_withdrawal import HIT

PROVEN = (Level(CHANGES, 1, 1),)
CUT_OFF = (Level(CHANGES, 1, 0),)


@pytest.mark.parametrize(
    ("levels", "told", "gaps"),
    [
        (PROVEN, "Alla tre alternativ är lika, och ställer in OP-000.", []),
        (
            CUT_OFF,
            "Alla tre alternativ har samma plan, som ställer in OP-000. Mer tid kan ge en bättre.",
            ["Ändringar: högst en insats till kan stå kvar"],
        ),
    ],
)
def test_what_all_options_call_off_is_said_with_what_is_proven(
    desk: Desk, levels: tuple[Level, ...], told: str, gaps: list[str]
) -> None:
    browser = desk.browser()
    browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT)
    with desk.store.reading() as db:
        draft = opened_draft(db)
    options = options_of(desk.store, 1)
    stays = tuple(place for place in options[0].plan.placements if place.operation != "OP-000")
    without = [option._replace(plan=replace(option.plan, placements=stays, levels=levels)) for option in options]
    compared = compare_options(draft, tuple(without), swedish())
    assert compared.all_alike is not None
    assert swedish().say(compared.all_alike) == told
    assert [swedish().say(gap) for gap in compared.columns[0].gaps] == gaps
