"""The gain of a year by one more of a party, or by a rule a step looser.

Each step is a replan that delivers most in the scenario that it makes. No plan of that scenario leaves out less.
Fall-back slots are those of the plan as it stands. What not even all steps together change is proven for each of them
at once. Of a first plan whose year has not begun the quality can be compared too, where nothing comes in: the year is
then planned anew.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from time import perf_counter
from typing import Literal, NamedTuple

from arshjul.errors import InputError, Message, NoAnswer
from arshjul.year.agenda.channel import Level as Detail
from arshjul.year.agenda.party import parties, party_meant, party_named
from arshjul.year.agenda.year import months
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.extra_capacity import EXTRA_OFFICERS, extra_shifts
from arshjul.year.domain.level import Level
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.finder import StandingPlan, fall_backs
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.ladder import Answer, climb
from arshjul.year.planning.replan.replan import rungs_of
from arshjul.year.rules import HARD
from arshjul.year.rules.builder import QUALITY
from arshjul.year.rules.hard.agency_teams import AgencyTeams
from arshjul.year.rules.hard.police_officers import PoliceOfficers
from arshjul.year.rules.objectives import MUSTS, POINTS
from arshjul.year.rules.rule import Loosening
from arshjul.year.texts import Month, Words, counted, without_capital


@dataclass(frozen=True, slots=True)
class WhatIfQuestion:
    """More of the party of that id, month by month; or that rule, or one setting of it, a step looser."""

    kind: Literal["party", "rule"]
    id: str


LOOSENING = tuple(rule for rule in HARD if rule.has_step())
_RULES = {
    name: rule for rule in LOOSENING for name in (rule.id, *(setting.key for setting in rule.settings if setting.step))
}
"""Rules that can be loosened, by their names: their ids, and the keys of their settings."""


def question_of(scenario: Scenario, party: str | None, rule: str | None) -> WhatIfQuestion:
    """The question that is meant. InputError, with all rules that can be asked about, if it is none."""
    if party is not None and rule is None:
        named = party_meant(party, [str(known) for known in parties(scenario)[1:]])
        return WhatIfQuestion("party", party_named(named).id)
    if party is None and rule in _RULES:
        return WhatIfQuestion("rule", str(rule))
    rules = [Message("{id} ({title})", {"id": known.id, "title": known.title}) for known in LOOSENING]
    settings = [name for name, one in _RULES.items() if name != one.id]
    these = Message(
        "Rules to loosen a step: {rules}; single settings: {settings}.", {"rules": rules, "settings": settings}
    )
    if party is None and rule is not None:
        raise InputError(Message('"{given}" cannot be loosened. {these}', {"given": rule, "these": these}))
    raise InputError(Message("Name either --party or --rule. {these}", {"these": these}))


def rule_choices() -> dict[str, Message]:
    """Settings that can be loosened a step, and rules without one, by the words of the sheet Rules."""
    found: dict[str, Message] = {}
    for rule in LOOSENING:
        found |= {setting.key: setting.name for setting in rule.settings if setting.step} or {rule.id: rule.title}
    return found


def party_choices(scenario: Scenario) -> dict[str, Message]:
    teams = {
        id: Message("One more team of {party}", {"party": agency.name}) for id, agency in scenario.agencies.items()
    }
    officers = {
        id: Message("{n} more officers of {party}", {"party": unit.name, "n": EXTRA_OFFICERS})
        for id, unit in scenario.police.items()
    }
    return teams | officers


def title(scenario: Scenario, asked: WhatIfQuestion) -> Message:
    if asked.kind == "party":
        what = party_choices(scenario).get(asked.id, Message("{id}", {"id": asked.id}))
        return Message("{what}, month by month", {"what": what})
    return Message("A step looser: {rule}", {"rule": _named(asked.id)})


def _named(rule: str) -> Message:
    return rule_choices().get(rule, _RULES[rule].title)


def loosenings(scenario: Scenario, asked: WhatIfQuestion, as_of: datetime) -> list[Loosening]:
    """The steps to try, of the months that are not over. InputError if there is none."""
    if asked.kind == "party" and asked.id not in scenario.parties:
        raise InputError(Message("No party {given} in the plan.", {"given": asked.id}))
    today = as_of.date()
    ahead = [Span(max(month.first, today), month.last) for month in months(scenario.span) if month.last >= today]
    if asked.kind == "party":
        found = list(_of_party(scenario, asked.id, ahead))
        text = Message("{party} offers nothing ahead to increase.", {"party": scenario.parties[asked.id].name})
    else:
        steps = _RULES[asked.id].looser(scenario, ahead)
        found = [step for step in steps if asked.id in (step.of, _RULES[asked.id].id)]
        text = Message("{rule} affects no operation: choose another rule.", {"rule": _named(asked.id)})
    if not found:
        raise InputError(text)
    return found


def _of_party(scenario: Scenario, party: str, ahead: list[Span]) -> Iterator[Loosening]:
    rule = AgencyTeams() if party in scenario.agencies else PoliceOfficers()
    for month in ahead:
        for step in rule.looser(scenario, [month]):
            if step.of == party:
                n = len(extra_shifts(scenario, party, [month]))
                text = counted(n, "{month} (one shift)", "{month} ({n} shifts)", month=Month(month.first))
                yield replace(step, of=f"{month.first:%Y-%m}", text=text)


DELIVERING = "most-delivered"


@dataclass(frozen=True, slots=True)
class Delivered:
    """`levels`: the musts and points left out. `proven`: no plan of its scenario leaves out less."""

    left_out: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    levels: tuple[int, int] = (0, 0)
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A step, and what comes in with it, is left out for that, and moves; `fall_backs` get a fall-back slot.
    `levels`: the musts and points that are left out with it.

    `quality`: what it could be; None: not asked, or not found in time. `proven`: no plan delivers more, with the step
    or without it. `is_idle`: it is proven to change nothing of all this.
    """

    loosening: Loosening
    came_in: tuple[str, ...]
    went_out: tuple[str, ...]
    moved: tuple[str, ...]
    fall_backs: tuple[str, ...]
    levels: tuple[int, int]
    quality: Level | None
    proven: bool
    is_idle: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`before`: what a replan delivers without a step, `unaided` how many come in by it alone. `weak`: without a fall-
    back slot. `quality`: the plan's own, where it is compared.
    """

    before: Delivered
    unaided: int
    weak: int
    quality: Level | None
    steps: tuple[Step, ...]
    asked: tuple[Loosening, ...]

    @property
    def is_whole(self) -> bool:
        return len(self.steps) == len(self.asked) and all(step.proven for step in self.steps)


def what_if(
    scenario: Scenario,
    plan: Plan,
    asked: Sequence[Loosening],
    as_of: datetime,
    effort: Effort,
    told: Callable[[int, int], None] | None = None,
    *,
    has_quality: bool = False,
) -> WhatIf:
    """`told` hears how many are done, of how many. `has_quality`: it is compared where it can be, which takes a plan of
    the year for each step. It ends when time is up, or Ctrl-C is pressed.
    """
    started, year = perf_counter(), _StandingYear(scenario, plan, as_of)
    weak, before = year.without_fall_back(scenario), Delivered()
    if plan.unplaced:
        before = year.delivered(None, effort)
    widest = reduce(lambda made, one: one.make(made), asked, scenario)
    bound = before if not before.left_out else year.delivered(widest, effort.since(started))
    gains_nothing = before.proven and bound.proven and before.levels == bound.levels
    helped = set(weak).difference(year.without_fall_back(widest, weak))
    is_first = has_quality and plan.revision == 1 and as_of.date() <= scenario.span.first
    own = next((level for level in plan.levels if level.id == QUALITY), None) if is_first else None
    best = year.quality(widest, effort.since(started)) if own is not None and gains_nothing else None
    known = own if _equal(own, best) else None  # prices fall with what is offered: no step saves more than all
    steps: list[Step] = []
    with suppress(KeyboardInterrupt):
        for loosening, left in effort.each(asked, started, told):
            given = loosening.make(scenario)
            after = before if gains_nothing else year.delivered(given, left)
            proven, gains = before.proven and after.proven, after.levels != before.levels
            after = after if gains else before  # one that comes in for another, at the same points, is no gain
            still = set(year.without_fall_back(given, helped)) if helped else set()
            quality = known
            if known is None and own is not None and not gains:
                quality = year.quality(given, effort.since(started))
            firms = helped - still
            is_idle = proven and not firms and not gains and (own is None or _equal(own, quality))
            steps.append(
                Step(
                    loosening,
                    came_in=tuple(sorted(before.left_out - after.left_out)),
                    went_out=tuple(sorted(after.left_out - before.left_out)),
                    moved=tuple(sorted(after.moved - before.moved)),
                    fall_backs=tuple(sorted(firms)),
                    levels=after.levels,
                    quality=quality,
                    proven=proven,
                    is_idle=is_idle,
                )
            )
    return WhatIf(before, len(plan.unplaced) - len(before.left_out), len(weak), own, tuple(steps), tuple(asked))


def _equal(own: Level | None, quality: Level | None) -> bool:
    return own is not None and quality is not None and own.proven and own.value == quality.bound


@dataclass(frozen=True, slots=True)
class _StandingYear:
    scenario: Scenario
    plan: Plan
    as_of: datetime

    def delivered(self, given: Scenario | None, effort: Effort) -> Delivered:
        """The most that a replan with that scenario delivers. KeyboardInterrupt if it is stopped."""
        rungs = rungs_of(replan_input(self.scenario, self.plan, Entries(), self.as_of, given, checked=True).context)
        answers = climb(rungs, DELIVERING, [], effort)
        best = answers[-1] if answers[-1].proven else rungs[-1].best_of(DELIVERING, answers[-1], answers)
        if best.solution.stopped_by == "asked":
            raise KeyboardInterrupt
        if best.solution.choice is None:
            raise NoAnswer(Message("No plan within the time limit: give more time."))
        return _delivered(best)

    def without_fall_back(self, scenario: Scenario, among: Collection[str] | None = None) -> list[str]:
        backs = fall_backs(StandingPlan.of(scenario, self.plan, self.as_of), among=among)
        return [id for id, slots in backs.slots.items() if not slots]

    def quality(self, given: Scenario, effort: Effort) -> Level | None:
        """The quality of the year planned anew; None if no plan was found in time."""
        if not effort.limit_s:
            return None
        try:
            made = make_plan(given, self.plan.as_of, replace(effort, bare=True)).plan
        except NoAnswer:
            return None
        return next((level for level in made.levels if level.id == QUALITY), None)


def _delivered(answer: Answer) -> Delivered:
    solution, problem = answer.solution, answer.problem
    values, context = solution.values(), problem.context
    places = problem.builder.placements(solution.choice or ())
    are_bounds = not context.held and all(level.proven for level in solution.levels if level.id in (MUSTS, POINTS))
    return Delivered(
        left_out=frozenset(id for id, place in places.items() if place is None and id in context.scenario.planned),
        moved=frozenset(
            id
            for id, place in places.items()
            if place is not None and (old := context.before.get(id)) is not None and not old.same_place(place)
        ),
        levels=(values[MUSTS] or 0, values[POINTS] or 0),
        proven=answer.proven or are_bounds,
    )


MOST_STEPS = 3
"""The number of steps with a sentence of their own; the table has all that change anything."""
MOST_NAMED = 6
"""The most operations that are named one by one; with more fall-back slots than that their number is told alone."""

Cell = Message | int | None


class StepColumn(NamedTuple):
    """A figure of each step. `usual`: as it is without any step; a column in which all cells are that is left out."""

    heading: Message
    usual: Cell
    of: Callable[[Step], Cell]


def sentences(scenario: Scenario, title: Message, found: WhatIf, level: Detail) -> Iterator[Message]:
    yield title
    yield from _beforehand(found)
    before = found.before.levels
    good = [step for step in found.steps if step.fall_backs or step.levels != before or _is_better(found, step)]
    best = sorted(good, key=lambda one: _rank(found, one))
    for step in best[:MOST_STEPS]:
        parts = _parts(scenario, found, step, level)
        said = reduce(lambda said, part: Message("{said}; {part}", {"said": said, "part": part}), parts)
        yield Message("{step} – {effect}.", {"step": step.loosening.text, "effect": said})
    unsure = [step.loosening.text for step in found.steps if not step.proven]
    unsure += [loosening.text for loosening in found.asked[len(found.steps) :]]
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
            "One operation is unplaced now: {musts} musts, {points} priority points.",
            "{n} operations are unplaced now: {musts} musts, {points} priority points.",
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


def _parts(scenario: Scenario, found: WhatIf, step: Step, level: Detail) -> Iterator[Message]:
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


def named(scenario: Scenario, operations: Iterable[str], level: Detail) -> Iterator[Message]:
    """The operations by number, area and sector, or by area; `busy`: not at all. Titles may hint at a target."""
    there = [scenario.operations[id] for id in operations]
    if level == "area":
        for area, n in sorted(Counter(operation.area for operation in there).items()):
            yield counted(n, "one in {area}", "{n} in {area}", area=scenario.areas[area].name)
    elif level == "full":
        for operation in there[:MOST_NAMED]:
            area, sector = scenario.areas[operation.area].name, without_capital(scenario.word(operation.sector))
            yield Message("{id} ({area}, {sector})", {"id": operation.id, "area": area, "sector": sector})
        if len(there) > MOST_NAMED:
            yield counted(len(there) - MOST_NAMED, "one more", "{n} more")


def table(found: WhatIf, words: Words) -> list[list[str]]:
    """The headings, the plan as it is, and each step that changes anything or is not proven; empty if there is none."""

    def said(cell: Cell) -> str:
        return "" if cell is None else words.say(cell) if isinstance(cell, Message) else str(cell)

    rows = [step for step in found.steps if not step.is_idle]
    columns = [
        column for column in _columns(found) if any(column.of(step) not in (None, column.usual) for step in rows)
    ]
    if not columns:
        return []
    cells: list[list[Cell]] = [
        [Message("step"), *(column.heading for column in columns)],
        [Message("as it is"), *(column.usual for column in columns)],
        *([step.loosening.text, *(column.of(step) for column in columns)] for step in rows),
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
