"""An engine's proof of a level: of all that better plans can take, or of a whole model."""

from dataclasses import replace

from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.search.level import SearchLevel, TimeSlice


def search_whole(level: SearchLevel, turn: TimeSlice, effort: float) -> float:
    """Searches all of a model that is small or has no plan yet, with twice the effort each time; returns the next."""
    while (level.is_small or level.present is None) and not level.is_over(turn):
        spent = level.spent
        ended = level.ask(turn, level.model, level.task(turn, level.model, effort), None)
        if ended or level.spent == spent:
            break
        effort *= 2
    return effort


class Proof:
    """Searches all variables of better plans, for plans and then for the bound, with twice the effort each time."""

    def improve(self, level: SearchLevel, turn: TimeSlice) -> bool:
        """One search of each kind, if an engine can search so many variables."""
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
