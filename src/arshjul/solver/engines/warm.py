"""What a process does first while nothing else is to be done: importing the engines takes it half a second."""


def warm(*_: object) -> None:
    """Imports them."""
    import arshjul.solver.engines.cpsat
    import arshjul.solver.engines.highs  # noqa: F401
