"""The party and the period of a limit."""

from datetime import date
from typing import NamedTuple

from arshjul.domain.calendar import Week


class Subject(NamedTuple):
    """The party, week or month of a row or a capacity, for sentences about it. `month`: its first date."""

    party: str | None = None
    week: Week | None = None
    month: date | None = None


NOBODY = Subject()
