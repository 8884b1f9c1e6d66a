"""diff: what changed between two plans, and who must be told."""

from dataclasses import dataclass
from pathlib import Path

from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak
from arshjul.agenda.part_change import Former
from arshjul.agenda.unknown_ends import UnknownEnd, unknown_ends
from arshjul.domain.change import Causes
from arshjul.planning.letters.asking import AskedPlace, Asking
from arshjul.planning.letters.notices import Letter, Notices, notices
from arshjul.rules.told_causes import absences_told, causes_told


@dataclass(frozen=True, slots=True)
class Difference:
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
    """The difference of two plan folders."""
    before, after = opened(old, speak), opened(new, speak)
    base = after.plan.replanned_from
    hit = () if base is None else tuple(sorted(base.hit))
    news = notices(after.scenario, before.scenario, before.plan.placed, after.plan)
    asking = Asking(Former(before.scenario, before.plan.placed), after.scenario, after.plan, news.changes)
    return Difference(
        news,
        hit,
        tuple(unknown_ends(after.scenario, after.plan)),
        causes_told(after.scenario, after.plan, news.changes),
        absences_told(after.scenario, after.plan, news.lost),
        asking.letters(),
        asking.asked(),
    )
