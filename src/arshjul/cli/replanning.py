"""replan, fill: when police are withdrawn, and when objects are bound to frames."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Option, command
from arshjul.cli.console import Console, problem_mapping
from arshjul.cli.options import Choice, Folder, Limit, Moment, OutOrNothing, Seed, Withdrawals, either
from arshjul.cli.questions import tell_changes
from arshjul.cli.solving import effort, level_sentences, tell_meanings, unplaced_sentences
from arshjul.errors import Message
from arshjul.year.texts import counted, titled

if TYPE_CHECKING:
    from arshjul.year.domain.plan import Plan
    from arshjul.year.folder.plan import Filled
    from arshjul.year.folder.replan import Replanned


@command("replan", "Replan: three options, proven if time allows.", solves=True)
def replan(
    console: Console,
    folder: Folder,
    as_of: Moment,
    scenario: Annotated[Path | None, Option("--scenario SCENARIO", "The folder of the changed scenario.")] = None,
    outcomes: Annotated[Path | None, Option("--outcomes FILE", "A file of outcomes.")] = None,
    changes: Annotated[
        Path | None, Option("--changes FILE", "A file of changes: teams, operations, pins, wishes.")
    ] = None,
    withdrawals: Withdrawals = None,
    proposal: Annotated[Path | None, Option("--proposal FOLDER", "The replan that --changes answers.")] = None,
    output: OutOrNothing = None,
    choose: Choice = "balanced",
    options_only: Annotated[bool, Option("--options-only", "Show the options without writing.")] = False,
    time_limit: Limit = 60,
    seed: Seed = 0,
) -> None:
    from arshjul.year.folder.replan import Entered, replan
    from arshjul.year.rules.objectives import OPTION_NAMES

    if output is None and not options_only:
        raise either("-o FOLDER", "--options-only")
    entered = Entered(outcomes, changes, withdrawals, scenario, proposal, console.talk)
    out = None if options_only else output
    replanned = replan(folder, entered, as_of, effort(console, time_limit, seed), console.speak, choose, out)
    _tell_unmet(console, replanned)
    written = {} if replanned.chosen is None else {"folder": output, "chosen": replanned.chosen}
    ends = [end.mapping for end in replanned.unknown_ends]
    more = {"doubtful": list(replanned.doubtful), "unknown_ends": ends, "yielded": list(replanned.yielded)}
    if console.answered({**written, "options": _options(replanned), **more}):
        return
    _show(console, replanned)
    if replanned.chosen is not None:
        console.data("")
        tell_changes(console, replanned.news[choose])
        values = {"option": titled(OPTION_NAMES, choose), "folder": str(output)}
        console.talk(Message("The option {option} is written to {folder}.", values))


def _tell_unmet(console: Console, found: "Replanned") -> None:
    """Prints what could not be kept as it was entered."""
    for operation in found.futile_pins:
        values = {"operation": operation}
        console.talk(Message("A rule forbids the pin of {operation}: it stays unplaced.", values))
    for operation in found.yielded:
        values = {"operation": operation}
        console.talk(Message("{operation} cannot stay where all parties agreed, and may move.", values))
    for operation in found.doubtful:
        console.talk(
            Message(
                "{operation} began with too few officers. Enter its outcome, or give an earlier --as-of.",
                {"operation": operation},
            )
        )


def _show(console: Console, found: "Replanned") -> None:
    from arshjul.year.agenda.revised import id_said
    from arshjul.year.planning.replan.replan import ways
    from arshjul.year.rules.objectives import LEVEL_MEANINGS, OPTION_NAMES, UNPROVEN

    hit = [id_said(found.scenario, id) for id in found.hit]
    console.data(
        counted(len(hit), "One operation is affected: {ids}.", "{n} operations are affected: {ids}.", ids=hit)
        if hit
        else Message("No operation is affected.")
    )
    found_ways = ways(found.scenario, found.options)
    for way in found_ways:
        names = [titled(OPTION_NAMES, id) for id in way.ids]
        console.data(way.alike if len(found_ways) == 1 else Message("{option}:", {"option": names}))
        news = found.news[way.ids[0]]
        console.alarm(news.alarms)
        if way.advantage is not None:
            console.data(Message("Advantage: {advantage}", {"advantage": way.advantage}), indent="  ")
        console.data(*level_sentences(way.levels), *(() if way.is_proven else (UNPROVEN,)), indent="  ")
        left_out = found.left_out[way.ids[0]]
        console.data(*news.sentences, *unplaced_sentences(found.scenario, left_out), indent="  - ")
    console.data(*(end.text for end in found.unknown_ends))
    tell_meanings(console, (level.id for way in found_ways for level in way.levels), LEVEL_MEANINGS)


def _options(found: "Replanned") -> list[dict[str, object]]:
    from arshjul.year.planning.replan.replan import ways

    plan_of = {id: way.ids[0] for way in ways(found.scenario, found.options) for id in way.ids}
    return [{**_option(found, id, plan), "plan_of": plan_of[id]} for id, plan in found.options.items()]


def _option(found: "Replanned", name: str, plan: "Plan") -> dict[str, object]:
    from arshjul.year.domain.change import changes
    from arshjul.year.formats.plan.plan_json import placement_mapping

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


@command("fill", "Bind objects to the frames of a plan.", solves=True)
def fill(
    console: Console,
    folder: Folder,
    objects: Annotated[Path, Option("--objects FILE", "Objects: a file, or a folder of objects*.yaml.")],
    as_of: Moment,
    output: OutOrNothing = None,
    time_limit: Limit = 60,
    seed: Seed = 0,
) -> None:
    from arshjul.year.folder.plan import fill

    filled = fill(folder, objects, as_of, effort(console, time_limit, seed), console.speak, output)
    console.warn(*filled.warnings)
    if not console.answered(_filled(filled)):
        _tell_filled(console, filled)


def _tell_filled(console: Console, found: "Filled") -> None:
    from arshjul.year.planning.fill import filling_lines
    from arshjul.year.rules.fill.quality import FILL_LEVEL_MEANINGS

    console.talk(*level_sentences(found.result.levels, found.result.seconds))
    tell_meanings(console, (level.id for level in found.result.levels), FILL_LEVEL_MEANINGS)
    console.data(*filling_lines(found.result))
    if found.folder is None:
        console.talk(Message("Nothing is written: give -o FOLDER."))
    else:
        values = {"folder": str(found.folder), "version": found.result.plan.revision}
        console.talk(Message("Version {version} of the plan is in {folder}.", values))


def _filled(found: "Filled") -> dict[str, object]:
    from arshjul.year.formats.plan.plan_json import bindings_mapping

    result = found.result
    return {
        **({} if found.folder is None else {"folder": found.folder}),
        "revision": result.plan.revision,
        "levels": [{"id": level.id, "value": level.value, "bound": level.bound} for level in result.levels],
        "bindings": bindings_mapping(result.plan.bindings),
        "bound": bindings_mapping(result.bound),
        "freed": [{"object": freed.object, "operation": freed.operation, "rule": freed.rule} for freed in result.freed],
        "unbound": [
            {
                "object": unbound.object,
                "reasons": [
                    {"rule": reason.rule, "operations": list(reason.frames), "text": reason.text}
                    for reason in unbound.reasons
                ],
                **({} if unbound.remedy is None else {"remedy": unbound.remedy}),
            }
            for unbound in result.unbound
        ],
        "empty": list(result.empty),
        "prices": [
            {"rule": price.rule, "about": price.about, "points": price.points, "text": price.text}
            for price in result.prices
        ],
        "warnings": [*map(problem_mapping, found.warnings)],
    }
