"""ask: what to ask the police for, and what one more of any party would be worth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.options import AsOf, Commands, Folder, Limit, moment_or_now, say

if TYPE_CHECKING:
    from arshjul.domain.calendar import Slot
    from arshjul.planning.places.further_shifts import FurtherShift
    from arshjul.planning.worth.worth import MonthWorth

Most = Annotated[
    int,
    typer.Option(
        "--most", min=1, max=1000, metavar="N", help=say("The most rows to show, and the most shifts to combine.")
    ),
]
All = Annotated[bool, typer.Option("--all", help=say("Name every choice, and every date that can be given back."))]


Party = Annotated[
    str | None,
    typer.Option(
        "--worth",
        metavar="PARTY",
        help=say("What one more team, or two more officers, of this party would bring in, month by month."),
    ),
]


@command
def ask(
    console: Console,
    folder: Folder,
    as_of: AsOf = None,
    most: Most = 10,
    every: All = False,
    party: Party = None,
    time_limit: Limit = 60,
) -> None:
    from arshjul.actions.folder.ask import ask as asked

    if party is not None:
        _value(console, folder, party, as_of, time_limit)
        return
    from arshjul.planning.letters.police_letter import letter

    found = asked(folder, moment_or_now(as_of), console.speak)
    wishes = found.wishes
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
    for line in letter(found.scenario, wishes, most, every_one=every):
        console.data(console.words.say(line))


def _value(console: Console, folder: Path, party: str, as_of: str | None, time_limit: float) -> None:
    from arshjul.actions.folder.ask import value
    from arshjul.planning.effort import Effort
    from arshjul.planning.worth.said import beforehand, month_said, question

    found = value(folder, party, moment_or_now(as_of), Effort(time_limit), console.speak)
    worth = found.worth
    if console.as_json:
        console.json(
            {
                "party": worth.party,
                "left_out": worth.left_out,
                "without_fall_back": worth.weak,
                "unaided": worth.unaided,
                "months": [_month(one) for one in worth.months],
            }
        )
        return
    for line in (question(found.scenario, worth.party), *beforehand(worth), *map(month_said, worth.months)):
        console.data(console.words.say(line))


def _month(one: "MonthWorth") -> dict[str, object]:
    return {
        "month": f"{one.month.first:%Y-%m}",
        "shifts": one.shifts,
        "brings_in": one.operations,
        "musts": one.musts,
        "points": one.points,
        "moves": one.moved,
        "fall_backs": list(one.firms),
        "proven": one.proven,
    }


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


commands: Commands = {"ask": (ask, say("Which further shifts to ask the police for, and which can be given back."))}
