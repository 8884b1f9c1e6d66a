"""ask: what to ask the police for."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.options import AsOf, Commands, Folder, moment_or_now, say

if TYPE_CHECKING:
    from arshjul.domain.calendar import Slot
    from arshjul.planning.places.further_shifts import FurtherShift

Most = Annotated[
    int,
    typer.Option("--most", min=1, max=1000, metavar="N", help=say("Most rows shown, most shifts combined.")),
]
All = Annotated[bool, typer.Option("--all", help=say("List every choice and every date to give back."))]


@command
def ask(
    console: Console,
    folder: Folder,
    as_of: AsOf = None,
    most: Most = 10,
    every: All = False,
) -> None:
    from arshjul.actions.folder.explain import ask as asked
    from arshjul.planning.letters.police_letter import letter

    scenario, wishes = asked(folder, moment_or_now(as_of), console.speak)
    if console.as_json:
        console.json(
            {
                "further": [_wish(wish) for wish in wishes.further[:most]],
                "combined": [_wish(wish) for wish in wishes.combined[:most]],
                "instead": list(wishes.instead),
                "out_of_reach": list(wishes.out_of_reach),
                "spare": [{"police": unit, **_slot(slot)} for unit, slots in wishes.spare.items() for slot in slots],
            }
        )
        return
    for line in letter(scenario, wishes, most, every_one=every):
        console.data(console.words.say(line))


def _wish(wish: "FurtherShift") -> dict[str, object]:
    return {
        "police": wish.unit,
        **_slot(wish.slot),
        "officers": wish.officers,
        "designated": wish.designated,
        "brings_in": list(wish.brings_in),
        "points": wish.points,
        "firms": list(wish.firms),
        "withdrawn_of_ten": wish.of_ten,
    }


def _slot(slot: "Slot") -> dict[str, str]:
    return {"date": slot.day.isoformat(), "shift": slot.shift}


commands: Commands = {"ask": (ask, say("Further shifts to ask the police for."))}
