"""Days of the calendar as `closed` and `avoid` have them: a date, a period, or a kind of day by its word."""

from typing import Annotated, Any, get_args

from pydantic import PlainSerializer, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

from arshjul.domain.calendar import Avoided, DayKind
from arshjul.domain.declaration import FROM, TO, Points, Told, ValueKind
from arshjul.errors import Message
from arshjul.formats.schema.place import WrittenDates, WrittenPeriod, as_period, period_as_written
from arshjul.formats.shape import Shape
from arshjul.formats.words import WrittenDay, is_json, nearest, quoted, unknown, wrong


class WrittenAvoided(WrittenDates[Avoided]):
    """Dates that had better be avoided."""

    thing = Avoided
    told = {"from": FROM, "to": TO}

    points: Annotated[Points | None, Told(Message("Points"), Message("avoid: price per date. Empty: the usual."))] = (
        None
    )


def _kind_or_period(given: object, validated: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
    kinds = get_args(DayKind)
    if given in kinds:
        return given
    if isinstance(given, str) and not is_json(info) and nearest(given, kinds):
        text = Message("{given} is none of {words}", {"given": quoted(given), "words": ", ".join(kinds)})
        raise wrong("bad-value", unknown(given, kinds, text))
    return validated(as_period(given, info, Message("a date like 2027-03-01, {{from: …, to: …}}, eves or bridge_days")))


def _as_written(days: Shape[Any] | DayKind) -> object:
    return days if isinstance(days, str) else period_as_written(days)


_MAY_BE = DayKind | WrittenDay
Days = Annotated[
    WrittenPeriod,
    WrapValidator(_kind_or_period, json_schema_input_type=_MAY_BE | WrittenPeriod),
    PlainSerializer(_as_written),
    ValueKind("period"),
]
DaysAtAPrice = Annotated[
    WrittenAvoided,
    WrapValidator(_kind_or_period, json_schema_input_type=_MAY_BE | WrittenAvoided),
    PlainSerializer(_as_written),
    ValueKind("period"),
]
