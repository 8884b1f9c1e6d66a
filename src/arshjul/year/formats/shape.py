"""A schema that reads and writes: one model is the mapping as written, and the way to its domain object and back."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from arshjul.year.domain.declaration import ById, OnceEach, Reported, Revision
from arshjul.year.formats.words import Written

Mapped = dict[str, object]
Writer = Callable[[Any], Any]
Thing = TypeVar("Thing")


class Shape(Written, Generic[Thing]):
    """A mapping that represents a domain object whose attributes have the names of its keys.

    Lists become tuples or sets, as in the object. `flat` are the attributes whose own shape lies among the keys: a span
    as `from` and `to`, a slot as `date` and `shift`. `told` are other words for keys that it shares with others.
    `keys_for` has the keys, as pydantic's fields, that stand where an attribute would. Other differences are in a
    model's `domain_fields` and `attributes`.
    """

    thing: ClassVar[type]
    flat: ClassVar[Mapping[str, "type[Shape[Any]]"]] = {}
    told: ClassVar[Mapping[str, Any]] = {}
    keys_for: ClassVar[Mapping[str, Mapping[str, tuple[Any, Any]]]] = {}

    def domain(self) -> Thing:
        return cast(Thing, self.thing(**self.domain_fields()))

    def domain_fields(self) -> dict[str, Any]:
        """The attributes from which the domain object is made."""
        return _given(type(self), self)

    @classmethod
    def attributes(cls, thing: Thing) -> dict[str, Any]:
        parts = {name: (shape, getattr(thing, name)) for name, shape in cls.flat.items()}
        found: dict[str, Any] = {}
        for shape, part in parts.values():
            found |= dict.fromkeys(shape.model_fields) if part is None else shape.attributes(part)
        return found | {name: getattr(thing, name) for name in _shared(cls)}

    @classmethod
    def of(cls, thing: Thing) -> Self:
        """The mapping that represents the object, or its attributes, without validating it again."""
        found = thing if isinstance(thing, dict) else cls.attributes(thing)
        keys = {name: written(found.get(name)) for name, written in _writers(cls).items()}
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
    hints = get_type_hints(thing)
    if not is_dataclass(thing):
        return hints
    return {field.name: hints[field.name] for field in fields(thing) if field.init}


@cache
def _shared(shape: type[Shape[Any]]) -> tuple[str, ...]:
    """The keys that are attributes of the shape's object too."""
    return tuple(name for name in shape.model_fields if name in _kinds(shape.thing))


@cache
def _writers(shape: type[Shape[Any]]) -> dict[str, Writer]:
    return {name: writer(Annotated[field.annotation, field]) for name, field in shape.model_fields.items()}


def _by_id(field: FieldInfo | None) -> ById | None:
    return None if field is None else next((by_id for by_id in field.metadata if isinstance(by_id, ById)), None)


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


def writer(kind: Any) -> Writer:
    """What makes of an attribute's value that of a key of this kind; its annotation is looked at once."""
    by: ById | None = None
    while get_origin(kind) in {Annotated, Union, UnionType}:
        by = by or (_by_id_of(kind) if get_origin(kind) is Annotated else None)
        kind = next(arg for arg in get_args(kind) if arg is not type(None))
    origin, parts = get_origin(kind), [writer(arg) for arg in get_args(kind)]

    def written(value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        if by is not None and isinstance(value, Mapping):
            value = list(_items(by, value))
        if origin is list:
            return [parts[0](part) for part in _ordered(value)]
        if origin is dict:
            return {key: parts[1](part) for key, part in value.items()}
        return kind.of(value) if is_shape else value

    is_shape = isinstance(kind, type) and issubclass(kind, Shape)
    return written


def _by_id_of(kind: Any) -> ById | None:
    return next((_by_id(arg) for arg in get_args(kind)[1:] if isinstance(arg, FieldInfo)), None)


def _items(by: ById, value: Mapping[str, Any]) -> Iterator[Any]:
    """The parts of a mapping as list items."""
    for id, part in sorted(value.items()) if by.in_order_of_ids else value.items():
        yield {by.key: id, by.value: part} if by.value else part


def _ordered(parts: Collection[Any]) -> Collection[Any]:
    return sorted(parts) if isinstance(parts, frozenset) else parts
