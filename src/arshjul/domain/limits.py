"""Limits that are larger on some dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from arshjul.domain.calendar import Span


@dataclass(frozen=True, slots=True)
class LimitException:
    """Limits, by their keys, for every day, week and month of which a date lies in `span`."""

    span: Span
    limits: Mapping[str, int]


def largest(usual: int | None, key: str, exceptions: Iterable[LimitException], period: Span) -> int | None:
    """The limit of a day, week or month: the largest of the usual one and any exceptions. None: no limit."""
    if usual is None:
        return None
    met = (one for one in exceptions if one.span.first <= period.last and period.first <= one.span.last)
    return max([usual, *(one.limits[key] for one in met if key in one.limits)])
