"""CP-SAT and HiGHS behind one interface, and GLOP for the LP: the only modules that import ortools."""


def import_engines(*_: object) -> None:
    """Imports both engines, which takes half a second: called while a process has nothing else to do."""
    import arshjul.solver.backends.cpsat
    import arshjul.solver.backends.mathopt  # noqa: F401 - the import is all that is wanted
