"""dump, solve: the bare problem, without names and places."""

from pathlib import Path
from typing import Annotated

from arshjul.cli.command import Argument, command
from arshjul.cli.console import NO_ANSWER, Console, Ended
from arshjul.cli.options import Certify, Executor, Limit, OutFile, ScenarioFolder, Seed
from arshjul.cli.solving import certificate, effort
from arshjul.errors import Message

STOPPED = {
    "limit": Message("The time limit came before a proof: give a longer --time-limit."),
    "asked": Message("Ended on request, before a proof."),
    "engines": Message("The engines stopped without a proof; their best is kept. Try again, with more memory."),
}
"""Why a solve ended without a proof."""


@command("dump", "Write a scenario's board, without names.")
def dump(console: Console, scenario: ScenarioFolder, output: OutFile) -> None:
    from arshjul.year.folder.dump import dump

    board = dump(scenario, output, console.speak)
    if not console.answered({"file": output, "activities": len(board.activities), "options": board.first_column[-1]}):
        console.data(str(output))


@command("solve", "Solve a board file.", solves=True)
def solve(
    console: Console,
    board: Annotated[Path, Argument("BOARD", "A board file.")],
    output: OutFile,
    time_limit: Limit = 60,
    seed: Seed = 0,
    certify: Certify = False,
    executor: Executor = "processes",
) -> None:
    from arshjul.year.folder.solve import solve

    solved = solve(board, output, effort(console, time_limit, seed, certify=certify), executor, console.warn)
    solution, mapping = solved.solution, solved.mapping
    console.talk(*(certificate(solution) if certify else ()))
    if solution.stopped_by in STOPPED:
        console.talk(STOPPED[solution.stopped_by])
    levels = [
        {**held, "seconds": round(level.seconds, 3) if level.proven else None}
        for held, level in zip(mapping["levels"], solution.levels, strict=True)
    ]
    told = {"status": mapping["status"], "levels": levels, "stopped_by": solution.stopped_by}
    if not console.answered({"file": output, **told}):
        values = " ".join(f"{level.id}={level.value}" for level in solution.levels)
        console.data(f"{solution.status} {values}".replace("\n", "\\n"))
    if solution.status == "unknown":
        raise Ended(NO_ANSWER)
