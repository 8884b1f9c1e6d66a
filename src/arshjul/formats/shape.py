"""A schema that reads and writes: one model is the mapping as written, and the way to its domain object and back.

`shape` makes it of a class of the domain that declares its fields; those below formats/schema/ are written by hand.
"""

import operator
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache, partial
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    Literal,
    Self,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import pydantic
from pydantic import BeforeValidator, create_model, model_validator
from pydantic.fields import FieldInfo

from arshjul.domain.declaration import BareWords, Key, OnceEach, OneOf, Unstated
from arshjul.domain.entry import Entry, Reported, Revision
from arshjul.formats.words import Written, as_word, choice, wrong

Mapped = dict[str, object]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class ById:
    """Marks a list of mappings that is one in the domain: by this key, to the whole item or its one other key."""

    key: str
    value: str = ""
    in_order_of_ids: bool = False


class Shape(Written, Generic[Thing]):
    """A mapping that represents a domain object whose attributes have the names of its keys.

    Lists become tuples or sets, as in the object. `flat` are the attributes whose own shape lies among the keys: a span
    as `from` and `to`, a slot as `date` and `shift`. `told` are other words for keys that it shares with others. Other
    differences are in a model's `made_of` and `attributes`.
    """

    thing: ClassVar[type]
    flat: ClassVar[Mapping[str, "type[Shape[Any]]"]] = {}
    told: ClassVar[Mapping[str, Any]] = {}

    def domain(self) -> Thing:
        """The domain object."""
        return cast(Thing, self.thing(**self.made_of()))

    def made_of(self) -> dict[str, Any]:
        """The attributes from which the domain object is made."""
        return _given(type(self), self)

    @classmethod
    def attributes(cls, thing: Thing) -> dict[str, Any]:
        """The object's value for each key."""
        parts = {name: (shape, getattr(thing, name)) for name, shape in cls.flat.items()}
        found: dict[str, Any] = {}
        for shape, part in parts.values():
            found |= dict.fromkeys(shape.model_fields) if part is None else shape.attributes(part)
        return found | {name: getattr(thing, name) for name in cls.model_fields if name in _kinds(cls.thing)}

    @classmethod
    def of(cls, thing: Thing) -> Self:
        """The mapping that represents the object, or its attributes, without validating it again."""
        found = thing if isinstance(thing, dict) else cls.attributes(thing)
        keys = {name: _outward(kind, found.get(name)) for name, kind in _keys(cls).items()}
        return cast(Self, cls.model_construct(**keys))

    def mapping(self) -> Mapped:
        """The JSON data, in the order of the keys, without None."""
        return self.model_dump(by_alias=True, exclude_none=True)


class WrittenEntry(Shape[Thing]):
    """The keys of every entry; `revision` is only in plan.json."""

    reported: Reported = None
    revision: Revision = None

    def mapping(self) -> Mapped:
        """The entry's own keys, followed by `reported` and `revision`."""
        written = super().mapping()
        last: Mapped = {key: written.pop(key) for key in ("reported", "revision") if key in written}
        return {**written, **last}


BY_HAND: dict[type, type[Shape[Any]]] = {}
"""The shapes of classes that declare nothing, but are parts of those that do."""


@cache
def shape(thing: type[Thing]) -> type[Shape[Thing]]:
    """The shape of a class that declares its fields (domain/declaration.py), and perhaps `refusals`."""
    if thing in BY_HAND:
        return BY_HAND[thing]
    base: Any = WrittenEntry if issubclass(thing, Entry) else Shape
    hints = get_type_hints(thing, include_extras=True)
    keys: dict[str, Any] = {one.name: _declared(hints[one.name], one) for one in fields(cast(Any, thing))}
    checks: dict[str, Any] = (
        {"_unrefused": model_validator(mode="after")(_unrefused)} if hasattr(thing, "refusals") else {}
    )
    made = cast(
        type[Shape[Thing]],
        create_model(f"Written{thing.__name__}", __base__=base, __validators__=checks, **keys),
    )
    made.thing = thing
    return made


def mapping(thing: object) -> Mapped:
    """What represents an object of a class that declares its fields."""
    return shape(cast(Any, type(thing))).of(thing).mapping()


def _unrefused(written: Shape[Any]) -> Shape[Any]:
    for one in written.domain().refusals():
        raise wrong(one.kind, one.text, *one.below)
    return written


def _declared(kind: Any, field: "Field[Any]") -> tuple[Any, Any]:
    """An attribute as a field of a shape: its type, and its key and default."""
    words = kind.__metadata__ if get_origin(kind) is Annotated else ()
    key = next((one.word for one in words if isinstance(one, Key)), None)
    read = _as_read(kind)
    if field.default_factory is not MISSING:
        default = field.default_factory()
    elif field.default is not MISSING:
        default = field.default
    else:
        return read, pydantic.Field(alias=key)
    written = _outward(read, default)
    unless = partial(operator.eq, written) if Unstated in words else None
    return read, pydantic.Field(written, alias=key, exclude_if=unless)


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
    if isinstance(word, OneOf):
        return choice(*word.words)
    return BeforeValidator(as_word) if word is BareWords else word


def _given(shape: type[Shape[Any]], keys: Written) -> dict[str, Any]:
    """The attributes of the shape's object, whose keys are, or lie among, `keys`."""
    kinds = _kinds(shape.thing)
    found = {
        name: _inward(getattr(keys, name), kinds[name], field)
        for name, field in shape.model_fields.items()
        if name in kinds
    }
    return found | {name: _laid(part, keys) for name, part in shape.flat.items()}


def _laid(shape: type[Shape[Any]], keys: Written) -> Any:
    """The object whose keys lie among those; None if a required one is omitted."""
    needed = (name for name, field in shape.model_fields.items() if field.is_required())
    if any(getattr(keys, name) is None for name in needed if name not in _may_be_none(shape)):
        return None
    return shape.thing(**_given(shape, keys))


@cache
def _may_be_none(shape: type[Shape[Any]]) -> frozenset[str]:
    return frozenset(name for name, field in shape.model_fields.items() if type(None) in get_args(field.annotation))


@cache
def _kinds(thing: type) -> dict[str, Any]:
    """The types of the attributes from which the object is made."""
    hints = get_type_hints(thing)
    if not is_dataclass(thing):
        return hints
    return {field.name: hints[field.name] for field in fields(thing) if field.init}


@cache
def _keys(shape: type[Shape[Any]]) -> dict[str, Any]:
    return {name: Annotated[field.annotation, field] for name, field in shape.model_fields.items()}


def _by_id(field: FieldInfo | None) -> ById | None:
    return None if field is None else next((one for one in field.metadata if isinstance(one, ById)), None)


def _inward(value: object, kind: Any, field: FieldInfo | None = None) -> object:
    if isinstance(value, Shape):
        return value.domain()
    if isinstance(value, list):
        if by := _by_id(field):
            return {
                getattr(part, by.key): _inward(getattr(part, by.value) if by.value else part, None) for part in value
            }
        made = [_inward(part, None) for part in value]
        if field is not None and OnceEach in field.metadata:
            made = list(dict.fromkeys(made))
        return frozenset(made) if "frozenset" in str(kind) else tuple(made)
    if isinstance(value, dict):
        return {key: _inward(part, None) for key, part in value.items()}
    return value


def _outward(kind: Any, value: Any) -> Any:
    """A value as the key of that type has it."""
    if value is None or isinstance(value, str):
        return value
    while get_origin(kind) in {Annotated, Union, UnionType}:
        if get_origin(kind) is Annotated and isinstance(value, Mapping) and (by := _by_id_of(kind)):
            value = list(_items(by, value))
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is list:
        return [_outward(get_args(kind)[0], part) for part in _ordered(value)]
    if get_origin(kind) is dict:
        return {key: _outward(get_args(kind)[1], part) for key, part in value.items()}
    if isinstance(kind, type) and issubclass(kind, Shape):
        return kind.of(value)
    return value


def _by_id_of(kind: Any) -> ById | None:
    return next((_by_id(one) for one in get_args(kind)[1:] if isinstance(one, FieldInfo)), None)


def _items(by: ById, value: Mapping[str, Any]) -> Iterator[Any]:
    """The parts of a mapping as list items."""
    for id, part in sorted(value.items()) if by.in_order_of_ids else value.items():
        yield {by.key: id, by.value: part} if by.value else part


def _ordered(parts: Collection[Any]) -> Collection[Any]:
    return sorted(parts) if isinstance(parts, frozenset) else parts
