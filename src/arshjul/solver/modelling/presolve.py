"""Makes a model small and tight by arithmetic, before any engine sees it."""

from arshjul.solver.modelling.model import Model


def simplify(model: Model) -> Model:
    """The model with impossible, equal and dominated options and idle lines gone, and lines tightened."""
    # numpy takes a tenth of a second to import: only who solves something does
    from arshjul.solver.modelling.flat import flat
    from arshjul.solver.modelling.tighten import tightened

    return tightened(flat(model))
