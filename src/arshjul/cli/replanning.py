"""replan: when police are withdrawn."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console, ProgressLine
from arshjul.cli.options import Commands, Folder, Limit, Seed, moment, say
from arshjul.cli.plans import gap_sentences, level_sentence, tell_meanings
from arshjul.cli.questions import tell_changes, tell_unknown_ends
from arshjul.errors import InputError, Message
from arshjul.texts import counted, titled

if TYPE_CHECKING:
    from arshjul.actions.folder.replan import Replanned
    from arshjul.domain.plan import Plan

Withdrawals = Annotated[Path | None, typer.Option("--withdrawals", metavar="FILE", help=say("A file of withdrawals."))]
OutcomesFile = Annotated[Path | None, typer.Option("--outcomes", metavar="FILE", help=say("A file of outcomes."))]
NewScenario = Annotated[
    Path | None,
    typer.Option("--scenario", metavar="SCENARIO", help=say("The folder of the changed scenario.")),
]
ChangesFile = Annotated[
    Path | None,
    typer.Option("--changes", metavar="FILE", help=say("A file of changes: teams, operations, pins, wishes.")),
]
ProposalFolder = Annotated[
    Path | None,
    typer.Option("--proposal", metavar="FOLDER", help=say("The replan that --changes answers.")),
]
Moment = Annotated[str, typer.Option("--as-of", metavar="T", help=say("The moment, local time."))]
Choice = Annotated[
    str, typer.Option("--choose", metavar="OPTION", help=say("fewest-changes, balanced or most-delivered."))
]


@command
def replan(
    console: Console,
    folder: Folder,
    as_of: Moment,
    scenario: NewScenario = None,
    outcomes: OutcomesFile = None,
    changes: ChangesFile = None,
    withdrawals: Withdrawals = None,
    proposal: ProposalFolder = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FOLDER", help=say("Where to write."))
    ] = None,
    choose: Choice = "balanced",
    options_only: Annotated[
        bool, typer.Option("--options-only", help=say("Show the options without writing."))
    ] = False,
    time_limit: Limit = 60,
    seed: Seed = 0,
) -> None:
    from arshjul.actions.folder.replan import Entered
    from arshjul.actions.folder.replan import replan as replanned
    from arshjul.planning.effort import Effort

    if output is None and not options_only:
        raise InputError(Message("Give either {one} or {other}.", {"one": "-o FOLDER", "other": "--options-only"}))
    line = ProgressLine(console)
    effort = Effort(time_limit, seed, progress=line)
    entered = Entered(outcomes, changes, withdrawals, scenario, proposal, console.talk)
    out = None if options_only else output
    found = replanned(folder, entered, moment(as_of), effort, console.speak, choose, out)
    line.clear()
    for operation in found.futile_pins:
        text = Message("A rule forbids the pin of {operation}: it stays unplaced.", {"operation": operation})
        console.talk(text)
    for operation in found.yielded:
        text = Message(
            "{operation} cannot stay where all parties agreed, and may move.",
            {"operation": operation},
        )
        console.talk(text)
    for operation in found.doubtful:
        console.talk(
            Message(
                "{operation} began with too few officers. Enter its outcome, or give an earlier --as-of.",
                {"operation": operation},
            )
        )
    if console.as_json:
        written = {} if found.chosen is None else {"folder": str(output), "chosen": found.chosen}
        ends = [end.mapping for end in found.unknown_ends]
        more = {"doubtful": list(found.doubtful), "unknown_ends": ends, "yielded": list(found.yielded)}
        console.json({**written, **_options(found), **more})
        return
    _show(console, found)
    if found.chosen is not None:
        console.data("")
        tell_changes(console, found.news[choose])
        from arshjul.rules.objectives import OPTION_NAMES

        values = {"option": titled(OPTION_NAMES, choose), "folder": str(output)}
        console.talk(Message("The option {option} is written to {folder}.", values))


def _show(console: Console, found: "Replanned") -> None:
    from arshjul.agenda.revised import id_said
    from arshjul.planning.replan.replan import ways
    from arshjul.rules.objectives import OPTION_NAMES, UNPROVEN

    hit = [id_said(found.scenario, id) for id in found.hit]
    console.data(
        console.words.say(
            counted(len(hit), "One operation is affected: {ids}.", "{n} operations are affected: {ids}.", ids=hit)
            if hit
            else Message("No operation is affected.")
        )
    )
    found_ways = ways(found.scenario, found.options)
    for way in found_ways:
        if len(found_ways) == 1:
            console.data(console.words.say(way.alike))
        else:
            names = [titled(OPTION_NAMES, id) for id in way.ids]
            console.data(console.words("{option}:", option=names))
        console.alarm(found.news[way.ids[0]].alarms)
        if way.advantage is not None:
            console.data("  " + console.words("Advantage: {advantage}", advantage=way.advantage))
        for level in way.levels:
            console.data("  " + console.words.say(level_sentence(level)))
        for sentence in gap_sentences(way.levels):
            console.data("  " + console.words.say(sentence))
        if not way.is_proven:
            console.data("  " + console.words.say(UNPROVEN))
        for sentence in found.news[way.ids[0]].sentences:
            console.data("  - " + console.words.say(sentence))
    tell_unknown_ends(console, found.unknown_ends)
    tell_meanings(console, (level.id for way in found_ways for level in way.levels))


def _options(found: "Replanned") -> dict[str, object]:
    from arshjul.planning.replan.replan import ways

    plan_of = {id: way.ids[0] for way in ways(found.scenario, found.options) for id in way.ids}
    return {"options": [{**_option(found, id, plan), "plan_of": plan_of[id]} for id, plan in found.options.items()]}


def _option(found: "Replanned", name: str, plan: "Plan") -> dict[str, object]:
    from arshjul.domain.change import changes
    from arshjul.formats.plan.plan_json import placement_mapping

    base = {} if plan.base is None else dict(plan.base.placements)
    made = changes(base, plan.placed)
    return {
        "id": name,
        "status": plan.status,
        "levels": [
            {"id": level.id, "value": level.value, "bound": level.bound, "proved_by": list(level.proved_by)}
            for level in plan.levels
        ],
        "changed": sorted(move.operation for move in made.changed),
        "moved": sorted(move.operation for move in (*made.moved, *made.unit_changed)),
        "dropped": sorted(move.operation for move in made.dropped),
        "new": sorted(move.operation for move in made.new),
        "hit": list(found.hit),
        "placements": [placement_mapping(placement) for placement in plan.placements],
        "seconds": round(found.seconds.get(name, 0.0), 3),
    }


commands: Commands = {
    "replan": (replan, say("Replan: three options, proven if time allows.")),
}
