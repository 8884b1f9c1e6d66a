"""What loosening a year would bring in, for people: at most ten sentences and one table.

Operations are named as far as a level of detail allows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import NamedTuple

from arshjul.agenda.channel import Level
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.what_if.what_if import Step, WhatIf
from arshjul.texts import Words, counted, without_capital

MOST_STEPS = 3
"""So many steps have a sentence; the table has all that change anything."""
MOST_NAMED = 6
"""So many operations are named one by one; with more fall-back slots than that their number is told alone."""

Cell = Message | int | None


class StepColumn(NamedTuple):
    """A figure of each step. `usual`: as it is without any step; a column in which all cells are that is left out."""

    heading: Message
    usual: Cell
    of: Callable[[Step], Cell]


def sentences(scenario: Scenario, title: Message, found: WhatIf, level: Level) -> Iterator[Message]:
    yield title
    yield from _beforehand(found)
    before = found.before.levels
    good = [one for one in found.steps if one.fall_backs or one.levels != before or _is_better(found, one)]
    best = sorted(good, key=lambda one: _rank(found, one))
    for step in best[:MOST_STEPS]:
        parts = _parts(scenario, found, step, level)
        said = reduce(lambda said, part: Message("{said}; {part}", {"said": said, "part": part}), parts)
        yield Message("{step} – {effect}.", {"step": step.loosening.text, "effect": said})
    unsure = [step.loosening.text for step in found.steps if not step.proven]
    unsure += [one.text for one in found.asked[len(found.steps) :]]
    if unsure:
        yield Message("Out of time, more may be possible: {steps}.", {"steps": unsure})
    elif best and found.before.left_out:
        yield Message("Proven: no step leaves less unplaced.")
    idle = [step.loosening.text for step in found.steps if step.is_idle]
    if len(idle) > MOST_STEPS:
        yield Message("{n} of {all} steps change nothing, proven.", {"n": len(idle), "all": len(found.asked)})
    elif idle:
        yield Message("Changes nothing, proven: {steps}.", {"steps": idle})
    yield Message("The plan is unchanged. Change the workbook or scenario, and replan, to use a step.")


def _beforehand(found: WhatIf) -> Iterator[Message]:
    before = found.before
    if before.left_out:
        yield counted(
            len(before.left_out),
            "One operation cannot be placed now: {musts} musts, {points} priority points.",
            "{n} operations cannot be placed now: {musts} musts, {points} priority points.",
            musts=before.levels[0],
            points=before.levels[1],
        )
    else:
        yield Message("No operation is unplaced now.")
    if found.weak:
        yield counted(found.weak, "One operation has no fall-back slot.", "{n} operations have no fall-back slot.")
    if found.unaided > 0:
        yield counted(
            found.unaided,
            "One more comes in by a replan alone, and is not counted below.",
            "{n} more come in by a replan alone, and are not counted below.",
        )


def _is_better(found: WhatIf, step: Step) -> bool:
    return found.quality is not None and step.quality is not None and step.quality.value < found.quality.value


def _rank(found: WhatIf, step: Step) -> tuple[int, ...]:
    quality = found.quality if step.quality is None else step.quality
    return *step.levels, -len(step.fall_backs), 0 if quality is None else quality.value


def _parts(scenario: Scenario, found: WhatIf, step: Step, level: Level) -> Iterator[Message]:
    n_in, n_out, n_moved, n_firm = map(len, (step.came_in, step.went_out, step.moved, step.fall_backs))
    for ids, what in (
        (step.came_in, counted(n_in, "one operation comes in", "{n} operations come in")),
        (step.went_out, counted(n_out, "one is unplaced instead", "{n} are unplaced instead")),
        (step.moved, counted(n_moved, "one other moves", "{n} others move")),
        (step.fall_backs, counted(n_firm, "one gets a fall-back slot", "{n} get a fall-back slot")),
    ):
        is_many = ids is step.fall_backs and len(ids) > MOST_NAMED
        which = [] if is_many else list(named(scenario, ids, level))
        if ids:
            yield Message("{what}: {which}", {"what": what, "which": which}) if which else what
    if _is_better(found, step) and found.quality is not None and step.quality is not None:
        values = {"after": step.quality.value, "before": found.quality.value}
        if step.quality.proven:
            yield Message("quality: {after} penalty points, now {before}, proven", values)
        else:
            yield Message("quality: {after} penalty points, now {before}; fewer may be possible", values)


def named(scenario: Scenario, operations: Iterable[str], level: Level) -> Iterator[Message]:
    """The operations by number, area and sector, or by area; `busy`: not at all. Titles may hint at a target."""
    there = [scenario.operations[id] for id in operations]
    if level == "area":
        for area, n in sorted(Counter(one.area for one in there).items()):
            yield counted(n, "one in {area}", "{n} in {area}", area=scenario.areas[area].name)
    elif level == "full":
        for one in there[:MOST_NAMED]:
            area, sector = scenario.areas[one.area].name, without_capital(scenario.word(one.sector))
            yield Message("{id} ({area}, {sector})", {"id": one.id, "area": area, "sector": sector})
        if len(there) > MOST_NAMED:
            yield counted(len(there) - MOST_NAMED, "one more", "{n} more")


def table(found: WhatIf, words: Words) -> list[list[str]]:
    """The headings, the plan as it is, and each step that changes anything or is not proven; empty if there is none."""

    def said(cell: Cell) -> str:
        return "" if cell is None else words.say(cell) if isinstance(cell, Message) else str(cell)

    rows = [step for step in found.steps if not step.is_idle]
    columns = [one for one in _columns(found) if any(one.of(step) not in (None, one.usual) for step in rows)]
    if not columns:
        return []
    cells: list[list[Cell]] = [
        [Message("step"), *(one.heading for one in columns)],
        [Message("as it is"), *(one.usual for one in columns)],
        *([step.loosening.text, *(one.of(step) for one in columns)] for step in rows),
    ]
    return [list(map(said, row)) for row in cells]


def _columns(found: WhatIf) -> tuple[StepColumn, ...]:
    before, own = found.before, found.quality
    return (
        StepColumn(Message("come in"), 0, lambda step: len(step.came_in)),
        StepColumn(Message("unplaced instead"), 0, lambda step: len(step.went_out)),
        StepColumn(Message("move"), 0, lambda step: len(step.moved)),
        StepColumn(Message("musts unplaced"), before.levels[0], lambda step: step.levels[0]),
        StepColumn(Message("points unplaced"), before.levels[1], lambda step: step.levels[1]),
        StepColumn(Message("new fall-backs"), 0, lambda step: len(step.fall_backs)),
        StepColumn(
            Message("quality"),
            None if own is None else own.value,
            lambda step: None if step.quality is None else step.quality.value,
        ),
        StepColumn(Message("proven"), None, lambda step: None if step.proven else Message("no")),
    )
