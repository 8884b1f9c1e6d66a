"""Parameters that tests vary."""

from arshjul.solver.params import DEFAULT, MOST_VARIABLES, SolveParams

SIZES = DEFAULT.sizes
ANY_SIZE = MOST_VARIABLES


def sized(small: int = SIZES.small, whole: int = SIZES.whole) -> SolveParams:
    """Up to `small` variables CP-SAT alone is asked, up to `whole` a core is searched."""
    return DEFAULT.but(sizes__small=small, sizes__whole=whole)


def processes_from(size: int) -> SolveParams:
    """A component of more variables gets a process of its own."""
    return DEFAULT.but(sizes__process=size)
