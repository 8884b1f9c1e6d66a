"""Shapes made of the classes of the domain that declare their fields; those that differ from it are written by hand."""

import operator
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache, partial
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import pydantic
from pydantic import BeforeValidator, create_model, model_validator

from arshjul.domain.calendar import Span
from arshjul.domain.declaration import BareWords, ChoiceOf, Flat, Unkeyed, Unstated, WrittenKey
from arshjul.domain.entry import Entry
from arshjul.domain.operation import Pin, Repeat
from arshjul.domain.parties import OfficerLine, TeamLine
from arshjul.formats.schema.parties import WrittenOfficers, WrittenTeams
from arshjul.formats.schema.place import WrittenPeriod, WrittenPin, WrittenRepeat
from arshjul.formats.shape import Mapped, Shape, WrittenEntry, outward
from arshjul.formats.words import as_word, choice, wrong

Thing = TypeVar("Thing")

_BY_HAND: Mapping[type, type[Shape[Any]]] = {
    Span: WrittenPeriod, Pin: WrittenPin, Repeat: WrittenRepeat, OfficerLine: WrittenOfficers, TeamLine: WrittenTeams,
}  # fmt: skip


def shape(thing: type[Thing]) -> type[Shape[Thing]]:
    """The shape of a class that declares its fields (domain/declaration.py), and perhaps `refusals`."""
    return cast(type[Shape[Thing]], _BY_HAND.get(thing) or _made(cast(Any, thing)))


@cache
def _made(thing: type[Any]) -> type[Shape[Any]]:
    base: Any = WrittenEntry if issubclass(thing, Entry) else Shape
    checks: dict[str, Any] = (
        {"_unrefused": model_validator(mode="after")(_unrefused)} if hasattr(thing, "refusals") else {}
    )
    keys: Any = dict(_keys(thing))
    made = cast(Any, create_model(f"Written{thing.__name__}", __base__=base, __validators__=checks, **keys))
    made.thing, made.flat = thing, _flat(thing)
    return cast(type[Shape[Any]], made)


def mapping(thing: object) -> Mapped:
    """What represents an object of a class that declares its fields."""
    return shape(cast(Any, type(thing))).of(thing).mapping()


def _unrefused(written: Shape[Any]) -> Shape[Any]:
    for one in written.domain().refusals():
        raise wrong(one.kind, one.text, *one.below)
    return written


def _flat(thing: type[Any]) -> dict[str, type[Shape[Any]]]:
    hints = get_type_hints(thing, include_extras=True)
    return {name: shape(kind.__origin__) for name, kind in hints.items() if Flat in getattr(kind, "__metadata__", ())}


def _keys(thing: type[Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The keys of a class, each with its type and its default."""
    hints = get_type_hints(thing, include_extras=True)
    for one in fields(thing):
        words = getattr(hints[one.name], "__metadata__", ())
        if Flat in words:
            yield from _keys(hints[one.name].__origin__)
        elif Unkeyed not in words:
            yield one.name, _declared(hints[one.name], one)


def _declared(kind: Any, field: "Field[Any]") -> tuple[Any, Any]:
    """An attribute as a field of a shape: its type, and its key and default."""
    words = kind.__metadata__ if get_origin(kind) is Annotated else ()
    key = next((one.word for one in words if isinstance(one, WrittenKey)), None)
    read = _as_read(kind)
    if field.default_factory is not MISSING:
        default = field.default_factory()
    elif field.default is not MISSING:
        default = field.default
    else:
        default = None if type(None) in get_args(kind.__origin__ if words else kind) else ...
    written = default if default is ... else outward(read, default)
    unless = partial(operator.eq, written) if Unstated in words else None
    return read, pydantic.Field(written, alias=key, exclude_if=unless, repr=field.repr)


def _as_read(kind: Any) -> Any:
    """The type of an attribute as the key's: lists for tuples and sets, shapes for objects, and one of the words."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return Annotated[_as_read(parts[0]), *map(_validator, parts[1:])]
    if origin in {Union, UnionType}:
        words = next((get_args(one) for one in parts if get_origin(one) is Literal), ())
        return Annotated[kind, choice(*words)] if words else Union[tuple(map(_as_read, parts))]  # noqa: UP007
    if origin is Literal:
        return Annotated[kind, choice(*parts)]
    if origin in {tuple, frozenset}:
        return list[_as_read(parts[0])]  # type: ignore[misc]  # known when it runs
    if origin is Mapping:
        return dict[parts[0], _as_read(parts[1])]  # type: ignore[misc, valid-type]
    return shape(cast(Any, kind)) if is_dataclass(kind) else kind


def _validator(word: object) -> object:
    """What a word of a declaration means for reading; other words say it themselves."""
    if isinstance(word, ChoiceOf):
        return choice(*word.words)
    return BeforeValidator(as_word) if word is BareWords else word
