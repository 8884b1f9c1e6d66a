"""plan, verify, feeds, wheel: making a plan and its files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.certificates import beginning, confirmations
from arshjul.cli.command import command
from arshjul.cli.console import FOUND_WRONG, Console, ProgressLine
from arshjul.cli.options import (
    AsOf,
    Certify,
    Commands,
    Folder,
    History,
    Limit,
    Out,
    ScenarioFolder,
    Seed,
    moment_or_now,
    say,
)
from arshjul.errors import Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.domain.level import Level
    from arshjul.domain.plan import Plan
    from arshjul.domain.scenario import Scenario
    from arshjul.planning.places.standing_plan import FallBacks

MOST_NAMED = 12
"""The most operations that are named on one line."""


@command
def plan(
    console: Console,
    scenario: ScenarioFolder,
    output: Out,
    time_limit: Limit = 60,
    seed: Seed = 0,
    as_of: AsOf = None,
    certify: Certify = False,
    history: History = None,
) -> None:
    from arshjul.actions.folder.plan import plan as planned
    from arshjul.planning.effort import Effort

    line = ProgressLine(console)
    effort = Effort(time_limit, seed, certify, line, beginning(console, line))
    made = planned(scenario, output, effort, moment_or_now(as_of), console.speak, tuple(history or ()))
    line.clear()
    for learnt in made.learnt:
        console.talk(learnt)
    for sentence in confirmations(made.plan.levels, level_name) if certify else ():
        console.talk(sentence)
    if console.as_json:
        summary = _summary(made.plan, made.seconds)
        slots, n_uncounted = dict(made.fall_backs.slots), made.fall_backs.n_uncounted
        console.json({"folder": str(output), **summary, "fall_backs": slots, "fall_backs_uncounted": n_uncounted})
    else:
        _tell(console, made.scenario, made.plan, made.seconds, str(output))
        _tell_weak(console, made.scenario, made.fall_backs)
        console.data(str(output))


@command
def verify(console: Console, folder: Folder) -> None:
    from arshjul.actions.folder.reading import verify as judged
    from arshjul.rules import rule_titled

    verdict = judged(folder, console.speak)
    breaches = [
        {"rule": b.rule, "operations": list(b.operations), "text": console.words.say(b.text)} for b in verdict.breaches
    ]
    claims = [console.words.say(claim) for claim in verdict.claims]
    if console.as_json:
        console.json({"clean": verdict.clean, "breaches": breaches, "claims": claims})
    else:
        for breach in verdict.breaches:
            console.data(console.words("{rule}: {text}", rule=rule_titled(breach.rule), text=breach.text))
        for claim in claims:
            console.data(claim)
        if verdict.clean:
            console.talk(Message("The plan keeps every rule, and its values are right."))
    if not verdict.clean:
        raise typer.Exit(FOUND_WRONG)


@command
def feeds(console: Console, folder: Folder) -> None:
    from arshjul.actions.folder.plan import feeds as written

    _tell_files(console, folder, written(folder, console.speak))


@command
def wheel(
    console: Console,
    folder: Folder,
    year: Annotated[
        str | None,
        typer.Option("--year", metavar="Y", help=say("The year, if the plan has several; default: the current one.")),
    ] = None,
) -> None:
    from arshjul.actions.folder.plan import wheel as drawn

    _tell_files(console, folder, drawn(folder, console.speak, year))


def _tell_files(console: Console, folder: Path, names: list[str]) -> None:
    if console.as_json:
        console.json({"folder": str(folder), "files": names})
        return
    for name in names:
        console.data(str(folder / name))


def _summary(plan: "Plan", seconds: Mapping[str, float]) -> dict[str, object]:
    return {
        "revision": plan.revision,
        "status": plan.status,
        "levels": [
            {
                "id": level.id,
                "value": level.value,
                "bound": level.bound,
                "proved_by": list(level.proved_by),
                "seconds": round(seconds[level.id], 3) if level.id in seconds else None,
            }
            for level in plan.levels
        ],
        "placed": len(plan.placements),
        "unplaced": [unplaced.operation for unplaced in plan.unplaced],
    }


def _tell(console: Console, scenario: "Scenario", plan: "Plan", seconds: Mapping[str, float], folder: str) -> None:
    from arshjul.agenda.notice import alarms
    from arshjul.rules.objectives import UNPROVEN, UNSETTLED, is_unsettled

    for level in plan.levels:
        console.talk(level_sentence(level, seconds.get(level.id)))
    for sentence in gap_sentences(plan.levels):
        console.talk(sentence)
    tell_meanings(console, [level.id for level in plan.levels])
    console.alarm(alarms(scenario, plan.placed, {}), err=True)
    n = len(plan.placements)
    console.talk(counted(n, "One operation is placed.", "{n} operations are placed."))
    if plan.status != "optimal":
        console.talk(UNPROVEN)
    if is_unsettled(plan):
        console.talk(UNSETTLED)
    _tell_unplaced(console, scenario, plan)
    console.talk(Message("The plan is in {folder}: open plan.html.", {"folder": folder}))


def _tell_unplaced(console: Console, scenario: "Scenario", plan: "Plan") -> None:
    """Prints why each unplaced operation is left out, and the number of those whose reasons were not sought."""
    from arshjul.agenda.notice import id_said
    from arshjul.planning.places.reasons import is_sought

    unsought = [unplaced.operation for unplaced in plan.unplaced if not is_sought(unplaced)]
    for unplaced in plan.unplaced:
        if is_sought(unplaced):
            values = {
                "operation": id_said(scenario, unplaced.operation),
                "why": [reason.text for reason in unplaced.reasons],
            }
            console.talk(Message("{operation} is unplaced: {why}.", values))
    if unsought:
        console.talk(
            counted(
                len(unsought),
                "One more operation is unplaced: `arshjul explain` gives the reasons.",
                "{n} more operations are unplaced: `arshjul explain` gives the reasons.",
            )
        )


def _tell_weak(console: Console, scenario: "Scenario", found: "FallBacks") -> None:
    """Prints the number of slots to which operations can move alone, fewest first, and the operations without any."""
    from arshjul.agenda.notice import id_said
    from arshjul.agenda.overview import uncounted

    slots = {console.words.say(id_said(scenario, id)): n for id, n in found.slots.items()}
    some = sorted((item for item in slots.items() if item[1]), key=lambda item: item[1])
    if some:
        told = _named([f"{operation} ({n})" for operation, n in some])
        console.talk(Message("Fewest fall-back slots: {slots}.", {"slots": told}))
    if weak := [operation for operation, n in slots.items() if n == 0]:
        console.talk(
            counted(
                len(weak),
                "One operation has no fall-back slot: {ids}.",
                "{n} operations have no fall-back slot: {ids}.",
                ids=_named(weak),
            )
        )
    if found.n_uncounted:
        console.talk(uncounted(found.n_uncounted))


def _named(operations: Sequence[str]) -> list[object]:
    """The first of the operations, and the number of the others."""
    first: list[object] = [*operations[:MOST_NAMED]]
    n_more = len(operations) - MOST_NAMED
    return [*first, Message("{n} more", {"n": n_more})] if n_more > 0 else first


def level_name(id: str) -> object:
    """The word for a level of a plan."""
    from arshjul.rules.objectives import LEVEL_NAMES

    return LEVEL_NAMES.get(id, id)


def level_sentence(level: "Level", seconds: float | None = None) -> Message:
    """The value of a level, and what is proven about it."""
    values = {"level": level_name(level.id), "value": level.value, "bound": level.bound}
    if level.proven:
        said = Message("{level}: {value}, proven", values)
    elif level.bound is None:
        said = Message("{level}: {value}, unproven", values)
    else:
        said = Message("{level}: {value}, at best {bound}", values)
    return said if seconds is None else Message("{said} ({seconds} s)", {"said": said, "seconds": seconds})


def gap_sentences(levels: "Iterable[Level]") -> Iterator[Message]:
    """How much better a plan there may be, a sentence for each level that is not proven."""
    from arshjul.rules.objectives import gaps

    for gap in gaps(levels).values():
        yield Message("Not proven to be best: {gap}.", {"gap": gap})


def tell_meanings(console: Console, levels: Iterable[str]) -> None:
    """Prints what the values of those levels count, and so which way is better."""
    from arshjul.rules.objectives import LEVEL_MEANINGS, LEVEL_NAMES

    told = [
        console.words("{level}: {meaning}", level=LEVEL_NAMES[level], meaning=LEVEL_MEANINGS[level])
        for level in dict.fromkeys(levels)
        if level in LEVEL_MEANINGS
    ]
    if told:
        console.talk(Message("Lower is better. {meanings}.", {"meanings": "; ".join(told)}))


commands: Commands = {
    "plan": (plan, say("Make the year's plan, its wheel and its calendars.")),
    "verify": (verify, say("Check a plan by the rules, without a solver.")),
    "feeds": (feeds, say("Write the calendar files of a plan anew.")),
    "wheel": (wheel, say("Draw wheel and page of a plan anew.")),
}
