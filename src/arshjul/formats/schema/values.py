"""How kinds of values are read and written that the declarations name: periods, lines of availability, sentences."""

import operator
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from arshjul.domain.calendar import Avoided, DayKind, Span
from arshjul.domain.declaration import AgencyId, Days
from arshjul.domain.parties import TeamLine
from arshjul.errors import Message
from arshjul.formats.schema.declared import READERS, shape
from arshjul.formats.shape import Shape
from arshjul.formats.words import WrittenDay, is_json, nearest, quoted, read_text, unknown, wrong, wrong_type
from arshjul.texts import Words

WHERE_ANY = Field(exclude_if=operator.not_)
"""A key that is omitted if it is empty."""


def _period(given: object, info: ValidationInfo, wanted: Message) -> object:
    """A date as the period that it is, a mapping as it is; other things are refused: `wanted` says what may stand."""
    if isinstance(given, dict):
        return given
    if isinstance(given, date) or (isinstance(given, str) and is_json(info)):
        return {"from": given, "to": given}
    raise wrong_type(wanted, text_like=False)


def _date_or_period(given: object, info: ValidationInfo) -> object:
    return _period(given, info, Message("a date like 2027-03-01, or {{from: …, to: …}}"))


def _kind_or_period(given: object, validated: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
    kinds = get_args(DayKind)
    if given in kinds:
        return given
    if isinstance(given, str) and not is_json(info) and nearest(given, kinds):
        text = Message("{given} is none of {words}", {"given": quoted(given), "words": ", ".join(kinds)})
        raise wrong("bad-value", unknown(given, kinds, text))
    return validated(_period(given, info, Message("a date like 2027-03-01, {{from: …, to: …}}, eves or bridge_days")))


def _as_written(days: Shape[Any] | DayKind) -> object:
    """A period of one date, with nothing else said of it, as that date; a kind of day as its word."""
    if isinstance(days, str):
        return days
    keys = days.mapping()
    return keys["from"] if keys == {"from": keys["to"], "to": keys["to"]} else keys


def _days(period: Any) -> Any:
    may_be = DayKind | WrittenDay | period
    return Annotated[
        period, WrapValidator(_kind_or_period, json_schema_input_type=may_be), PlainSerializer(_as_written)
    ]


def as_said(text: object) -> Message:
    """A sentence that is already in some language."""
    return Message("{text}", {"text": read_text(text)})


def _said(text: Message, info: SerializationInfo) -> str:
    words: Words = (info.context or {})["words"]
    return words.say(text)


def _agencies(given: object) -> object:
    return None if given == "all" else given


def _lines(given: object) -> object:
    """The lines; those of an agency that has no teams at any time for `none`."""
    return [{"teams": 0}] if given == "none" else given


_PERIOD, _LINES = shape(Span), list[shape(TeamLine)]  # type: ignore[misc]  # known when it runs
READERS |= {
    "date or period": Annotated[
        _PERIOD,
        BeforeValidator(_date_or_period, json_schema_input_type=WrittenDay | _PERIOD),
        PlainSerializer(_as_written),
    ],
    "between": Annotated[list[Days], Field(json_schema_extra={"minItems": 2, "maxItems": 2})],
    "days": _days(_PERIOD),
    "days at a price": _days(shape(Avoided)),
    "team lines": Annotated[_LINES, BeforeValidator(_lines, json_schema_input_type=_LINES | Literal["none"])],
    "ids or all": Annotated[
        list[AgencyId] | None,
        BeforeValidator(_agencies, json_schema_input_type=Literal["all"] | list[AgencyId] | None),
    ],
    "sentence": Annotated[Message, PlainValidator(as_said), PlainSerializer(_said)],
}
