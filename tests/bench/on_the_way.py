"""What a replan's options are worth on the way: its stream of progress, told apart by option, beside start and end."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter
from unittest.mock import patch

from arshjul.solver import Progress
from arshjul.solver.board import evaluate
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan import replan as replanning
from arshjul.year.planning.replan.ladder import Answer, Rung, climb
from arshjul.year.planning.replan.replan import ReplanOptions, rungs_of
from arshjul.year.rules.objectives import REPLAN_LEVELS

Values = tuple[int, ...]
"""Of an option's levels, in their order."""


@dataclass(slots=True)
class Climb:
    """How one option was come to: what was told as the best, and after how many seconds of a `Stopwatch`.

    `began`: seconds of the clock from the first option's beginning. `answers`: those to earlier options and the first
    to this one, of which the best is its start.
    """

    option: str
    began: float
    told: list[tuple[float, Values]] = field(default_factory=list)
    answers: Sequence[Answer] = ()
    seconds: float = 0.0

    def after(self, seconds: float) -> Values | None:
        """The best that was told by then; None: nothing was."""
        return min((values for moment, values in self.told if moment <= seconds), default=None)


@dataclass(frozen=True, slots=True)
class Made:
    """The options as `replan` makes them together, how each was come to, and what all took."""

    found: ReplanOptions
    climbs: Sequence[Climb]
    clock_s: float
    cpu_s: float

    @property
    def shown_s(self) -> float | None:
        """Seconds to the first answer that was told."""
        first = self.climbs[0]
        return first.began + first.told[0][0] if first.told else None

    def values(self, option: str) -> Values:
        """What the option's plan is worth in the end."""
        return tuple(level.value or 0 for level in self.found.options[option].levels)

    def is_proven(self, option: str) -> bool:
        """Whether all of its levels are."""
        return all(level.proven for level in self.found.options[option].levels)

    def starts(self) -> dict[str, Values]:
        """What each option's start was worth by its own levels: the best plan of all that were known then."""
        year = rungs_of(self.found.context)[-1].problem
        starts = {}
        for one in self.climbs:
            choices = [answer.choice_on(year) for answer in one.answers]
            worths = [evaluate(year.board, choice).values for choice in choices if choice is not None]
            if worths:
                starts[one.option] = min(tuple(worth[level] for level in REPLAN_LEVELS[one.option]) for worth in worths)
        return starts


class Stopwatch:
    """Seconds of the clock or of the CPU, whichever are fewer.

    On a busy machine the clock runs on while we wait, on a quiet one two threads use two CPU seconds in one: so these
    are never fewer than a quiet machine would take, as long as nothing is done in another process.
    """

    def __init__(self) -> None:
        self.began, self.busy = perf_counter(), cpu_s()

    @property
    def clock_s(self) -> float:
        """Seconds of the clock."""
        return perf_counter() - self.began

    @property
    def cpu_s(self) -> float:
        """CPU seconds."""
        return cpu_s() - self.busy

    @property
    def seconds(self) -> float:
        """The fewer ones."""
        return min(self.clock_s, self.cpu_s)


def made(replanned: Callable[[Effort], ReplanOptions], limit_s: float) -> Made:
    """All options of a replan, each with so many seconds of the clock at the most."""
    climbs: list[Climb] = []
    whole, own = Stopwatch(), Stopwatch()

    def heard(progress: Progress) -> None:
        if progress.values:
            climbs[-1].told.append((own.seconds, progress.values))

    def watched(rungs: Iterable[Rung], option: str, answers: Sequence[Answer], effort: Effort) -> list[Answer]:
        nonlocal own
        climbs.append(one := Climb(option, whole.clock_s))
        own = Stopwatch()
        climbed = climb(rungs, option, answers, effort)
        one.answers, one.seconds = climbed[: len(answers) + 1], own.seconds
        return climbed

    with patch.object(replanning, "climb", watched):
        found = replanned(Effort(limit_s=limit_s, progress=heard))
    took = whole.clock_s, whole.cpu_s
    for one in climbs:  # what stands in the end was there at the end of the climb
        one.told.append((one.seconds, tuple(level.value or 0 for level in found.options[one.option].levels)))
    return Made(found, climbs, *took)


def gaps(values: Values, best: Values) -> list[float]:
    """By which part of the best known value each level is above it. A level below it is no gap, but no merit either."""
    return [max(0.0, (value - least) / max(least, 1)) for value, least in zip(values, best, strict=True)]


def cpu_s() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
