"""Whom and when a limit is about."""

from datetime import date
from typing import NamedTuple

from arshjul.domain.calendar import Week


class Subject(NamedTuple):
    """What a row or a capacity limits, for the sentence that tells of it. `month`: its first date."""

    party: str | None = None
    week: Week | None = None
    month: date | None = None


NOBODY = Subject()
