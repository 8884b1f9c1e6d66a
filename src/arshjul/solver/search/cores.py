"""Core search for one level: MILPs over the variables of small reduced cost, then over more of them.

A *core* holds all that plans within some distance of the Lagrangian bound can take (Balas and Zemel's core problem,
1980; reduced-cost fixing and kernel search, Angelelli, Mansini and Speranza 2010). The first one holds little more than
the LP's own variables; each later one is wider, and what its search proves holds for the whole model up to its width.
The *proof* of a level is a core too: all that better plans can take, or a whole model that is small.
"""

from collections.abc import Sequence
from dataclasses import replace

from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.model.bounds import SCALE
from arshjul.solver.search.level import SearchLevel, TimeSlice

FIRST_REACH = 0.125
"""The width, in units of the level, of the first wide core for a first plan; each attempt doubles it."""
FIRST_TRIES = 6
"""The most cores searched for a first plan."""
PLAIN = 4
"""The factor of the effort of a search without aggregation, which starts slowly and gets far."""
SUPPORT_EFFORT = 0.1
"""Deterministic seconds for a plan among the variables of the LP's optimum: most take a tenth of it."""


class Cores:
    """The cores of a level, each wider than the last, until one is too hard.

    `narrow_only`: wide cores are left to other techniques. `alone`: there are no neighbourhoods to go on with. `stuck`:
    the last core was too hard, or the widest. `tried` counts the cores searched for a first plan. `ended`: the last one
    was searched to its end. `empty`: one was proven to hold no plan; `refuted`: it was the whole model.
    """

    def __init__(self, level: SearchLevel) -> None:
        self.level = level
        self.params = level.params
        self.width = level.narrow(level.params.kernel_width)
        self.reach = round(FIRST_REACH * SCALE) * level.problem.unit
        self.narrow_only = level.hard
        self.alone = not level.problem.restriction.params.lns.lns
        self.stuck = not level.params.core
        self.ended = self.empty = self.refuted = False
        self.tried = 0

    def improve(self, level: SearchLevel, turn: TimeSlice) -> bool:
        is_next = level.fits(self.width) and not self.stuck and (self.is_narrow or not self.narrow_only)
        if is_searched := is_next or (self.alone and not level.provable):
            self._search(turn)
        return is_searched

    @property
    def is_narrow(self) -> bool:
        """True if the core has less than half of the variables."""
        return 2 * self.level.count(self.width) < len(self.level.ordered)

    def search_first(self, turn: TimeSlice) -> None:
        if self.level.fits(self.width) and not self.stuck and not self.level.is_settled(turn):
            self.tried += 1
            self._search(turn)

    def find_first_plan(self, turn: TimeSlice, tries: int = FIRST_TRIES, plain: float = PLAIN) -> None:
        """Looks for a plan within the cuts near the LP's optimum, in a narrow core first; later turns continue.

        With aggregates, if the LP is easy, the best plan is often found as soon as any.
        """
        level = self.level
        while self.tried < tries:
            if level.present is not None or level.is_settled(turn) or not level.fits(self.width):
                return
            if level.spent >= self.params.first_effort or self.refuted:
                return
            attempt, self.tried = self.tried, self.tried + 1
            if attempt == 0 or (attempt % 2 == 0 and not level.hard):
                self._search(turn)
                continue
            width = max(self.reach, level.narrow(self.params.kernel_width))
            asked = width if level.fits(width) else level.narrow(self.params.broad_width)
            ended = self._search_plain(turn, asked, plain)
            self.stuck = True
            self.reach = 2 * (width if ended else self.reach)

    def search_support(self, turn: TimeSlice, support: Sequence[Sequence[int]] | None) -> None:
        """Looks for a plan in the variables of the LP's optimum (relaxation enforced neighbourhood, Berthold 2014)."""
        level = self.level
        if support is None or level.is_settled(turn):
            return
        if any(len(taken) != 1 for taken in support):
            level.search_only(turn, support, SUPPORT_EFFORT)
        elif level.model.keeps(level.knowledge.index.values(ones := [v for (v,) in support]), level.problem.cuts):
            level.take(ones)

    def _search(self, turn: TimeSlice) -> None:
        """Searches all variables within the width; the next core is wider, or the search is stuck.

        A plan with any other variable is worth more than bound + width, so the core's optimum proves that no plan is
        better, or better than that. A search without an end, but with a better bound, is repeated for longer.
        """
        level, before = self.level, self.level.bound
        small, guess = level.restricted(self.width)
        self.ended = ended = level.ask(turn, small, level.task(turn, small, level.effort), guess)
        self._note_empty(ended, is_all=small is level.model)
        if not ended:
            level.effort *= 2
            if level.bound > before:
                return
        width, self.width = self.width, max(self.width, min(self._wider(), level.farthest()))
        self.stuck |= not ended or self.width == width

    def _search_plain(self, turn: TimeSlice, width: int, plain: float) -> bool:
        """Searches that width for any plan, without aggregation; returns whether to the end."""
        level = self.level
        small, guess = level.restricted(width)
        task = replace(level.task(turn, small, plain * level.effort), aggregated=False, any_plan=True)
        ended = level.ask(turn, small, task, guess)
        self._note_empty(ended, is_all=small is level.model)
        return ended

    def _note_empty(self, ended: bool, *, is_all: bool) -> None:
        if ended and self.level.present is None:
            self.empty, self.refuted = True, is_all

    def _wider(self) -> int:
        level = self.level
        wider = max(round(self.params.narrowest * SCALE) * level.problem.unit, 2 * self.width)
        return wider if level.fits(wider) else level.narrow(self.params.broad_width)


def search_whole(level: SearchLevel, turn: TimeSlice, effort: float) -> float:
    """Searches all of a model that is small or has no plan yet, with twice the effort each time; returns the next."""
    while (level.is_small or level.present is None) and not level.is_over(turn):
        spent = level.spent
        ended = level.ask(turn, level.model, level.task(turn, level.model, effort), None)
        if ended or level.spent == spent:
            break
        effort *= 2
    return effort


def search_proof(level: SearchLevel, turn: TimeSlice) -> bool:
    """Searches all variables of better plans, for plans and then for the bound, with twice the effort each time."""
    if not level.provable or level.is_settled(turn):
        return False
    wide, most = level.restricted(level.farthest())
    if wide.impossible:
        level.hear(wide, EngineResult("infeasible"), most)
        return False
    task = level.task(turn, wide, level.effort)
    for asked in (task, replace(task, prove=True)):
        outcome = level.handle.minimise(wide, asked)
        level.spent += outcome.effort
        level.hear(wide, outcome, most)
        if level.is_settled(turn):
            return False
    level.effort *= 2
    return False
