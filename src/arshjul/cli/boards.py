"""dump, solve: the bare problem, without names and places."""

from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.certificates import beginning, certificate
from arshjul.cli.command import command
from arshjul.cli.console import NO_ANSWER, Console, ProgressLine
from arshjul.cli.options import Certify, Commands, Executor, Limit, ScenarioFolder, Seed, say
from arshjul.errors import Message

OutFile = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=say("Where to write."))]
STOPPED = {
    "limit": Message("The time limit came before a proof: give a longer --time-limit."),
    "asked": Message("Ended on request, before a proof."),
    "engines": Message("The engines stopped without a proof; their best is kept. Try again, with more memory."),
}
"""Why a solve ended without a proof."""

BoardFile = Annotated[Path, typer.Argument(metavar="BOARD", help=say("A board file."))]


@command
def dump(console: Console, scenario: ScenarioFolder, output: OutFile) -> None:
    from arshjul.actions.folder.dump import dump as dumped

    board = dumped(scenario, output, console.speak)
    if console.as_json:
        console.json({"file": str(output), "activities": len(board.activities), "options": board.first_column[-1]})
    else:
        console.data(str(output))


@command
def solve(
    console: Console,
    board: BoardFile,
    output: OutFile,
    time_limit: Limit = 60,
    seed: Seed = 0,
    certify: Certify = False,
    executor: Executor = "processes",
) -> None:
    from arshjul.actions.folder.solve import solve as solved
    from arshjul.planning.effort import Effort

    line = ProgressLine(console)
    effort = Effort(time_limit, seed, certify, line, beginning(console, line))
    found = solved(board, output, effort, executor, console.warn)
    solution, mapping = found.solution, found.mapping
    line.clear()
    for sentence in certificate(solution) if certify else ():
        console.talk(sentence)
    if solution.stopped_by in STOPPED:
        console.talk(STOPPED[solution.stopped_by])
    if console.as_json:
        levels = [
            {**held, "seconds": round(level.seconds, 3) if level.proven else None}
            for held, level in zip(mapping["levels"], solution.levels, strict=True)
        ]
        told = {"status": mapping["status"], "levels": levels, "stopped_by": solution.stopped_by}
        console.json({"file": str(output), **told})
    else:
        values = " ".join(f"{level.id}={level.value}" for level in solution.levels)
        console.data(f"{solution.status} {values}".replace("\n", "\\n"))
    if solution.status == "unknown":
        raise typer.Exit(NO_ANSWER)


commands: Commands = {
    "dump": (dump, say("Write a scenario's board, without names.")),
    "solve": (solve, say("Solve a board file.")),
}
