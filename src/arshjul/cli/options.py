"""The arguments and options that several commands share, with their help in the user's language."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.console import own_words
from arshjul.domain.calendar import YEARS
from arshjul.errors import InputError, Message

say = own_words()

LONGEST_S, MOST_SEED = 1_000_000, 2**31 - 1
"""The limits for a solve: eleven days, and a seed of 31 bits, which is the engines' size."""

Commands = dict[str, tuple[Callable[..., None], str]]

ScenarioFolder = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help=say("The scenario: a folder, or a workbook (.xlsx)."))
]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help=say("A plan folder."))]
OperationId = Annotated[str, typer.Argument(metavar="OPERATION", help=say("The operation's id."))]
WRITTEN = "written"
"""Marks the parameter of a command that names a file to be written, which people edit or hand out: one that is there is
kept. What a program makes again at any time, such as a solution or a report, is written over."""
Out = Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help=say("Where to write."))]
Limit = Annotated[
    float,
    typer.Option("--time-limit", min=0.1, max=LONGEST_S, metavar="S", help=say("Seconds for the whole solve.")),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=MOST_SEED, metavar="N", help=say("The same seed gives the same plan."))
]
Certify = Annotated[
    bool,
    typer.Option(
        "--certify",
        help=say("Let a second engine prove every level too."),
    ),
]
Executor = Annotated[
    str,
    typer.Option(
        "--executor",
        metavar="E",
        help=say("Where solves run: processes, processes:N or dask://HOST:PORT."),
    ),
]
History = Annotated[
    list[Path] | None,
    typer.Option(
        "--history",
        metavar="PATH",
        help=say("Another year's log: a plan folder or a file; repeatable."),
    ),
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="T", help=say("The moment, local time; default: now."))]


def moment(text: str) -> datetime:
    """The given moment: local time of the plan if it has no offset. InputError if it cannot be read."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            Message('{given} is no moment: write for example "2027-05-12T06:30".', {"given": text})
        ) from None
    if given.year not in YEARS:
        values = {"given": text, "first": YEARS.start, "last": YEARS.stop - 1}
        raise InputError(Message("{given} lies outside the years {first} to {last}.", values))
    return given


def moment_or_now(text: str | None) -> datetime | None:
    """The given moment; None, which means now, if none was given."""
    return None if text is None else moment(text)


def day(text: str) -> date:
    """The given date. InputError if it cannot be read."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(Message('{given} is no date: write for example "2027-05-12".', {"given": text})) from None
