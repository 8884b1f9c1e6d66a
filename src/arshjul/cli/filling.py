"""fill: binds objects to frames."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console, ProgressLine, problem_mapping
from arshjul.cli.options import Commands, Folder, Limit, Seed, moment, say
from arshjul.cli.plans import gap_sentences, level_sentence
from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.actions.folder.plan import Filled
    from arshjul.domain.level import Level

ObjectsFile = Annotated[
    Path, typer.Option("--objects", metavar="FILE", help=say("Objects: a file, or a folder of objects*.yaml."))
]
Moment = Annotated[str, typer.Option("--as-of", metavar="T", help=say("The moment, local time."))]
OutOrNothing = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FOLDER", help=say("Where to write.")),
]


@command
def fill(
    console: Console,
    folder: Folder,
    objects: ObjectsFile,
    as_of: Moment,
    output: OutOrNothing = None,
    time_limit: Limit = 60,
    seed: Seed = 0,
) -> None:
    from arshjul.actions.folder.plan import fill as filled
    from arshjul.planning.effort import Effort

    line = ProgressLine(console)
    effort = Effort(time_limit, seed, progress=line)
    found = filled(folder, objects, moment(as_of), effort, console.speak, output)
    line.clear()
    for warning in found.warnings:
        console.warn(warning)
    if console.as_json:
        console.json(_mapping(console, found))
        return
    _tell(console, found)


def _tell(console: Console, found: "Filled") -> None:
    from arshjul.planning.fill.fill import filling_lines

    for level in found.result.levels:
        console.talk(level_sentence(level, found.result.seconds.get(level.id)))
    for sentence in gap_sentences(found.result.levels):
        console.talk(sentence)
    _tell_meanings(console, found.result.levels)
    for text in filling_lines(found.result):
        console.data(console.words.say(text))
    if found.folder is None:
        console.talk(Message("Nothing is written: give -o FOLDER."))
    else:
        values = {"folder": str(found.folder), "version": found.result.plan.revision}
        console.talk(Message("Version {version} of the plan is in {folder}.", values))


def _tell_meanings(console: Console, levels: Iterable["Level"]) -> None:
    from arshjul.rules.fill.quality import FILL_LEVEL_MEANINGS
    from arshjul.rules.objectives import LEVEL_NAMES

    told = [
        console.words("{level}: {meaning}", level=LEVEL_NAMES[level.id], meaning=FILL_LEVEL_MEANINGS[level.id])
        for level in levels
    ]
    console.talk(Message("Lower is better. {meanings}.", {"meanings": "; ".join(told)}))


def _mapping(console: Console, found: "Filled") -> dict[str, object]:
    from arshjul.formats.plan.plan_json import bindings_mapping

    result, say = found.result, console.words.say
    return {
        **({} if found.folder is None else {"folder": str(found.folder)}),
        "revision": result.plan.revision,
        "levels": [{"id": level.id, "value": level.value, "bound": level.bound} for level in result.levels],
        "bindings": bindings_mapping(result.plan.bindings),
        "bound": bindings_mapping(result.bound),
        "freed": [{"object": one.object, "operation": one.operation, "rule": one.rule} for one in result.freed],
        "unbound": [
            {
                "object": one.object,
                "reasons": [
                    {"rule": reason.rule, "operations": list(reason.frames), "text": say(reason.text)}
                    for reason in one.reasons
                ],
                **({} if one.remedy is None else {"remedy": say(one.remedy)}),
            }
            for one in result.unbound
        ],
        "empty": list(result.empty),
        "prices": [
            {"rule": price.rule, "about": price.about, "points": price.points, "text": say(price.text)}
            for price in result.prices
        ],
        "warnings": [problem_mapping(console.words, warning) for warning in found.warnings],
    }


commands: Commands = {
    "fill": (fill, say("Bind objects to the frames of a plan.")),
}
