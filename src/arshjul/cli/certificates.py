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
                "A second engine checks the proofs, for at most {seconds} s.",
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
            "Proven by one engine, not confirmed by a second: {levels}. Give a longer --time-limit.",
            values,
        )
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
