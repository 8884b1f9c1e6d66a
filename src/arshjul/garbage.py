"""Collecting garbage rarely: a year is a million lasting objects, and a full collection of them takes 0.1 s."""

import gc

RARELY = (50_000, 20, 20)


def search_rarely() -> None:
    """Exempts present objects from garbage collection, and collects rarely."""
    gc.freeze()
    gc.set_threshold(*RARELY)
