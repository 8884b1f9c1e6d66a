"""Output of commands that solve: progress, a level's value and proof, and a second engine's confirmation."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from arshjul.cli.console import Console, screen_width
from arshjul.errors import Message
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.solver import Progress, Solution
    from arshjul.year.domain.level import Level
    from arshjul.year.domain.plan import Unplaced
    from arshjul.year.domain.scenario import Scenario
    from arshjul.year.planning.effort import Effort


def effort(console: Console, limit_s: float, seed: int = 0, *, certify: bool = False) -> "Effort":
    """The effort of a solve that shows its progress: level, best, bound, gap, time."""
    from arshjul.year.planning.effort import Effort

    started = time.monotonic()

    def show(progress: "Progress") -> None:
        if screen_width(sys.stderr) is None:
            return
        from arshjul.year.rules.objectives import LEVEL_NAMES

        values = {
            "level": LEVEL_NAMES.get(progress.level, progress.level),
            "best": "-" if progress.value is None else progress.value,
            "bound": "-" if progress.bound is None else progress.bound,
            "gap": _gap(progress.value, progress.bound),
            "seconds": f"{time.monotonic() - started:.0f}",
        }
        console.show_progress(Message("{level}: best {best}, bound {bound}, gap {gap}, {seconds} s", values))

    def begin_certifying(seconds: float) -> None:
        values = {"seconds": f"{seconds:.0f}"}
        console.talk(Message("A second engine checks the proofs, for at most {seconds} s.", values))

    return Effort(limit_s, seed, certify, show, begin_certifying)


def _gap(value: int | None, bound: int | None) -> Message:
    if value is None or bound is None:
        return Message("{text}", {"text": "-"})
    return Message("{percent} per cent", {"percent": 100 * (value - bound) / max(value, 1)})


def level_name(id: str) -> object:
    """The word for a level of a plan."""
    from arshjul.year.rules.objectives import LEVEL_NAMES

    return LEVEL_NAMES.get(id, id)


def level_sentences(levels: Sequence["Level"], seconds: Mapping[str, float] | None = None) -> Iterator[Message]:
    """The value of each level, and what is proven about it; then how much better a plan there may be."""
    from arshjul.year.rules.objectives import gaps

    for level in levels:
        values = {"level": level_name(level.id), "value": level.value, "bound": level.bound}
        if level.proven:
            said = Message("{level}: {value}, proven", values)
        elif level.bound is None:
            said = Message("{level}: {value}, unproven", values)
        else:
            said = Message("{level}: {value}, at best {bound}", values)
        if seconds is not None and level.id in seconds:
            said = Message("{said} ({seconds} s)", {"said": said, "seconds": seconds[level.id]})
        yield said
    for gap in gaps(levels).values():
        yield Message("Not proven to be best: {gap}.", {"gap": gap})


def tell_meanings(console: Console, levels: Iterable[str], meanings: Mapping[str, Message]) -> None:
    """Prints what the values of those levels count, and so which way is better."""
    told = [
        console.words("{level}: {meaning}", level=level_name(level), meaning=meanings[level])
        for level in dict.fromkeys(levels)
        if level in meanings
    ]
    if told:
        console.talk(Message("Lower is better. {meanings}.", {"meanings": "; ".join(told)}))


class Certified(Protocol):
    """A level of a plan or of a solution, after a second engine was asked."""

    @property
    def id(self) -> str: ...

    @property
    def proven(self) -> bool: ...

    @property
    def proved_by(self) -> Sequence[str]: ...


def confirmations(levels: Sequence[Certified], names: Callable[[str], object] = str) -> Iterator[Message]:
    """The levels proven by two engines, and the others; nothing if there are no levels."""
    confirmed = [level for level in levels if len(level.proved_by) > 1]
    missed = [names(level.id) for level in levels if level.proven and level not in confirmed]
    unproven = [names(level.id) for level in levels if not level.proven]
    if levels and len(confirmed) == len(levels):
        yield Message("A second engine has confirmed every level.")
    elif confirmed:
        values = {"levels": [names(level.id) for level in confirmed]}
        yield Message("A second engine has confirmed: {levels}.", values)
    if missed:
        values = {"levels": missed}
        yield Message("Proven by one engine, not confirmed by a second: {levels}. Give a longer --time-limit.", values)
    if unproven:
        values = {"levels": unproven}
        yield Message("Not proven: {levels}. Give a longer --time-limit.", values)


def certificate(solution: "Solution") -> Iterator[Message]:
    """The state of a solution's certificate, for every status of a solution."""
    if solution.status == "unknown":
        yield Message("No solution found: give a longer --time-limit.")
    elif solution.status == "infeasible":
        yield _impossible(solution.proved_by)
    elif not solution.levels:
        yield Message("The board has no level to confirm.")
    else:
        yield from confirmations(solution.levels)


def _impossible(proved_by: Sequence[str]) -> Message:
    """The engines that have proven that there is no solution."""
    if "counting" in proved_by:
        return Message("No solution: an activity that must be placed has no option.")
    if len(proved_by) > 1:
        return Message("Two engines have proven that no solution exists.")
    if proved_by:
        return Message("One engine has proven that no solution exists. Give a longer --time-limit to confirm it.")
    return Message("No engine has confirmed that no solution exists. Give a longer --time-limit.")


def unplaced_sentences(scenario: "Scenario", unplaced: "Sequence[Unplaced]") -> Iterator[Message]:
    """Why each operation is left out, and the number of those whose reasons were not sought."""
    from arshjul.year.agenda.revised import id_said
    from arshjul.year.planning.places.reasons import is_sought

    sought = [out for out in unplaced if is_sought(out)]
    for out in sought:
        values = {"operation": id_said(scenario, out.operation), "why": [reason.text for reason in out.reasons]}
        yield Message("{operation} is unplaced: {why}.", values)
    if n := len(unplaced) - len(sought):
        yield counted(
            n,
            "One more operation is unplaced: `arshjul explain` gives the reasons.",
            "{n} more operations are unplaced: `arshjul explain` gives the reasons.",
        )
