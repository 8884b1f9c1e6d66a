"""Sentences about a certificate: its start and its result."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from arshjul.cli.console import Console, ProgressLine
from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.solver import Solution


class Certified(Protocol):
    """A level of a plan or of a solution, after a second engine was asked."""

    @property
    def id(self) -> str:
        """Its name on the board."""
        ...

    @property
    def proven(self) -> bool:
        """True if there is a first proof."""
        ...

    @property
    def proved_by(self) -> Sequence[str]:
        """The provers; each has given a separate proof."""
        ...


def beginning(console: Console, line: ProgressLine) -> Callable[[float], None]:
    """Returns a function that announces the start of the certificate, which gives no progress."""

    def say(seconds: float) -> None:
        line.clear()
        values = {"seconds": f"{seconds:.0f}"}
        console.talk(
            Message(
                "A second engine now checks what was proven: it has {seconds} s at most, and is silent meanwhile.",
                values,
            )
        )

    return say


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
        yield Message(
            "Proven once, but not confirmed by a second engine in time: {levels}. Give it a longer --time-limit.",
            values,
        )
    if unproven:
        values = {"levels": unproven}
        yield Message(
            "Not proven in time, so that nothing was there to confirm: {levels}. Give it a longer --time-limit.", values
        )


def certificate(solution: "Solution") -> Iterator[Message]:
    """The state of a solution's certificate, for every status of a solution."""
    if solution.status == "unknown":
        yield Message("No solution was found in time, so that nothing was there to confirm: give it more time.")
    elif solution.status == "infeasible":
        yield _impossible(solution.proved_by)
    elif not solution.levels:
        yield Message("The board has no level, so that nothing was there to confirm.")
    else:
        yield from confirmations(solution.levels)


def _impossible(proved_by: Sequence[str]) -> Message:
    """The engines that have proven that there is no solution."""
    if "counting" in proved_by:
        return Message("An activity that must be placed has no option: that needs no engine to confirm it.")
    if len(proved_by) > 1:
        return Message("Two engines have confirmed that there is no solution.")
    if proved_by:
        return Message(
            "One engine has confirmed that there is no solution, a second one not in time. "
            "Give it a longer --time-limit."
        )
    return Message("No engine has confirmed in time that there is no solution. Give it a longer --time-limit.")
