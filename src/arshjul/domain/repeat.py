"""An operation that repeats: written once in the scenario, and several operations everywhere else."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from arshjul.domain.operation import FollowUp, Operation


def repeated_ids(id: str, times: int) -> tuple[str, ...]:
    """The ids of the operations that a repeated one stands for."""
    return tuple(f"{id}.{number}" for number in range(1, times + 1))


def single(written: Operation) -> tuple[Operation, ...]:
    """The operations that a written one stands for; itself if it does not repeat.

    Each but the first follows up the one before. The first keeps the repeat, so that it can be written back.
    """
    repeat = written.repeat
    if repeat is None:
        return (written,)
    ids = repeated_ids(written.id, repeat.times)
    first = replace(written, id=ids[0])
    rest = (
        replace(written, id=id, after=FollowUp(before, *repeat.every_days), repeat=None) for before, id in pairwise(ids)
    )
    return (first, *rest)


def as_written(operations: Mapping[str, Operation]) -> Iterator[Operation]:
    """The operations in the form to write, in their order.

    Those of a repeat are written as one, unless they have been changed one by one.
    """
    there = list(operations.values())
    position = 0
    while position < len(there):
        first = there[position]
        written = first if first.repeat is None else replace(first, id=first.id.removesuffix(".1"))
        whole = single(written)
        if first.repeat is not None and (
            written.id in operations
            or written.fixed is not None
            or tuple(there[position : position + len(whole)]) != whole
        ):
            written, whole = replace(first, repeat=None), (first,)
        yield written
        position += len(whole)
