"""plan, verify, feeds, wheel: making a plan and its files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Option, command
from arshjul.cli.console import FOUND_WRONG, Console, Ended
from arshjul.cli.options import AsOf, Certify, Folder, History, Limit, Out, ScenarioFolder, Seed
from arshjul.cli.solving import confirmations, effort, level_name, level_sentences, tell_meanings, unplaced_sentences
from arshjul.errors import Message
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.year.domain.plan import Plan
    from arshjul.year.domain.scenario import Scenario
    from arshjul.year.planning.places.finder import FallBacks

MOST_NAMED = 12
"""The most operations that are named on one line."""


@command("plan", "Make the year's plan, its wheel and its calendars.", solves=True)
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
    from arshjul.year.folder.plan import plan

    trying = effort(console, time_limit, seed, certify=certify)
    made = plan(scenario, output, trying, as_of, console.speak, tuple(history or ()))
    console.talk(*made.learnt, *(confirmations(made.plan.levels, level_name) if certify else ()))
    slots, n_uncounted = dict(made.fall_backs.slots), made.fall_backs.n_uncounted
    summary = _summary(made.plan, made.seconds)
    if console.answered({"folder": output, **summary, "fall_backs": slots, "fall_backs_uncounted": n_uncounted}):
        return
    _tell(console, made.scenario, made.plan, made.seconds, str(output))
    _tell_weak(console, made.scenario, made.fall_backs)
    console.data(str(output))


@command("verify", "Check a plan by the rules, without a solver.")
def verify(console: Console, folder: Folder) -> None:
    from arshjul.year.folder.reading import verify
    from arshjul.year.rules import rule_titled

    verdict = verify(folder, console.speak)
    breaches = [
        {"rule": breach.rule, "operations": list(breach.operations), "text": breach.text} for breach in verdict.breaches
    ]
    if not console.answered({"clean": verdict.clean, "breaches": breaches, "claims": list(verdict.claims)}):
        for breach in verdict.breaches:
            console.data(Message("{rule}: {text}", {"rule": rule_titled(breach.rule), "text": breach.text}))
        console.data(*verdict.claims)
        if verdict.clean:
            console.talk(Message("The plan keeps every rule, and its values are right."))
    if not verdict.clean:
        raise Ended(FOUND_WRONG)


@command("feeds", "Write the calendar files of a plan anew.")
def feeds(console: Console, folder: Folder) -> None:
    from arshjul.year.folder.plan import feeds

    _tell_files(console, folder, feeds(folder, console.speak))


@command("wheel", "Draw wheel and page of a plan anew.")
def wheel(
    console: Console,
    folder: Folder,
    year: Annotated[
        str | None, Option("--year Y", "The year, if the plan has several; default: the current one.")
    ] = None,
) -> None:
    from arshjul.year.folder.plan import wheel

    _tell_files(console, folder, wheel(folder, console.speak, year))


def _tell_files(console: Console, folder: Path, names: list[str]) -> None:
    if not console.answered({"folder": folder, "files": names}):
        console.data(*(str(folder / name) for name in names))


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
    from arshjul.year.agenda.revised import alarms
    from arshjul.year.rules.objectives import LEVEL_MEANINGS, UNPROVEN, UNSETTLED, is_unsettled

    console.talk(*level_sentences(plan.levels, seconds))
    tell_meanings(console, (level.id for level in plan.levels), LEVEL_MEANINGS)
    console.alarm(alarms(scenario, plan.placed, {}), err=True)
    console.talk(counted(len(plan.placements), "One operation is placed.", "{n} operations are placed."))
    if plan.status != "optimal":
        console.talk(UNPROVEN)
    if is_unsettled(plan):
        console.talk(UNSETTLED)
    console.talk(*unplaced_sentences(scenario, plan.unplaced))
    console.talk(Message("The plan is in {folder}: open plan.html.", {"folder": folder}))


def _tell_weak(console: Console, scenario: "Scenario", found: "FallBacks") -> None:
    """Prints the number of slots to which operations can move alone, fewest first, and the operations without any."""
    from arshjul.year.agenda.overview import uncounted
    from arshjul.year.agenda.revised import id_said

    slots = {console.words.say(id_said(scenario, id)): n for id, n in found.slots.items()}
    if some := sorted((item for item in slots.items() if item[1]), key=lambda item: item[1]):
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
    n_more = len(operations) - MOST_NAMED
    more = [Message("{n} more", {"n": n_more})] if n_more > 0 else []
    return [*operations[:MOST_NAMED], *more]
