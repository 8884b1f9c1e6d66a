"""leaks: how well the reader of a calendar could guess the next visits."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.known_plan import PlanDb, PlanFolder, known_plan
from arshjul.cli.options import Commands, Limit, Seed, say

if TYPE_CHECKING:
    from arshjul.planning.leaks.guesser import Guess
    from arshjul.planning.leaks.leaks import Leak, Leaks

OfParty = Annotated[
    str | None,
    typer.Option("--party", metavar="PARTY", help=say("This party's calendars alone; by default those of all.")),
]
AtLevel = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help=say("What they tell: busy, area or full; by default full, of one party all three."),
    ),
]
Years = Annotated[
    int, typer.Option("--years", min=0, max=1000, metavar="N", help=say("So many years with drawn dates beside it."))
]
Compare = Annotated[
    bool,
    typer.Option("--compare", help=say("Plan the year anew with other prices of patterns, and guess those years too.")),
]
Most = Annotated[int, typer.Option("--most", min=0, max=5000, metavar="N", help=say("So many operations at most."))]


@command
def leaks(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    party: OfParty = None,
    level: AtLevel = None,
    years: Years = 10,
    seed: Seed = 0,
    compare: Compare = False,
    most: Most = 10,
    time_limit: Limit = 20,
) -> None:
    from arshjul.actions.folder.leaks import leaks as leaks_of
    from arshjul.actions.folder.leaks import with_other_prices
    from arshjul.planning.effort import Effort

    known = known_plan(console, folder, db)
    found = leaks_of(known.scenario, known.plan, party, level, years, seed)
    if compare:
        found = with_other_prices(known.plan, found, Effort(time_limit))
    if console.as_json:
        console.json(_mapping(found, seed, most))
    else:
        from arshjul.planning.leaks.said import leaks_said

        console.sections(leaks_said(found, most))


def _mapping(found: "Leaks", seed: int, most: int) -> dict[str, object]:
    return {
        "seed": seed,
        "calendars": [
            {**_leak(leak), "most": [_guess(found, leak, guess) for guess in leak.most(most)]} for leak in found.leaks
        ],
        "guessable": {
            "price": found.price,
            "patterns": found.patterns,
            "remade": [
                {"price": one.price, "patterns": one.patterns, "proven": one.proven, **_leak(one.leak)}
                for one in found.remade
            ],
        },
    }


def _leak(leak: "Leak") -> dict[str, object]:
    from arshjul.planning.leaks.leaks import per_occasion

    named = leak.named
    return {
        "party": "public" if leak.party is None else str(leak.party),
        "level": leak.level,
        "operations": leak.operations,
        "guessed": named.guessed,
        "week": {"named": named.week, "knowing_nothing": named.blind_week},
        "date": {"named": named.date, "knowing_nothing": named.blind_date},
        "bits": _round(leak.bits),
        "beyond_luck": leak.is_sure,
        "drawn_bits": [_round(per_occasion(score)) for score in leak.drawn],
    }


def _guess(found: "Leaks", leak: "Leak", guess: "Guess") -> dict[str, object]:
    from arshjul.planning.leaks.seen import PARTS

    slot = found.slots[guess.occasion.slot]
    within, spaced = guess.because or ((), False)
    return {
        "operations": list(guess.occasion.operations),
        "date": slot.day.isoformat(),
        "shift": slot.shift,
        "chance": _round(guess.date),
        "knowing_nothing": _round(guess.blind),
        "named": guess.names_date,
        "because": None
        if guess.because is None
        else {"within": [PARTS[leak.level][part] for part in within], "days_since_the_last": spaced},
    }


def _round(value: float) -> float:
    return round(value, 3)


commands: Commands = {"leaks": (leaks, say("How well the reader of a calendar could guess the next visits."))}
