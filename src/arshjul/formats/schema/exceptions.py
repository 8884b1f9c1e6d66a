"""`load_exceptions` and `rules.exceptions`: limits that are larger on some dates."""

from typing import Any

from arshjul.domain.limits import LimitException
from arshjul.errors import Message
from arshjul.formats.schema.place import WrittenDates
from arshjul.formats.words import Whole, wrong


class WrittenLimitException(WrittenDates[LimitException]):
    """Some dates and, by its key, each limit that is another there."""

    thing = LimitException

    def model_post_init(self, _: object) -> None:
        """Refuses one that ends before it begins, or says nothing."""
        super().model_post_init(_)
        if not self._limits():
            text = Message("No limit stands here: give {keys}.", {"keys": ", ".join(_limit_keys(type(self)))})
            raise wrong("bad-value", text)

    def _limits(self) -> dict[str, int]:
        given = {key: getattr(self, key) for key in _limit_keys(type(self))}
        return {key: limit for key, limit in given.items() if limit is not None}

    def made_of(self) -> dict[str, Any]:
        """Its limits by their keys."""
        return {**super().made_of(), "limits": self._limits()}

    @classmethod
    def attributes(cls, thing: LimitException) -> dict[str, Any]:
        """Its dates and each limit; None where it has none."""
        return {**super().attributes(thing), **{key: thing.limits.get(key) for key in _limit_keys(cls)}}


def _limit_keys(shape: type[WrittenLimitException]) -> list[str]:
    return [key for key in shape.model_fields if key not in WrittenLimitException.model_fields]


class WrittenLoadException(WrittenLimitException):
    """Of an agency: its team shifts."""

    team_shifts_per_week: Whole | None = None
    team_shifts_per_month: Whole | None = None


class WrittenOperationsException(WrittenLimitException):
    """Of all: how many operations a day or a week can hold."""

    operations_per_day: Whole | None = None
    operations_per_area_per_day: Whole | None = None
    operations_per_week: Whole | None = None
