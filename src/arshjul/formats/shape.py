"""A schema that reads and writes: one model is the mapping as written, and the way to its domain object and back."""

from collections.abc import Collection
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from arshjul.domain.calendar import Span
from arshjul.formats.words import Written, WrittenPeriod

Mapped = dict[str, object]
Thing = TypeVar("Thing")


class Shape(Written, Generic[Thing]):
    """A mapping that stands for a domain object whose attributes are called as its keys are.

    Lists become tuples or sets, as the object has them, and periods become spans. Where the two differ
    otherwise, a model says so in `domain` and `attributes`.
    """

    thing: ClassVar[type]

    def domain(self) -> Thing:
        """The domain object."""
        kinds = _kinds(self.thing)
        made = self.thing(**{name: _inward(getattr(self, name), kinds.get(name)) for name in type(self).model_fields})
        return cast(Thing, made)

    @classmethod
    def attributes(cls, thing: Thing) -> dict[str, Any]:
        """What the object gives for each key."""
        return {name: getattr(thing, name) for name in cls.model_fields}

    @classmethod
    def of(cls, thing: Thing) -> Self:
        """The mapping that stands for the object; it is not judged again."""
        given = cls.attributes(thing)
        keys = {name: _outward(kind, given[name]) for name, kind in _keys(cls).items()}
        return cast(Self, cls.model_construct(**keys))

    def mapping(self) -> Mapped:
        """As written in JSON, in the order of the keys; what is None is left out."""
        return self.model_dump(by_alias=True, exclude_none=True)


@cache
def _kinds(thing: type) -> dict[str, Any]:
    hints = get_type_hints(thing)
    return {field.name: hints[field.name] for field in fields(thing)}


@cache
def _keys(shape: type[Shape[Any]]) -> dict[str, Any]:
    return {name: field.annotation for name, field in shape.model_fields.items()}


def _inward(value: object, kind: Any) -> object:
    if isinstance(value, Shape):
        return value.domain()
    if isinstance(value, WrittenPeriod):
        return value.span
    if isinstance(value, list):
        parts = (_inward(part, None) for part in value)
        return frozenset(parts) if "frozenset" in str(kind) else tuple(parts)
    if isinstance(value, dict):
        return {key: _inward(part, None) for key, part in value.items()}
    return value


def _outward(kind: Any, value: Any) -> Any:
    """A value as the key of that kind has it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Span):
        return WrittenPeriod.model_construct(first=value.first, last=value.last)
    while get_origin(kind) in {Annotated, Union, UnionType}:
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is list:
        return [_outward(get_args(kind)[0], part) for part in _ordered(value)]
    if get_origin(kind) is dict:
        return {key: _outward(get_args(kind)[1], part) for key, part in value.items()}
    if isinstance(kind, type) and issubclass(kind, Shape):
        return kind.of(value)
    return value


def _ordered(parts: Collection[Any]) -> Collection[Any]:
    return sorted(parts) if isinstance(parts, frozenset) else parts
