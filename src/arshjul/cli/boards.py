"""dump, solve: the bare problem, without a name or a place in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arshjul.cli.certifying import beginning, certificate
from arshjul.cli.console import NO_ANSWER, ProgressLine, answering
from arshjul.cli.options import Certify, Commands, Debug, Json, Limit, ScenarioFolder, Seed, say
from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.solver import Solution

OutFile = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=say("Where to write."))]
STOPPED = {
    "limit": Message("The time limit ended the search before a proof: a longer --time-limit may give one."),
    "asked": Message("The search was ended before a proof, as it was asked to."),
    "engines": Message(
        "The engines failed, or ended without a proof, before the time limit: what they found until then is kept. "
        "Try it again; with more memory, if that was short."
    ),
}
"""Why a solve ended without a proof."""

BoardFile = Annotated[Path, typer.Argument(metavar="BOARD", help=say("A board file."))]


def dump(scenario: ScenarioFolder, output: OutFile, as_json: Json = False, debug: Debug = False) -> None:
    with answering(as_json, debug) as console:
        from arshjul.actions.dump import bare_board
        from arshjul.formats.board.writing import write_board
        from arshjul.formats.scenario.scenario import read_scenario

        board = bare_board(read_scenario(scenario).scenario)
        write_board(board, output)
        if as_json:
            console.json({"file": str(output), "activities": len(board.activities), "options": board.first_column[-1]})
        else:
            console.data(str(output))


def solve(
    board: BoardFile,
    output: OutFile,
    time_limit: Limit = 60,
    seed: Seed = 0,
    certify: Certify = False,
    executor: Annotated[
        str,
        typer.Option(
            "--executor",
            metavar="E",
            help=say(
                "Who solves large parts: processes (as many as there are cores), processes:N (so many), or "
                "dask://HOST:PORT (the workers of that Dask scheduler)."
            ),
        ),
    ] = "processes",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    with answering(as_json, debug) as console:
        from arshjul import solver
        from arshjul.formats.board.board_json import read_board
        from arshjul.formats.board.doubts import doubts
        from arshjul.formats.board.writing import solution_mapping, write_solution
        from arshjul.solver.parallel.executors import refuse_slips

        refuse_slips(executor)
        read = read_board(board)
        for doubt in doubts(read, board.name):
            console.warn(doubt)
        line = ProgressLine(console)
        solution = solver.solve(
            read,
            limit_s=time_limit,
            seed=seed,
            progress=line,
            certify=certify,
            certifying=beginning(console, line),
            executor=executor,
        )
        line.clear()
        levels = [(level.id, level.value, level.bound) for level in solution.levels]
        choice = None if solution.choice is None else list(solution.choice)
        mapping = solution_mapping(read, solution.status, levels, choice)
        if certify:
            _name_provers(mapping, solution)
            for sentence in certificate(solution):
                console.talk(sentence)
        write_solution(mapping, output)
        if solution.stopped_by in STOPPED:
            console.talk(STOPPED[solution.stopped_by])
        if as_json:
            told = {key: mapping[key] for key in ("status", "levels")}
            console.json({"file": str(output), **told, "stopped_by": solution.stopped_by})
        else:
            values = " ".join(f"{level.id}={level.value}" for level in solution.levels)
            console.data(f"{solution.status} {values}".replace("\n", "\\n"))
        if solution.status == "unknown":
            raise typer.Exit(NO_ANSWER)


def _name_provers(mapping: dict[str, Any], solution: "Solution") -> None:
    """Only a certificate is told: where engines race, who comes first is left to chance."""
    for held, level in zip(mapping["levels"], solution.levels, strict=True):
        held["proved_by"] = list(level.proved_by)
    if solution.status == "infeasible":
        mapping["proved_by"] = list(solution.proved_by)


commands: Commands = {
    "dump": (dump, say("Writes a scenario's problem as a board, without a name or a place in it.")),
    "solve": (solve, say("Solves a board file to its levels.")),
}
