"""Questions to a plan: explain, its alternatives, ask, what-if, diff, and its withdrawals."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.year.agenda.overview import UnknownEnd, unknown_ends
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.domain.change import Causes
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.folder.reading import Speak, is_sound, moment_in, opened
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.letters.notices import Letter, Notices, notices
from arshjul.year.planning.letters.questions import AskedPlace, ProposalQuestions
from arshjul.year.planning.letters.year_log import operation_history
from arshjul.year.planning.places.explain import Explanation, explain_date, known
from arshjul.year.planning.places.explain import explain as explained
from arshjul.year.planning.places.finder import Alternative, StandingPlan, moving_nothing, moving_one, moving_two
from arshjul.year.planning.places.police_wishes import PoliceWishes, police_wishes
from arshjul.year.planning.what_if import WhatIf, WhatIfQuestion, loosenings
from arshjul.year.planning.what_if import what_if as found_of
from arshjul.year.rules.told_causes import absences_told, causes_told


class Explained(NamedTuple):
    """`history`: its entries, and the versions that moved it; empty if a date was asked. `sound`: its plan's check."""

    found: Explanation
    history: tuple[Message, ...]
    sound: bool


def explain(folder: Path, operation: str, day: date | None, as_of: datetime | None, speak: Speak) -> Explained:
    read = opened(folder, speak)
    seen = None if as_of is None else moment_in(read.scenario, as_of)
    history: list[Message] = []
    if day is None:
        history = operation_history(read.scenario, read.plan, operation)
        explanation = explained(read.scenario, read.plan, operation, seen)
    else:
        explanation = explain_date(read.scenario, read.plan, operation, day, seen)
    return Explained(explanation, tuple(history), is_sound(read))


class Alternatives(NamedTuple):
    """The slots found: those that move nothing else, then one other, then two; and whether the plan is sound."""

    scenario: Scenario
    found: tuple[Alternative, ...]
    sound: bool


def alternatives(folder: Path, operation: str, as_of: datetime | None, most: int, speak: Speak) -> Alternatives:
    read = opened(folder, speak)
    known(read.scenario, operation)
    seen = None if as_of is None else moment_in(read.scenario, as_of)
    problem = StandingPlan.of(read.scenario, read.plan, seen, frozenset({operation})).problem()
    free, one = moving_nothing(problem, operation), moving_one(problem, operation)
    closed = {alternative.placement.slot for alternative in (*free, *one)}
    two = moving_two(problem, operation, closed) if len(closed) < most else None
    slots = (*free[:most], *one[:most], *([two] if two else []))
    return Alternatives(read.scenario, slots, is_sound(read))


def ask(folder: Path, as_of: datetime | None, speak: Speak) -> tuple[Scenario, PoliceWishes]:
    """The wishes of the folder's plan as seen from `as_of` (None: now), never from before the plan's own moment."""
    read = opened(folder, speak)
    moment = max(moment_in(read.scenario, as_of), read.plan.as_of)
    return read.scenario, police_wishes(read.scenario, read.plan, moment)


def what_if(
    scenario: Scenario,
    plan: Plan,
    asked: WhatIfQuestion,
    as_of: datetime | None,
    effort: Effort,
    told: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """The gain of the plan by the question's steps from `as_of` on (None: now). InputError if it has none."""
    moment = max(moment_in(scenario, as_of), plan.as_of)
    steps = loosenings(scenario, asked, moment)
    return found_of(scenario, plan, steps, moment, effort, told, has_quality=asked.kind == "rule")


class Difference(NamedTuple):
    """The changes from an earlier plan to a later one, in words for people who know the earlier one.

    `hit`: the operations that had lost their place, for which a replan was made. `unknown_ends`: the later plan's
    withdrawals until further notice. By operation, `causes` say why it has changed, `absences` why agencies no longer
    join it. For a proposal, `questions` are the letters, and `asked` has the party and operation of each question.
    """

    news: Notices
    hit: tuple[str, ...]
    unknown_ends: tuple[UnknownEnd, ...]
    causes: Causes
    absences: Causes
    questions: tuple[Letter, ...] = ()
    asked: tuple[AskedPlace, ...] = ()


def diff(old: Path, new: Path, speak: Speak) -> Difference:
    before, after = opened(old, speak), opened(new, speak)
    base = after.plan.replanned_from
    hit = () if base is None else tuple(sorted(base.hit))
    news = notices(after.scenario, before.scenario, before.plan.placed, after.plan)
    asking = ProposalQuestions(
        FormerPlan(before.scenario, before.plan.placed), after.scenario, after.plan, news.changes
    )
    return Difference(
        news,
        hit,
        tuple(unknown_ends(after.scenario, after.plan)),
        causes_told(after.scenario, after.plan, news.changes),
        absences_told(after.scenario, after.plan, news.lost),
        asking.letters(),
        asking.asked(),
    )


class WithdrawalLog(NamedTuple):
    """In order. `replaced` are the numbers of those that a later report of the same id has replaced."""

    scenario: Scenario
    withdrawals: tuple[Withdrawal, ...]
    replaced: frozenset[int]
    unknown_ends: tuple[UnknownEnd, ...]


def withdrawal_log(scenario: Scenario, plan: Plan) -> WithdrawalLog:
    ordered = sorted(plan.entries.withdrawals, key=lambda report: (report.reported or plan.as_of, report.id))
    last = {withdrawal.id: number for number, withdrawal in enumerate(ordered)}
    replaced = frozenset(range(len(ordered))) - frozenset(last.values())
    return WithdrawalLog(scenario, tuple(ordered), replaced, tuple(unknown_ends(scenario, plan)))
