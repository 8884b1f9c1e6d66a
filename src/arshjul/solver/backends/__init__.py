"""CP-SAT and HiGHS behind one interface, and GLOP for the LP: the only room that imports ortools.

The engines are imported when the first is called: ortools takes half a second.
"""

import math

from arshjul.solver.backends.engine import CP_SAT, HIGHS, Engine, EngineResult, Report, Task
from arshjul.solver.model.milp import Model
from arshjul.solver.params import DEFAULT, EngineParams


def import_engines(*_: object) -> None:
    """Imports both engines, which takes half a second: called while a process has nothing else to do."""
    import arshjul.solver.backends.cpsat
    import arshjul.solver.backends.mathopt  # noqa: F401 - the import is all that is wanted


class EngineHandle:
    """Calls the engine of a name, until it is stopped or has spent its `effort`.

    `spent` are the deterministic seconds of all calls whose answers were heard.
    """

    def __init__(self, params: EngineParams = DEFAULT.engines, name: str = CP_SAT, effort: float = math.inf) -> None:
        self.params = params
        self.name = name
        self.effort = effort
        self.engine: Engine | None = None
        self.stopped = False
        self.spent = 0.0

    def minimise(
        self, model: Model, task: Task, report: Report = lambda _values, _bound: None, *, is_beside: bool = False
    ) -> EngineResult:
        """The engine's answer; unknown at once if the search is to end.

        `is_beside`: it is asked beside the search, which counts the effort when it hears the answer.
        """
        if self._lets_none_begin():
            return EngineResult("unknown")
        self.engine = engine = _engine(self.name, model, self.params, aggregated=task.aggregated)
        try:
            if self._lets_none_begin():  # it was stopped while the engine was being made
                return EngineResult("unknown")
            outcome = engine.minimise(task, report)
        finally:
            self.engine = None
        if not is_beside:
            self.spent += outcome.effort
        return outcome

    def _lets_none_begin(self) -> bool:
        return self.stopped

    def is_ended(self) -> bool:
        return self.stopped or self.spent >= self.effort

    def stop(self) -> None:
        """Ends the running engine, and lets no other begin."""
        self.stopped = True
        self.end()

    def end(self) -> None:
        if (engine := self.engine) is not None:
            engine.stop()


def _engine(name: str, model: Model, params: EngineParams, *, aggregated: bool) -> Engine:
    if name == HIGHS:
        from arshjul.solver.backends.mathopt import Highs

        return Highs(model)
    from arshjul.solver.backends.cpsat import CpSat

    return CpSat(model, aggregated=aggregated, params=params)
