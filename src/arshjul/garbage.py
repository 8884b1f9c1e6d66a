"""Collecting garbage rarely, in commands, servers, jobs and workers."""

import gc

RARELY = (50_000, 20, 20)
"""A year is a million lasting objects: a full collection takes 0.1 s, and was a fifth of `plan`'s CPU seconds."""


def search_rarely() -> None:
    """Collects rarely from now on, and never what is there already: called again, what has come since is exempt too."""
    gc.freeze()
    gc.set_threshold(*RARELY)
