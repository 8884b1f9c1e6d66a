"""Shapes made of the classes of the domain that declare their fields; those that differ from it are written by hand."""

import operator
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache, partial
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import pydantic
from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
    model_validator,
)

from arshjul.errors import Message
from arshjul.year.domain.calendar import Avoided, DayKind, Span
from arshjul.year.domain.declaration import (
    AgencyId,
    BareWords,
    ById,
    ChoiceOf,
    Days,
    Entry,
    FieldRefusal,
    Flat,
    MayBeGone,
    Omissible,
    Refers,
    Spoken,
    Told,
    Unkeyed,
    Unstated,
    ValueKind,
    Worded,
    WrittenKey,
)
from arshjul.year.domain.parties import TeamLine
from arshjul.year.formats.shape import Mapped, Shape, WrittenEntry, writer
from arshjul.year.formats.words import (
    WrittenDay,
    as_word,
    choice,
    is_json,
    nearest,
    quoted,
    read_text,
    unknown,
    wrong,
    wrong_type,
)
from arshjul.year.texts import Words

Thing = TypeVar("Thing")

BY_HAND: dict[type, type[Shape[Any]]] = {}
READERS: dict[str, Any] = {}
"""The kinds of values that are written as shapes; the others have theirs in year/formats/words.py, for every reader."""
BASES: dict[type, type[Shape[Any]]] = {object: Shape, Entry: WrittenEntry}
"""Base of the shapes of a class and its subclasses, for what they have besides keys."""
_OF_KEY = (Told, Worded, Spoken, WrittenKey)


def shape(thing: type[Thing]) -> type[Shape[Thing]]:
    """The shape of a class that declares its fields (year/domain/declaration.py), and perhaps `refusals`."""
    return cast(type[Shape[Thing]], BY_HAND.get(thing) or _made(cast(Any, thing)))


@cache
def _made(thing: Any) -> type[Shape[Any]]:
    base: Any = _base(thing)
    checks: dict[str, Any] = {"_unrefused": model_validator(mode="after")(_unrefused)} if _may_refuse(thing) else {}
    keys: dict[str, Any] = {}
    for name, key in _keys(thing):
        keys.setdefault(name, key)
    made = cast(Any, create_model(f"Written{thing.__name__}", __base__=base, __validators__=checks, **keys))
    made.thing, made.flat = thing, {name: shape(part) for name, part in _flat(thing)}
    return cast(type[Shape[Any]], made)


Hand = TypeVar("Hand", bound=type[Shape[Any]])


def custom_shape(shape: Hand) -> Hand:
    """Marks the shape of a class that is written otherwise than it is held."""
    BY_HAND[shape.thing] = shape
    return shape


def mapping(thing: object) -> Mapped:
    """The mapping of an object of a class that declares its fields."""
    return shape(cast(Any, type(thing))).of(thing).mapping()


def _base(thing: type[Any]) -> type[Shape[Any]]:
    return next(BASES[base] for base in thing.__mro__ if base in BASES)


def _may_refuse(thing: Any) -> bool:
    return hasattr(thing, "refusals") or any(_may_refuse(part) for _, part in _flat(thing))


def _unrefused(written: Shape[Any]) -> Shape[Any]:
    for refusal in _refusals(written.domain()):
        raise wrong(refusal.kind, refusal.text, *refusal.below)
    return written


def _refusals(thing: Any) -> Iterator[FieldRefusal]:
    """The refusals of an object: first with what lies flat in it, whose place is its last key."""
    for name, kind in _flat(cast(Any, type(thing))):
        for refusal in _refusals(getattr(thing, name)):
            yield refusal if refusal.below else refusal._replace(below=(_last_key(kind),))
    if hasattr(thing, "refusals"):
        yield from thing.refusals()


def _last_key(thing: type[Any]) -> str:
    *_, (name, _) = _keys(thing)
    return shape(thing).model_fields[name].alias or name


@cache
def _flat(thing: type[Any]) -> tuple[tuple[str, type[Any]], ...]:
    """The attributes whose keys lie among the others, and the class of each; asked of every object that is read."""
    return tuple(
        (attribute.name, _present(attribute.kind.__origin__))
        for attribute in _attributes(thing)
        if Flat in attribute.words
    )


def _present(kind: Any) -> Any:
    return next(arg for arg in get_args(kind) if arg is not type(None)) if _may_be_none(kind) else kind


def _may_be_none(kind: Any) -> bool:
    return get_origin(kind) in {Union, UnionType} and type(None) in get_args(kind)


class _Attribute(NamedTuple):
    """An attribute of a class, with the words that are said of it; `default` is `...` if it has none."""

    name: str
    kind: Any
    words: tuple[Any, ...]
    default: Any
    is_shown: bool = True


def _attributes(thing: type[Any]) -> Iterator[_Attribute]:
    hints = get_type_hints(thing, include_extras=True)
    for name, default, is_shown in _defaults(thing):
        yield _Attribute(name, hints[name], getattr(hints[name], "__metadata__", ()), default, is_shown)


def _defaults(thing: Any) -> Iterator[tuple[str, Any, bool]]:
    if not is_dataclass(thing):
        yield from ((name, thing._field_defaults.get(name, ...), True) for name in thing._fields)
        return
    for field in fields(thing):
        made = field.default if field.default_factory is MISSING else field.default_factory()
        yield field.name, ... if made is MISSING else made, field.repr


def _keys(
    thing: type[Any],
    parts: Mapping[str, Told] | None = None,
    others: tuple[Any, ...] = (),
    *,
    may_be_none: bool = False,
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The keys of a class, each with its type and its default; of one that lies flat, with words from there."""
    others_for = _base(thing).keys_for
    for attribute in _attributes(thing):
        if attribute.name in others_for:
            yield from others_for[attribute.name].items()
        elif Flat in attribute.words:
            told = next((word.parts for word in attribute.words if isinstance(word, Told)), {})
            own = tuple(word for word in attribute.words if word is not Flat and not isinstance(word, Told))
            kind = attribute.kind.__origin__
            yield from _keys(
                _present(kind), {**told, **(parts or {})}, others + own, may_be_none=may_be_none or _may_be_none(kind)
            )
        elif Unkeyed not in attribute.words:
            yield attribute.name, _declared(_with_words(attribute, parts or {}, others), may_be_none=may_be_none)


def _with_words(one: _Attribute, parts: Mapping[str, Told], others: tuple[Any, ...]) -> _Attribute:
    """The attribute with words from where it lies flat, in place of its own."""
    told = parts.get(next((word.word for word in one.words if isinstance(word, WrittenKey)), one.name))
    if told is None and not others:
        return one
    gone = (*((Told,) if told else ()), *((Refers,) if MayBeGone in others else ()))
    words = (*(word for word in one.words if not isinstance(word, gone)), *others, *((told,) if told else ()))
    kind = one.kind.__origin__ if get_origin(one.kind) is Annotated else one.kind
    return one._replace(words=words, kind=Annotated[kind, *words])


def _declared(one: _Attribute, *, may_be_none: bool) -> tuple[Any, Any]:
    """An attribute as a field of a shape: its type, and its key and default."""
    key = next((word.word for word in one.words if isinstance(word, WrittenKey)), None)
    default, may_be_none = one.default, Omissible in one.words or (may_be_none and one.default is ...)
    read = _as_read(_or_none(one.kind) if may_be_none else one.kind)
    if default is ... and type(None) in get_args(one.kind.__origin__ if one.words else one.kind):
        default = None
    written = default if default is ... else writer(read)(default)
    unless = partial(operator.eq, written) if Unstated in one.words else None
    return read, pydantic.Field(None if may_be_none else written, alias=key, exclude_if=unless, repr=one.is_shown)


def _or_none(kind: Any) -> Any:
    """The type, or None; the words of the key are said of both."""
    words = kind.__metadata__ if get_origin(kind) is Annotated else ()
    of_key = [word for word in words if isinstance(word, _OF_KEY) or word in {Omissible, Unstated}]
    others = [word for word in words if word not in of_key]
    bare = kind.__origin__ if words else kind
    present = Annotated[bare, *others] if others else bare
    return Annotated[present | None, *of_key] if of_key else present | None


def _as_read(kind: Any) -> Any:
    """The type of an attribute as the key's: lists for tuples and sets, shapes for objects, and one of the words."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return Annotated[_annotated(parts[0], parts[1:]), *map(_validator, parts[1:])]
    if origin in {Union, UnionType}:
        words = next((get_args(part) for part in parts if get_origin(part) is Literal), ())
        return Annotated[kind, choice(*words)] if words else Union[tuple(map(_as_read, parts))]  # noqa: UP007
    if origin is Literal:
        return Annotated[kind, choice(*parts)]
    if origin in {tuple, frozenset}:
        return list[_as_read(parts[0])]  # type: ignore[misc]  # known when it runs
    if origin is Mapping:
        return dict[parts[0], _as_read(parts[1])]  # type: ignore[misc, valid-type]
    is_object = isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "_fields"))
    return shape(cast(Any, kind)) if is_object else kind


def _annotated(kind: Any, words: tuple[Any, ...]) -> Any:
    """The type that the words are said of: the reader's of that kind, or a list for a mapping that is written as one."""
    found = (READERS.get(word.read_as or word.word, word.reader) for word in words if isinstance(word, ValueKind))
    reader = next((reader for reader in found if reader is not None), None)
    if reader is not None:
        return reader
    by = next((word for word in words if isinstance(word, ById)), None)
    if by is None:
        return _as_read(kind)
    id, value = get_args(kind)
    if not by.value:
        return list[_as_read(value)]  # type: ignore[misc]  # known when it runs
    keys: Any = {by.key: (id, ...), by.value: (_as_read(value), ...)}
    return list[create_model("WrittenItem", __base__=Shape, **keys)]  # type: ignore[misc]  # the same


def _validator(word: object) -> object:
    """The validator of a word of a declaration; other words say it themselves."""
    if isinstance(word, ChoiceOf):
        return choice(*word.words)
    return BeforeValidator(as_word) if word is BareWords else word


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
