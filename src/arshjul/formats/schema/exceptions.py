"""`load_exceptions` and `rules.exceptions`: limits that are larger on some dates."""

from typing import Annotated, Any

from arshjul.domain.declaration import Operations, Teams, Told
from arshjul.domain.settings import LimitException
from arshjul.errors import Message
from arshjul.formats.schema.place import WrittenDates
from arshjul.formats.words import wrong

# fmt: off
# A field is a line.


class WrittenLimitException(WrittenDates[LimitException]):
    """Some dates and, by key, each limit that differs there."""

    thing = LimitException
    told = {"from": Told(Message("From"), Message("First date with a larger limit."))}

    def model_post_init(self, _: object) -> None:
        """Refuses an exception that ends before it begins, or has no limits."""
        super().model_post_init(_)
        if not self._limits():
            text = Message("The limit is missing: give {keys}.", {"keys": ", ".join(_limit_keys(type(self)))})
            raise wrong("bad-value", text)

    def _limits(self) -> dict[str, int]:
        given = {key: getattr(self, key) for key in _limit_keys(type(self))}
        return {key: limit for key, limit in given.items() if limit is not None}

    def made_of(self) -> dict[str, Any]:
        """Its limits by their keys."""
        return {**super().made_of(), "limits": self._limits()}

    @classmethod
    def attributes(cls, thing: LimitException) -> dict[str, Any]:
        """Its dates and each limit; None if it has none."""
        return {**super().attributes(thing), **{key: thing.limits.get(key) for key in _limit_keys(cls)}}


def _limit_keys(shape: type[WrittenLimitException]) -> list[str]:
    return [key for key in shape.model_fields if key not in WrittenLimitException.model_fields]


class WrittenLoadException(WrittenLimitException):
    """Exceptions to an agency's team shifts."""

    team_shifts_per_week: Annotated[Teams | None, Told(Message("Team shifts a week"), Message("For an agency."))] = None
    team_shifts_per_month: Annotated[Teams | None, Told(Message("Team shifts a month"), Message("For an agency."))] = None


class WrittenOperationsException(WrittenLimitException):
    """Exceptions to the number of operations a day or a week."""

    operations_per_day: Annotated[Operations | None, Told(Message("Operations a day"), Message("For all, without agency."))] = None
    operations_per_area_per_day: Annotated[Operations | None, Told(Message("Operations an area and day"), Message("For all, without agency."))] = None
    operations_per_week: Annotated[Operations | None, Told(Message("Operations a week"), Message("For all, without agency."))] = None
