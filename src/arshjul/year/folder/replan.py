"""replan: three proven options that mend a plan, the chosen one written; today: what is hit, and ways out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import InputError, Message
from arshjul.year.agenda.overview import UnknownEnd, unknown_ends
from arshjul.year.domain.entries.amendment import edit_sentences
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.retired_parties import n_kept, n_kept_said, with_former, with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.plan_files import history_of, write_next
from arshjul.year.folder.reading import Speak, moment_in, opened
from arshjul.year.formats.plan.answers import Proposed
from arshjul.year.formats.plan.plan_folder import PlanFolder, read_plan_folder
from arshjul.year.formats.reading import read_entries, read_scenario
from arshjul.year.formats.workbook.reading import is_workbook
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.letters.notices import Notices, notices
from arshjul.year.planning.letters.year_log import entered_in
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.proposal import Proposal, refuse_another
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.planning.today import Today
from arshjul.year.planning.today import today as state_of
from arshjul.year.rules import possible
from arshjul.year.rules.objectives import REPLAN_LEVELS
from arshjul.year.texts import counted

MOST_TOLD = 12
Talk = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Entered:
    """`scenario`: the folder of the edited one; None: it is unchanged. `proposal`: the plan that answers are about."""

    outcomes: Path | None = None
    changes: Path | None = None
    withdrawals: Path | None = None
    scenario: Path | None = None
    proposal: Path | None = None
    talk: Talk = lambda _: None

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.outcomes, self.changes, self.withdrawals) if path is not None)


class Replanned(NamedTuple):
    """The options by id, with the meaning of each for people and its seconds.

    `hit` are the operations that lost what their place rests on; `futile_pins` those whose pin a rule forbids;
    `unknown_ends` the withdrawals until further notice, equal in all options; `doubtful` operations that began with too
    few officers; `yielded` those that cannot be held where all agreed; `left_out` new operations without a place, by
    option. `chosen` is the plan that was written, None if
    none was.
    """

    scenario: Scenario
    options: Mapping[str, Plan]
    news: Mapping[str, Notices]
    seconds: Mapping[str, float]
    hit: tuple[str, ...]
    futile_pins: tuple[str, ...]
    unknown_ends: tuple[UnknownEnd, ...]
    doubtful: Mapping[str, tuple[str, ...]]
    yielded: tuple[str, ...]
    left_out: Mapping[str, tuple[Unplaced, ...]]
    chosen: str | None = None


def replan(
    folder: Path,
    entered: Entered,
    as_of: datetime,
    effort: Effort,
    speak: Speak,
    choose: str = "balanced",
    output: Path | None = None,
) -> Replanned:
    """`choose`: the option for `output`. `entered.talk` is called with an edit before anything is solved."""
    refuse_unknown(choose)
    read = opened(folder, speak)
    given = None if entered.scenario is None else _given(entered.scenario, read.scenario, entered.talk)
    named = read.scenario if given is None else with_former(read.scenario, given)
    moment = moment_in(read.scenario, as_of)
    proposal = None if entered.proposal is None else _proposal(read, entered.proposal, moment)
    entries = read_entries(entered.files, named, read.plan.entries, proposed=_proposed(proposal))
    if proposal is not None:
        entries = proposal.entries(entries, edited=given is not None)
    begun = replan_input(read.scenario, read.plan, entries, moment, given)
    if begun.edit is not None:
        told = () if begun.edit.difference is None else edit_sentences(begun.edit.difference)
        for sentence in (*told, *begun.edit.warnings):
            entered.talk(sentence)
    replanned = replan_from(begun, read.plan, effort)
    for sentence in _taken_in(replanned.scenario, replanned.options[choose], is_answered=output is not None):
        entered.talk(sentence)
    operations = replanned.context.scenario.operations
    pinned = replanned.context.demands.pinned
    futile = [id for id in sorted(pinned) if not any(possible(replanned.context, operations[id]).values())]
    news = {
        option: notices(replanned.scenario, read.scenario, read.plan.placed, plan)
        for option, plan in replanned.options.items()
    }
    if output is not None:
        write_next(output, read, replanned.scenario, replanned.options[choose], news[choose])
    return Replanned(
        replanned.scenario,
        replanned.options,
        news,
        replanned.seconds,
        tuple(sorted(replanned.context.hit)),
        tuple(futile),
        tuple(unknown_ends(replanned.scenario, replanned.options[choose])),
        replanned.doubtful,
        tuple(sorted(() if replanned.context.base is None else replanned.context.base.yielded)),
        {option: _new_and_out(read.plan, plan) for option, plan in replanned.options.items()},
        None if output is None else choose,
    )


def _new_and_out(before: Plan, plan: Plan) -> tuple[Unplaced, ...]:
    """The unplaced operations that the plan before did not know: no change tells of them."""
    known = before.placed.keys() | {out.operation for out in before.unplaced}
    return tuple(out for out in plan.unplaced if out.operation not in known)


def _given(path: Path, old: Scenario, talk: Talk) -> Scenario:
    """The edited scenario; what has no sites in a workbook keeps those of the old one, for they go out without."""
    given = read_scenario(path).scenario
    if not is_workbook(path) or given.name != old.name:
        return given
    kept = with_known_sites(given, old)
    if n := n_kept(replace(given, objects={}), kept):  # objects are the old scenario's in any case
        talk(n_kept_said(n))
    return kept


def _taken_in(scenario: Scenario, plan: Plan, *, is_answered: bool) -> Iterator[Message]:
    """The entries of the plan's revision, a sentence each; of many only the first."""
    lines = entered_in(scenario, plan, is_answered=is_answered)
    yield from lines[:MOST_TOLD]
    if len(lines) > MOST_TOLD:
        yield counted(
            len(lines) - MOST_TOLD,
            "One more was entered: see `arshjul log`.",
            "{n} more were entered: see `arshjul log`.",
        )
    if lines and not is_answered:
        yield Message("Not answered yet: the options below are answers.")


def _proposal(read: PlanFolder, folder: Path, as_of: datetime) -> Proposal:
    other = read_plan_folder(folder)
    proposal = Proposal(read.scenario, read.plan, other.scenario, other.plan)
    refuse_another(proposal, as_of)
    return proposal


def _proposed(proposal: Proposal | None) -> Proposed | None:
    return None if proposal is None else Proposed(proposal.scenario, proposal.parties(), proposal.plan.placed)


def refuse_unknown(option: str) -> None:
    if option not in REPLAN_LEVELS:
        values = {"given": option, "known": list(REPLAN_LEVELS)}
        raise InputError(Message("{given} does not exist: choose one of {known}.", values))


def today(folder: Path, withdrawals: Path | None, as_of: datetime | None, speak: Speak) -> Today:
    read = opened(folder, speak)
    entries = read_entries([] if withdrawals is None else [withdrawals], read.scenario, read.plan.entries)
    return state_of(read.scenario, read.plan, entries, moment_in(read.scenario, as_of), history=history_of(read))
