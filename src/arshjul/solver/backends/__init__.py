"""CP-SAT and HiGHS behind one interface: the only modules that import ortools.

What may live here: what makes a model an engine's own, and its answer ours. What never: when to
ask which engine, or what its answer proves of anything but the model that it was given.
"""


def import_engines(*_: object) -> None:
    """Imports both engines, half a second's work: done while a process has nothing else to do."""
    import arshjul.solver.backends.cpsat
    import arshjul.solver.backends.highs  # noqa: F401
